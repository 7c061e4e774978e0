// SPDX-License-Identifier: BSD-3-Clause
#include "http/message.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace flowd::http {
namespace {

std::vector<std::string> values_of(const Response& response, std::string_view name) {
    std::vector<std::string> values;
    for (const Header& each : response_headers(response)) {
        if (same_word(each.name, name)) values.push_back(each.value);
    }
    return values;
}

TEST(Message, EveryResponseForbidsFramesForeignScriptsAndCaching) {
    const Response response = text_response(200, "x");
    EXPECT_EQ(values_of(response, "cache-control"), std::vector<std::string>{"no-store"});
    EXPECT_EQ(values_of(response, "x-frame-options"), std::vector<std::string>{"DENY"});
    EXPECT_EQ(values_of(response, "x-content-type-options"), std::vector<std::string>{"nosniff"});
    EXPECT_EQ(values_of(response, "content-security-policy"),
              std::vector<std::string>{"default-src 'none'; frame-ancestors 'none'"});
}

TEST(Message, AResponseMayHaveAPolicyOfItsOwn) {
    Response response = text_response(200, "x");
    response.headers.push_back({"content-security-policy", "default-src 'self'"});
    EXPECT_EQ(values_of(response, "Content-Security-Policy"),
              std::vector<std::string>{"default-src 'self'"});
}

TEST(Message, RefusalsAreJsonUnderTheApi) {
    EXPECT_EQ(refusal("/api/status", 403, R"(a "word")").body, "{\"error\":\"a \\\"word\\\"\"}\n");
    EXPECT_EQ(refusal("/api", 403, "no").type, "application/json");
    EXPECT_EQ(refusal("/apidae", 404, "no").body, "no\n");
}

}  // namespace
}  // namespace flowd::http
