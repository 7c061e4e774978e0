// SPDX-License-Identifier: BSD-3-Clause
// Headers are copied as they are; what a sample may lack has a place of its own, which is zero
// then. So there are few plans, and the messages of different packets take the same steps.
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
/// No protocol that is read here: no next header (RFC 8200 §4.7).
constexpr std::uint8_t nothing = 59;

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
    number(src_vlan, at::source_vlan, 4),
    number(dst_vlan, at::destination_vlan, 4),
    number(src_mac, at::source_mac, 6),
    number(dst_mac, at::destination_mac, 6),
    low_bits(vlan_id, at::tag, 2, 12),
    low_bits(dot1q_vlan_id, at::tag, 2, 12),
    Step{.column = dot1q_priority,
         .transform = Transform::number,
         .shift = 5,
         .offset = at::tag,
         .size = 1},
    number(src_port, at::ports, 2),
    number(dst_port, at::ports + 2, 2),
    number(tcp_flags, at::tcp_flags, 1),
    number(icmp_type, at::icmp_type, 1),
    number(icmp_code, at::icmp_code, 1),
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

constexpr bool is_tagged(SampleShape shape) noexcept {
    return shape == SampleShape::ipv4_tagged || shape == SampleShape::ipv6_tagged;
}
constexpr bool is_ipv6(SampleShape shape) noexcept {
    return shape == SampleShape::ipv6 || shape == SampleShape::ipv6_tagged;
}

/// `size` bytes of a header that has been proven.
template <std::size_t Size>
void copy(UsualSamples::Record record, std::size_t to, const std::uint8_t* from) noexcept {
    std::memcpy(record.data() + to, from, Size);
}

/// Returns the protocol behind the header, or `nothing`.
std::uint8_t read_ipv4(wire::Cursor& in, UsualSamples::Record record) noexcept {
    const auto header = in.block<ipv4_size>();
    constexpr unsigned version_4_without_options = 0x45;
    constexpr unsigned fragment_offset = 0x1fff;
    if (header.u8<0>() != version_4_without_options) return nothing;
    if ((header.u16<6>() & fragment_offset) != 0) return nothing;
    copy<ipv4_size>(record, at::ip, header.bytes<0, ipv4_size>().data());
    record[at::ip_flags] = header.u8<6>() >> 5;
    return header.u8<9>() == protocol::icmpv6 ? nothing : header.u8<9>();
}

std::uint8_t read_ipv6(wire::Cursor& in, UsualSamples::Record record) noexcept {
    const auto header = in.block<ipv6_size>();
    const std::uint16_t first = header.u16<0>();
    if (first >> 12 != 6) return nothing;
    copy<ipv6_size>(record, at::ip, header.bytes<0, ipv6_size>().data());
    record[at::ipv6_class] = static_cast<std::uint8_t>(first >> 4);
    return header.u8<6>() == protocol::icmp ? nothing : header.u8<6>();
}

/// Returns the size of the header; 0: unusual, or cut off.
std::size_t read_transport(std::uint8_t number, Bytes segment,
                           UsualSamples::Record record) noexcept {
    wire::Cursor in{segment};
    if (number == protocol::icmp || number == protocol::icmpv6) {
        const auto header = in.block<udp_size>();
        copy<2>(record, at::icmp_type, header.bytes<0, 2>().data());
        return in.failed() ? 0 : udp_size;
    }
    if (number == protocol::udp) {
        copy<4>(record, at::ports, in.block<udp_size>().bytes<0, 4>().data());
        return in.failed() ? 0 : udp_size;
    }
    if (number != protocol::tcp) return 0;
    const auto header = in.block<tcp_size>();
    copy<4>(record, at::ports, header.bytes<0, 4>().data());
    record[at::tcp_flags] = header.u8<13>();
    const std::size_t size = (header.u8<12>() >> 4) * std::size_t{4};
    return size < tcp_size || size > segment.size() ? 0 : size;
}

/// Of UDP: the layers go on (packet/walk.cpp).
bool may_be_tunnel(UsualSamples::Record record) noexcept {
    const std::uint16_t source = load_be16(record.data() + at::ports);
    const std::uint16_t destination = load_be16(record.data() + at::ports + 2);
    return destination == port::vxlan || destination == port::geneve ||
           destination == port::teredo || source == port::teredo;
}

struct Stack {
    bool tagged;
    bool ipv6;
    std::uint8_t protocol;
};

