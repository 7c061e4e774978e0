// SPDX-License-Identifier: BSD-3-Clause
// One switch per kind of rule, no table shared with the library. Speed is no concern here.
#include "slow_flow.hpp"

#include <algorithm>
#include <set>

namespace flow::test {

namespace {

using Value = std::vector<std::uint8_t>;

class Decoder {
public:
    Decoder(std::uint8_t version, const std::vector<TemplateField>& fields, const Origin& origin)
        : version_{version}, origin_{origin} {
        std::multiset<int> columns;  // 0 and 1: source and destination
        std::set<int> families;
        for (const TemplateField& field : fields) {
            if (field.enterprise != 0) continue;
            if (field.id == 315 && version == 10) families.insert({4, 6});  // a frame has a say
            if (field.id == 8 || field.id == 27) columns.insert(0);
            if (field.id == 12 || field.id == 28) columns.insert(1);
            if (field.id == 8 || field.id == 12) families.insert(4);
            if (field.id == 27 || field.id == 28) families.insert(6);
        }
        one_family_ = families.size() == 1 && columns.count(0) <= 1 && columns.count(1) <= 1;
    }

    void field(std::uint16_t id, const Value& value) {
        if (address(id, value) || copied(id, value)) return;
        if (id == 70) flow.numbers[Column::has_mpls] = 1;
        if (id == 312 && version_ == 10) flow.numbers[Column::packets] = 1;
        if (value.size() > 8) return;
        std::uint64_t number = 0;
        for (const std::uint8_t byte : value) number = number * 256 + byte;
        if (version_ == 10) {
            ipfix_time(id, number);
        } else {
            netflow_time(id, number);
        }
        special(id, value, number);
        plain(id, number);
        own(id, number);
    }

    /// What only counts when the record has nothing better, and what needs all of it.
    void finish(const std::vector<TemplateField>& fields, const FieldValues& values) {
        const auto each = [&](std::uint16_t id, auto take) {
            for (std::size_t i = 0; i < fields.size(); ++i) {
                if (fields[i].enterprise != 0 || fields[i].id != id || values[i].size() > 8)
                    continue;
                std::uint64_t number = 0;
                for (const std::uint8_t byte : values[i]) number = number * 256 + byte;
                take(number);
            }
        };
        for (const auto& [id, column] : {std::pair{85, Column::bytes},
                                         {86, Column::packets},
                                         {231, Column::bytes},
                                         {298, Column::packets}}) {
            each(static_cast<std::uint16_t>(id), [&, column = column](std::uint64_t number) {
                if (flow.numbers[column] == 0) set(column, number);
            });
        }
        std::uint64_t& rate = flow.numbers[Column::sampling_rate];
        for (std::size_t i = 0; i < fields.size(); ++i) {
            for (const std::uint16_t id : {34, 50, 305, 310}) {
                if (fields[i].id != id || fields[i].enterprise != 0) continue;
                each_at(values[i], [&](std::uint64_t number) { rate = number; });
            }
        }
        for (std::size_t i = 0; i < fields.size(); ++i) {
            if (fields[i].enterprise != 0) continue;
            const std::uint64_t before = rate;
            each_at(values[i], [&](std::uint64_t number) {
                if (fields[i].id == 306 && rate != 0) rate = (rate + number) / rate;
                if (fields[i].id == 309) rate /= number;
            });
            const bool no_space = std::all_of(values[i].begin(), values[i].end(),
                                              [](std::uint8_t byte) { return byte == 0; });
            if (fields[i].id == 306 && values[i].size() <= 8 && no_space && before != 0) rate = 1;
        }
    }

    SlowFlow flow;

private:
    /// A number that is not 0.
    template <class Take>
    static void each_at(const Value& value, Take take) {
        std::uint64_t number = 0;
        for (const std::uint8_t byte : value) number = number * 256 + byte;
        if (value.size() <= 8 && number != 0) take(number);
    }

    void set(Column column, std::uint64_t value) {
        flow.numbers[column] = info(column).kind == Kind::u32 ? value % 0x1'0000'0000 : value;
    }

