// SPDX-License-Identifier: BSD-3-Clause
// Progress: a log line every few seconds while a replay runs, so that long work shows that it goes
// on. Main thread.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "worker/rx_worker.hpp"
#include "worker/tx_worker.hpp"

namespace flowd {

class Progress {
public:
    Progress(bool enabled, const std::vector<std::unique_ptr<RxWorker>>& rx,
             const std::vector<std::unique_ptr<TxWorker>>& tx);

    /// Called often; says something when it is time.
    void tick();

private:
    static constexpr std::uint64_t interval_ns = 5'000'000'000;

    bool enabled_;
    const std::vector<std::unique_ptr<RxWorker>>& rx_;
    const std::vector<std::unique_ptr<TxWorker>>& tx_;
    std::uint64_t said_ns_;
    std::uint64_t said_flows_ = 0;
};

}  // namespace flowd
