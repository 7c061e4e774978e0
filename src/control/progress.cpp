// SPDX-License-Identifier: BSD-3-Clause
// Adds up the workers' counters, which go on counting meanwhile.
#include "control/progress.hpp"

#include <string>

#include "log/log.hpp"

namespace flowd {

Progress::Progress(bool enabled, const std::vector<std::unique_ptr<RxWorker>>& rx,
                   const std::vector<std::unique_ptr<TxWorker>>& tx)
    : enabled_{enabled}, rx_{rx}, tx_{tx}, said_ns_{monotonic_ns()} {}

void Progress::tick() {
    const std::uint64_t now = monotonic_ns();
    if (!enabled_ || now - said_ns_ < interval_ns) return;
    std::uint64_t datagrams = 0;
    std::uint64_t flows = 0;
    std::uint64_t delivered = 0;
    for (const auto& worker : rx_) {
        datagrams += worker->progress().datagrams.get();
        flows += worker->progress().flows.get();
    }
    for (const auto& worker : tx_) delivered += worker->counts().delivered.get();
    const std::uint64_t per_second = (flows - said_flows_) * 1'000'000'000 / (now - said_ns_);
    log::info("replaying: " + std::to_string(datagrams) + " datagrams, " + std::to_string(flows) +
              " flows, " + std::to_string(delivered) + " delivered, " + std::to_string(per_second) +
              " flows/s");
    said_ns_ = now;
    said_flows_ = flows;
}

}  // namespace flowd