    bool address(std::uint16_t id, const Value& value) {
        if (id != 8 && id != 12 && id != 27 && id != 28) return false;
        const Column column = id == 8 || id == 27 ? Column::src_addr : Column::dst_addr;
        const bool zero =
            std::all_of(value.begin(), value.end(), [](auto byte) { return byte == 0; });
        if (!flow.bytes[column].empty() && zero) return true;
        flow.bytes[column].assign(value.begin(), value.end());
        set(Column::etype, id == 8 || id == 12 ? 0x0800 : 0x86dd);
        return true;
    }

    bool copied(std::uint16_t id, const Value& value) {
        const std::string text{value.begin(), value.end()};
        switch (id) {
            case 15:
            case 62: flow.bytes[Column::next_hop] = text; return true;
            case 18:
            case 63: flow.bytes[Column::bgp_next_hop] = text; return true;
            case 47:
            case 140: flow.bytes[Column::mpls_label_ip] = text; return true;
            case 225:
            case 281: flow.bytes[Column::post_nat_src_addr] = text; return true;
            case 226:
            case 282: flow.bytes[Column::post_nat_dst_addr] = text; return true;
            case 82: flow.bytes[Column::interface_name] = text; return true;
            case 83: flow.bytes[Column::interface_description] = text; return true;
            case 90: flow.bytes[Column::mpls_vpn_rd] = text; return true;
            case 94: flow.bytes[Column::application_description] = text; return true;
            case 95: flow.bytes[Column::application_id] = text; return true;
            case 96: flow.bytes[Column::application_name] = text; return true;
            case 130:
            case 131: flow.bytes[Column::exporter_addr] = text; return true;
            case 236: flow.bytes[Column::vrf_name] = text; return true;
            case 371: flow.bytes[Column::user_name] = text; return true;
            case 315: frame(value); return true;
            default: return false;
        }
    }

    /// A frame without anything behind its Ethernet header.
    void frame(const Value& value) {
        if (version_ != 10) return;
        if (value.size() >= 14) {
            std::uint64_t macs[2] = {0, 0};
            for (std::size_t i = 0; i < 12; ++i) macs[i / 6] = macs[i / 6] * 256 + value[i];
            set(Column::dst_mac, macs[0]);
            set(Column::src_mac, macs[1]);
            set(Column::etype, std::uint64_t{value[12]} * 256 + value[13]);
        } else {
            set(Column::etype, 0);
        }
        set(Column::packets, 1);
        if (flow.numbers[Column::bytes] == 0) set(Column::bytes, value.size());
    }

    void times(bool start, std::uint64_t seconds, std::uint64_t milliseconds) {
        set(start ? Column::time_flow_start : Column::time_flow_end, seconds);
        set(start ? Column::time_flow_start_ms : Column::time_flow_end_ms, milliseconds);
    }

