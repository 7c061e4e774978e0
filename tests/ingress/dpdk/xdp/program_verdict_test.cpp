// SPDX-License-Identifier: BSD-3-Clause
// The XDP program in the kernel, by BPF_PROG_TEST_RUN: whose is each kind of frame, whole and cut
// off at every byte.
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "ingress/dpdk/xdp/loaded.hpp"
#include "support/byte_builder.hpp"

namespace flowd::dpdk::xdp {
namespace {

using flow::test::ByteBuilder;

constexpr unsigned tcp = 6, udp = 17;
constexpr unsigned hop_by_hop = 0, routing = 43, fragment = 44, authentication = 51, no_next = 59,
                   destination = 60;

ByteBuilder ethernet(unsigned type, std::initializer_list<unsigned> tags = {}) {
    ByteBuilder frame;
    frame.fill(12, 2);
    for (const unsigned tag : tags) frame.u16(tag).u16(100);
    frame.u16(type);
    return frame;
}

struct Ipv4 {
    unsigned protocol = udp;
    unsigned options = 0;           ///< bytes
    unsigned fragment = 0;          ///< flags and offset
    unsigned last = 1;              ///< of 198.51.100.N
    unsigned version_words = 0x45;  ///< options are added
};

ByteBuilder& add(ByteBuilder& frame, const Ipv4& ip) {
    frame.u8(ip.version_words + ip.options / 4).u8(0).u16(28 + ip.options).u16(7).u16(ip.fragment);
    frame.u8(64).u8(ip.protocol).u16(0).raw({192, 0, 2, 9, 198, 51, 100, ip.last});
    return frame.fill(ip.options, 1);
}

/// From 2001:db8::9 to 2001:db8::last.
ByteBuilder& add_ipv6(ByteBuilder& frame, unsigned next, unsigned last = 1, unsigned first = 0x60) {
    frame.u8(first).fill(3).u16(100).u8(next).u8(64);
    frame.u32(0x2001'0db8).fill(11).u8(9).u32(0x2001'0db8).fill(11).u8(last);
    return frame;
}

/// Of 8 bytes, or as many more words as `length` says.
ByteBuilder& add_extension(ByteBuilder& frame, unsigned next, unsigned length = 0) {
    return frame.u8(next).u8(length).fill(6 + 8 * length);
}

ByteBuilder& add_udp(ByteBuilder& frame, unsigned port = 2055) {
    return frame.u16(50'000).u16(port).u16(8).u16(0);
}

ByteBuilder ipv4_udp(const Ipv4& ip, unsigned port = 2055) {
    ByteBuilder frame = ethernet(0x0800);
    add(frame, ip);
    return add_udp(frame, port);
}

flow::Address ipv4_of(std::initializer_list<unsigned> octets) {
    return flow::Address::from(ByteBuilder{}.raw(octets).bytes());
}

/// The four octets, zeros, and 1.
flow::Address ipv6_of(std::initializer_list<unsigned> octets) {
    return flow::Address::from(ByteBuilder{}.raw(octets).fill(11).u8(1).bytes());
}

class XdpVerdict : public ::testing::Test {
protected:
    void SetUp() override {
        if (embedded_object().empty()) GTEST_SKIP() << "built without clang: no XDP program";
        load({});
    }

    void load(Addresses addresses) {
        loaded_ = std::make_unique<Loaded>(some_ports, addresses);
        if (loaded_->may_not()) GTEST_SKIP() << "loading XDP programs is not permitted";
        ASSERT_GE(loaded_->file(), 0) << loaded_->error();
        ASSERT_TRUE(loaded_->take_queue(0)) << std::strerror(errno);
    }

    /// The frame is flowd's, and what is shorter is the kernel's.
    void expect_ours(const ByteBuilder& frame, const std::string& what) {
        const flow::Bytes bytes = frame.bytes();
        EXPECT_EQ(loaded_->verdict(bytes), XDP_REDIRECT) << what;
        for (std::size_t size = ethernet_size; size < bytes.size(); ++size) {
            EXPECT_EQ(loaded_->verdict(bytes.first(size)), XDP_PASS) << what << ", " << size;
        }
        ByteBuilder longer = frame;
        longer.fill(1000, 0xff);
        EXPECT_EQ(loaded_->verdict(longer.bytes()), XDP_REDIRECT) << what << ", with payload";
    }

    void expect_kernels(const ByteBuilder& frame, const std::string& what) {
        ByteBuilder longer = frame;
        longer.fill(1000, 0x08);
        const flow::Bytes bytes = longer.bytes();
        EXPECT_EQ(loaded_->verdict(bytes), XDP_PASS) << what;
        for (std::size_t size = ethernet_size; size <= frame.bytes().size() + 100; ++size) {
            EXPECT_EQ(loaded_->verdict(bytes.first(size)), XDP_PASS) << what << ", " << size;
        }
    }

    static constexpr std::size_t ethernet_size = 14;  ///< the kernel runs no shorter frames

    std::unique_ptr<Loaded> loaded_;
};

TEST_F(XdpVerdict, DatagramsToOurPortsAreOurs) {
    for (const unsigned port : some_ports) {
        expect_ours(ipv4_udp({}, port), "IPv4 to " + std::to_string(port));
        ByteBuilder frame = ethernet(0x86dd);
        expect_ours(add_udp(add_ipv6(frame, udp), port), "IPv6 to " + std::to_string(port));
    }
}

TEST_F(XdpVerdict, EveryOtherPortIsTheKernels) {
    for (unsigned port = 0; port < 65'536; ++port) {
        const bool ours = std::count(some_ports.begin(), some_ports.end(), port) != 0;
        ASSERT_EQ(loaded_->verdict(ipv4_udp({}, port).bytes()), ours ? XDP_REDIRECT : XDP_PASS)
            << port;
    }
}

TEST_F(XdpVerdict, OneOrTwoTagsAreWalkedOver) {
    for (const unsigned tag : {0x8100U, 0x88a8U, 0x9100U}) {
        ByteBuilder one = ethernet(0x0800, {tag});
        expect_ours(add_udp(add(one, {})), "one tag, IPv4");
        ByteBuilder two = ethernet(0x86dd, {tag, 0x8100});
        expect_ours(add_udp(add_ipv6(two, udp)), "two tags, IPv6");
    }
    ByteBuilder three = ethernet(0x0800, {0x88a8, 0x8100, 0x8100});
    expect_kernels(add_udp(add(three, {})), "three tags");
    ByteBuilder tagged_arp = ethernet(0x0806, {0x8100});
    expect_kernels(add_udp(add(tagged_arp, {})), "tagged ARP");
}

TEST_F(XdpVerdict, OptionsOfIpv4AreWalkedOver) {
    for (unsigned options = 4; options <= 40; options += 4) {
        expect_ours(ipv4_udp({.options = options}), std::to_string(options) + " bytes of options");
    }
    expect_kernels(ipv4_udp({.version_words = 0x44}), "a header of 16 bytes");
    expect_kernels(ipv4_udp({.version_words = 0x65}), "version 6 as IPv4");
}

TEST_F(XdpVerdict, ExtensionsOfIpv6AreWalkedOver) {
    for (const unsigned kind : {hop_by_hop, routing, destination}) {
        for (const unsigned length : {0U, 1U, 200U}) {
            ByteBuilder frame = ethernet(0x86dd);
            expect_ours(add_udp(add_extension(add_ipv6(frame, kind), udp, length)),
                        "extension " + std::to_string(kind) + " of " + std::to_string(length));
        }
    }
    ByteBuilder authenticated = ethernet(0x86dd);
    add_ipv6(authenticated, authentication).u8(udp).u8(4).fill(22);
    expect_ours(add_udp(authenticated), "authentication, 24 bytes");
    for (const int count : {8, 9}) {
        ByteBuilder frame = ethernet(0x86dd);
        add_ipv6(frame, destination);
        for (int i = 1; i < count; ++i) add_extension(frame, destination);
        add_udp(add_extension(frame, udp));
        if (count == 8) expect_ours(frame, "eight extensions");
        if (count == 9) expect_kernels(frame, "nine extensions");
    }
    ByteBuilder wrong = ethernet(0x86dd);
    expect_kernels(add_udp(add_ipv6(wrong, udp, 1, 0x40)), "version 4 as IPv6");
}

TEST_F(XdpVerdict, FragmentsOfIpv4AreOursByPortOrBlindly) {
    constexpr unsigned more = 0x2000;
    expect_ours(ipv4_udp({.fragment = more}), "the first one");
    expect_kernels(ipv4_udp({.fragment = more}, 53), "the first one, to another port");
    for (const unsigned offset : {more | 185, 370U, 0x1fffU, 1U}) {
        ByteBuilder frame = ethernet(0x0800);
        expect_ours(add(frame, {.fragment = offset}), "a later one");
        ByteBuilder with_options = ethernet(0x0800);
        expect_ours(add(with_options, {.options = 8, .fragment = offset}), "with options");
        expect_kernels(ipv4_udp({.protocol = tcp, .fragment = offset}), "a later one of TCP");
    }
}

TEST_F(XdpVerdict, FragmentsOfIpv6AreOursByPortOrBlindly) {
    const auto fragmented = [](unsigned next, unsigned offset) {
        ByteBuilder frame = ethernet(0x86dd);
        add_ipv6(frame, fragment).u8(next).u8(0).u16(offset).u32(7);
        return frame;
    };
    for (const unsigned offset : {1U, 0U}) {  // 0: an atomic fragment (RFC 6946)
        ByteBuilder frame = fragmented(udp, offset);
        expect_ours(add_udp(frame), "the first one");
        ByteBuilder other = fragmented(udp, offset);
        expect_kernels(add_udp(other, 53), "the first one, to another port");
    }
    for (const unsigned offset : {185U << 3 | 1, 370U << 3, 0xfff8U, 8U}) {
        expect_ours(fragmented(udp, offset), "a later one");
        expect_ours(fragmented(destination, offset), "a later one behind destination options");
        expect_kernels(fragmented(tcp, offset), "a later one of TCP");
        ByteBuilder behind = ethernet(0x86dd);
        add_extension(add_ipv6(behind, hop_by_hop), fragment).u8(udp).u8(0).u16(offset).u32(7);
        expect_ours(behind, "a later one behind an extension");
    }
}

TEST_F(XdpVerdict, OtherProtocolsAreTheKernels) {
    for (unsigned type : {0x0806U, 0x8847U, 0x88ccU, 0x0000U, 0xffffU}) {
        ByteBuilder frame = ethernet(type);
        expect_kernels(add_udp(add(frame, {})), "type " + std::to_string(type));
    }
    for (unsigned protocol = 0; protocol < 256; ++protocol) {
        if (protocol == udp) continue;
        expect_kernels(ipv4_udp({.protocol = protocol}), "protocol " + std::to_string(protocol));
    }
    for (const unsigned next : {1U, tcp, 50U, 58U, no_next, 132U, 255U}) {
        ByteBuilder frame = ethernet(0x86dd);
        expect_kernels(add_udp(add_ipv6(frame, next)), "next header " + std::to_string(next));
    }
    // Neighbour solicitation behind hop-by-hop options, as multicast listener reports are.
    ByteBuilder neighbour = ethernet(0x86dd);
    expect_kernels(add_extension(add_ipv6(neighbour, hop_by_hop), 58), "ICMPv6");
}

TEST_F(XdpVerdict, AddressesBoundWhatIsOurs) {
    std::vector<flow::Address> addresses;
    for (unsigned i = 0; i < 31; ++i) addresses.push_back(ipv4_of({10, 0, 0, i}));
    for (unsigned i = 0; i < 31; ++i) {
        addresses.push_back(ipv6_of({0x20, 1, 0xd, 0xb8 + i + 1}));
    }
    addresses.push_back(ipv4_of({198, 51, 100, 1}));
    addresses.push_back(ipv6_of({0x20, 1, 0xd, 0xb8}));
    load(addresses);
    expect_ours(ipv4_udp({}), "our address");
    expect_kernels(ipv4_udp({.last = 2}), "another address");
    ByteBuilder later = ethernet(0x0800);
    expect_ours(add(later, {.fragment = 5}), "a later fragment");
    ByteBuilder others = ethernet(0x0800);
    expect_kernels(add(others, {.fragment = 5, .last = 2}), "a later fragment to another address");
    ByteBuilder ipv6 = ethernet(0x86dd);
    expect_ours(add_udp(add_ipv6(ipv6, udp)), "our IPv6 address");
    ByteBuilder other_ipv6 = ethernet(0x86dd);
    expect_kernels(add_udp(add_ipv6(other_ipv6, udp, 2)), "another IPv6 address");
}

TEST_F(XdpVerdict, AddressesOfOneFamilyLeaveTheOtherToTheKernel) {
    const std::array<flow::Address, 1> one{ipv4_of({198, 51, 100, 1})};
    load(one);
    expect_ours(ipv4_udp({}), "our address");
    ByteBuilder ipv6 = ethernet(0x86dd);
    expect_kernels(add_udp(add_ipv6(ipv6, udp)), "IPv6");
}

TEST_F(XdpVerdict, WithoutASocketOnTheQueueEverythingIsTheKernels) {
    loaded_ = std::make_unique<Loaded>(some_ports, Addresses{});
    expect_kernels(ipv4_udp({}), "no socket");
    ASSERT_TRUE(loaded_->take_queue(1));
    expect_kernels(ipv4_udp({}), "a socket on another queue");
}

}  // namespace
}  // namespace flowd::dpdk::xdp
