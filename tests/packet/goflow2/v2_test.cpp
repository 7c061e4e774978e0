// SPDX-License-Identifier: BSD-3-Clause
// read_v2(): what goflow2 2.2.6 makes of a frame, its faults by name.
#include "flow/packet/goflow2/v2.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "packet/packet_builder.hpp"

namespace flow::packet {
namespace {

using enum LayerKind;
using test::Cut;
using test::Packet;
using Kinds = std::vector<LayerKind>;
using Sizes = std::vector<std::uint32_t>;

struct Result {
    Headers headers;
    Layers layers;

    [[nodiscard]] Kinds kinds() const {
        Kinds found;
        for (const auto kind : layers.stack()) found.push_back(static_cast<LayerKind>(kind));
        return found;
    }
    [[nodiscard]] Sizes sizes() const { return {layers.sizes().begin(), layers.sizes().end()}; }
    /// Inside or outside, for each layer.
    [[nodiscard]] std::string flags() const {
        std::string text;
        for (const Layer& layer : layers.all()) text += layer.encapsulated ? 'i' : 'o';
        return text;
    }
};

Result read(Bytes frame, std::span<const PortRule> ports = {},
            FirstLayer first = FirstLayer::ethernet) {
    Result result;
    dissect(frame, first, {.dialect = Dialect::goflow2_v2, .ports = ports}, result.headers,
            result.layers);
    return result;
}
Result read(const Packet& packet) { return read(packet.bytes()); }

Packet in_ipv4(unsigned number, unsigned fragment = 0x4000, unsigned words = 5) {
    Packet packet;
    packet.ethernet(ethertype::ipv4);
    return packet.ipv4({.protocol = number, .fragment = fragment, .header_words = words});
}
Packet in_ipv6(unsigned number) { return Packet{}.ethernet(ethertype::ipv6).ipv6(0, number); }

TEST(Goflow2V2, UdpInIpv4) {
    const Packet packet = in_ipv4(protocol::udp).udp(8).fill(10, 0);
    const Result result = read(packet);
    EXPECT_EQ(result.kinds(), (Kinds{ethernet, ipv4, udp}));
    EXPECT_EQ(result.sizes(), (Sizes{14, 20, 8}));
    EXPECT_EQ(result.flags(), "ooo");
    const Headers& headers = result.headers;
    EXPECT_TRUE(headers.has_ethernet && headers.has_ip && headers.has_ports);
    EXPECT_EQ(headers.source_mac, 0x020000000002U);
    EXPECT_EQ(headers.ip_flags, 2);
    EXPECT_EQ(headers.fragment_id, 0x1234U);
    EXPECT_EQ(headers.destination_port, 2055);
    EXPECT_EQ(headers.protocol, protocol::udp);
}

TEST(Goflow2V2, OnlyEthernetIsRead) {
    Packet packet;
    packet.ipv4({.protocol = protocol::udp}).udp(8);
    const Result result = read(packet.bytes(), {}, FirstLayer::ipv4);
    EXPECT_FALSE(result.headers.has_ip);
    EXPECT_TRUE(result.sizes().empty());
}

TEST(Goflow2V2, AShortParserHasASizeOfZeroAndNoPlaceInTheStack) {
    Packet packet;
    packet.ethernet(ethertype::vlan).tag(1, ethertype::ipv4).ipv4({.protocol = protocol::tcp});
    packet.tcp();
    for (std::size_t size = 0; size <= packet.size(); ++size) {
        SCOPED_TRACE(size);
        const Cut cut{packet.bytes(), size};
        const Result result = read(cut.bytes());
        const std::size_t whole = (size >= 14) + (size >= 18) + (size >= 38) + (size >= 58);
        EXPECT_EQ(result.kinds().size(), whole);
        ASSERT_EQ(result.sizes().size(), std::min<std::size_t>(whole + 1, 4));
        EXPECT_EQ(result.sizes().back() == 0, whole < 4);
        EXPECT_EQ(result.headers.has_ports, whole == 4);
    }
}

TEST(Goflow2V2, AnotherEthertypeEndsTheChain) {
    for (const unsigned type : {0x0806U, 0x88a8U, 0x9100U, 0x8848U, 0x8864U}) {
        const Result result = read(Packet{}.ethernet(type).fill(60, 0x45));
        EXPECT_EQ(result.headers.ethertype, type);
        EXPECT_EQ(result.sizes(), Sizes{14});
    }
}

TEST(Goflow2V2, TheInnerTagGivesTheVlanIdWithItsPriority) {
    Packet packet;
    packet.ethernet(ethertype::vlan).tag(0x0001, ethertype::vlan).tag(0xe002, ethertype::ipv4);
    const Result result = read(packet.ipv4({}).udp(8));
    EXPECT_EQ(result.headers.vlan_id, 0xe002);
    EXPECT_EQ(result.headers.ethertype, ethertype::ipv4);
    EXPECT_EQ(result.kinds(), (Kinds{ethernet, dot1q, dot1q, ipv4, udp}));
    EXPECT_EQ(result.flags(), "ooooo");
}

TEST(Goflow2V2, MplsEndsAtAReservedLabel) {
    Packet packet;
    packet.ethernet(ethertype::mpls).label(100, false, 7).label(3, false, 8);
    const Result result = read(packet.ipv6(0, protocol::udp).udp(8));
    EXPECT_EQ(result.kinds(), (Kinds{ethernet, mpls, ipv6, udp}));
    EXPECT_EQ(result.sizes(), (Sizes{14, 8, 40, 8}));
    EXPECT_EQ(result.headers.ethertype, ethertype::ipv6);
    ASSERT_EQ(result.layers.mpls_labels().size(), 2U);
    EXPECT_EQ(result.layers.mpls_labels()[1], 3U);
    EXPECT_EQ(result.layers.mpls_ttls()[0], 7U);
}

TEST(Goflow2V2, MplsBeforeSomethingElseEndsTheChain) {
    const Result result = read(Packet{}.ethernet(ethertype::mpls).label(100, true, 7).fill(60, 0));
    EXPECT_EQ(result.sizes(), (Sizes{14, 4}));
    EXPECT_EQ(result.headers.ethertype, ethertype::mpls);
    const Result cut = read(Packet{}.ethernet(ethertype::mpls).label(100, false, 7).fill(3, 0));
    EXPECT_EQ(cut.sizes(), (Sizes{14, 4}));
    EXPECT_EQ(cut.layers.mpls_labels().size(), 1U);
    EXPECT_EQ(read(Packet{}.ethernet(ethertype::mpls).fill(3, 0)).sizes(), (Sizes{14, 0}));
}

TEST(Goflow2V2, LabelsHaveALimit) {
    Packet packet;
    packet.ethernet(ethertype::mpls);
    for (unsigned i = 0; i < 50; ++i) packet.label(100 + i, false, 1);
    const Result result = read(packet);
    EXPECT_EQ(result.layers.mpls_labels().size(), layers_max);
    EXPECT_EQ(result.sizes(), (Sizes{14, 200}));
}

TEST(Goflow2V2, Ipv4OptionsAndLaterFragmentsAreTakenForPorts) {
    EXPECT_EQ(read(in_ipv4(protocol::udp, 0x4000, 7).udp(8)).headers.source_port, 0x0101);
    const Result later = read(in_ipv4(protocol::udp, 185).udp(8));
    EXPECT_TRUE(later.headers.has_ports);
    EXPECT_EQ(later.headers.source_port, 49152);
    EXPECT_EQ(later.headers.fragment_offset, 185);
}

TEST(Goflow2V2, TheSizeOfTcpComesFromItsFlags) {
    Packet packet = in_ipv4(protocol::tcp);
    const Result result = read(packet.tcp_of(8, 0x52));
    EXPECT_EQ(result.sizes(), (Sizes{14, 20, 20 + 5 * 4}));
    EXPECT_EQ(result.headers.tcp_flags, 0x52);
}

TEST(Goflow2V2, IcmpHasALayerButNoTypeAndCode) {
    const Result four = read(in_ipv4(protocol::icmp).raw({3, 4}));
    EXPECT_EQ(four.kinds(), (Kinds{ethernet, ipv4, icmp}));
    EXPECT_EQ(four.sizes().back(), 8U);  // whatever is there
    EXPECT_FALSE(four.headers.has_icmp);
    EXPECT_EQ(four.headers.icmp_type, 0);
    EXPECT_EQ(read(in_ipv6(protocol::icmpv6).raw({128, 0})).kinds().back(), icmpv6);
    EXPECT_EQ(read(in_ipv6(protocol::icmpv6).raw({128})).sizes(), (Sizes{14, 40, 0}));
}

TEST(Goflow2V2, TheProtocolStaysThatOfTheExtensionHeader) {
    const Result routing = read(in_ipv6(protocol::routing).segments(protocol::udp, 2, 1).udp(8));
    EXPECT_EQ(routing.headers.protocol, protocol::routing);
    EXPECT_EQ(routing.kinds(), (Kinds{ethernet, ipv6, ipv6_routing, udp}));
    EXPECT_EQ(routing.flags(), "oooo");
    EXPECT_EQ(routing.headers.destination_port, 2055);
    EXPECT_EQ(routing.layers.segments_left, 1);

    Packet packet = in_ipv6(protocol::fragment).fragment(protocol::udp, 185 << 3 | 1).udp(8);
    const Result fragment = read(packet);
    EXPECT_EQ(fragment.headers.protocol, protocol::fragment);
    EXPECT_EQ(fragment.headers.fragment_offset, 185);
    EXPECT_EQ(fragment.headers.ip_flags, 1);
    EXPECT_EQ(fragment.headers.fragment_id, 0xdeadbeefU);
    EXPECT_TRUE(fragment.headers.has_ports);
}

TEST(Goflow2V2, SegmentsAreThoseThatFit) {
    Packet packet = in_ipv6(protocol::routing).segments(protocol::udp, 3, 2);
    ASSERT_EQ(read(packet).layers.segments.size(), 48U);
    const Cut cut{packet.bytes(), packet.size() - 1};
    const Result part = read(cut.bytes());
    EXPECT_EQ(part.layers.segments.size(), 32U);
    EXPECT_EQ(part.sizes(), (Sizes{14, 40, 56}));  // the jump behind the end is the last thing
    EXPECT_EQ(part.kinds().back(), ipv6_routing);
    // An odd length: an address that starts in the header counts.
    Packet odd = in_ipv6(protocol::routing).raw({59, 1, 4, 0, 9, 0, 0, 0}).fill(64, 1);
    EXPECT_EQ(read(odd).layers.segments.size(), 16U);
    Packet other = in_ipv6(protocol::routing).raw({59, 2, 0, 5, 0, 0, 0, 0}).fill(64, 1);
    EXPECT_TRUE(read(other).layers.segments.empty());
    EXPECT_EQ(read(other).layers.segments_left, 5);
}

TEST(Goflow2V2, OtherProtocolsEndTheChain) {
    for (const unsigned number : {0U, 50U, 51U, 60U, 115U, 132U}) {
        const Result result = read(in_ipv6(number).fill(40, 0));
        EXPECT_EQ(result.kinds(), (Kinds{ethernet, ipv6})) << number;
        EXPECT_EQ(result.headers.protocol, number);
        EXPECT_FALSE(result.headers.has_ports);
    }
}

TEST(Goflow2V2, IpInIpIsEncapsulated) {
    Packet packet = in_ipv4(protocol::ipv6).ipv6(0, protocol::udp).udp(8);
    const Result result = read(packet);
    EXPECT_EQ(result.kinds(), (Kinds{ethernet, ipv4, ipv6, udp}));
    EXPECT_EQ(result.flags(), "ooii");
    EXPECT_EQ(result.headers.source.size(), 4U);
    EXPECT_FALSE(result.headers.has_ports);
}

TEST(Goflow2V2, GreHasFourBytesWhateverItsFlags) {
    Packet packet = in_ipv4(protocol::gre).u16(0xb000).u16(ethertype::ipv4);
    const Result result = read(packet.ipv4({.protocol = protocol::udp}).udp(8));
    EXPECT_EQ(result.kinds(), (Kinds{ethernet, ipv4, gre, ipv4, udp}));
    EXPECT_EQ(result.sizes()[2], 4U);
    EXPECT_EQ(result.flags(), "oooii");
    Packet bridged = in_ipv4(protocol::gre).u16(0).u16(0x199e).ethernet(0x0806);
    EXPECT_EQ(read(bridged).kinds(), (Kinds{ethernet, ipv4, gre, ethernet}));
    EXPECT_EQ(read(bridged).headers.ethertype, ethertype::ipv4);
}

TEST(Goflow2V2, MplsInGreIsNotEncapsulated) {
    Packet packet = in_ipv4(protocol::gre).u16(0).u16(ethertype::mpls).label(100, true, 9);
    const Result result = read(packet.ipv6(0, protocol::udp).udp(8));
    EXPECT_EQ(result.flags(), "oooooo");
    EXPECT_EQ(result.headers.source.size(), 16U);
    EXPECT_EQ(result.headers.ethertype, ethertype::ipv6);
    EXPECT_EQ(result.layers.mpls_labels().size(), 1U);
}

TEST(Goflow2V2, PortsAreKnownByRulesOnly) {
    Packet packet = in_ipv4(protocol::udp).udp_to(port::geneve).geneve(ethertype::ipv4, 2);
    packet.ipv4({.protocol = protocol::tcp}).tcp();
    EXPECT_EQ(read(packet).kinds(), (Kinds{ethernet, ipv4, udp}));
    const PortRule rule{.port = port::geneve, .kind = geneve};
    const Result result = read(packet.bytes(), {&rule, 1});
    EXPECT_EQ(result.kinds(), (Kinds{ethernet, ipv4, udp, geneve, ipv4, tcp}));
    EXPECT_EQ(result.sizes(), (Sizes{14, 20, 8, 16, 20, 36}));
    EXPECT_EQ(result.flags(), "oooiii");
    EXPECT_EQ(result.layers.all()[3].number, port::geneve);
}

TEST(Goflow2V2, TeredoHasNoSize) {
    const PortRule rule{
        .direction = PortRule::Direction::destination, .port = port::teredo, .kind = teredo};
    Packet packet = in_ipv4(protocol::udp).udp_to(port::teredo).ipv6(0, 59);
    const Result result = read(packet.bytes(), {&rule, 1});
    EXPECT_EQ(result.kinds(), (Kinds{ethernet, ipv4, udp, teredo, ipv6}));
    EXPECT_EQ(result.sizes(), (Sizes{14, 20, 8, 0, 40}));
    Packet empty = in_ipv4(protocol::udp).udp_to(port::teredo);
    EXPECT_EQ(read(empty.bytes(), {&rule, 1}).sizes(), (Sizes{14, 20, 8, 0, 0}));
}

TEST(Goflow2V2, TheStackHasALimit) {
    Packet packet;
    packet.ethernet(ethertype::vlan);
    for (int i = 0; i < 60; ++i) packet.tag(1, ethertype::vlan);
    EXPECT_EQ(read(packet).sizes().size(), layers_max);
}

}  // namespace
}  // namespace flow::packet