    void netflow_time(std::uint16_t id, std::uint64_t value) {
        if (id != 21 && id != 22) return;
        std::int64_t age = (static_cast<std::int64_t>(origin_.uptime_ms) -
                            static_cast<std::int64_t>(value % 0x1'0000'0000)) %
                           0x1'0000'0000;
        if (age < -0x8000'0000LL) age += 0x1'0000'0000;
        if (age >= 0x8000'0000LL) age -= 0x1'0000'0000;
        const auto now = static_cast<std::int64_t>(origin_.export_seconds);
        times(id == 22, static_cast<std::uint32_t>(now - age / 1000),
              static_cast<std::uint64_t>(now * 1000 - age));
    }

    void ipfix_time(std::uint16_t id, std::uint64_t value) {
        const bool start = id % 2 == 0;
        const std::uint64_t now = origin_.export_seconds;
        const std::uint64_t unix_seconds = (value >> 32) - 2'208'988'800;
        const std::uint64_t fraction_ms = (value % 0x1'0000'0000) * 1000 / 0x1'0000'0000;
        switch (id) {
            case 150:
            case 151: times(start, value, value * 1000); break;
            case 152:
            case 153: times(start, value / 1000, value); break;
            case 154:
            case 155:
            case 156:
            case 157:
                times(start, value == 0 ? 0 : unix_seconds,
                      value == 0 ? 0 : unix_seconds * 1000 + fraction_ms);
                break;
            case 158:
            case 159: times(start, now - value / 1'000'000, now * 1000 - value / 1000); break;
            default: break;
        }
    }

    void special(std::uint16_t id, const Value& value, std::uint64_t number) {
        switch (id) {
            case 1:
            case 23:
                if (number != 0) set(Column::bytes, number);
                break;
            case 2:
            case 24:
                if (number != 0) set(Column::packets, number);
                break;
            case 312:
                if (version_ != 10) break;
                set(Column::bytes, number);
                break;
            case 32:
            case 139:
                set(Column::icmp_type, number / 256);
                set(Column::icmp_code, number % 256);
                break;
            case 58:
                set(Column::vlan_id, number);
                set(Column::src_vlan, number);
                break;
            case 60:
                // Addresses of one family say more.
                if (one_family_ || value.empty()) break;
                if (value[0] == 4) set(Column::etype, 0x0800);
                if (value[0] == 6) set(Column::etype, 0x86dd);
                break;
            case 70: set(Column::mpls_1_label, number / 16); break;
            case 71: set(Column::mpls_2_label, number / 16); break;
            case 72: set(Column::mpls_3_label, number / 16); break;
            case 88:
            case 197:
                set(Column::fragment_offset, flow.numbers[Column::fragment_offset] | number);
                break;
            default: break;
        }
    }

    void plain(std::uint16_t id, std::uint64_t number) {
        static const std::map<std::uint16_t, Column> columns{{4, Column::proto},
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
                                                             {239, Column::bi_flow_direction}};
        if (const auto row = columns.find(id); row != columns.end()) set(row->second, number);
    }

    void own(std::uint16_t id, std::uint64_t number) {
        static const std::map<std::uint16_t, Column> columns{{227, Column::post_napt_src_port},
                                                             {228, Column::post_napt_dst_port},
                                                             {230, Column::nat_event},
                                                             {136, Column::flow_end_reason},
                                                             {148, Column::flow_id},
                                                             {85, Column::octet_total_count},
                                                             {86, Column::packet_total_count},
                                                             {231, Column::initiator_octets},
                                                             {232, Column::responder_octets},
                                                             {298, Column::initiator_packets},
                                                             {299, Column::responder_packets},
                                                             {243, Column::dot1q_vlan_id},
                                                             {244, Column::dot1q_priority},
                                                             {245, Column::dot1q_customer_vlan_id},
                                                             {254, Column::post_dot1q_vlan_id},
                                                             {52, Column::min_ttl},
                                                             {53, Column::max_ttl},
                                                             {25, Column::min_ip_length},
                                                             {26, Column::max_ip_length},
                                                             {233, Column::firewall_event},
                                                             {252, Column::ingress_physical_if},
                                                             {253, Column::egress_physical_if},
                                                             {161, Column::flow_duration_ms}};
        if (const auto row = columns.find(id); row != columns.end()) set(row->second, number);
        if (id == 351) set(Column::vxlan_vni, number % 0x100'0000);
    }

    std::uint8_t version_;
    Origin origin_;
    bool one_family_ = false;
};

}  // namespace

SlowFlow slow_flow(std::uint8_t version, const std::vector<TemplateField>& fields,
                   const FieldValues& values, const Origin& origin) {
    Decoder decoder{version, fields, origin};
    for (std::size_t i = 0; i < fields.size(); ++i) {
        if (fields[i].enterprise == 0) decoder.field(fields[i].id, values[i]);
    }
    decoder.finish(fields, values);
    SlowFlow& flow = decoder.flow;
    flow.numbers[Column::type] = static_cast<std::uint64_t>(origin.type);
    flow.numbers[Column::time_received] = origin.received_ns / 1'000'000'000;
    flow.numbers[Column::sequence_num] = origin.sequence;
    flow.numbers[Column::observation_domain_id] =
        version == 10 ? origin.observation_domain : 0;  // as goflow2 v1
    const Bytes sampler = origin.sampler.bytes();
    flow.bytes[Column::sampler_address] = {sampler.begin(), sampler.end()};
    return flow;
}

}  // namespace flow::test
