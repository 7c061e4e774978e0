// SPDX-License-Identifier: BSD-3-Clause
// Who may see and change what, and what foreign pages may not.
#include "http/access.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace flowd::http {
namespace {

const std::string token = "0123456789abcdef";

flow::Address address(const std::string& text) { return config::parse_network(text)->address; }

Request from(const std::string& client, std::vector<Header> headers = {}) {
    Request request{.method = "GET", .path = "/"};
    request.headers = std::move(headers);
    request.client.address = address(client);
    request.client.is_loopback = is_loopback(request.client.address);
    return request;
}

class AccessTest : public testing::Test {
protected:
    Access access_{{.allowed = {*config::parse_network("192.0.2.0/25"),
                                *config::parse_network("2001:db8::/33")},
                    .names = {"collector.example.net"},
                    .token = token}};
    Access without_token_{Access::Settings{}};

    bool sees(const Request& request) {
        return access_.refusal(request, Audience::viewers).empty();
    }
    bool changes(const Request& request) {
        return access_.refusal(request, Audience::changers).empty();
    }
};

TEST_F(AccessTest, MetricsAreForEveryone) {
    EXPECT_EQ(access_.refusal(from("198.51.100.1"), Audience::everyone), "");
    EXPECT_EQ(access_.refusal(from("198.51.100.1", {{"Host", "evil.example"}}), Audience::everyone),
              "");
}

TEST_F(AccessTest, ABrowserReadsMetricsByAKnownNameOnly) {
    const Header foreign{"Host", "evil.example:8080"};
    for (const Header& sign :
         {Header{"Origin", "http://evil.example"}, Header{"Sec-Fetch-Site", "same-origin"},
          Header{"accept-language", ""}, Header{"User-Agent", "Mozilla/5.0 (X11)"}}) {
        const auto refusal = [&](const Header& host, Audience audience) {
            return access_.refusal(from("192.0.2.1", {host, sign}), audience);
        };
        EXPECT_NE(refusal(foreign, Audience::everyone), "") << sign.name;
        EXPECT_EQ(refusal(foreign, Audience::anyone), "") << sign.name;
        for (const char* known : {"localhost:8080", "192.0.2.7", "collector.example.net:8080"}) {
            EXPECT_EQ(refusal({"Host", known}, Audience::everyone), "") << sign.name << known;
        }
    }
    const Request scraper =
        from("192.0.2.1", {foreign, {"User-Agent", "Prometheus/3.0"}, {"Accept-Encoding", "gzip"}});
    EXPECT_EQ(access_.refusal(scraper, Audience::everyone), "");
}

TEST_F(AccessTest, ThePageIsForThisMachineAndTheNetworksThatAreNamed) {
    for (const char* client :
         {"127.0.0.1", "127.9.9.9", "::1", "192.0.2.0", "192.0.2.127", "2001:db8:7fff::1"}) {
        EXPECT_TRUE(sees(from(client))) << client;
    }
    for (const char* client :
         {"128.0.0.1", "192.0.2.128", "192.0.3.1", "2001:db8:8000::1", "::2", "::", "c000:200::"}) {
        EXPECT_FALSE(sees(from(client))) << client;
    }
}

TEST_F(AccessTest, ANetworkOfNoBitsIsEveryone) {
    const Access all{{.allowed = {*config::parse_network("0.0.0.0/0")}}};
    EXPECT_EQ(all.refusal(from("203.0.113.9"), Audience::viewers), "");
    EXPECT_NE(all.refusal(from("2001:db8::1"), Audience::viewers), "");
}

TEST_F(AccessTest, TheTokenOpensEverythingFromAnywhere) {
    const Request request = from("198.51.100.1", {{"Authorization", "Bearer " + token}});
    EXPECT_TRUE(sees(request));
    EXPECT_TRUE(changes(request));
    EXPECT_TRUE(sees(from("198.51.100.1", {{"authorization", "bearer " + token}})));
}

TEST_F(AccessTest, AWrongTokenIsRefusedEvenFromThisMachine) {
    for (const char* value :
         {"Bearer 0123456789abcdeF", "Bearer 0123456789abcde", "Bearer 0123456789abcdef0"}) {
        EXPECT_FALSE(sees(from("127.0.0.1", {{"Authorization", value}}))) << value;
        EXPECT_FALSE(changes(from("127.0.0.1", {{"Authorization", value}}))) << value;
    }
    EXPECT_FALSE(changes(from("127.0.0.1", {{"Authorization", "Bearer "}})));
    EXPECT_FALSE(changes(from("127.0.0.1", {{"Authorization", "Basic " + token}})));
}

TEST_F(AccessTest, WithoutATokenNoneIsRight) {
    for (const char* value : {"Bearer ", "Bearer x", "Bearer 0123456789abcdef"}) {
        const Request request = from("127.0.0.1", {{"Authorization", value}});
        EXPECT_NE(without_token_.refusal(request, Audience::changers), "") << value;
    }
}

TEST_F(AccessTest, ChangesComeOverTheSocketOrWithTheToken) {
    EXPECT_FALSE(changes(from("127.0.0.1")));
    EXPECT_FALSE(changes(from("192.0.2.1")));
    Request request;
    request.client.is_socket = true;
    EXPECT_TRUE(changes(request));
    EXPECT_TRUE(sees(request));
}

TEST_F(AccessTest, AForeignNameIsRefused) {
    for (const char* host : {"localhost", "localhost:8080", "LOCALHOST", "a.localhost", "127.0.0.1",
                             "127.0.0.1:8080", "[::1]", "[::1]:8080", "192.0.2.1:80",
                             "collector.example.net:8080", "Collector.Example.Net", "localhost."}) {
        EXPECT_TRUE(sees(from("127.0.0.1", {{"Host", host}}))) << host;
    }
    for (const char* host :
         {"evil.example", "evil.example:8080", "localhost.evil.example", "127.0.0.1.evil.example",
          "xlocalhost", "[", ":8080", "x.collector.example.net"}) {
        EXPECT_FALSE(sees(from("127.0.0.1", {{"Host", host}}))) << host;
        EXPECT_FALSE(sees(from("192.0.2.1", {{"Host", host}}))) << host;
    }
}

TEST_F(AccessTest, AProxysClientIsNotThisMachine) {
    for (const char* header : {"X-Forwarded-For", "Forwarded", "Via", "X-Real-IP"}) {
        EXPECT_FALSE(sees(from("127.0.0.1", {{header, "203.0.113.9"}}))) << header;
        EXPECT_FALSE(sees(from("127.0.0.1", {{header, ""}}))) << header;
        EXPECT_FALSE(sees(from("127.0.0.1", {{header, ""}, {header, "203.0.113.9"}}))) << header;
    }
}

TEST_F(AccessTest, WhoSpeaksHttp10MayBeAProxyAndIsNotThisMachine) {
    Request request = from("127.0.0.1", {{"Host", "127.0.0.1:8080"}});
    request.is_http_1_0 = true;
    EXPECT_NE(access_.refusal(request, Audience::viewers).find("HTTP/1.1"), std::string::npos);
    EXPECT_EQ(access_.refusal(request, Audience::everyone), "");
    request.headers.push_back({"Authorization", "Bearer " + token});
    EXPECT_TRUE(sees(request));
    Request allowed = from("192.0.2.1");
    allowed.is_http_1_0 = true;
    EXPECT_TRUE(sees(allowed));
}

TEST_F(AccessTest, APageOfAnotherSiteChangesNothing) {
    const Header authorized{"Authorization", "Bearer " + token};
    const Header host{"Host", "localhost:8080"};
    EXPECT_TRUE(
        changes(from("127.0.0.1", {authorized, host, {"Origin", "http://localhost:8080"}})));
    EXPECT_TRUE(changes(from("127.0.0.1", {authorized, host, {"Sec-Fetch-Site", "same-origin"}})));
    for (const Header& foreign :
         {Header{"Origin", "http://evil.example"}, Header{"Origin", "null"},
          Header{"Origin", "http://localhost:8081"}, Header{"Sec-Fetch-Site", "cross-site"},
          Header{"Sec-Fetch-Site", "same-site"}}) {
        EXPECT_FALSE(changes(from("127.0.0.1", {authorized, host, foreign}))) << foreign.value;
    }
}

TEST(SameSecret, ComparesAll) {
    EXPECT_TRUE(same_secret("abc", "abc"));
    EXPECT_FALSE(same_secret("abc", "abd"));
    EXPECT_FALSE(same_secret("abc", "abcd"));
    EXPECT_FALSE(same_secret("xbc", "abc"));
}

}  // namespace
}  // namespace flowd::http
