// SPDX-License-Identifier: BSD-3-Clause
// ReplayIngress: the one queue of a capture that net_pcap delivers. Hot; used by its RX worker
// only. It takes exactly the frames that the capture holds, times the loops, and then is exhausted.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "ingress/dpdk/idler.hpp"
#include "ingress/dpdk/pace.hpp"
#include "ingress/dpdk/queue.hpp"
#include "ingress/dpdk/sieve.hpp"
#include "ingress/ingress.hpp"

namespace flowd::dpdk {

/// The capture time that net_pcap leaves in each mbuf, a dynamic field, in microseconds.
struct CaptureTime {
    int offset = -1;         ///< negative: there is none
    std::uint64_t flag = 0;  ///< the bit of ol_flags that says it is set
};

struct ReplayPlan {
    std::uint64_t frame_count = 0;  ///< to be taken in all
    std::uint64_t seconds = 0;      ///< to end after, from the first frame; 0: never
    Pace pace;
    CaptureTime time;  ///< none: the clock is the receive time
    flow::packet::LinkType link = flow::packet::LinkType::ethernet;
    std::string path;  ///< for messages
};

class ReplayIngress final : public flowd::Ingress {
public:
    ReplayIngress(std::uint16_t port_id, ReplayPlan plan,
                  const std::vector<config::Listener>& listeners, const WorkerOptions& worker);
    ~ReplayIngress() override { queue_.release(); }

    void attach() noexcept override;
    void detach() noexcept override;
    [[nodiscard]] std::span<const flow::Datagram> receive() noexcept override;
    void release() noexcept override { queue_.release(); }
    void wait(std::uint64_t most_ns) noexcept override;
    [[nodiscard]] bool exhausted() const noexcept override { return exhausted_; }
    [[nodiscard]] int numa_node() const noexcept override { return queue_.numa_node(); }
    [[nodiscard]] const IngressStats& stats() noexcept override { return sieve_.stats(); }

private:
    [[nodiscard]] bool out_of_time() noexcept;
    [[nodiscard]] std::uint64_t received_ns(std::uint16_t index, std::uint64_t now_ns) noexcept;
    void note_silence() noexcept;

    // Written by the RX worker only.
    Queue queue_;
    Sieve sieve_;
    Idler idler_;
    ReplayPlan plan_;
    std::uint64_t taken_ = 0;
    std::uint64_t started_ns_ = 0;  ///< coarse monotonic, of the first frame; 0: not yet
    std::uint64_t silent_ns_ = 0;   ///< monotonic, of the first poll without a due frame; 0: none
    bool silent_ = false;           ///< the last poll gave nothing that was due
    bool exhausted_ = false;
};

}  // namespace flowd::dpdk
