// SPDX-License-Identifier: BSD-3-Clause
// One switch per kind of rule, no table shared with the library. Speed is no concern here.
#include "slow_flow.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <string>

namespace flow::test {

namespace {

using Value = std::vector<std::uint8_t>;
constexpr std::uint64_t billion = 1'000'000'000;

std::uint64_t big_endian(const Value& value) {
    std::uint64_t number = 0;
    for (const std::uint8_t byte : value) number = number * 256 + byte;
    return number;
}

bool is_zero(const Value& value) {
    return std::all_of(value.begin(), value.end(), [](auto byte) { return byte == 0; });
}

/// Elements that are numbers, and nothing else about them.
const std::map<std::uint16_t, Column>& plain_numbers() {
    static const std::map<std::uint16_t, Column> columns{
        {4, Column::proto},
        {5, Column::ip_tos},
        {6, Column::tcp_flags},
        {7, Column::src_port},
        {9, Column::src_net},
        {10, Column::in_if},
        {11, Column::dst_port},
        {13, Column::dst_net},
        {14, Column::out_if},
        {16, Column::src_as},
        {17, Column::dst_as},
        {29, Column::src_net},
        {30, Column::dst_net},
        {31, Column::ipv6_flow_label},
        {52, Column::ip_ttl},
        {54, Column::fragment_id},
        {56, Column::src_mac},
        {57, Column::dst_mac},
        {59, Column::dst_vlan},
        {61, Column::flow_direction},
        {80, Column::dst_mac},
        {81, Column::src_mac},
        {89, Column::forwarding_status},
        {138, Column::observation_point_id},
        {176, Column::icmp_type},
        {177, Column::icmp_code},
        {178, Column::icmp_type},
        {179, Column::icmp_code},
        {234, Column::ingress_vrf_id},
        {235, Column::egress_vrf_id},
        {239, Column::bi_flow_direction},
    };
    return columns;
}

/// The same for flowd's own columns.
const std::map<std::uint16_t, Column>& own_numbers() {
    static const std::map<std::uint16_t, Column> columns{
        {25, Column::min_ip_length},
        {26, Column::max_ip_length},
        {52, Column::min_ttl},
        {53, Column::max_ttl},
        {85, Column::octet_total_count},
        {86, Column::packet_total_count},
        {136, Column::flow_end_reason},
        {148, Column::flow_id},
        {161, Column::flow_duration_ms},
        {227, Column::post_napt_src_port},
        {228, Column::post_napt_dst_port},
        {230, Column::nat_event},
        {231, Column::initiator_octets},
        {232, Column::responder_octets},
        {233, Column::firewall_event},
        {243, Column::dot1q_vlan_id},
        {244, Column::dot1q_priority},
        {245, Column::dot1q_customer_vlan_id},
        {252, Column::ingress_physical_if},
        {253, Column::egress_physical_if},
        {254, Column::post_dot1q_vlan_id},
        {298, Column::initiator_packets},
        {299, Column::responder_packets},
    };
    return columns;
}

const std::map<std::uint16_t, Column>& copied_bytes() {
    static const std::map<std::uint16_t, Column> columns{
        {15, Column::next_hop},
        {18, Column::bgp_next_hop},
        {47, Column::mpls_label_ip},
        {62, Column::next_hop},
        {63, Column::bgp_next_hop},
        {82, Column::interface_name},
        {83, Column::interface_description},
        {90, Column::mpls_vpn_rd},
        {94, Column::application_description},
        {95, Column::application_id},
        {96, Column::application_name},
        {130, Column::exporter_addr},
        {131, Column::exporter_addr},
        {140, Column::mpls_label_ip},
        {225, Column::post_nat_src_addr},
        {226, Column::post_nat_dst_addr},
        {236, Column::vrf_name},
        {281, Column::post_nat_src_addr},
        {282, Column::post_nat_dst_addr},
        {371, Column::user_name},
    };
    return columns;
}

/// Cisco ASA's own elements of NetFlow v9, by the elements of IANA that mean the same.
std::uint16_t by_iana(std::uint16_t id) {
    static const std::map<std::uint16_t, std::uint16_t> same{
        {40001, 225}, {40002, 226}, {40003, 227}, {40004, 228}, {40005, 233}};
    const auto row = same.find(id);
    return row == same.end() ? id : row->second;
}

class Decoder {
public:
    Decoder(const produce::Settings& settings, std::uint8_t version,
            const std::vector<TemplateField>& fields, const Origin& origin)
        : settings_{settings},
          version_{version},
          origin_{origin},
          standard_{settings.dialect == Dialect::standard},
          v2_{settings.schema.profile() == Profile::goflow2_v2} {
        for (const TemplateField& field : fields) {
            if (field.enterprise == 0 && (field.length <= 8 || field.length == variable_length)) {
                numbers_.insert(field.id);
            }
            const bool address =
                field.id == 8 || field.id == 12 || field.id == 27 || field.id == 28;
            has_address_ |= address && field.enterprise == 0;
        }
        const std::uint64_t now = origin.export_seconds * billion + origin.export_nanoseconds;
        set(Column::time_flow_start_ns, now);
        set(Column::time_flow_end_ns, now);
        set(Column::type, static_cast<std::uint64_t>(origin.type));
        set(Column::time_received, origin.received_ns / billion);
        set(Column::time_received_ns, origin.received_ns);
        set(Column::sequence_num, origin.sequence);
        set(Column::sampling_rate, origin.sampling_rate);
        // goflow2 v1 knows it of IPFIX only.
        if (v2_ || version == 10) set(Column::observation_domain_id, origin.observation_domain);
        const Bytes sampler = origin.sampler.bytes();
        flow.bytes[Column::sampler_address] = {sampler.begin(), sampler.end()};
    }

