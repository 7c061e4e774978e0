// SPDX-License-Identifier: BSD-3-Clause
// The null transport: everything is delivered, until it is closed.
#include "transport/null/transport.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <vector>

#include "transport/deliver.hpp"

namespace flowd::null {
namespace {

using test::close;
using test::deliver;
using test::Delivered;

TEST(NullTransport, DeliversEveryMessageAndByte) {
    const auto transport = open();
    const auto batch = std::make_unique<flow::Batch>();
    EXPECT_EQ(deliver(*transport, *batch).messages, 0U);
    batch->commit(10, 0);
    batch->commit(0, 0);
    batch->commit(7, 1);
    const Delivered delivery = deliver(*transport, *batch);
    EXPECT_EQ(delivery.messages, 3U);
    EXPECT_EQ(delivery.bytes, 17U);
    EXPECT_EQ(transport->state(), TransportState::up);
}

TEST(NullTransport, BooksEachMessageToItsAccount) {
    const auto transport = open();
    const std::vector<std::uint32_t> rx_workers{3, 5};
    transport->ledger().reserve(rx_workers, 100);
    const auto batch = std::make_unique<flow::Batch>();
    for (const std::uint32_t row : {7U, 7U, 8U, 7U, 0U}) batch->commit(1, flow::make_tag(row, 2));
    EXPECT_EQ(transport->deliver(*batch, 1, {.source = 1}), 4U);
    EXPECT_EQ(transport->ledger().account(1, 7).delivered, 2U);
    EXPECT_EQ(transport->ledger().account(1, 7).epoch, 2U);
    EXPECT_EQ(transport->ledger().account(1, 8).delivered, 1U);
    EXPECT_EQ(transport->ledger().account(1, 0).delivered, 1U);
    test::expect_ledger_is(transport->ledger(), transport->counts());
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
