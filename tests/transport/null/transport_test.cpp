// SPDX-License-Identifier: BSD-3-Clause
// The null transport: everything is delivered, until it is closed.
#include "transport/null/transport.hpp"

#include <gtest/gtest.h>

#include <memory>

#include "transport/deliver.hpp"

namespace flowd::null {
namespace {

using test::close;
using test::deliver;
using test::Delivery;

TEST(NullTransport, DeliversEveryMessageAndByte) {
    const auto transport = open();
    const auto batch = std::make_unique<flow::Batch>();
    EXPECT_EQ(deliver(*transport, *batch).messages, 0U);
    batch->commit(10, 0);
    batch->commit(0, 0);
    batch->commit(7, 1);
    const Delivery delivery = deliver(*transport, *batch);
    EXPECT_EQ(delivery.messages, 3U);
    EXPECT_EQ(delivery.bytes, 17U);
    EXPECT_EQ(transport->state(), TransportState::up);
}

TEST(NullTransport, DeliversNothingOnceClosed) {
    const auto transport = open();
    const auto batch = std::make_unique<flow::Batch>();
    batch->commit(10, 0);
    EXPECT_FALSE(failed(close(*transport)));
    EXPECT_EQ(transport->state(), TransportState::closed);
    EXPECT_EQ(deliver(*transport, *batch).messages, 0U);
}

}  // namespace
}  // namespace flowd::null
