// SPDX-License-Identifier: BSD-3-Clause
// The line that JSON and text share, in a style of its own: joints, empty values, and the bound.
#include "flow/format/render/line.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <random>
#include <string>

#include "random_flow.hpp"

namespace flow::render {
namespace {

constexpr Style style{
    .open = "<", .between = ";", .before_key = "", .after_key = "~", .close = ">"};

TEST(Line, SchemaWithoutColumnsIsOnlyItsFrame) {
    const Line line{Schema{}, style};
    EXPECT_EQ(test::line_within_bound(line, Flow{}), "<>");
    EXPECT_EQ(test::line_within_bound(Line{Schema{}, Style{}}, Flow{}), "");
}

TEST(Line, EmptyFlowPrintsEveryEmptyValue) {
    const Line line{Schema::all(Profile::goflow2_v1), style};
    const std::string text = test::line_within_bound(line, Flow{});
    EXPECT_TRUE(text.starts_with("<Type~\"FLOWUNKNOWN\";TimeReceived~0;")) << text;
    EXPECT_NE(text.find(";SrcAddr~\"\";DstAddr~\"\";"), std::string::npos);
    EXPECT_NE(text.find(";SrcMac~\"00:00:00:00:00:00\";"), std::string::npos);
    EXPECT_NE(text.find(";AsPath~[];HasMpls~false;"), std::string::npos);
    EXPECT_TRUE(text.ends_with(";CustomBytes_5~[];CustomList_1~[]>")) << text;
    EXPECT_EQ(std::count(text.begin(), text.end(), '~'), 70);
}

TEST(Line, FirstAndLastColumnAreFilledToo) {
    const Line line{Schema::all(Profile::goflow2_v1), style};
    const std::uint32_t last = 7;
    Flow flow;
    flow.set(Column::type, std::uint64_t{4});
    flow.set(Column::custom_list_1, std::span{&last, 1});
    const std::string text = test::line_within_bound(line, flow);
    EXPECT_TRUE(text.starts_with("<Type~\"IPFIX\";TimeReceived~0;")) << text;
    EXPECT_TRUE(text.ends_with(";CustomList_1~[7]>")) << text;
}

TEST(Line, ColumnsSetAloneChangeNothingElse) {
    const auto schema = Schema::all(Profile::goflow2_v1);
    const Line line{schema, style};
    const std::string empty = test::line_within_bound(line, Flow{});
    for (const Column column : schema.columns()) {
        if (schema.field(column).render != Render::number) continue;
        Flow flow;
        flow.set(column, std::uint64_t{1'234'567});
        const std::string key = std::string{schema.field(column).key} + '~';
        std::string expected = empty;
        // A key may be the end of another one, as NextHop is of BgpNextHop.
        const std::size_t at = expected.find(';' + key) + 1 + key.size();
        expected.replace(at, 1, "1234567");
        ASSERT_EQ(test::line_within_bound(line, flow), expected) << key;
    }
}

TEST(Line, WidestFlowStaysWithinItsBound) {
    const Line line{Schema::all(Profile::goflow2_v1), style};
    const test::WidestFlow widest;
    const std::string text = test::line_within_bound(line, widest.flow());
    EXPECT_NE(text.find("CustomInteger_1~18446744073709551615;"), std::string::npos);
    EXPECT_NE(text.find("SrcAddr~\"1111:1111:1111:1111:1111:1111:1111:1111\";"), std::string::npos);
    // Not a loose bound either: `true` is shorter than `false`, and a list has one comma less than
    // elements.
    EXPECT_EQ(line.size_max(widest.flow()), text.size() + overshoot_max + 1 + 10);
}

TEST(Line, RandomFlowsStayWithinTheirBound) {
    const Line line{Schema::all(Profile::goflow2_v1), style};
    std::mt19937_64 random{70};
    for (int i = 0; i < 2'000; ++i) {
        const test::RandomFlow sample{random};
        const std::string text = test::line_within_bound(line, sample.flow());
        ASSERT_EQ(std::count(text.begin(), text.end(), '~'), 70);
        if (HasFailure()) return;
    }
}

}  // namespace
}  // namespace flow::render
