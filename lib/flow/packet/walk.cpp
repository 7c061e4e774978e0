// SPDX-License-Identifier: BSD-3-Clause
// One function per header: how long it is, and what it announces. MPLS: RFC 3032. PPPoE: RFC 2516.
// IPv6: RFC 8200, RFC 8754. GRE: RFC 2784, RFC 2890, RFC 2637. VXLAN: RFC 7348. Geneve: RFC 8926.
// Teredo: RFC 4380 §5.1.1.
#include "flow/packet/walk.hpp"

#include <algorithm>

#include "flow/packet/chain.hpp"
#include "flow/packet/extensions.hpp"
#include "flow/packet/numbers.hpp"
#include "flow/packet/vlan.hpp"
#include "flow/wire/cursor.hpp"

namespace flow::packet {
namespace {

/// A header that was read. Its size may still be more than the sample has.
struct Found {
    bool valid = false;
    std::size_t size = 0;
    Next next{};
};

[[nodiscard]] Found found(std::size_t size, Next next = {}) noexcept {
    return {.valid = true, .size = size, .next = next};
}

[[nodiscard]] Next follow_ethertype(std::uint16_t type) noexcept {
    using enum LayerKind;
    constexpr auto by = Layer::By::ethertype;
    switch (type) {
        case ethertype::ipv4: return follow(ipv4, by, type);
        case ethertype::ipv6: return follow(ipv6, by, type);
        case ethertype::vlan:
        case ethertype::vlan_service:
        case ethertype::vlan_stacked: return follow(dot1q, by, type);
        case ethertype::mpls:
        case ethertype::mpls_upstream: return follow(mpls, by, type);
        case ethertype::pppoe_session: return follow(pppoe, by, type);
        case ethertype::bridged_ethernet: return follow(ethernet, by, type);
        default: return {};
    }
}

/// Extension headers only behind an IPv6 header: to IPv4, and behind tunnels, these numbers mean
/// nothing or another thing.
[[nodiscard]] Next follow_protocol(std::uint8_t number, bool in_ipv6) noexcept {
    using enum LayerKind;
    constexpr auto by = Layer::By::protocol;
    switch (number) {
        case protocol::icmp: return follow(icmp, by, number);
        case protocol::icmpv6: return follow(icmpv6, by, number);
        case protocol::ipv4: return follow(ipv4, by, number);
        case protocol::ipv6: return follow(ipv6, by, number);
        case protocol::tcp: return follow(tcp, by, number);
        case protocol::udp: return follow(udp, by, number);
        case protocol::gre: return follow(gre, by, number);
        default: break;
    }
    if (!in_ipv6) return {};
    switch (number) {
        case protocol::routing: return follow(ipv6_routing, by, number);
        case protocol::fragment: return follow(ipv6_fragment, by, number);
        case protocol::hop_by_hop:
        case protocol::destination_options:
        case protocol::authentication: return follow(ipv6_options, by, number);
        default: return {};
    }
}

/// Whether `next` is in a tunnel because it stands behind `current`: what follows a transport or
/// tunnel header, IP in IP, and Ethernet that is not the first layer.
[[nodiscard]] bool enters_tunnel(LayerKind current, LayerKind next) noexcept {
    const unsigned group = layer_group(current);
    if (group >= layer_group(LayerKind::udp) || next == LayerKind::ethernet) return true;
    const bool is_ip = next == LayerKind::ipv4 || next == LayerKind::ipv6;
    return is_ip && group >= layer_group(LayerKind::ipv4);
}

[[nodiscard]] Found read_ethernet(wire::Cursor in) noexcept {
    const auto header = in.block<14>();
    if (in.failed()) return {};
    return found(14, follow_ethertype(header.u16<12>()));
}

[[nodiscard]] Found read_tag(wire::Cursor in) noexcept {
    const auto tag = in.block<4>();
    if (in.failed()) return {};
    return found(4, follow_ethertype(tag.u16<2>()));
}

[[nodiscard]] Found read_pppoe(wire::Cursor in) noexcept {
    const auto header = in.block<8>();
    constexpr std::uint16_t version_1_session_data = 0x1100;
    if (in.failed() || header.u16<0>() != version_1_session_data) return {};
    switch (header.u16<6>()) {
        case ppp::ipv4: return found(8, follow_ethertype(ethertype::ipv4));
        case ppp::ipv6: return found(8, follow_ethertype(ethertype::ipv6));
        default: return found(8);
    }
}

[[nodiscard]] Found read_ipv4(wire::Cursor in) noexcept {
    const auto header = in.block<20>();
    const std::size_t size = (header.u8<0>() & 0x0fU) * 4U;
    if (in.failed() || header.u8<0>() >> 4 != 4 || size < 20) return {};
    if ((header.u16<6>() & 0x1fff) != 0) return found(size);
    return found(size, follow_protocol(header.u8<9>(), false));
}

[[nodiscard]] Found read_ipv6(wire::Cursor in) noexcept {
    const auto header = in.block<40>();
    if (in.failed() || header.u8<0>() >> 4 != 6) return {};
    return found(40, follow_protocol(header.u8<6>(), true));
}

[[nodiscard]] Found read_fragment(wire::Cursor in) noexcept {
    const auto header = in.block<8>();
    if (in.failed()) return {};
    if (header.u16<2>() >> 3 != 0) return found(8);
    return found(8, follow_protocol(header.u8<0>(), true));
}

[[nodiscard]] Found read_extension(wire::Cursor in, std::uint8_t number) noexcept {
    const auto header = in.block<8>();
    if (in.failed()) return {};
    return found(extension_size(number, header.u8<1>()), follow_protocol(header.u8<0>(), true));
}

[[nodiscard]] Found read_icmp(wire::Cursor in) noexcept {
    constexpr std::size_t header_size = 8;
    if (in.remaining() < 2) return {};  // type and code, as for the columns
    return found(std::min(in.remaining(), header_size));
}

/// Version 1 is PPTP's (RFC 2637): it always has a key, and may have an acknowledgment. The source
/// routes of RFC 1701, which RFC 2784 took away, end the walk.
[[nodiscard]] Found read_gre(wire::Cursor in) noexcept {
    const auto header = in.block<4>();
    if (in.failed()) return {};
    const unsigned flags = header.u16<0>();
    const bool checksum = (flags & 0x8000) != 0;
    const bool routing = (flags & 0x4000) != 0;
    const bool key = (flags & 0x2000) != 0;
    const bool sequence = (flags & 0x1000) != 0;
    const unsigned version = flags & 7;
    if (version > 1) return {};
    const bool acknowledgment = version == 1 && (flags & 0x0080) != 0;
    const unsigned words = unsigned{checksum || routing} + unsigned{key} + unsigned{sequence} +
                           unsigned{acknowledgment};
    if (version == 1 || routing) return found(4 + words * 4);
    return found(4 + words * 4, follow_ethertype(header.u16<2>()));
}

[[nodiscard]] Found read_geneve(wire::Cursor in) noexcept {
    const auto header = in.block<8>();
    if (in.failed() || header.u8<0>() >> 6 != 0) return {};
    return found(8 + (header.u8<0>() & 0x3fU) * 4, follow_ethertype(header.u16<2>()));
}

/// The indications before the IPv6 header, none of which must be there; else it is no Teredo.
[[nodiscard]] Found read_teredo(wire::Cursor in) noexcept {
    const std::size_t available = in.remaining();
    constexpr std::uint16_t authentication = 1;
    constexpr std::uint16_t origin = 0;
    wire::Cursor ahead = in;
    if (ahead.u16() == authentication) {
        const auto lengths = in.block<4>();  // then identifier, value, nonce, confirmation
        in.skip(lengths.u8<2>() + std::size_t{lengths.u8<3>()} + 9);
    }
    ahead = in;
    if (ahead.u16() == origin) in.skip(8);
    if (in.remaining() == 0 || in.rest().front() >> 4 != 6) return {};
    return found(available - in.remaining(), follow(LayerKind::ipv6));
}

class Walk {
public:
    Walk(Bytes sampled, std::span<const PortRule> rules, Layers& layers) noexcept
        : sampled_{sampled}, rules_{rules}, layers_{layers} {}

