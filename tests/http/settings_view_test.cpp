// SPDX-License-Identifier: BSD-3-Clause
// Settings as JSON: every type, secrets, several tables.
#include "http/settings_view.hpp"

#include <gtest/gtest.h>

#include <deque>
#include <nlohmann/json.hpp>
#include <string>

namespace flowd::http {
namespace {

using Json = nlohmann::json;

struct Sample {
    bool on = true;
    std::int64_t count = 7;
    std::string text = "a \"b\"\n";
    std::string secret{};
    std::vector<std::string> list{"x", "y"};
    config::Table table{};
    bool ignored = false;
    bool check = false;

    std::vector<config::Row> rows() {
        return {{.key = "part.on", .flag = "on", .target = &on, .help = "On."},
                {.key = "part.count",
                 .flag = "",
                 .target = &count,
                 .help = "Count.",
                 .unit = "ms",
                 .lifetime = config::Lifetime::live},
                {.key = "part.text", .flag = "", .target = &text, .help = "Text."},
                {.key = "part.secret",
                 .flag = "",
                 .target = &secret,
                 .help = "Secret.",
                 .is_secret = [](std::string_view) { return true; }},
                {.key = "part.list", .flag = "", .target = &list, .help = "List."},
                {.key = "part.table",
                 .flag = "",
                 .target = &table,
                 .help = "Table.",
                 .is_secret = [](std::string_view name) { return name == "key"; }},
                {.key = "",
                 .flag = "old",
                 .target = &ignored,
                 .help = "nothing",
                 .effect = config::Effect::accepted},
                {.key = "", .flag = "count", .target = &count, .help = "An old name."},
                {.key = "",
                 .flag = "check",
                 .target = &check,
                 .help = "Checks.",
                 .effect = config::Effect::command}};
    }
};

TEST(SettingsOf, HaveValuesAndDefaultsOfTheirType) {
    Sample sample;
    const config::Schema schema{sample.rows()};
    sample.on = false;
    sample.table = {{"key", "secret!"}, {"a\"b", "1"}};
    const std::vector<SettingView> views = settings_of(schema);
    ASSERT_EQ(views.size(), 6U);  // what does nothing, other names and commands are left out
    EXPECT_EQ(Json::parse(views[0].value_json), false);
    EXPECT_EQ(Json::parse(views[0].default_json), true);
    EXPECT_EQ(views[0].flag, "on");
    EXPECT_EQ(Json::parse(views[1].value_json), 7);
    EXPECT_EQ(views[1].unit, "ms");
    EXPECT_TRUE(views[1].live);
    EXPECT_EQ(Json::parse(views[2].value_json), "a \"b\"\n");
    EXPECT_EQ(Json::parse(views[4].value_json), (Json{"x", "y"}));
    EXPECT_EQ(Json::parse(views[5].value_json), (Json{{"key", "***"}, {"a\"b", "1"}}));
    EXPECT_EQ(Json::parse(views[5].default_json), Json::object());
}

TEST(SettingsOf, ASecretIsHiddenWhenThereIsOne) {
    Sample sample;
    const config::Schema schema{sample.rows()};
    EXPECT_EQ(settings_of(schema)[3].value_json, "\"\"");
    sample.secret = "0123456789abcdef";
    EXPECT_EQ(settings_of(schema)[3].value_json, "\"***\"");
}

TEST(SettingsOf, SeveralTablesAreNamedByTheirPlace) {
    Sample single;
    std::deque<Sample> several;
    config::Schema schema{single.rows()};
    schema.allow_array(
        {.name = "part",
         .make = [&several] { return config::Schema{several.emplace_back().rows()}; },
         .elements = {}});
    EXPECT_EQ(settings_of(schema)[0].key, "part.on");
    config::TableArray* const array = schema.array("part");
    for (int i = 0; i < 2; ++i) array->elements.push_back(array->make());
    several[1].count = 9;
    const std::vector<SettingView> views = settings_of(schema);
    ASSERT_EQ(views.size(), 12U);
    EXPECT_EQ(views[0].key, "part[0].on");
    EXPECT_EQ(views[7].key, "part[1].count");
    EXPECT_EQ(views[7].value_json, "9");
    EXPECT_EQ(views[7].flag, "");
}

}  // namespace
}  // namespace flowd::http
