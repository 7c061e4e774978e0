// SPDX-License-Identifier: BSD-3-Clause
// ReplayIngress: the one queue of a capture that net_pcap delivers. Hot; used by its RX worker
// only. It takes exactly the frames that the capture holds, times the loops, and then is exhausted.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "ingress/dpdk/idler.hpp"
#include "ingress/dpdk/intake.hpp"
#include "ingress/dpdk/pace.hpp"
#include "ingress/dpdk/queue.hpp"
#include "ingress/ingress.hpp"

namespace flowd::dpdk {

struct ReplayPlan {
    std::uint64_t frame_count = 0;  ///< to be taken in all
    std::uint64_t seconds = 0;      ///< to end after, from the first frame; 0: never
    Pace pace;
    std::string path;  ///< for messages
};

class ReplayIngress final : public flowd::Ingress {
public:
    /// `faces` by port id; they outlive it.
    ReplayIngress(std::uint16_t port_id, ReplayPlan plan,
                  const std::vector<config::Listener>& listeners, std::span<const Face> faces,
                  const FragmentLimits& fragments, const WorkerOptions& worker);

    void attach() noexcept override;
    void detach() noexcept override;
    [[nodiscard]] std::span<const flow::Datagram> receive() noexcept override;
    void release() noexcept override { intake_.release(); }
    void wait(std::uint64_t most_ns) noexcept override;
    [[nodiscard]] bool exhausted() const noexcept override { return exhausted_; }
    [[nodiscard]] int numa_node() const noexcept override { return queue_.numa_node(); }
    [[nodiscard]] std::uint64_t waiting() const noexcept override {
        return intake_.fragments_waiting();
    }
    [[nodiscard]] const IngressStats& stats() noexcept override { return intake_.stats(); }

private:
    [[nodiscard]] bool out_of_time() noexcept;
    void note_silence() noexcept;

    // Written by the RX worker only.
    Queue queue_;
    Intake intake_;
    Idler idler_;
    ReplayPlan plan_;
    bool needs_clock_;  ///< frames have no times
    std::array<rte_mbuf*, Queue::burst_max> frames_{};
    std::uint64_t taken_ = 0;
    std::uint64_t started_ns_ = 0;  ///< coarse monotonic, of the first frame; 0: not yet
    std::uint64_t silent_ns_ = 0;   ///< monotonic, of the first poll without a due frame; 0: none
    bool silent_ = false;           ///< the last poll gave nothing that was due
    bool exhausted_ = false;
};

}  // namespace flowd::dpdk