    void field(std::uint16_t id, const Value& value) {
        if (version_ == 9) id = by_iana(id);
        if (address(id, value)) return;
        if (const auto row = copied_bytes().find(id); row != copied_bytes().end()) {
            flow.bytes[row->second] = {value.begin(), value.end()};
        }
        if (id == 47 || id == 140) {
            flow.byte_lists[Column::mpls_ip].emplace_back(value.begin(), value.end());
        }
        if (id == 70) set(Column::has_mpls, 1);
        if (id == 312 && version_ == 10) set(Column::packets, 1);
        if (id == 315 && version_ == 10) frame(value);
        if (value.size() > 8) return;
        const std::uint64_t number = big_endian(value);
        if (version_ != 10) netflow_time(id, number);
        if (version_ == 10 || (standard_ && has_no_uptime(id))) absolute_time(id, number);
        counter(id, number);
        label(id, number);
        special(id, value, number);
        for (const auto* rows : {&plain_numbers(), &own_numbers()}) {
            if (const auto row = rows->find(id); row != rows->end()) set(row->second, number);
        }
    }

    /// A mapping file's row, before the field's own reading.
    void mapped(const FieldMapping& row, const Value& value) {
        const bool custom = is_custom(row.destination);
        if (!custom && !settings_.schema.has(row.destination)) return;
        Value ordered = value;
        if (row.endian == Endian::little) std::reverse(ordered.begin(), ordered.end());
        const std::string bytes{value.begin(), value.end()};
        const bool is_number = value.size() <= 8;
        const std::uint64_t number = is_number ? big_endian(ordered) : 0;
        if (custom) {
            const auto type = settings_.schema.customs()[custom_index(row.destination)].type;
            if (type != CustomColumn::Type::varint) {
                flow.customs.push_back({row.destination, 0, bytes});
            } else if (is_number) {
                flow.customs.push_back({row.destination, number, {}});
            }
            return;
        }
        switch (info(row.destination).kind) {
            case Kind::u32:
            case Kind::u64:
                if (is_number) set(row.destination, number);
                break;
            case Kind::bytes: flow.bytes[row.destination] = bytes; break;
            case Kind::u32_list:
                if (is_number) flow.lists[row.destination].push_back(low(number));
                break;
            case Kind::bytes_list: flow.byte_lists[row.destination].push_back(bytes); break;
            default: break;
        }
    }

