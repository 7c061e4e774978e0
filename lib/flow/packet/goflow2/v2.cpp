// SPDX-License-Identifier: BSD-3-Clause
// Its faults: the VLAN id has the priority in it and comes from the inner tag, only 0x8100 is one;
// IPv4 options are taken for the transport header, and so is the payload of a later fragment; the
// size of a TCP header comes from its flags, that of GRE has no options; type and code of ICMP are
// never set; behind IPv6 extension headers the protocol is still theirs; MPLS in GRE is not
// encapsulated.
#include "flow/packet/goflow2/v2.hpp"

#include <algorithm>

#include "flow/packet/chain.hpp"
#include "flow/packet/numbers.hpp"
#include "flow/wire/cursor.hpp"

namespace flow::packet::goflow2 {
namespace {

/// What a parser gives. A size may be more than the frame has.
struct Parsed {
    bool whole = false;  ///< else it was too short
    std::size_t size = 0;
    Next next{};
};

[[nodiscard]] Parsed parsed(std::size_t size, Next next = {}) noexcept {
    return {.whole = true, .size = size, .next = next};
}

[[nodiscard]] Next follow_ethertype(std::uint16_t type) noexcept {
    using enum LayerKind;
    constexpr auto by = Layer::By::ethertype;
    constexpr std::uint16_t bridged_too = 0x199e;
    switch (type) {
        case bridged_too:
        case ethertype::bridged_ethernet: return follow(ethernet, by, type);
        case ethertype::vlan: return follow(dot1q, by, type);
        case ethertype::mpls: return follow(mpls, by, type);
        case ethertype::ipv4: return follow(ipv4, by, type);
        case ethertype::ipv6: return follow(ipv6, by, type);
        default: return {};
    }
}

[[nodiscard]] Next follow_protocol(std::uint8_t number) noexcept {
    using enum LayerKind;
    constexpr auto by = Layer::By::protocol;
    switch (number) {
        case protocol::icmp: return follow(icmp, by, number);
        case protocol::ipv4: return follow(ipv4, by, number);
        case protocol::tcp: return follow(tcp, by, number);
        case protocol::udp: return follow(udp, by, number);
        case protocol::ipv6: return follow(ipv6, by, number);
        case protocol::routing: return follow(ipv6_routing, by, number);
        case protocol::fragment: return follow(ipv6_fragment, by, number);
        case protocol::gre: return follow(gre, by, number);
        case protocol::icmpv6: return follow(icmpv6, by, number);
        default: return {};
    }
}

/// These never turn the flag on; what follows them is compared with them.
[[nodiscard]] bool enters_tunnel(LayerKind current, LayerKind next) noexcept {
    if (next == LayerKind::dot1q || next == LayerKind::mpls || next == LayerKind::ipv6_fragment) {
        return false;
    }
    return layer_group(next) <= layer_group(current);
}

class Chain {
public:
    Chain(Bytes frame, std::span<const PortRule> rules, Headers& headers, Layers& layers) noexcept
        : frame_{frame}, rules_{rules}, headers_{headers}, layers_{layers} {}

    /// A parser that starts at the very end of the frame still runs, on nothing.
    void run() noexcept {
        Next next = follow(LayerKind::ethernet);
        std::size_t offset = 0;
        while (next.known && offset <= frame_.size() && !layers_.full()) {
            const Parsed result = parse(next.kind, wire::Cursor{frame_.subspan(offset)});
            layers_.add({.offset = static_cast<std::uint16_t>(offset),
                         .number = next.number,
                         .kind = next.kind,
                         .by = next.by,
                         .encapsulated = encapsulated_},
                        result.size, result.whole);
            if (!result.next.known) return;
            encapsulated_ = encapsulated_ || enters_tunnel(next.kind, result.next.kind);
            offset += result.size;
            next = result.next;
        }
    }

private:
    [[nodiscard]] Parsed parse(LayerKind kind, wire::Cursor in) noexcept {
        using enum LayerKind;
        switch (kind) {
            case ethernet: return parse_ethernet(in);
            case dot1q: return parse_tag(in);
            case mpls: return parse_mpls(in);
            case ipv4: return parse_ipv4(in);
            case ipv6: return parse_ipv6(in);
            case ipv6_routing: return parse_routing(in);
            case ipv6_fragment: return parse_fragment(in);
            case tcp: return parse_tcp(in);
            case udp: return parse_udp(in);
            case gre: return in.remaining() < 4 ? Parsed{} : parse_tunnel(in, 4);
            case geneve: return parse_geneve(in);
            case teredo: return parsed(0, follow(ipv6));
            case icmp:
            case icmpv6: return in.remaining() < 2 ? Parsed{} : parsed(8);
            default: return {};  // not one of its parsers
        }
    }

