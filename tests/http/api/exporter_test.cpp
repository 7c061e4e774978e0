// SPDX-License-Identifier: BSD-3-Clause
// The X-ray and templates.
#include <gtest/gtest.h>

#include <string>

#include "http/api/api.hpp"
#include "http/api/parsed.hpp"
#include "http/made_up.hpp"

namespace flowd::http::api {
namespace {

class Exporter : public testing::Test {
protected:
    Observation observation_ = made_up::observation(20);
};

TEST_F(Exporter, AnExporterIsFoundByItsAddress) {
    const auto ask = [this](const std::string& address, const std::string& query = "") {
        return exporter(observation_, Request{.query = query, .arguments = {address}});
    };
    const Json answer = parsed(ask("2001:0db8::4"));
    EXPECT_EQ(answer["exporter"]["address"], "2001:db8::4");
    EXPECT_EQ(answer["templates"].size(), 2U);
    EXPECT_EQ(answer["domains"][0]["sampling"],
              (Json{{"rate", 1'000},
                    {"source", "options"},
                    {"samplers", Json::array({{{"id", 1}, {"rate", 1'000}}})}}));
    const Json& xray = answer["xray"];
    EXPECT_EQ(xray["active_timeout_seconds"], 60);
    EXPECT_EQ(xray["flow_seconds"], (Json{{"samples", 100}, {"median", 4.5}, {"most", 60.25}}));
    EXPECT_EQ(xray["deviations"][0]["count"], 7);
    EXPECT_TRUE(parsed(ask("10.0.0.3"))["xray"]["active_timeout_seconds"].is_null());
    EXPECT_EQ(parsed(ask("10.0.0.3"))["findings"].size(), 2U);
    EXPECT_EQ(parsed(ask("other"))["exporter"]["address"], "other");
    parsed(ask("192.0.2.1"), 404);
    parsed(ask("10.0.0.3", "port=7"), 404);
    parsed(ask("10.0.0.3", "port=x"), 400);
    parsed(ask("router.example"), 400);
}

TEST_F(Exporter, TemplatesNameTheirFields) {
    const auto ask = [this](const char* query) {
        return templates(observation_, Request{.query = query});
    };
    EXPECT_EQ(parsed(ask(""))["count"], 20);
    const Json one = parsed(ask("exporter=10.0.0.0"));
    EXPECT_EQ(one["count"], 2);
    const Json& data = one["templates"][0];
    EXPECT_EQ(data["kind"], "data");
    EXPECT_EQ(data["fields"][0]["name"], "sourceIPv4Address");
    EXPECT_EQ(data["fields"][4]["enterprise"], 29'305);
    EXPECT_EQ(data["fields"][4]["name"], "");
    EXPECT_EQ(one["templates"][1]["fields"][1]["name"], "samplingPacketInterval");
    parsed(ask("exporter=x"), 400);
}

TEST_F(Exporter, NoAnswerHasMoreThan32MiBOfTemplates) {
    constexpr std::size_t limit = 32 * 1024 * 1024;
    observation_.templates.resize(2);
    TemplateView large = observation_.templates.front();
    large.layout.fields.assign(256, {.id = 8, .length = 4});
    for (; observation_.templates.size() < 4'000; ++large.layout.id) {
        observation_.templates.push_back(large);
    }
    const std::string sentence = parsed(templates(observation_, {}), 413)["error"];
    EXPECT_NE(sentence.find("32 MiB"), std::string::npos);
    EXPECT_NE(sentence.find("?exporter=ADDRESS"), std::string::npos);
    const Response goflow2 = goflow2_templates(observation_);
    EXPECT_EQ(goflow2.status, 413);
    EXPECT_NE(goflow2.body.find("32 MiB"), std::string::npos);
    EXPECT_NE(goflow2.body.find("/api/templates?exporter=ADDRESS"), std::string::npos);

    const Response one = exporter(observation_, Request{.arguments = {"10.0.0.0"}});
    EXPECT_LT(one.body.size(), limit + 100'000);
    const Json xrayed = parsed(one);
    EXPECT_GT(xrayed["templates"].size(), 1'000U);
    EXPECT_EQ(xrayed["templates"].size() + xrayed["templates_left_out"].get<std::size_t>(), 4'000U);
    parsed(templates(observation_, Request{.query = "exporter=10.0.0.1"}));
    parsed(templates(observation_, Request{.query = "exporter=10.0.0.0"}), 413);
}

}  // namespace
}  // namespace flowd::http::api