void put_layers(UsualSamples::Record record, const Stack& stack,
                std::size_t transport_size) noexcept {
    std::uint8_t* kind = record.data() + at::layer_kinds;
    std::uint8_t* size = record.data() + at::layer_sizes;
    const auto put = [&](LayerKind layer, std::size_t bytes) {
        *kind++ = static_cast<std::uint8_t>(layer);
        *size++ = static_cast<std::uint8_t>(bytes);
    };
    put(LayerKind::ethernet, ethernet_size);
    if (stack.tagged) put(LayerKind::dot1q, tag_size);
    put(stack.ipv6 ? LayerKind::ipv6 : LayerKind::ipv4, stack.ipv6 ? ipv6_size : ipv4_size);
    put(stack.protocol == protocol::tcp   ? LayerKind::tcp
        : stack.protocol == protocol::udp ? LayerKind::udp
        : stack.ipv6                      ? LayerKind::icmpv6
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
    is_ipv6(shape) ? add(steps::ipv6) : add(steps::ipv4);
    const std::size_t layer_count = is_tagged(shape) ? 4 : 3;
    memory[count++] = octets(Column::layer_stack, at::layer_kinds, layer_count);
    memory[count++] = octets(Column::layer_size, at::layer_sizes, layer_count);
    return {.steps = memory.first(count), .direct = true};
}

bool UsualSamples::begin(const Origin& origin) noexcept {
    constexpr std::uint64_t billion = 1'000'000'000;
    store_be32(times_.data(), origin.export_seconds);
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
    store_be32(record.data() + at::input, sample.input);
    store_be32(record.data() + at::output, sample.output);
    std::memset(record.data() + at::source_vlan, 0, 8);
    auto shape = SampleShape::unusual;
    wire::Cursor in{sample.records};
    for (std::uint32_t i = 0; i < sample.record_count; ++i) {
        const auto header = in.block<8>();
        wire::Cursor body{in.take(header.u32<4>())};
        if (in.failed()) return SampleShape::unusual;
        const std::uint32_t format = header.u32<0>();
        if (format == SampleFiller::raw_header) {
            const auto raw = body.block<16>();
            constexpr std::uint32_t ethernet = 1;
            const bool is_second = shape != SampleShape::unusual;
            if (is_second || body.failed() || raw.u32<0>() != ethernet) {
                return SampleShape::unusual;
            }
            copy<4>(record, at::frame_size, raw.bytes<4, 4>().data());
            const std::size_t announced = raw.u32<12>();
            shape = read_frame(body.rest().first(std::min(announced, body.remaining())), record);
            if (shape == SampleShape::unusual) return shape;
        } else if (format == SampleFiller::extended_switch) {
            const auto vlans = body.block<16>();
            if (body.failed()) return SampleShape::unusual;
            copy<4>(record, at::source_vlan, vlans.bytes<0, 4>().data());
            copy<4>(record, at::destination_vlan, vlans.bytes<8, 4>().data());
        } else if (SampleFiller::reads(format)) {
            return SampleShape::unusual;
        }
    }
    return shape;
}

SampleShape UsualSamples::read_frame(Bytes sampled, Record record) const noexcept {
    wire::Cursor in{sampled};
    const auto ethernet = in.block<ethernet_size>();
    std::uint16_t type = ethernet.u16<12>();
    copy<12>(record, at::destination_mac, ethernet.bytes<0, 12>().data());
    std::memset(record.data() + at::tag, 0, 2);
    const bool tagged = is_vlan(type);
    if (tagged) {
        const auto tag = in.block<tag_size>();
        copy<2>(record, at::tag, tag.bytes<0, 2>().data());
        type = tag.u16<2>();
    }
    copy<times_size>(record, at::times, times_.data());
    std::memset(record.data() + at::ports, 0, UsualSamples::record_size - at::ports);
    const bool is_ipv6 = type == ethertype::ipv6;
    if (!is_ipv6 && type != ethertype::ipv4) return SampleShape::unusual;
    const std::uint8_t number = is_ipv6 ? read_ipv6(in, record) : read_ipv4(in, record);
    // Behind a header that was cut off nothing is left.
    const std::size_t size = read_transport(number, in.rest(), record);
    if (size == 0) return SampleShape::unusual;
    if (!lists_layers_) return is_ipv6 ? SampleShape::ipv6 : SampleShape::ipv4;
    if (number == protocol::udp && may_be_tunnel(record)) return SampleShape::unusual;
    put_layers(record, {.tagged = tagged, .ipv6 = is_ipv6, .protocol = number}, size);
    if (tagged) return is_ipv6 ? SampleShape::ipv6_tagged : SampleShape::ipv4_tagged;
    return is_ipv6 ? SampleShape::ipv6 : SampleShape::ipv4;
}

}  // namespace flow::produce