    [[nodiscard]] Parsed parse_ethernet(wire::Cursor in) noexcept {
        const auto header = in.block<14>();
        if (in.failed()) return {};
        const std::uint16_t type = header.u16<12>();
        if (!encapsulated_) {
            headers_.has_ethernet = true;
            headers_.destination_mac = header.u64<0>() >> 16;
            headers_.source_mac = header.u64<4>() & 0xffff'ffff'ffff;
            headers_.ethertype = type;
        }
        return parsed(14, follow_ethertype(type));
    }

    [[nodiscard]] Parsed parse_tag(wire::Cursor in) noexcept {
        const auto tag = in.block<4>();
        if (in.failed()) return {};
        if (!encapsulated_) {
            headers_.has_vlan = true;
            headers_.vlan_id = tag.u16<0>();
            headers_.ethertype = tag.u16<2>();
        }
        return parsed(4, follow_ethertype(tag.u16<2>()));
    }

    /// A later stack that is not encapsulated replaces the labels of an earlier one.
    [[nodiscard]] Parsed parse_mpls(wire::Cursor in) noexcept {
        if (in.remaining() < 4) return {};
        if (!encapsulated_) forget_labels();
        std::uint16_t type = 0;
        std::size_t size = 0;
        constexpr std::uint32_t reserved_label_max = 15;
        while (in.remaining() >= 4) {
            const std::uint32_t entry = in.u32();
            const std::uint32_t label = entry >> 12;
            size += 4;
            if (!encapsulated_) keep_label(label, static_cast<std::uint8_t>(entry));
            const bool bottom = (entry & 0x100) != 0;
            if (!bottom && label > reserved_label_max) continue;
            const unsigned version = in.remaining() == 0 ? 0 : in.rest().front() >> 4;
            if (version == 4) type = ethertype::ipv4;
            if (version == 6) type = ethertype::ipv6;
            break;
        }
        if (type != 0 && !encapsulated_) headers_.ethertype = type;
        return parsed(size, follow_ethertype(type));
    }

    void forget_labels() noexcept {
        layers_.clear_labels();
        headers_.has_mpls = true;
        headers_.mpls_count = 0;
        headers_.mpls = {};
        headers_.mpls_last = {};
    }

    void keep_label(std::uint32_t label, std::uint8_t ttl) noexcept {
        layers_.add_label(label, ttl);
        const std::size_t index = headers_.mpls_count++;
        (index < headers_.mpls.size() ? headers_.mpls[index] : headers_.mpls_last) = {label, ttl};
    }

    [[nodiscard]] Parsed parse_ipv4(wire::Cursor in) noexcept {
        const auto header = in.block<20>();
        if (in.failed()) return {};
        const std::uint8_t number = header.u8<9>();
        if (!encapsulated_) {
            headers_.has_ip = true;
            headers_.tos = header.u8<1>();
            headers_.fragment_id = header.u16<4>();
            headers_.ip_flags = header.u8<6>() >> 5;
            headers_.fragment_offset = header.u16<6>() & 0x1fff;
            headers_.ttl = header.u8<8>();
            headers_.protocol = number;
            headers_.source = header.bytes<12, 4>();
            headers_.destination = header.bytes<16, 4>();
        }
        return parsed(20, follow_protocol(number));
    }

