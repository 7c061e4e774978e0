// SPDX-License-Identifier: BSD-3-Clause
// Addresses of http.listen, and real sockets.
#include "http/listen.hpp"

#include <gtest/gtest.h>

namespace flowd::http {
namespace {

TEST(ParseAddresses, TakesEverySpelling) {
    const auto parsed = parse_addresses(" :8080, 192.0.2.1:80,[2001:db8::1]:0 ,localhost:65535");
    ASSERT_TRUE(parsed) << parsed.error().sentence;
    ASSERT_EQ(parsed->size(), 4U);
    EXPECT_EQ((*parsed)[0], (ListenAddress{"", 8080, ":8080"}));
    EXPECT_EQ((*parsed)[1], (ListenAddress{"192.0.2.1", 80, "192.0.2.1:80"}));
    EXPECT_EQ((*parsed)[2], (ListenAddress{"2001:db8::1", 0, "[2001:db8::1]:0"}));
    EXPECT_EQ((*parsed)[3], (ListenAddress{"localhost", 65535, "localhost:65535"}));
}

TEST(ParseAddresses, NothingIsNoAddress) {
    EXPECT_TRUE(parse_addresses("")->empty());
    EXPECT_TRUE(parse_addresses(" ")->empty());
}

TEST(ParseAddresses, SaysWhatIsWrong) {
    for (const char* text : {"8080", "::1:8080", "[::1:8080", "[]:1", ":", ":x", ":65536", ":-1",
                             ":80,", "http://a:80", "a b:80"}) {
        const auto parsed = parse_addresses(text);
        ASSERT_FALSE(parsed) << text;
        EXPECT_TRUE(parsed.error().sentence.starts_with("http.listen: \"")) << text;
    }
}

ListenAddress one(const char* text) { return parse_addresses(text)->front(); }

TEST(ListenAt, APortOfTheSystemsChoiceIsKnown) {
    const auto sockets = listen_at(one("127.0.0.1:0"));
    ASSERT_TRUE(sockets) << sockets.error().sentence;
    ASSERT_EQ(sockets->size(), 1U);
    EXPECT_NE(sockets->front().port, 0);
    EXPECT_EQ(sockets->front().place, "127.0.0.1:" + std::to_string(sockets->front().port));
}

TEST(ListenAt, AnAddressThatIsTakenIsInUse) {
    const auto first = listen_at(one("127.0.0.1:0"));
    ASSERT_TRUE(first);
    const std::string text = first->front().place;
    const auto second = listen_at(one(text.c_str()));
    ASSERT_FALSE(second);
    EXPECT_TRUE(second.error().in_use);
    EXPECT_EQ(second.error().sentence,
              "http.listen: " + text + ": Address already in use (errno 98)");
}

TEST(ListenAt, AnAddressOfAnotherMachineIsAFailure) {
    const auto sockets = listen_at(one("192.0.2.1:0"));
    ASSERT_FALSE(sockets);
    EXPECT_FALSE(sockets.error().in_use);
}

}  // namespace
}  // namespace flowd::http
