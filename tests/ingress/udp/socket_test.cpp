// SPDX-License-Identifier: BSD-3-Clause
// Sockets of the UDP ingress: what they are bound to, what they were given, and what is said when
// that does not work. Port 0 lets the system choose.
#include "ingress/udp/socket.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>

#include <limits>
#include <set>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "sender.hpp"

namespace flowd::udp {
namespace {

config::Listener listener(std::string host, std::uint16_t port = 0) {
    return {.accepts = flow::Protocols::all(),
            .host = std::move(host),
            .port = port,
            .uri = "flow://the-uri:" + std::to_string(port)};
}

std::vector<Socket> must_open(const config::Listener& where, std::uint32_t count,
                              const Options& options = {}) {
    auto sockets = open_sockets(options, where, count);
    EXPECT_TRUE(sockets) << sockets.error().sentence;
    return std::move(*sockets);
}

std::string sentence_of(const config::Listener& where, std::uint32_t count = 1) {
    const auto sockets = open_sockets({}, where, count);
    EXPECT_FALSE(sockets) << where.uri;
    return sockets.error().sentence;
}

bool has(const std::string& sentence, std::string_view part) {
    return sentence.find(part) != std::string::npos;
}

TEST(UdpOptions, RowHasTheDocumentedNamesAndLimits) {
    Options options;
    const auto rows = udp::rows(options);
    ASSERT_EQ(rows.size(), 1U);
    EXPECT_EQ(rows[0].key, "ingress.udp.receive_buffer_bytes");
    EXPECT_EQ(rows[0].flag, "ingress.udp.receive-buffer");
    EXPECT_EQ(std::get<std::int64_t*>(rows[0].target), &options.receive_buffer_bytes);
    EXPECT_EQ(options.receive_buffer_bytes, 8 * 1024 * 1024);
    EXPECT_EQ(rows[0].min, 0);
    EXPECT_LE(rows[0].max, std::numeric_limits<int>::max() / 2);
}

TEST(UdpSocket, KnowsThePortThatTheSystemChose) {
    const auto sockets = must_open(listener("127.0.0.1"), 1);
    ASSERT_EQ(sockets.size(), 1U);
    EXPECT_NE(sockets[0].port, 0);
    EXPECT_EQ(sockets[0].accepts, flow::Protocols::all());
    EXPECT_EQ(::fcntl(sockets[0].descriptor.number(), F_GETFD), FD_CLOEXEC);
}

TEST(UdpSocket, SocketsThatShareHaveOnePort) {
    const auto sockets = must_open(listener(""), 4);
    ASSERT_EQ(sockets.size(), 4U);
    std::set<std::uint16_t> ports;
    std::set<int> descriptors;
    for (const Socket& socket : sockets) {
        ports.insert(socket.port);
        descriptors.insert(socket.descriptor.number());
    }
    EXPECT_EQ(ports.size(), 1U);
    EXPECT_EQ(descriptors.size(), 4U);
}

TEST(UdpSocket, NamesAreLookedUp) {
    const auto sockets = must_open(listener("localhost"), 1);
    EXPECT_EQ(sockets.size(), 1U);
}

TEST(UdpSocket, IPv6LiteralNeedsNoBrackets) {
    if (!loopback_has_ipv6()) GTEST_SKIP() << "no ::1 here";
    EXPECT_EQ(must_open(listener("::1"), 2).size(), 2U);
}

TEST(UdpSocket, MovedFromDescriptorClosesNothing) {
    auto sockets = must_open(listener("127.0.0.1"), 1);
    const int number = sockets[0].descriptor.number();
    {
        const Descriptor taken = std::move(sockets[0].descriptor);
        sockets.clear();
        EXPECT_GE(::fcntl(number, F_GETFD), 0);
    }
    EXPECT_EQ(::fcntl(number, F_GETFD), -1);
}

TEST(UdpSocket, TakenPortIsASentenceThatNamesTheUri) {
    for (const std::string host : {"", "127.0.0.1"}) {
        for (const std::uint32_t first : {1U, 2U}) {
            const auto taken = must_open(listener(host), first);
            const auto again = listener(host, taken[0].port);
            for (const std::uint32_t second : {1U, 2U}) {
                const std::string sentence = sentence_of(again, second);
                EXPECT_TRUE(has(sentence, "listen: " + again.uri + ": cannot bind ")) << sentence;
                EXPECT_TRUE(has(sentence, "address in use")) << sentence;
                EXPECT_TRUE(has(sentence, ":" + std::to_string(taken[0].port))) << sentence;
            }
        }
    }
}

TEST(UdpSocket, ClosedSocketsFreeTheirPort) {
    const std::uint16_t port = must_open(listener("127.0.0.1"), 3)[0].port;
    EXPECT_EQ(must_open(listener("127.0.0.1", port), 1)[0].port, port);
}

TEST(UdpSocket, AddressOfAnotherMachineIsASentence) {
    const std::string sentence = sentence_of(listener("192.0.2.1"));  // RFC 5737
    EXPECT_TRUE(has(sentence, "listen: flow://the-uri:0: cannot bind 192.0.2.1:0")) << sentence;
    EXPECT_TRUE(has(sentence, "no interface of this machine has it")) << sentence;
}

TEST(UdpSocket, UnknownNameIsASentence) {
    const std::string sentence = sentence_of(listener("no such host"));
    EXPECT_TRUE(has(sentence, "listen: flow://the-uri:0: cannot look up \"no such host\": "))
        << sentence;
}

TEST(UdpSocket, SaysWhatReceiveBufferItWasGiven) {
    const Options small{.receive_buffer_bytes = 65'536};
    EXPECT_EQ(must_open(listener("127.0.0.1"), 1, small)[0].receive_buffer_bytes, 65'536);
    const Options unset{.receive_buffer_bytes = 0};
    EXPECT_GT(must_open(listener("127.0.0.1"), 1, unset)[0].receive_buffer_bytes, 2'304);
}

}  // namespace
}  // namespace flowd::udp