    [[nodiscard]] Parsed parse_ipv6(wire::Cursor in) noexcept {
        const auto header = in.block<40>();
        if (in.failed()) return {};
        const std::uint8_t number = header.u8<6>();
        if (!encapsulated_) {
            headers_.has_ip = true;
            headers_.tos = static_cast<std::uint8_t>(header.u32<0>() >> 20);
            headers_.flow_label = header.u32<0>() & 0xfffff;
            headers_.protocol = number;
            headers_.ttl = header.u8<7>();
            headers_.source = header.bytes<8, 16>();
            headers_.destination = header.bytes<24, 16>();
        }
        return parsed(40, follow_protocol(number));
    }

    [[nodiscard]] Parsed parse_routing(wire::Cursor in) noexcept {
        const auto header = in.block<8>();
        if (in.failed()) return {};
        const std::size_t size = 8 + header.u8<1>() * std::size_t{8};
        if (!encapsulated_) {
            layers_.has_routing = true;
            layers_.segments_left = header.u8<3>();
            // An address counts when it starts inside the header, wherever it ends.
            const std::size_t started = (size - 8 + 15) / 16;
            const std::size_t announced = std::size_t{header.u8<4>()} + 1;
            const std::size_t count = std::min({started, announced, in.remaining() / 16});
            constexpr std::uint8_t segment_routing = 4;
            if (header.u8<2>() == segment_routing) layers_.segments = in.rest().first(count * 16);
        }
        return parsed(size, follow_protocol(header.u8<0>()));
    }

    [[nodiscard]] Parsed parse_fragment(wire::Cursor in) noexcept {
        const auto header = in.block<8>();
        if (in.failed()) return {};
        if (!encapsulated_) {
            headers_.fragment_id = header.u32<4>();
            headers_.fragment_offset = header.u16<2>() >> 3;
            headers_.ip_flags = header.u8<3>() & 7;
        }
        return parsed(8, follow_protocol(header.u8<0>()));
    }

    [[nodiscard]] Parsed parse_tcp(wire::Cursor in) noexcept {
        const auto header = in.block<20>();
        if (in.failed()) return {};
        const std::uint8_t flags = header.u8<13>();
        if (!encapsulated_) headers_.tcp_flags = flags;
        const std::size_t size = 20 + (flags >> 4) * 4U;
        return parsed(
            size,
            take_ports({.tcp = true, .source = header.u16<0>(), .destination = header.u16<2>()}));
    }

    [[nodiscard]] Parsed parse_udp(wire::Cursor in) noexcept {
        const auto header = in.block<8>();
        if (in.failed()) return {};
        return parsed(8, take_ports({.source = header.u16<0>(), .destination = header.u16<2>()}));
    }

    [[nodiscard]] Next take_ports(Ports ports) noexcept {
        if (!encapsulated_) {
            headers_.has_ports = true;
            headers_.source_port = ports.source;
            headers_.destination_port = ports.destination;
        }
        return follow_port(rules_, ports);
    }

    [[nodiscard]] Parsed parse_geneve(wire::Cursor in) noexcept {
        if (in.remaining() < 8) return {};
        return parse_tunnel(in, 8 + (in.rest().front() & 0x3fU) * 4);
    }

    /// GRE and Geneve have the ethertype at the same place.
    [[nodiscard]] static Parsed parse_tunnel(wire::Cursor in, std::size_t size) noexcept {
        return parsed(size, follow_ethertype(in.block<4>().u16<2>()));
    }

    Bytes frame_;
    std::span<const PortRule> rules_;
    Headers& headers_;
    Layers& layers_;
    bool encapsulated_ = false;
};

}  // namespace

void read_v2(Bytes frame, std::span<const PortRule> ports, Headers& headers,
             Layers& layers) noexcept {
    Chain{frame, ports, headers, layers}.run();
}

}  // namespace flow::packet::goflow2
