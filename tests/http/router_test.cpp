// SPDX-License-Identifier: BSD-3-Clause
// Paths, methods and audiences.
#include "http/router.hpp"

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>

namespace flowd::http {
namespace {

class RouterTest : public testing::Test {
protected:
    RouterTest() {
        const auto say = [](const std::string& text) {
            return [text](const Request& request) {
                std::string body = text;
                for (const std::string& each : request.arguments) body += ' ' + each;
                return Response{.body = body};
            };
        };
        router_.add({"GET", "/", Audience::everyone, say("root")});
        router_.add({"GET", "/api/exporters", Audience::viewers, say("all")});
        router_.add({"GET", "/api/exporters/{address}", Audience::everyone, say("one")});
        router_.add({"POST", "/api/exporters", Audience::everyone, say("posted"), true});
        router_.add({"GET", "/broken", Audience::everyone,
                     [](const Request&) -> Response { throw std::runtime_error{"x"}; }});
    }

    Response ask(const std::string& method, const std::string& path) {
        return router_.handle({.method = method, .path = path});
    }

    Router router_{Access{}};
};

TEST_F(RouterTest, FindsAPathWithItsArguments) {
    EXPECT_EQ(ask("GET", "/").body, "root");
    EXPECT_EQ(ask("GET", "/api/exporters/2001:db8::1").body, "one 2001:db8::1");
    EXPECT_EQ(ask("POST", "/api/exporters").body, "posted");
}

TEST_F(RouterTest, HeadIsServedAsGet) { EXPECT_EQ(ask("HEAD", "/").body, "root"); }

TEST_F(RouterTest, OtherPathsAreNotThere) {
    for (const char* path : {"/x", "/api/exporters/", "/api/exporters/a/b", "//", "/api", ""}) {
        EXPECT_EQ(ask("GET", path).status, 404) << path;
    }
    EXPECT_EQ(ask("GET", "/api/x").type, "application/json");
    EXPECT_EQ(ask("GET", "/x").type, "text/plain; charset=utf-8");
}

TEST_F(RouterTest, AnotherMethodIsToldWhichThereAre) {
    const Response response = ask("DELETE", "/api/exporters");
    EXPECT_EQ(response.status, 405);
    ASSERT_EQ(response.headers.size(), 1U);
    EXPECT_EQ(response.headers[0].name, "Allow");
    EXPECT_EQ(response.headers[0].value, "GET, HEAD, POST");
}

TEST_F(RouterTest, WhoMayNotIsToldWhy) {
    const Response response = ask("GET", "/api/exporters");  // a client without an address
    EXPECT_EQ(response.status, 403);
    EXPECT_TRUE(response.body.starts_with("{\"error\":\"this is for clients on flowd's own"));
}

TEST_F(RouterTest, AHandlerThatThrowsIsAnError) { EXPECT_EQ(ask("GET", "/broken").status, 500); }

TEST_F(RouterTest, KnowsWhichRoutesWait) {
    EXPECT_TRUE(router_.waits({.method = "POST", .path = "/api/exporters"}));
    EXPECT_FALSE(router_.waits({.method = "GET", .path = "/api/exporters"}));
    EXPECT_FALSE(router_.waits({.method = "GET", .path = "/nothing"}));
}

}  // namespace
}  // namespace flowd::http
