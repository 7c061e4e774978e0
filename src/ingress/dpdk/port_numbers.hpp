// SPDX-License-Identifier: BSD-3-Clause
// PortNumbers: what ports and buffer pools count, for those who show it. Drivers are asked by the
// main thread only, once a second, as it is the one that resets ports; others get copies.
#pragma once

#include <cstdint>
#include <mutex>
#include <vector>

#include "ingress/dpdk/opened.hpp"
#include "metrics/observation.hpp"

namespace flowd::dpdk {

class PortNumbers {
public:
    struct Copy {
        std::vector<PortView> ports;
        std::vector<MempoolView> mempools;
    };

    /// Of ports that run; they outlive it.
    explicit PortNumbers(const Opened& opened) : opened_{opened} {}

    /// Main thread, often.
    void tick(std::uint64_t now_ns);
    /// Any thread.
    [[nodiscard]] Copy copy() const {
        const std::lock_guard lock{mutex_};
        return copy_;
    }

private:
    const Opened& opened_;
    std::uint64_t looked_ns_ = 0;
    mutable std::mutex mutex_;  ///< guards the copy
    Copy copy_;
};

}  // namespace flowd::dpdk