    void run(Next next) noexcept {
        bool encapsulated = false;
        std::size_t offset = 0;
        while (next.known && !layers_.full()) {
            const Bytes rest = sampled_.subspan(offset);
            const Found header = read(next, wire::Cursor{rest}, encapsulated);
            if (!header.valid || header.size > rest.size()) return;
            layers_.add({.offset = static_cast<std::uint16_t>(offset),
                         .number = next.number,
                         .kind = next.kind,
                         .by = next.by,
                         .encapsulated = encapsulated},
                        header.size);
            if (!header.next.known || !may_repeat(next.kind, header.next.kind)) return;
            encapsulated = encapsulated || enters_tunnel(next.kind, header.next.kind);
            offset += header.size;
            next = header.next;
        }
    }

private:
    [[nodiscard]] Found read(const Next& layer, wire::Cursor in, bool encapsulated) noexcept {
        using enum LayerKind;
        switch (layer.kind) {
            case ethernet: return read_ethernet(in);
            case dot1q: return read_tag(in);
            case mpls: return read_mpls(in, encapsulated);
            case pppoe: return read_pppoe(in);
            case ipv4: return read_ipv4(in);
            case ipv6: return read_ipv6(in);
            case ipv6_routing: return read_routing(in, encapsulated);
            case ipv6_fragment: return read_fragment(in);
            case ipv6_options: return read_extension(in, static_cast<std::uint8_t>(layer.number));
            case tcp: return read_tcp(in);
            case udp: return read_udp(in);
            case icmp:
            case icmpv6: return read_icmp(in);
            case gre: return read_gre(in);
            case geneve: return read_geneve(in);
            case vxlan: return read_vxlan(in);
            case teredo: return read_teredo(in);
            case custom: break;
        }
        return {};
    }

