// SPDX-License-Identifier: BSD-3-Clause
// FlowType: the numbers and names of goflow2's enum.
#include "flow/model/flow_type.hpp"

#include <gtest/gtest.h>

namespace flow {
namespace {

TEST(FlowType, NamesAndNumbersAreGoflow2s) {
    EXPECT_EQ(flow_type_name(static_cast<FlowType>(0)), "FLOWUNKNOWN");
    EXPECT_EQ(flow_type_name(static_cast<FlowType>(1)), "SFLOW_5");
    EXPECT_EQ(flow_type_name(static_cast<FlowType>(2)), "NETFLOW_V5");
    EXPECT_EQ(flow_type_name(static_cast<FlowType>(3)), "NETFLOW_V9");
    EXPECT_EQ(flow_type_name(static_cast<FlowType>(4)), "IPFIX");
}

TEST(FlowType, WhatGoflow2DoesNotCollectHasNumbersOfFlowds) {
    EXPECT_EQ(flow_type_name(static_cast<FlowType>(3001)), "NETFLOW_V1");
    EXPECT_EQ(flow_type_name(static_cast<FlowType>(3007)), "NETFLOW_V7");
    EXPECT_EQ(flow_type_name(static_cast<FlowType>(3008)), "NETFLOW_V8");
}

TEST(FlowType, AnyOtherNumberIsUnknown) {
    EXPECT_EQ(flow_type_name(static_cast<FlowType>(5)), "FLOWUNKNOWN");
    EXPECT_EQ(flow_type_name(static_cast<FlowType>(255)), "FLOWUNKNOWN");
}

}  // namespace
}  // namespace flow
