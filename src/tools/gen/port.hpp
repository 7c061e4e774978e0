// SPDX-License-Identifier: BSD-3-Clause
// Port: the EAL and one of its ports that sends; frames are copied into mbufs and go in bursts.
// One thread. What a queue refuses is counted, always.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <limits>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "log/failure.hpp"

struct rte_mbuf;
struct rte_mempool;

namespace flowd::gen {

struct PortPlan {
    std::string_view eal;
    std::uint16_t queues = 1;
    std::uint16_t descriptors = 1024;
    std::size_t frame_size_max = 1514;
    std::uint32_t link_ms = 10'000;
    std::uint32_t stall_ms = 10'000;
    bool drops = false;  ///< what a queue refuses; else it is offered again
};

/// Of one queue.
struct QueueCounts {
    std::uint64_t frames = 0;
    std::uint64_t bytes = 0;
    std::uint64_t refused = 0;  ///< frames that the queue did not take when first offered
    std::uint64_t dropped = 0;  ///< frames that were given up
};

class Port {
public:
    /// Starts the EAL and its first port. `stop` ends all waiting, and outlives the port.
    [[nodiscard]] static Outcome<std::unique_ptr<Port>> open(const PortPlan& plan,
                                                             const std::atomic<bool>& stop);
    Port(const Port&) = delete;
    Port& operator=(const Port&) = delete;
    /// Closes the port and ends the EAL.
    ~Port();

    /// Until the link is up. A failure when it is not in time; none when stopped.
    [[nodiscard]] Failure wait_for_link() const;
    /// Goes out with a full burst, or with flush(). The failure: no progress for too long.
    [[nodiscard]] Failure send(std::uint32_t queue, std::span<const std::uint8_t> frame);
    [[nodiscard]] Failure flush();

    [[nodiscard]] std::span<const QueueCounts> counts() const noexcept { return counts_; }
    [[nodiscard]] const std::string& name() const noexcept { return name_; }

private:
    static constexpr std::size_t burst_size = 32;

    struct Burst {
        std::array<rte_mbuf*, burst_size> frames{};
        std::uint16_t count = 0;
    };

    Port(const PortPlan& plan, const std::atomic<bool>& stop)
        : plan_{plan}, stop_{stop}, bursts_(plan.queues), counts_(plan.queues) {}

    [[nodiscard]] Failure start_eal();
    [[nodiscard]] Failure start_port();
    [[nodiscard]] Failure set_up_queues(std::uint16_t receivers, std::uint16_t descriptors);
    [[nodiscard]] Failure flush(std::uint32_t queue);
    [[nodiscard]] std::size_t data_room() const noexcept;
    [[nodiscard]] std::uint32_t pool_count() const noexcept;

    PortPlan plan_;
    const std::atomic<bool>& stop_;
    std::string name_ = "of DPDK";
    bool eal_started_ = false;
    int port_id_ = -1;
    bool is_memif_ = false;
    rte_mempool* pool_ = nullptr;
    std::size_t frame_limit_ = std::numeric_limits<std::size_t>::max();
    std::vector<Burst> bursts_;
    std::vector<QueueCounts> counts_;
};

}  // namespace flowd::gen
