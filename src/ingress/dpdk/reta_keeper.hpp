// SPDX-License-Identifier: BSD-3-Clause
// RetaKeeper: rewrites the redirection table of one port now and then, so that datagrams come to
// the worker whose exporter they are of without another worker's help. Main thread.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "ingress/dpdk/reta_tally.hpp"

namespace flowd::dpdk {

class RetaKeeper {
public:
    /// `worker_of_queue`: who polls each queue of the port. The tally outlives it.
    RetaKeeper(std::uint16_t port_id, std::string label, const RetaTally& tally,
               std::vector<std::uint16_t> worker_of_queue);

    /// Every few seconds.
    void look();

    [[nodiscard]] std::uint64_t rewritten() const noexcept { return rewritten_; }

private:
    std::uint16_t port_id_;
    std::string label_;
    const RetaTally& tally_;
    std::vector<std::uint16_t> worker_of_queue_;
    std::vector<std::uint32_t> before_;
    std::vector<std::uint32_t> now_;
    std::vector<std::uint64_t> owned_;
    std::uint64_t rewritten_ = 0;
    static constexpr int failures_max = 3;  ///< then the driver does not let it be changed
    int failures_ = 0;                      ///< in a row
};

}  // namespace flowd::dpdk
