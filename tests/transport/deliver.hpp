// SPDX-License-Identifier: BSD-3-Clause
// One batch through a transport that delivers at once: what its counts say became of it.
#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cstdint>

#include "transport/ledger_sum.hpp"
#include "transport/transport.hpp"

namespace flowd::test {

struct Delivered {
    std::uint64_t messages = 0;
    std::uint64_t bytes = 0;
};

/// Every message that was taken is delivered or lost.
inline Delivered deliver(Transport& transport, const flow::Batch& batch) {
    TransportCounts& counts = transport.counts();
    const std::uint64_t messages = counts.delivered.get();
    const std::uint64_t bytes = counts.bytes.get();
    transport.deliver(batch, 0, {});
    EXPECT_EQ(counts.taken.get(), counts.delivered.get() + counts.lost_sum());
    expect_ledger_is(transport.ledger(), counts);
    return {counts.delivered.get() - messages, counts.bytes.get() - bytes};
}

inline Failure close(Transport& transport) {
    static constinit std::atomic<bool> no_hurry{false};
    return transport.close({.patience = std::chrono::milliseconds{1000}, .hurry = no_hurry});
}

}  // namespace flowd::test
