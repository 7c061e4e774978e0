// SPDX-License-Identifier: BSD-3-Clause
// What changes something, asked rightly and wrongly.
#include <gtest/gtest.h>

#include <string>

#include "http/api/api.hpp"
#include "http/api/parsed.hpp"
#include "http/made_up.hpp"

namespace flowd::http::api {
namespace {

Request with_body(const std::string& body) {
    Request request{.method = "POST"};
    request.headers = {{"Content-Type", "application/json; charset=utf-8"}};
    request.body = body;
    return request;
}

class Changes : public testing::Test {
protected:
    made_up::Source source_{made_up::observation(20)};
    made_up::Actions actions_;
};

TEST_F(Changes, ReloadSaysWhatChanged) {
    const Json answer = parsed(reload(actions_));
    EXPECT_EQ(answer["changed"], Json{"log.level"});
    EXPECT_EQ(answer["refused"][0]["key"], "rx.workers");
}

TEST_F(Changes, TheLogLevelIsSetAndTheOneBeforeTold) {
    EXPECT_EQ(parsed(set_log_level(actions_, with_body(R"({"level":"debug"})"))),
              (Json{{"level", "debug"}, {"before", "info"}}));
    parsed(set_log_level(actions_, with_body(R"({"level":"loud"})")), 422);
    EXPECT_EQ(parsed(set_log_level(actions_, with_body(R"({"level":"ERROR"})")))["level"], "error");
    const std::string names =
        "; it is one of trace, debug, info, warn, warning, error, fatal, panic";
    EXPECT_EQ(parsed(set_log_level(actions_, with_body(R"({"level":5})")), 400)["error"],
              "level: it is no string" + names);
    EXPECT_EQ(parsed(set_log_level(actions_, with_body("{}")), 400)["error"],
              "level: it is missing" + names);
    parsed(set_log_level(actions_, with_body("[]")), 400);
    parsed(set_log_level(actions_, with_body("{")), 400);
    Request form = with_body(R"({"level":"debug"})");
    form.headers = {{"Content-Type", "text/plain"}};
    parsed(set_log_level(actions_, form), 415);
    parsed(set_log_level(actions_, Request{.method = "POST"}), 415);
}

TEST_F(Changes, ACaptureSaysHowMuchItHas) {
    Request request = with_body(R"({"address":"10.0.0.3","seconds":60})");
    request.given_up = [] { return true; };
    const Response response = capture(actions_, source_, request);
    EXPECT_EQ(response.status, 200);
    EXPECT_EQ(response.type, "application/vnd.tcpdump.pcap");
    EXPECT_EQ(response.headers[0].value, "3");
    EXPECT_EQ(response.headers[1].value, "0");
    EXPECT_EQ(response.headers.size(), 2u);
    parsed(keep(actions_, with_body(R"({"seconds":7,"bytes":1048576})")));
    const Response looks_back = capture(actions_, source_, request);
    ASSERT_EQ(looks_back.headers.size(), 3u);
    EXPECT_EQ(looks_back.headers[2].name, "X-Flowd-Kept-Seconds");
    EXPECT_EQ(looks_back.headers[2].value, "7");
    const auto refused = [&](const char* body, int wanted) {
        parsed(capture(actions_, source_, with_body(body)), wanted);
    };
    refused(R"({"address":"192.0.2.9"})", 404);
    refused(R"({"address":"other"})", 400);
    refused(R"({})", 400);
    refused(R"({"address":"10.0.0.3","seconds":0})", 400);
    refused(R"({"address":"10.0.0.3","seconds":3601})", 400);
    refused(R"({"address":"10.0.0.3","seconds":1.5})", 400);
    refused(R"({"address":"10.0.0.3","seconds":-1})", 400);
    refused(R"({"address":"10.0.0.3","port":65536})", 400);
    refused(R"({"address":"10.0.0.3","bytes_max":268435457})", 400);
}

TEST_F(Changes, KeepingStartsAndStops) {
    const Json started = parsed(keep(actions_, with_body(R"({"seconds":30,"bytes":1048576})")));
    EXPECT_EQ(started["keeping"], true);
    EXPECT_EQ(started["bytes"], 1'048'576);
    EXPECT_EQ(parsed(keep(actions_, with_body(R"({"seconds":0})")))["keeping"], false);
    const Json seconds = parsed(keep(actions_, with_body(R"({"seconds":3601})")), 400);
    EXPECT_EQ(seconds["error"], "seconds: not 1 to 3600, or 0 to keep nothing");
    for (const char* body : {R"({"bytes":1})", R"({"bytes":1048575})", R"({"bytes":1073741825})"}) {
        const Json bytes = parsed(keep(actions_, with_body(body)), 400);
        EXPECT_EQ(bytes["error"], "bytes: not 1048576 to 1073741824");
    }
}

TEST_F(Changes, SettingsHaveValuesOfTheirType) {
    const Json answer = parsed(settings(actions_));
    EXPECT_EQ(answer["settings"][0]["value"], ":9000");
    EXPECT_EQ(answer["settings"][1]["value"], 256);
    EXPECT_EQ(answer["settings"][2]["lifetime"], "live");
}

}  // namespace
}  // namespace flowd::http::api