    /// What counts only when the record has nothing better, and what needs all of it.
    void finish(const std::vector<TemplateField>& fields, const FieldValues& values) {
        if (!standard_) return;
        const auto each = [&](std::uint16_t id, auto take) {
            for (std::size_t i = 0; i < fields.size(); ++i) {
                const bool counts = fields[i].enterprise == 0 && fields[i].id == id;
                if (counts && values[i].size() <= 8) take(big_endian(values[i]));
            }
        };
        const auto fallback = [&](std::uint16_t id, Column column) {
            each(id, [&](std::uint64_t number) {
                if (flow.numbers[column] == 0) set(column, number);
            });
        };
        if (version_ == 10) {
            std::uint64_t init = 0;
            each(160, [&](std::uint64_t number) { init = number; });
            for (const std::uint16_t id : {std::uint16_t{21}, std::uint16_t{22}}) {
                each(id, [&](std::uint64_t stamp) { time_since(init, id, stamp); });
            }
        }
        fallback(85, Column::bytes);
        fallback(86, Column::packets);
        fallback(231, Column::bytes);
        fallback(298, Column::packets);

        std::uint64_t& rate = flow.numbers[Column::sampling_rate];
        const auto one_in = [&](std::uint64_t number) {
            if (number != 0) rate = number;
        };
        each(34, one_in);
        each(50, one_in);
        std::uint64_t population = 0;
        each(310, one_in);
        each(310, [&](std::uint64_t number) { population = number; });
        each(309, [&](std::uint64_t size) {
            if (size != 0 && population != 0) rate = population / size;
        });
        std::uint64_t interval = 0;
        each(305, one_in);
        each(305, [&](std::uint64_t number) { interval = number; });
        each(306, [&](std::uint64_t space) {
            if (interval != 0) rate = (interval + space) / interval;
        });
    }

    FlowValues flow;

private:
    static std::uint32_t low(std::uint64_t value) {
        return static_cast<std::uint32_t>(value % 0x1'0000'0000);
    }
    void set(Column column, std::uint64_t value) {
        flow.numbers[column] = info(column).kind == Kind::u32 ? low(value) : value;
    }

    bool address(std::uint16_t id, const Value& value) {
        if (id != 8 && id != 12 && id != 27 && id != 28) return false;
        const Column column = id == 8 || id == 27 ? Column::src_addr : Column::dst_addr;
        if (!flow.bytes[column].empty() && is_zero(value)) return true;
        flow.bytes[column].assign(value.begin(), value.end());
        set(Column::etype, id == 8 || id == 12 ? 0x0800 : 0x86dd);
        return true;
    }

    void frame(const Value& value) {
        const bool whole = value.size() >= 14;
        if (whole) {
            std::uint64_t macs[2] = {0, 0};
            for (std::size_t i = 0; i < 12; ++i) macs[i / 6] = macs[i / 6] * 256 + value[i];
            set(Column::dst_mac, macs[0]);
            set(Column::src_mac, macs[1]);
            set(Column::etype, std::uint64_t{value[12]} * 256 + value[13]);
        }
        if (standard_) {
            flow.lists[Column::layer_stack].assign(whole, 0);  // Ethernet
            flow.lists[Column::layer_size].assign(whole, 14);
        } else if (v2_) {
            if (whole) flow.lists[Column::layer_stack].push_back(0);
            flow.lists[Column::layer_size].push_back(whole ? 14 : 0);
        } else if (whole) {
            clear_upper_layers();
        }
        set(Column::packets, 1);
        if (flow.numbers[Column::bytes] == 0) set(Column::bytes, value.size());
    }

