// SPDX-License-Identifier: BSD-3-Clause
// Field by field as goflow2 v2.2.6 writes them, judged by nlohmann's parser.
#include <gtest/gtest.h>

#include <string>

#include "http/api/api.hpp"
#include "http/api/parsed.hpp"
#include "http/made_up.hpp"

namespace flowd::http::api {
namespace {

TEST(Goflow2Templates, Goflow2sTemplatesAreAsGoWritesThem) {
    Observation observation;
    const auto add = [&](const flow::LearntTemplate& layout) {
        observation.templates.push_back({.layout = layout});
    };
    const flow::Address v4 = flow::Address::from(std::array<std::uint8_t, 4>{192, 0, 2, 1});
    std::array<std::uint8_t, 16> octets{0x20, 1, 0x0d, 0xb8};
    const flow::StateKey nine{.exporter = v4, .version = 9, .domain = 7};
    add({.key = nine, .id = 256, .fields = {{.id = 8, .length = 4}}});
    add({.key = nine,
         .id = 257,
         .options = true,
         .scope_count = 1,
         .fields = {{.id = 1, .length = 4}, {.id = 34, .length = 4}}});
    add({.key = {.exporter = flow::Address::from(octets), .port = 9'999, .version = 10},
         .id = 300,
         .options = true,
         .scope_count = 1,
         .fields = {{.id = 144, .length = 4}, {.id = 5, .length = 2, .enterprise = 9}}});
    const Response response = goflow2_templates(observation);
    const Json answer = parsed(response);
    const auto field = [](bool pen_provided, int type, int length, int pen) {
        return Json{
            {"pen-provided", pen_provided}, {"type", type}, {"length", length}, {"pen", pen}};
    };
    EXPECT_EQ(answer["192.0.2.1:0"]["2533274790854912"],
              (Json{{"template-id", 256},
                    {"field-count", 1},
                    {"fields", Json::array({field(false, 8, 4, 0)})}}));
    EXPECT_EQ(answer["192.0.2.1:0"]["2533274790854913"],
              (Json{{"template-id", 257},
                    {"scope-length", 4},
                    {"option-length", 4},
                    {"scopes", Json::array({field(false, 1, 4, 0)})},
                    {"options", Json::array({field(false, 34, 4, 0)})}}));
    EXPECT_EQ(answer["[2001:db8::]:9999"]["2814749767106860"],
              (Json{{"template-id", 300},
                    {"field-count", 2},
                    {"scope-field-count", 1},
                    {"options", Json::array({field(true, 0x8005, 2, 9)})},
                    {"scopes", Json::array({field(false, 144, 4, 0)})}}));
    EXPECT_TRUE(
        response.body.starts_with("{\n  \"192.0.2.1:0\": {\n    \"2533274790854912\": {\n"
                                  "      \"template-id\": 256,\n"));
    EXPECT_EQ(goflow2_templates(Observation{}).body, "{}\n");
}

TEST(Goflow2Templates, MoreThanThereIsRoomForIsRefusedBeforeItIsWritten) {
    Observation observation;
    TemplateView view;
    view.layout.fields.resize(100, {.id = 8, .length = 4});
    // A field is 116 bytes at least: some megabytes below the limit, then above it.
    observation.templates.assign(2'500, view);
    EXPECT_EQ(goflow2_templates(observation).status, 200);
    observation.templates.assign(4'000, view);
    const Response refused = goflow2_templates(observation);
    EXPECT_EQ(refused.status, 413);
    EXPECT_NE(refused.body.find("/api/templates?exporter="), std::string::npos);
}

}  // namespace
}  // namespace flowd::http::api
