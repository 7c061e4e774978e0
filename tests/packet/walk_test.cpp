// SPDX-License-Identifier: BSD-3-Clause
// walk(): the stack of every header and tunnel that the standard reading knows, and where it ends.
#include "flow/packet/walk.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "packet_builder.hpp"

namespace flow::packet {
namespace {

using enum LayerKind;
using test::Cut;
using test::Packet;
using Kinds = std::vector<LayerKind>;
using Sizes = std::vector<std::uint32_t>;

/// Borrows from `packet`.
Layers read(const Packet& packet, FirstLayer first = FirstLayer::ethernet,
            std::span<const PortRule> ports = {}) {
    Layers layers;
    layers.clear();
    walk(packet.bytes(), first, ports, layers);
    return layers;
}

Kinds kinds(const Layers& layers) {
    Kinds found;
    for (const std::uint32_t kind : layers.stack()) found.push_back(static_cast<LayerKind>(kind));
    return found;
}

Sizes sizes(const Layers& layers) { return {layers.sizes().begin(), layers.sizes().end()}; }

/// One character for each layer.
std::string flags(const Layers& layers) {
    std::string text;
    for (const Layer& layer : layers.all()) text += layer.encapsulated ? 'i' : 'o';
    return text;
}

TEST(Walk, NothingGivesNothing) {
    const Layers layers = read(Packet{});
    EXPECT_TRUE(layers.all().empty() && layers.stack().empty() && layers.sizes().empty());
    EXPECT_FALSE(layers.has_routing || layers.has_vxlan);
}

TEST(Walk, EveryHeaderHasItsSizeAndPlace) {
    Packet packet;
    packet.ethernet(ethertype::vlan_service).tag(0x2064, ethertype::vlan);
    packet.tag(0x00c8, ethertype::ipv4);
    packet.ipv4({.protocol = protocol::tcp, .header_words = 7}).tcp_of(8, 0x10).fill(100, 0);
    const Layers layers = read(packet);
    EXPECT_EQ(kinds(layers), (Kinds{ethernet, dot1q, dot1q, ipv4, tcp}));
    EXPECT_EQ(sizes(layers), (Sizes{14, 4, 4, 28, 32}));
    EXPECT_EQ(flags(layers), "ooooo");
    EXPECT_EQ(layers.all()[4].offset, 50);
    EXPECT_EQ(layers.all()[0].by, Layer::By::nothing);
    EXPECT_EQ(layers.all()[2].by, Layer::By::ethertype);
    EXPECT_EQ(layers.all()[2].number, ethertype::vlan);
    EXPECT_EQ(layers.all()[4].by, Layer::By::protocol);
    EXPECT_EQ(layers.all()[4].number, protocol::tcp);
}

TEST(Walk, ALayerThatIsCutOffIsNotInTheStack) {
    Packet packet;
    packet.ethernet(ethertype::vlan).tag(1, ethertype::ipv4);
    packet.ipv4({.protocol = protocol::tcp, .header_words = 6}).tcp_of(6, 0);
    for (std::size_t size = 0; size <= packet.size(); ++size) {
        SCOPED_TRACE(size);
        const Cut cut{packet.bytes(), size};
        Layers layers;
        layers.clear();
        walk(cut.bytes(), FirstLayer::ethernet, {}, layers);
        const std::size_t count = (size >= 14) + (size >= 18) + (size >= 42) + (size >= 66);
        EXPECT_EQ(layers.stack().size(), count);
        EXPECT_EQ(layers.sizes().size(), count);
    }
}

TEST(Walk, EachFirstLayerStartsTheStack) {
    const Packet four = Packet{}.ipv4({.protocol = protocol::udp}).udp(8);
    EXPECT_EQ(kinds(read(four, FirstLayer::ipv4)), (Kinds{ipv4, udp}));
    EXPECT_TRUE(read(four, FirstLayer::ipv6).all().empty());
    const Packet six = Packet{}.ipv6(8, protocol::udp).udp(8);
    EXPECT_EQ(kinds(read(six, FirstLayer::ipv6)), (Kinds{ipv6, udp}));
    const Packet label = Packet{}.label(17, true, 3).ipv6(8, protocol::udp).udp(8);
    EXPECT_EQ(kinds(read(label, FirstLayer::mpls)), (Kinds{mpls, ipv6, udp}));
}

TEST(Walk, MplsIsOneLayerWithAllItsLabels) {
    Packet packet;
    packet.ethernet(ethertype::mpls).label(100, false, 1).label(3, false, 2).label(300, true, 3);
    packet.ipv4({.protocol = protocol::icmp}).raw({8, 0, 0, 0});
    const Layers layers = read(packet);
    EXPECT_EQ(kinds(layers), (Kinds{ethernet, mpls, ipv4, icmp}));
    EXPECT_EQ(sizes(layers), (Sizes{14, 12, 20, 4}));
    EXPECT_EQ(std::vector(layers.mpls_labels().begin(), layers.mpls_labels().end()),
              (Sizes{100, 3, 300}));
    EXPECT_EQ(std::vector(layers.mpls_ttls().begin(), layers.mpls_ttls().end()), (Sizes{1, 2, 3}));
    EXPECT_EQ(layers.all()[2].by, Layer::By::ethertype);
    EXPECT_EQ(layers.all()[2].number, ethertype::ipv4);
}

TEST(Walk, ACutMplsStackKeepsItsWholeLabels) {
    const Packet packet = Packet{}.label(16, false, 1).label(17, false, 2).fill(3, 0xff);
    const Layers layers = read(packet, FirstLayer::mpls);
    EXPECT_EQ(sizes(layers), Sizes{8});
    EXPECT_EQ(layers.mpls_labels().size(), 2U);
    EXPECT_TRUE(read(Packet{}.fill(3, 0), FirstLayer::mpls).all().empty());
}

TEST(Walk, PppoeIsALayerWhateverItCarries) {
    Packet packet;
    packet.ethernet(ethertype::pppoe_session).u16(0x1100).u16(5).u16(30).u16(ppp::ipv4);
    packet.ipv4({.protocol = protocol::udp}).udp(8);
    EXPECT_EQ(kinds(read(packet)), (Kinds{ethernet, pppoe, ipv4, udp}));
    EXPECT_EQ(sizes(read(packet))[1], 8U);
    Packet lcp;
    lcp.ethernet(ethertype::pppoe_session).u16(0x1100).u16(5).u16(30).u16(0xc021).fill(40, 0x45);
    EXPECT_EQ(kinds(read(lcp)), (Kinds{ethernet, pppoe}));
    Packet discovery;
    discovery.ethernet(ethertype::pppoe_session).u16(0x1109).u16(5).u16(30).u16(ppp::ipv4);
    EXPECT_EQ(kinds(read(discovery)), Kinds{ethernet});
}

TEST(Walk, ExtensionHeadersAreLayers) {
    Packet packet;
    packet.ipv6(0, protocol::hop_by_hop).extension(protocol::destination_options);
    packet.extension(protocol::routing, 1).segments(protocol::fragment, 2, 1);
    packet.fragment(protocol::authentication, 1).authentication(protocol::tcp).tcp();
    const Layers layers = read(packet, FirstLayer::ipv6);
    EXPECT_EQ(kinds(layers), (Kinds{ipv6, ipv6_options, ipv6_options, ipv6_routing, ipv6_fragment,
                                    ipv6_options, tcp}));
    EXPECT_EQ(sizes(layers), (Sizes{40, 8, 16, 40, 8, 24, 20}));
    EXPECT_EQ(flags(layers), "ooooooo");
}

TEST(Walk, ExtensionHeadersInARowHaveALimit) {
    Packet packet;
    packet.ipv6(0, protocol::destination_options);
    for (int i = 0; i < 7; ++i) packet.extension(protocol::destination_options);
    Packet more = packet;
    packet.extension(protocol::udp).udp(8);
    EXPECT_EQ(kinds(read(packet, FirstLayer::ipv6)).back(), udp);
    more.extension(protocol::destination_options).extension(protocol::udp).udp(8);
    EXPECT_EQ(read(more, FirstLayer::ipv6).stack().size(), 9U);
}

TEST(Walk, ExtensionNumbersMeanNothingToIpv4) {
    for (const unsigned number : {0U, 43U, 44U, 51U, 60U}) {
        Packet packet;
        packet.ipv4({.protocol = number}).extension(protocol::udp).udp(8);
        EXPECT_EQ(kinds(read(packet, FirstLayer::ipv4)), Kinds{ipv4}) << number;
    }
}

TEST(Walk, SegmentsOfTheRoutingHeader) {
    Packet packet;
    packet.ipv6(0, protocol::routing).segments(protocol::ipv4, 3, 2, 1);
    packet.ipv4({.protocol = protocol::udp}).udp(8);
    const Layers layers = read(packet, FirstLayer::ipv6);
    EXPECT_TRUE(layers.has_routing);
    EXPECT_EQ(layers.segments_left, 2);
    ASSERT_EQ(layers.segments.size(), 48U);
    EXPECT_EQ(layers.segments[15], 0xa0);
    EXPECT_EQ(layers.segments[47], 0xa2);
    EXPECT_EQ(kinds(layers), (Kinds{ipv6, ipv6_routing, ipv4, udp}));
    EXPECT_EQ(flags(layers), "ooii");

    const Cut cut{packet.bytes(), 40 + 8 + 33};
    Layers part;
    part.clear();
    walk(cut.bytes(), FirstLayer::ipv6, {}, part);
    EXPECT_EQ(part.segments.size(), 32U);
    EXPECT_EQ(kinds(part), Kinds{ipv6});
}

TEST(Walk, OtherRoutingHeadersHaveNoSegments) {
    Packet packet;
    packet.ipv6(0, protocol::routing).raw({59, 2, 2, 7}).fill(20, 9);
    const Layers layers = read(packet, FirstLayer::ipv6);
    EXPECT_TRUE(layers.has_routing);
    EXPECT_EQ(layers.segments_left, 7);
    EXPECT_TRUE(layers.segments.empty());
}

TEST(Walk, SegmentsAnnouncedPastTheHeaderDoNotCount) {
    Packet packet;  // last entry 200, in a header for one address
    packet.ipv6(0, protocol::routing).raw({59, 2, 4, 0, 200, 0, 0, 0}).fill(64, 9);
    EXPECT_EQ(read(packet, FirstLayer::ipv6).segments.size(), 16U);
}

TEST(Walk, NothingIsBehindALaterFragment) {
    Packet four;
    four.ipv4({.protocol = protocol::udp, .fragment = 0x2000 | 100}).udp(8);
    EXPECT_EQ(kinds(read(four, FirstLayer::ipv4)), Kinds{ipv4});
    Packet six;
    six.ipv6(0, protocol::fragment).fragment(protocol::udp, 100 << 3).udp(8);
    EXPECT_EQ(kinds(read(six, FirstLayer::ipv6)), (Kinds{ipv6, ipv6_fragment}));
    Packet first;
    first.ipv4({.protocol = protocol::udp, .fragment = 0x2000}).udp(8);
    EXPECT_EQ(kinds(read(first, FirstLayer::ipv4)), (Kinds{ipv4, udp}));
}

TEST(Walk, IcmpIsEightBytesOrWhatIsThere) {
    for (const std::size_t there : {0U, 1U, 2U, 7U, 8U, 40U}) {
        Packet packet;
        packet.ipv6(0, protocol::icmpv6).fill(there, 3);
        const Layers layers = read(packet, FirstLayer::ipv6);
        if (there < 2) {
            EXPECT_EQ(kinds(layers), Kinds{ipv6});
            continue;
        }
        EXPECT_EQ(kinds(layers), (Kinds{ipv6, icmpv6}));
        EXPECT_EQ(layers.sizes()[1], std::min<std::size_t>(there, 8));
    }
}

TEST(Walk, ATcpHeaderOfLessThanTwentyBytesIsNone) {
    Packet packet;
    packet.ipv4({.protocol = protocol::tcp}).tcp_of(4, 0);
    EXPECT_EQ(kinds(read(packet, FirstLayer::ipv4)), Kinds{ipv4});
}

TEST(Walk, IpInIp) {
    Packet packet;
    packet.ipv4({.protocol = protocol::ipv6}).ipv6(0, protocol::ipv4);
    packet.ipv4({.protocol = protocol::udp}).udp(8);
    const Layers layers = read(packet, FirstLayer::ipv4);
    EXPECT_EQ(kinds(layers), (Kinds{ipv4, ipv6, ipv4, udp}));
    EXPECT_EQ(flags(layers), "oiii");
}

TEST(Walk, GreIsAsLongAsItsFlagsSay) {
    for (const unsigned gre_flags : {0x0000U, 0x8000U, 0x2000U, 0x1000U, 0xb000U}) {
        SCOPED_TRACE(gre_flags);
        const auto words = static_cast<std::uint32_t>(__builtin_popcount(gre_flags));
        Packet packet;
        packet.ipv4({.protocol = protocol::gre}).u16(gre_flags).u16(ethertype::ipv6);
        packet.fill(words * 4U, 0).ipv6(0, protocol::udp).udp(8);
        const Layers layers = read(packet, FirstLayer::ipv4);
        EXPECT_EQ(kinds(layers), (Kinds{ipv4, gre, ipv6, udp}));
        EXPECT_EQ(layers.sizes()[1], 4 + words * 4);
        EXPECT_EQ(flags(layers), "ooii");
    }
}

TEST(Walk, GreOfPptpAndWithRoutesEndsTheWalk) {
    Packet pptp;
    pptp.ipv4({.protocol = protocol::gre}).u16(0x3081).u16(0x880b).fill(12, 0).fill(40, 0x45);
    EXPECT_EQ(kinds(read(pptp, FirstLayer::ipv4)), (Kinds{ipv4, gre}));
    EXPECT_EQ(read(pptp, FirstLayer::ipv4).sizes()[1], 16U);
    Packet routes;
    routes.ipv4({.protocol = protocol::gre}).u16(0x4000).u16(0x0800).fill(60, 0x45);
    EXPECT_EQ(kinds(read(routes, FirstLayer::ipv4)), (Kinds{ipv4, gre}));
    Packet version;
    version.ipv4({.protocol = protocol::gre}).u16(0x0002).u16(0x0800).fill(60, 0x45);
    EXPECT_EQ(kinds(read(version, FirstLayer::ipv4)), Kinds{ipv4});
}

TEST(Walk, EthernetAndMplsInGreAreInside) {
    Packet bridged;
    bridged.ipv4({.protocol = protocol::gre}).u16(0).u16(ethertype::bridged_ethernet);
    bridged.ethernet(ethertype::vlan).tag(7, ethertype::ipv4);
    bridged.ipv4({.protocol = protocol::udp}).udp(8);
    EXPECT_EQ(kinds(read(bridged, FirstLayer::ipv4)),
              (Kinds{ipv4, gre, ethernet, dot1q, ipv4, udp}));
    EXPECT_EQ(flags(read(bridged, FirstLayer::ipv4)), "ooiiii");
    Packet labels;
    labels.ipv4({.protocol = protocol::gre}).u16(0).u16(ethertype::mpls).label(9, true, 1);
    labels.ipv4({.protocol = protocol::udp}).udp(8);
    EXPECT_EQ(flags(read(labels, FirstLayer::ipv4)), "ooiii");
    EXPECT_TRUE(read(labels, FirstLayer::ipv4).mpls_labels().empty());
}

TEST(Walk, VxlanGivesItsIdentifier) {
    Packet packet;
    packet.ipv4({.protocol = protocol::udp}).udp_to(port::vxlan).vxlan();
    packet.ethernet(ethertype::ipv4).ipv4({.protocol = protocol::tcp}).tcp();
    const Layers layers = read(packet, FirstLayer::ipv4);
    EXPECT_EQ(kinds(layers), (Kinds{ipv4, udp, vxlan, ethernet, ipv4, tcp}));
    EXPECT_EQ(sizes(layers), (Sizes{20, 8, 8, 14, 20, 20}));
    EXPECT_EQ(flags(layers), "ooiiii");
    EXPECT_TRUE(layers.has_vxlan);
    EXPECT_EQ(layers.vxlan_vni, 0x123456U);
    EXPECT_EQ(layers.all()[2].by, Layer::By::udp_port);
    EXPECT_EQ(layers.all()[2].number, port::vxlan);

    Packet invalid;
    invalid.ipv4({.protocol = protocol::udp}).udp_to(port::vxlan).vxlan(0);
    EXPECT_EQ(kinds(read(invalid, FirstLayer::ipv4)), (Kinds{ipv4, udp}));
    EXPECT_FALSE(read(invalid, FirstLayer::ipv4).has_vxlan);
}

TEST(Walk, GeneveOptionsAreItsOwn) {
    Packet packet;
    packet.ipv6(0, protocol::udp).udp_to(port::geneve).geneve(ethertype::bridged_ethernet, 3);
    packet.ethernet(ethertype::ipv6).ipv6(0, protocol::tcp).tcp();
    const Layers layers = read(packet, FirstLayer::ipv6);
    EXPECT_EQ(kinds(layers), (Kinds{ipv6, udp, geneve, ethernet, ipv6, tcp}));
    EXPECT_EQ(layers.sizes()[2], 20U);
    Packet version;
    version.ipv4({.protocol = protocol::udp}).udp_to(port::geneve).u8(0x40).fill(60, 0);
    EXPECT_EQ(kinds(read(version, FirstLayer::ipv4)), (Kinds{ipv4, udp}));
}

TEST(Walk, TeredoWithAndWithoutIndications) {
    for (const unsigned which : {0U, 1U, 2U, 3U}) {
        SCOPED_TRACE(which);
        Packet packet;
        packet.ipv4({.protocol = protocol::udp}).udp_to(port::teredo);
        std::uint32_t size = 0;
        if ((which & 1) != 0) {  // authentication with 2 and 3 bytes
            packet.u16(1).u8(2).u8(3).fill(5 + 9, 0x77);
            size += 18;
        }
        if ((which & 2) != 0) {
            packet.u16(0).fill(6, 0x88);
            size += 8;
        }
        packet.ipv6(0, protocol::icmpv6).raw({128, 0});
        const Layers layers = read(packet, FirstLayer::ipv4);
        EXPECT_EQ(kinds(layers), (Kinds{ipv4, udp, teredo, ipv6, icmpv6}));
        EXPECT_EQ(layers.sizes()[2], size);
    }
    Packet other;
    other.ipv4({.protocol = protocol::udp}).udp_to(port::teredo).fill(60, 0x45);
    EXPECT_EQ(kinds(read(other, FirstLayer::ipv4)), (Kinds{ipv4, udp}));
}

TEST(Walk, AWellKnownSourcePortIsATunnelOfTeredoOnly) {
    const auto from = [](unsigned source) {
        Packet packet;
        packet.ipv4({.protocol = protocol::udp}).u16(source).u16(40000).u32(0);
        packet.ipv6(0, protocol::udp).udp(8);
        return kinds(read(packet, FirstLayer::ipv4));
    };
    EXPECT_EQ(from(port::teredo), (Kinds{ipv4, udp, teredo, ipv6, udp}));
    EXPECT_EQ(from(port::vxlan), (Kinds{ipv4, udp}));
    EXPECT_EQ(from(port::geneve), (Kinds{ipv4, udp}));
}

TEST(Walk, RulesExtendAndOverridePorts) {
    using enum PortRule::Direction;
    const PortRule rules[] = {
        {.tcp = false, .direction = both, .port = 4754, .kind = gre},
        {.tcp = false, .direction = destination, .port = port::vxlan, .kind = ipv6},
        {.tcp = true, .direction = source, .port = 49152, .kind = geneve},
        {.tcp = false, .direction = both, .port = 4754, .kind = ipv4},  // the last counts
    };
    Packet four;
    four.ipv4({.protocol = protocol::udp}).udp_to(4754).ipv4({.protocol = protocol::tcp}).tcp();
    const Layers layers = read(four, FirstLayer::ipv4, rules);
    ASSERT_EQ(kinds(layers).size(), 4U);
    EXPECT_EQ(kinds(layers)[2], ipv4);
    EXPECT_EQ(layers.all()[2].by, Layer::By::udp_port);
    EXPECT_EQ(layers.all()[2].number, 4754);

    Packet six;
    six.ipv4({.protocol = protocol::udp}).udp_to(port::vxlan).ipv6(0, protocol::tcp).tcp();
    EXPECT_EQ(kinds(read(six, FirstLayer::ipv4, rules))[2], ipv6);

    Packet tcp_source;
    tcp_source.ipv4({.protocol = protocol::tcp}).tcp().geneve(ethertype::ipv4);
    const Layers by_source = read(tcp_source, FirstLayer::ipv4, rules);
    EXPECT_EQ(kinds(by_source), (Kinds{ipv4, tcp, geneve}));
    EXPECT_EQ(by_source.all()[2].by, Layer::By::tcp_port);
    EXPECT_EQ(by_source.all()[2].number, 49152);
}

TEST(Walk, TheStackHasALimit) {
    Packet packet;
    for (int i = 0; i < 40; ++i) packet.ipv4({.protocol = protocol::ipv4});
    EXPECT_EQ(read(packet, FirstLayer::ipv4).stack().size(), layers_max);
}

TEST(Walk, AFifthTagEndsTheStack) {
    Packet packet;
    packet.ethernet(ethertype::vlan);
    for (unsigned id = 1; id <= 4; ++id) packet.tag(id, ethertype::vlan);
    packet.tag(5, ethertype::ipv4).ipv4({}).udp(8);
    EXPECT_EQ(kinds(read(packet)), (Kinds{ethernet, dot1q, dot1q, dot1q, dot1q}));
}

}  // namespace
}  // namespace flow::packet