    /// goflow2 1.3.7 assigns what it has not found, too.
    void clear_upper_layers() {
        using enum Column;
        for (const Column column :
             {has_mpls, mpls_count, mpls_1_label, mpls_1_ttl, mpls_2_label, mpls_2_ttl,
              mpls_3_label, mpls_3_ttl, mpls_last_label, mpls_last_ttl, proto, ip_tos, ip_ttl,
              ipv6_flow_label, fragment_id, fragment_offset, src_port, dst_port, tcp_flags}) {
            flow.numbers[column] = 0;
        }
        flow.bytes[src_addr].clear();
        flow.bytes[dst_addr].clear();
    }

    void times(bool start, std::uint64_t seconds, std::uint64_t milliseconds,
               std::uint64_t nanoseconds) {
        set(start ? Column::time_flow_start : Column::time_flow_end, seconds);
        set(start ? Column::time_flow_start_ms : Column::time_flow_end_ms, milliseconds);
        set(start ? Column::time_flow_start_ns : Column::time_flow_end_ns, nanoseconds);
    }

    void netflow_time(std::uint16_t id, std::uint64_t value) {
        if (id != 21 && id != 22) return;
        const std::uint64_t now = origin_.export_seconds;
        std::uint64_t age = low(origin_.uptime_ms - value);
        if (standard_ && age >= 0x8000'0000) age -= 0x1'0000'0000;  // behind the header
        const auto whole_seconds =
            static_cast<std::uint64_t>(static_cast<std::int64_t>(age) / 1000);
        std::uint64_t age_ns = age * 1'000'000;
        if (!standard_) age_ns = (origin_.uptime_ms - value) * 1'000'000;  // 64 bits in v2
        times(id == 22, low(now - whole_seconds), now * 1000 - age, now * billion - age_ns);
    }

    /// NetFlow v9: absolute times stand in for the uptime of the same end, where there is none.
    [[nodiscard]] bool has_no_uptime(std::uint16_t id) const {
        return version_ == 9 && id < 158 && !numbers_.contains(id % 2 == 0 ? 22 : 21);
    }

    /// IPFIX's uptimes, from the exporter's start on; one wrap of 32 bits later as long as that is
    /// nearer to the export. Absolute times are better.
    void time_since(std::uint64_t init, std::uint16_t id, std::uint64_t stamp) {
        if (init == 0) return;
        for (std::uint16_t absolute = 150; absolute < 160; ++absolute) {
            if (absolute % 2 == id % 2 && numbers_.contains(absolute)) return;
        }
        std::uint64_t time = init + low(stamp);
        const std::uint64_t now = std::uint64_t{origin_.export_seconds} * 1000;
        const std::uint64_t wrap = 0x1'0000'0000;
        if (now > time && now - time >= wrap / 2)
            time += ((now - time - wrap / 2) / wrap + 1) * wrap;
        times(id == 22, time / 1000, time, time * 1'000'000);
    }

    void absolute_time(std::uint16_t id, std::uint64_t value) {
        const bool start = id % 2 == 0;
        const std::uint64_t now = origin_.export_seconds;
        switch (id) {
            case 150:
            case 151: return times(start, value, value * 1000, value * billion);
            case 152:
            case 153: return times(start, value / 1000, value, value * 1'000'000);
            case 154:
            case 155: return ntp_time(start, value, 1'000'000);
            case 156:
            case 157: return ntp_time(start, value, billion);
            case 158:
            case 159:
                return times(start, now - value / 1'000'000, now * 1000 - value / 1000,
                             now * billion - value * 1000);
            default: return;
        }
    }

    /// goflow2 1.3.7 takes the stamp for a plain number of so many units a second.
    void ntp_time(bool start, std::uint64_t value, std::uint64_t units) {
        const std::uint64_t seconds = (value >> 32) - 2'208'988'800;
        const std::uint64_t fraction = value % 0x1'0000'0000;
        const auto nanoseconds =
            static_cast<std::uint64_t>(static_cast<double>(fraction) * 1e9 / 4294967296.0);
        if (!standard_) {
            return times(start, value / units, value / (units / 1000),
                         seconds * billion + nanoseconds);
        }
        if (value == 0) return times(start, 0, 0, 0);
        times(start, seconds, seconds * 1000 + fraction * 1000 / 0x1'0000'0000,
              seconds * billion + nanoseconds);
    }

    void counter(std::uint16_t id, std::uint64_t number) {
        const bool octets = id == 1 || id == 23;
        if (!octets && id != 2 && id != 24) return;
        if (standard_ && number == 0) return;
        set(octets ? Column::bytes : Column::packets, number);
    }

    void label(std::uint16_t id, std::uint64_t number) {
        if (id < 70 || id > 72) return;
        const Column columns[] = {Column::mpls_1_label, Column::mpls_2_label, Column::mpls_3_label};
        const std::size_t index = id - 70u;
        set(columns[index], number / 16);
        std::vector<std::uint32_t>& labels = flow.lists[Column::mpls_label];
        labels.resize(std::max(labels.size(), index + 1));
        labels[index] = low(number / 16);
    }

    void special(std::uint16_t id, const Value& value, std::uint64_t number) {
        switch (id) {
            case 32:
            case 139:
                set(Column::icmp_type, number / 256 % 256);
                set(Column::icmp_code, number % 256);
                break;
            case 58:
                set(Column::vlan_id, number);
                set(Column::src_vlan, number);
                break;
            case 60:
                if (value.empty() || (standard_ && has_address_)) break;
                if (value[0] == 4) set(Column::etype, 0x0800);
                if (value[0] == 6) set(Column::etype, 0x86dd);
                break;
            case 88:
                set(Column::fragment_offset,
                    v2_ ? number : flow.numbers[Column::fragment_offset] | number);
                break;
            case 197:
                if (!v2_) {
                    set(Column::fragment_offset, flow.numbers[Column::fragment_offset] | number);
                }
                set(Column::ip_flags, number / 32);
                break;
            case 312:
                if (version_ == 10) set(Column::bytes, number);
                break;
            case 351: set(Column::vxlan_vni, number % 0x100'0000); break;
            default: break;
        }
    }

    const produce::Settings& settings_;
    std::uint8_t version_;
    Origin origin_;
    bool standard_;
    bool v2_;
    bool has_address_ = false;
    std::set<std::uint16_t> numbers_;  ///< elements of the template that may be numbers
};

bool is_said_of_all(Column column) {
    static const std::set<Column> columns{
        Column::type,
        Column::time_received,
        Column::time_received_ns,
        Column::sequence_num,
        Column::sampling_rate,
        Column::sampler_address,
        Column::observation_domain_id,
    };
    return columns.contains(column);
}

/// The last row of the file that names the field.
const FieldMapping* row_of(const produce::Settings& settings, std::uint8_t version,
                           const TemplateField& field) {
    const FieldMapping* found = nullptr;
    if (settings.mapping == nullptr) return found;
    for (const FieldMapping& row : settings.mapping->fields) {
        const bool same =
            row.version == version && row.id == field.id && row.enterprise == field.enterprise;
        if (same) found = &row;
    }
    return found;
}

}  // namespace

FlowValues slow_flow(const produce::Settings& settings, std::uint8_t version,
                     const std::vector<TemplateField>& fields, const FieldValues& values,
                     const Origin& origin) {
    Decoder decoder{settings, version, fields, origin};
    for (std::size_t i = 0; i < fields.size(); ++i) {
        const FieldMapping* const row = row_of(settings, version, fields[i]);
        if (row != nullptr && !is_said_of_all(row->destination)) decoder.mapped(*row, values[i]);
        if (fields[i].enterprise == 0) decoder.field(fields[i].id, values[i]);
    }
    decoder.finish(fields, values);
    // goflow2 overwrites these with what the datagram says.
    if (settings.dialect != Dialect::standard) return decoder.flow;
    for (std::size_t i = 0; i < fields.size(); ++i) {
        const FieldMapping* const row = row_of(settings, version, fields[i]);
        if (row != nullptr && is_said_of_all(row->destination)) decoder.mapped(*row, values[i]);
    }
    return decoder.flow;
}

}  // namespace flow::test