    /// Tags and extension headers in a row have the limits that the outermost headers have too.
    [[nodiscard]] bool may_repeat(LayerKind current, LayerKind next) noexcept {
        const unsigned group = layer_group(next);
        if (layer_group(current) != group) in_a_row_ = 0;
        ++in_a_row_;
        if (next == LayerKind::dot1q) return in_a_row_ <= vlan_tags_max;
        if (group == layer_group(LayerKind::ipv6_options)) return in_a_row_ <= extensions_max;
        return true;
    }

    [[nodiscard]] Found read_mpls(wire::Cursor in, bool encapsulated) noexcept {
        for (std::size_t count = 1; count <= mpls_labels_max; ++count) {
            const std::uint32_t entry = in.u32();
            if (in.failed()) return {.valid = count > 1, .size = (count - 1) * 4, .next = {}};
            if (!encapsulated) layers_.add_label(entry >> 12, static_cast<std::uint8_t>(entry));
            const bool bottom = (entry & 0x100) != 0;
            if (!bottom) continue;
            const unsigned version = in.remaining() == 0 ? 0 : in.rest().front() >> 4;
            if (version == 4) return found(count * 4, follow_ethertype(ethertype::ipv4));
            if (version == 6) return found(count * 4, follow_ethertype(ethertype::ipv6));
            return found(count * 4);
        }
        return found(mpls_labels_max * 4);
    }

    /// The addresses that are there count even when the sample cuts the header off.
    [[nodiscard]] Found read_routing(wire::Cursor in, bool encapsulated) noexcept {
        const auto header = in.block<8>();
        if (in.failed()) return {};
        const std::size_t size = extension_size(protocol::routing, header.u8<1>());
        if (!encapsulated && !layers_.has_routing) {
            layers_.has_routing = true;
            layers_.segments_left = header.u8<3>();
            constexpr std::uint8_t segment_routing = 4;
            const std::size_t fitting = std::min(in.remaining(), size - 8) / 16;
            const std::size_t announced = std::size_t{header.u8<4>()} + 1;
            if (header.u8<2>() == segment_routing) {
                layers_.segments = in.rest().first(std::min(fitting, announced) * 16);
            }
        }
        return found(size, follow_protocol(header.u8<0>(), true));
    }

    [[nodiscard]] Found read_tcp(wire::Cursor in) noexcept {
        const auto header = in.block<20>();
        const std::size_t size = (header.u8<12>() >> 4) * 4U;
        if (in.failed() || size < 20) return {};
        return found(size, follow_port(rules_, {.tcp = true,
                                                .source = header.u16<0>(),
                                                .destination = header.u16<2>()}));
    }

    /// The rules given come first. VXLAN and Geneve have a source port that means nothing; either
    /// side of Teredo may be the server or relay.
    [[nodiscard]] Found read_udp(wire::Cursor in) noexcept {
        const auto header = in.block<8>();
        if (in.failed()) return {};
        const Ports ports{.source = header.u16<0>(), .destination = header.u16<2>()};
        const Next by_rule = follow_port(rules_, ports);
        if (by_rule.known) return found(8, by_rule);
        constexpr auto by = Layer::By::udp_port;
        if (ports.destination == port::vxlan)
            return found(8, follow(LayerKind::vxlan, by, port::vxlan));
        if (ports.destination == port::geneve) {
            return found(8, follow(LayerKind::geneve, by, port::geneve));
        }
        if (ports.destination == port::teredo || ports.source == port::teredo) {
            return found(8, follow(LayerKind::teredo, by, port::teredo));
        }
        return found(8);
    }

    [[nodiscard]] Found read_vxlan(wire::Cursor in) noexcept {
        const auto header = in.block<8>();
        constexpr std::uint8_t identifier_valid = 0x08;
        if (in.failed() || (header.u8<0>() & identifier_valid) == 0) return {};
        if (!layers_.has_vxlan) {
            layers_.has_vxlan = true;
            layers_.vxlan_vni = header.u32<4>() >> 8;
        }
        return found(8, follow(LayerKind::ethernet));
    }

    Bytes sampled_;
    std::span<const PortRule> rules_;
    Layers& layers_;
    std::size_t in_a_row_ = 0;  ///< layers of the group of the last one
};

[[nodiscard]] LayerKind first_kind(FirstLayer first) noexcept {
    switch (first) {
        case FirstLayer::ethernet: break;
        case FirstLayer::ipv4: return LayerKind::ipv4;
        case FirstLayer::ipv6: return LayerKind::ipv6;
        case FirstLayer::mpls: return LayerKind::mpls;
    }
    return LayerKind::ethernet;
}

}  // namespace

void walk(Bytes sampled, FirstLayer first, std::span<const PortRule> ports,
          Layers& layers) noexcept {
    Walk{sampled, ports, layers}.run(follow(first_kind(first)));
}

}  // namespace flow::packet
