// SPDX-License-Identifier: BSD-3-Clause
// Conditions: what they say of a flow, and what is wrong with them.
#include "tools/cat/filter.hpp"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <vector>

#include "flow/model/flow_type.hpp"

namespace flowd::cat {
namespace {

class FilterTest : public testing::Test {
protected:
    FilterTest() {
        flow_.set(flow::Column::src_port, std::uint64_t{443});
        flow_.set(flow::Column::type, static_cast<std::uint64_t>(flow::FlowType::netflow_v9));
        flow_.set(flow::Column::src_addr, flow::Bytes{address_});
    }
    [[nodiscard]] bool holds(const char* condition) const {
        const Outcome<Filter> filter = Filter::parse(condition, flow::Profile::goflow2_v1);
        EXPECT_TRUE(filter) << filter.error().sentence;
        return filter && filter->holds(flow_);
    }
    static std::string complaint(const char* condition) {
        const Outcome<Filter> filter = Filter::parse(condition, flow::Profile::goflow2_v1);
        return filter ? "" : filter.error().sentence;
    }

    const std::array<std::uint8_t, 4> address_{10, 1, 2, 3};
    flow::Flow flow_;
};

TEST_F(FilterTest, NumbersCompare) {
    for (const char* yes : {"SrcPort=443", "src_port=443", "SrcPort!=80", "SrcPort<444",
                            "SrcPort<=443", "SrcPort>442", "SrcPort>=443", "DstPort=0"}) {
        EXPECT_TRUE(holds(yes)) << yes;
    }
    for (const char* no : {"SrcPort=80", "SrcPort!=443", "SrcPort<443", "SrcPort>443"}) {
        EXPECT_FALSE(holds(no)) << no;
    }
}

TEST_F(FilterTest, NamesAndAddressesAreKnown) {
    EXPECT_TRUE(holds("Type=NETFLOW_V9"));
    EXPECT_FALSE(holds("Type=SFLOW_5"));
    EXPECT_TRUE(holds("SrcAddr=10.1.2.3"));
    EXPECT_TRUE(holds("SrcAddr=10.1.2.0/30"));
    EXPECT_FALSE(holds("SrcAddr=10.1.2.4/30"));
    EXPECT_TRUE(holds("SrcAddr!=2001:db8::/32"));
    EXPECT_FALSE(holds("DstAddr=10.0.0.0/8")) << "it has none";
}

TEST_F(FilterTest, WhatIsWrongIsQuoted) {
    EXPECT_NE(complaint("SrcPrt=1").find("SrcPort"), std::string::npos) << complaint("SrcPrt=1");
    for (const char* bad :
         {"", "SrcPort", "=1", "SrcPort=", "SrcPort=x", "SrcPort=1x", "SrcAddr=10.0.0.0/33",
          "SrcAddr=10.0.0", "SrcAddr<10.0.0.1", "Type=NOTHING", "SrcPort=-1"}) {
        EXPECT_NE(complaint(bad), "") << bad;
    }
}

}  // namespace
}  // namespace flowd::cat
