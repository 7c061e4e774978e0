// SPDX-License-Identifier: BSD-3-Clause
// Headers are copied as they are. A tag and flags have places of their own, which are zero where a
// packet has none: so there are few plans, and different packets make one row.
#include "flow/produce/usual_samples.hpp"

#include <algorithm>
#include <cstring>

#include "flow/base/bytes.hpp"
#include "flow/model/layer.hpp"
#include "flow/packet/numbers.hpp"
#include "flow/packet/vlan.hpp"
#include "flow/produce/sample.hpp"
#include "flow/wire/cursor.hpp"

namespace flow::produce {

namespace {

using packet::is_vlan;
namespace ethertype = packet::ethertype;
namespace protocol = packet::protocol;
namespace port = packet::port;

constexpr std::size_t ethernet_size = 14;
constexpr std::size_t tag_size = 4;
constexpr std::size_t ipv4_size = 20;
constexpr std::size_t ipv6_size = 40;
constexpr std::size_t tcp_size = 20;
constexpr std::size_t udp_size = 8;  // and that of ICMP

/// Where headers have what.
constexpr std::size_t type_at = 12;
constexpr std::size_t tcp_size_at = 12;
constexpr std::size_t tcp_flags_at = 13;

/// Where a record has what.
namespace at {
constexpr std::uint16_t destination_mac = 0;
constexpr std::uint16_t source_mac = 6;
constexpr std::uint16_t tag = 12;
constexpr std::uint16_t layer_kinds = 16;
constexpr std::uint16_t layer_sizes = 20;
constexpr std::uint16_t frame_size = 24;
constexpr std::uint16_t input = 28;
constexpr std::uint16_t output = 32;
constexpr std::uint16_t source_vlan = 36;
constexpr std::uint16_t destination_vlan = 40;
constexpr std::uint16_t ip = 44;
constexpr std::uint16_t times = 84;
constexpr std::uint16_t seconds = times;
constexpr std::uint16_t milliseconds = times + 4;  // six bytes
constexpr std::uint16_t ports = 94;
constexpr std::uint16_t tcp_flags = 98;
constexpr std::uint16_t icmp_type = 99;
constexpr std::uint16_t icmp_code = 100;
constexpr std::uint16_t ip_flags = 101;
constexpr std::uint16_t ipv6_class = 102;
}  // namespace at
static_assert(at::ip + ipv6_size == at::times && at::ipv6_class < UsualSamples::record_size);
static_assert(at::times + 16 <= at::icmp_code, "times are copied as 16 bytes, before what follows");

/// Of 32 bits of seconds.
constexpr std::uint8_t milliseconds_bits = 42;

constexpr Step number(Column column, std::uint16_t offset, std::uint16_t size) noexcept {
    return {.column = column, .transform = Transform::number, .offset = offset, .size = size};
}
constexpr Step low_bits(Column column, std::uint16_t offset, std::uint16_t size,
                        std::uint8_t bits) noexcept {
    Step step = number(column, offset, size);
    step.bits = bits;
    return step;
}
constexpr Step octets(Column column, std::size_t offset, std::size_t size) noexcept {
    return {.column = column,
            .transform = Transform::bytes,
            .offset = static_cast<std::uint16_t>(offset),
            .size = static_cast<std::uint16_t>(size)};
}
constexpr Step constant(Column column, std::uint16_t value) noexcept {
    return {.column = column, .transform = Transform::constant, .operand = value};
}

namespace steps {

using enum Column;

/// What samples of all shapes have.
constexpr std::array common{
    Step{.column = time_flow_start_ns, .transform = Transform::ns_of_export},
    Step{.column = time_flow_end_ns, .transform = Transform::ns_of_export},
    number(time_flow_start, at::seconds, 4),
    number(time_flow_end, at::seconds, 4),
    low_bits(time_flow_start_ms, at::milliseconds, 6, milliseconds_bits),
    low_bits(time_flow_end_ms, at::milliseconds, 6, milliseconds_bits),
    constant(packets, 1),
    number(Column::bytes, at::frame_size, 4),
    number(in_if, at::input, 4),
    number(out_if, at::output, 4),
    number(src_mac, at::source_mac, 6),
    number(dst_mac, at::destination_mac, 6),
    low_bits(vlan_id, at::tag, 2, 12),
    low_bits(dot1q_vlan_id, at::tag, 2, 12),
    Step{.column = dot1q_priority,
         .transform = Transform::number,
         .shift = 5,
         .offset = at::tag,
         .size = 1},
};

constexpr std::array ports{
    number(src_port, at::ports, 2),
    number(dst_port, at::ports + 2, 2),
    number(tcp_flags, at::tcp_flags, 1),
};
constexpr std::array icmp{
    number(icmp_type, at::icmp_type, 1),
    number(icmp_code, at::icmp_code, 1),
};
constexpr std::array vlans{
    number(src_vlan, at::source_vlan, 4),
    number(dst_vlan, at::destination_vlan, 4),
};

constexpr std::array ipv4{
    constant(etype, ethertype::ipv4),   number(ip_tos, at::ip + 1, 1),
    number(fragment_id, at::ip + 4, 2), number(ip_flags, at::ip_flags, 1),
    number(ip_ttl, at::ip + 8, 1),      number(proto, at::ip + 9, 1),
    octets(src_addr, at::ip + 12, 4),   octets(dst_addr, at::ip + 16, 4),
};

constexpr std::array ipv6{
    constant(etype, ethertype::ipv6),
    number(ip_tos, at::ipv6_class, 1),
    low_bits(ipv6_flow_label, at::ip, 4, 20),
    number(proto, at::ip + 6, 1),
    number(ip_ttl, at::ip + 7, 1),
    octets(src_addr, at::ip + 8, 16),
    octets(dst_addr, at::ip + 24, 16),
};

}  // namespace steps

/// `size` bytes of a header that has been proven.
template <std::size_t Size>
void copy(UsualSamples::Record record, std::size_t to, const std::uint8_t* from) noexcept {
    std::memcpy(record.data() + to, from, Size);
}

/// Where the parts of a frame begin, and what stands there.
struct Frame {
    const std::uint8_t* ip;
    const std::uint8_t* transport;
    bool tagged;
    bool ipv6;
    std::uint8_t protocol;
};

/// False when the header has options, or the packet is a fragment behind the first.
bool read_ipv4(const std::uint8_t* from, UsualSamples::Record record) noexcept {
    const wire::Block<ipv4_size> header{from};
    constexpr unsigned version_4_without_options = 0x45;
    constexpr unsigned fragment_offset = 0x1fff;
    copy<ipv4_size>(record, at::ip, from);
    record[at::ip_flags] = header.u8<6>() >> 5;
    return header.u8<0>() == version_4_without_options && (header.u16<6>() & fragment_offset) == 0;
}

bool read_ipv6(const std::uint8_t* from, UsualSamples::Record record) noexcept {
    const wire::Block<ipv6_size> header{from};
    const std::uint16_t first = header.u16<0>();
    copy<ipv6_size>(record, at::ip, from);
    record[at::ipv6_class] = static_cast<std::uint8_t>(first >> 4);
    return first >> 12 == 6;
}

constexpr std::uint64_t bit(std::uint8_t number) noexcept { return std::uint64_t{1} << number; }

/// Each version of IP has its own ICMP.
bool is_usual(const Frame& frame) noexcept {
    constexpr std::uint64_t both = bit(protocol::tcp) | bit(protocol::udp);
    constexpr unsigned bits = 64;
    const std::uint64_t usual = both | bit(frame.ipv6 ? protocol::icmpv6 : protocol::icmp);
    return frame.protocol < bits && (usual >> frame.protocol & 1) != 0;
}

/// Of UDP: the layers go on (packet/walk.cpp).
bool may_be_tunnel(UsualSamples::Record record) noexcept {
    const std::uint16_t source = load_be16(record.data() + at::ports);
    const std::uint16_t destination = load_be16(record.data() + at::ports + 2);
    return destination == port::vxlan || destination == port::geneve ||
           destination == port::teredo || source == port::teredo;
}

void put_layers(UsualSamples::Record record, const Frame& frame,
                std::size_t transport_size) noexcept {
    std::uint8_t* kind = record.data() + at::layer_kinds;
    std::uint8_t* size = record.data() + at::layer_sizes;
    const auto put = [&](LayerKind layer, std::size_t bytes) {
        *kind++ = static_cast<std::uint8_t>(layer);
        *size++ = static_cast<std::uint8_t>(bytes);
    };
    put(LayerKind::ethernet, ethernet_size);
    if (frame.tagged) put(LayerKind::dot1q, tag_size);
    put(frame.ipv6 ? LayerKind::ipv6 : LayerKind::ipv4, frame.ipv6 ? ipv6_size : ipv4_size);
    put(frame.protocol == protocol::tcp   ? LayerKind::tcp
        : frame.protocol == protocol::udp ? LayerKind::udp
        : frame.ipv6                      ? LayerKind::icmpv6
                                          : LayerKind::icmp,
        transport_size);
}

}  // namespace

Plan UsualSamples::compile(SampleShape shape,
                           std::span<Step, plan_steps_max> memory) const noexcept {
    std::size_t count = 0;
    const auto add = [&](std::span<const Step> some) {
        for (const Step& step : some) memory[count++] = step;
    };
    add(steps::common);
    const auto has = [shape](SampleShape part) { return (shape & part) != 0; };
    has(sample_shape::ipv6) ? add(steps::ipv6) : add(steps::ipv4);
    has(sample_shape::icmp) ? add(steps::icmp) : add(steps::ports);
    if (has(sample_shape::vlans)) add(steps::vlans);
    const std::size_t layer_count = has(sample_shape::tagged) ? 4 : 3;
    memory[count++] = octets(Column::layer_stack, at::layer_kinds, layer_count);
    memory[count++] = octets(Column::layer_size, at::layer_sizes, layer_count);
    return {.steps = memory.first(count), .direct = true};
}

bool UsualSamples::begin(const Origin& origin) noexcept {
    constexpr std::uint64_t billion = 1'000'000'000;
    store_be32(times_.data() + at::seconds - at::times, origin.export_seconds);
    const std::uint64_t milliseconds = origin.received_ns / 1'000'000;
    store_be32(times_.data() + 4, static_cast<std::uint32_t>(milliseconds >> 16));
    times_[8] = static_cast<std::uint8_t>(milliseconds >> 8);
    times_[9] = static_cast<std::uint8_t>(milliseconds);
    // 32 bits of seconds are not for ever.
    return allowed_ &&
           origin.received_ns == origin.export_seconds * billion + origin.export_nanoseconds;
}

/// What each flow record means is said in sample.cpp.
SampleShape UsualSamples::read(const FlowSample& sample, Record record) const noexcept {
    using sample_shape::unusual;
    store_be32(record.data() + at::input, sample.input);
    store_be32(record.data() + at::output, sample.output);
    SampleShape shape = unusual;
    SampleShape vlans = 0;
    wire::Cursor in{sample.records};
    for (std::uint32_t i = 0; i < sample.record_count; ++i) {
        const auto header = in.block<8>();
        wire::Cursor body{in.take(header.u32<4>())};
        if (in.failed()) return unusual;
        const std::uint32_t format = header.u32<0>();
        if (format == SampleFiller::raw_header) {
            const auto raw = body.block<16>();
            constexpr std::uint32_t ethernet = 1;
            const bool is_second = shape != unusual;
            if (is_second || raw.u32<0>() != ethernet) return unusual;
            copy<4>(record, at::frame_size, raw.bytes<4, 4>().data());
            const std::size_t announced = raw.u32<12>();
            shape = read_frame(body.rest().first(std::min(announced, body.remaining())), record);
            if (shape == unusual) return unusual;
        } else if (format == SampleFiller::extended_switch) {
            const auto both = body.block<16>();
            if (body.failed()) return unusual;
            copy<4>(record, at::source_vlan, both.bytes<0, 4>().data());
            copy<4>(record, at::destination_vlan, both.bytes<8, 4>().data());
            vlans = sample_shape::vlans;
        } else if (SampleFiller::reads(format)) {
            return unusual;
        }
    }
    return shape == unusual ? unusual : shape | vlans;
}

/// Two lengths prove everything: that of the shortest frame, and that of the one that it is.
SampleShape UsualSamples::read_frame(Bytes sampled, Record record) const noexcept {
    using sample_shape::unusual;
    constexpr std::size_t shortest = ethernet_size + tag_size + ipv4_size + udp_size;
    if (sampled.size() < shortest) return unusual;
    const std::uint8_t* const ethernet = sampled.data();
    Frame frame{};
    frame.tagged = is_vlan(load_be16(ethernet + type_at));
    frame.ip = ethernet + ethernet_size + (frame.tagged ? tag_size : 0);
    const std::uint16_t type = load_be16(frame.ip - sizeof type);
    frame.ipv6 = type == ethertype::ipv6;
    if (!frame.ipv6 && type != ethertype::ipv4) return unusual;
    frame.protocol = frame.ip[frame.ipv6 ? 6 : 9];
    frame.transport = frame.ip + (frame.ipv6 ? ipv6_size : ipv4_size);
    const auto left = sampled.data() + sampled.size() - frame.transport;
    const bool is_tcp = frame.protocol == protocol::tcp;
    const std::size_t smallest = is_tcp ? tcp_size : udp_size;
    if (!is_usual(frame) || left < static_cast<std::ptrdiff_t>(smallest)) return unusual;

    copy<16>(record, at::destination_mac, ethernet);
    // Traffic is mixed: what differs from packet to packet is chosen without a branch.
    std::uint16_t tag;
    std::memcpy(&tag, ethernet + ethernet_size, sizeof tag);
    tag = frame.tagged ? tag : 0;
    std::memcpy(record.data() + at::tag, &tag, sizeof tag);
    if (!(frame.ipv6 ? read_ipv6(frame.ip, record) : read_ipv4(frame.ip, record))) return unusual;
    copy<16>(record, at::times, times_.data());
    SampleShape shape = frame.ipv6 ? sample_shape::ipv6 : 0;
    if (is_tcp || frame.protocol == protocol::udp) {
        copy<4>(record, at::ports, frame.transport);
        const std::uint8_t flags = frame.transport[is_tcp ? tcp_flags_at : 0];
        record[at::tcp_flags] = is_tcp ? flags : 0;
    } else {
        copy<2>(record, at::icmp_type, frame.transport);
        shape |= sample_shape::icmp;
    }
    if (!lists_layers_) return shape;
    const std::size_t size =
        is_tcp ? (frame.transport[tcp_size_at] >> 4) * std::size_t{4} : udp_size;
    if (size < smallest || left < static_cast<std::ptrdiff_t>(size)) return unusual;
    if (frame.protocol == protocol::udp && may_be_tunnel(record)) return unusual;
    put_layers(record, frame, size);
    return frame.tagged ? shape | sample_shape::tagged : shape;
}

}  // namespace flow::produce
