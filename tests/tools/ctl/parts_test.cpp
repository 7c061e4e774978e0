// SPDX-License-Identifier: BSD-3-Clause
#include "tools/ctl/parts.hpp"

#include <gtest/gtest.h>

#include "tools/ctl/fixtures.hpp"

namespace flowd::ctl {
namespace {

TEST(CtlParts, RatesAreBitsUnlessBytesAreAskedFor) {
    EXPECT_EQ(bandwidth(125'000, {}), "1.00Mb");
    EXPECT_EQ(bandwidth(125'000, {.bytes = true}), "125kB");
    EXPECT_EQ(bandwidth(125'000, {.exact = true}), "1,000,000b");
}

TEST(CtlParts, MetersFillWithTheirShare) {
    EXPECT_EQ(meter(0, 12), "[        0%]");
    EXPECT_EQ(meter(0.5, 12), "[|||||  50%]");
    EXPECT_EQ(meter(1, 12), "[||||||100%]");
    EXPECT_EQ(meter(7, 12), "[||||||700%]");
    EXPECT_EQ(meter(-1, 12), "[        0%]");
    EXPECT_EQ(meter(0.5, 4), "[| ]");
    EXPECT_EQ(meter(0.5, 1), "[]");
}

TEST(CtlParts, SparklinesReachTheirTopAtTheLargest) {
    const Json values = Json::parse("[0, 1, 50, 100]");
    EXPECT_EQ(sparkline(values, 10, {.utf8 = true}), "▁▂▅█");
    EXPECT_EQ(sparkline(values, 10, {}), "_.=#");
    EXPECT_EQ(sparkline(values, 2, {}), "=#");
    EXPECT_EQ(sparkline(Json::parse("[0,0]"), 10, {}), "__");
    EXPECT_EQ(sparkline(Json{}, 10, {}), "");
}

TEST(CtlParts, SumsAddUpOrTheyDoNot) {
    Json json = totals();
    EXPECT_TRUE(balanced(json));
    json["imbalance"]["datagrams"] = 1;
    EXPECT_FALSE(balanced(json));
    json = totals();
    json["drops"]["flows"]["timed_out"] = 1;
    EXPECT_FALSE(balanced(json));
    json = totals();
    json["restored"] = 5;
    EXPECT_FALSE(balanced(json));
    json["in_flight"]["spool"] = 35;
    EXPECT_TRUE(balanced(json));
}

TEST(CtlParts, DropsStandBelowTheirSum) {
    const auto text_of = [](const Json& json) {
        return printed(ledger_part(json, {.width = 40}), {});
    };
    std::string text = text_of(totals());
    EXPECT_NE(text.find("    wait for a template       3\n"
                        "    dropped                  42\n"
                        "      unknown_template       40\n"
                        "      truncated               2\n"
                        "  sum                    12,345  adds up\n"),
              std::string::npos)
        << text;
    EXPECT_NE(text.find("    dropped                 40\n      ring_full             40\n"),
              std::string::npos)
        << text;
    text = text_of(Json::object());
    EXPECT_NE(text.find("    dropped              0\n  sum                    0  adds up\n"),
              std::string::npos)
        << text;
}

TEST(CtlParts, SequencesLeaveOutWhatIsZero) {
    EXPECT_EQ(sequence_text(totals()["sequence"], {}), "17 lost, 2 late, 1 reset");
    EXPECT_EQ(sequence_text(Json::object(), {}), "0 lost");
}

TEST(CtlParts, ClocksHaveASign) {
    const auto text_of = [](double last, double least, double most, const char* protocol) {
        const Json skew{{"last_seconds", last}, {"least_seconds", least}, {"most_seconds", most}};
        return skew_text(skew, Json::array({protocol}));
    };
    EXPECT_EQ(skew_text(Json{}, Json{}), "not known");
    EXPECT_EQ(text_of(125, 124, 126, "IPFIX"), "+2 min 5 s (between +2 min 4 s and +2 min 6 s)");
    EXPECT_EQ(text_of(-1, -1, -1, "NetFlow v5"), "-1 s");
    EXPECT_EQ(text_of(-7200.3, -7200.9, -7200.1, "IPFIX"), "-2 h");
    EXPECT_EQ(text_of(3599.6, 3598.9, 3600, "IPFIX"), "+1 h");
    EXPECT_EQ(text_of(0, 0, 0, "NetFlow v5"), "0 s");
}

TEST(CtlParts, ClocksOfWholeSecondsAreNoFiner) {
    for (const char* protocol : {"IPFIX", "NetFlow v9"}) {
        EXPECT_EQ(clock_text(-0.089, Json::array({"NetFlow v5", protocol})), "< 1 s");
        EXPECT_EQ(clock_text(0.999, protocol), "< 1 s");
        EXPECT_EQ(clock_text(-1.4, protocol), "-1 s");
        EXPECT_EQ(clock_text(3599.1, protocol), "+1 h");
        EXPECT_EQ(clock_text(3600, protocol), "+1 h");
    }
    EXPECT_EQ(clock_text(-0.089, Json::array({"NetFlow v5"})), "-89 ms");
    EXPECT_EQ(clock_text(3599.6, Json{}), "+1 h");
    EXPECT_FALSE(has_templates(Json::array({"sFlow v5", 9})));
    EXPECT_FALSE(has_templates(Json{}));
}

TEST(CtlParts, AddressesHavePortsWhereTheyMatter) {
    EXPECT_EQ(address_text(Json::parse(R"({"a":"192.0.2.1","port":0})"), "a"), "192.0.2.1");
    EXPECT_EQ(address_text(Json::parse(R"({"a":"192.0.2.1","port":7})"), "a"), "192.0.2.1:7");
    EXPECT_EQ(address_text(Json::parse(R"({"a":"::1","port":7})"), "a"), "[::1]:7");
}

}  // namespace
}  // namespace flowd::ctl
