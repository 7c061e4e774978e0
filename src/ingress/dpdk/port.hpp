// SPDX-License-Identifier: BSD-3-Clause
// Port: one ethdev with its RX queues and packet buffers. Cold: configured, started and closed by
// the main thread; the queues are polled by their workers in between.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "ingress/dpdk/rss.hpp"
#include "log/failure.hpp"

struct rte_mempool;

namespace flowd::dpdk {

/// What is wanted of a port; what the driver cannot do is cut or refused.
struct PortPlan {
    std::uint16_t queues = 1;
    std::uint16_t descriptors = 4096;
    std::uint32_t pool = 0;        ///< buffers per queue; 0: computed
    std::uint32_t frame_size = 0;  ///< the largest frame that must fit one buffer; 0: 2048
    std::uint16_t mtu = 0;         ///< 0: the driver's own
    bool packs_pool = false;       ///< buffers may cross pages: no device reads them by DMA
    std::uint32_t elsewhere = 0;   ///< buffers per queue that wait outside of it: rings, fragments
    bool verifies_checksums = false;  ///< where the device can
    std::string label{};              ///< in messages; empty: the device's name
    std::vector<std::uint8_t> mac{};  ///< empty: the device's
};

/// Bytes of memory that the buffers of one queue take.
[[nodiscard]] std::uint64_t pool_bytes(const PortPlan& plan) noexcept;
/// The largest frame that fits one buffer: mbufs count their room with 16 bits.
inline constexpr std::uint32_t single_frame_max = 65'535 - 128;

class Port {
public:
    /// Configured, started, promiscuous; what its RSS does is in the log.
    [[nodiscard]] static Outcome<std::unique_ptr<Port>> open(std::uint16_t id,
                                                             const PortPlan& plan);
    Port(const Port&) = delete;
    Port& operator=(const Port&) = delete;
    /// No worker uses its queues any more.
    ~Port();

    /// Stopped and closed: the driver holds no buffers any more, of whatever pool. Once.
    void close() noexcept;
    [[nodiscard]] bool is_up() const noexcept;

    // For a reset, which a driver asks for (a VF whose PF was reset): shut, wait until no worker is
    // at the port, reset, reopen. Main thread.
    [[nodiscard]] bool wants_reset() const noexcept {
        return wants_reset_.load(std::memory_order_relaxed);
    }
    void shut() noexcept { shut_.store(true, std::memory_order_release); }
    [[nodiscard]] Failure reset();
    void reopen() noexcept { shut_.store(false, std::memory_order_release); }
    /// RX workers look before each poll. Pairs with reopen().
    [[nodiscard]] const std::atomic<bool>& shut_flag() const noexcept { return shut_; }

    /// One line: is the link up, how fast, how many queues.
    void log_link() const;

    [[nodiscard]] std::uint16_t id() const noexcept { return id_; }
    [[nodiscard]] std::uint16_t queues() const noexcept { return plan_.queues; }
    /// "net_pcap0 (net_pcap)"
    [[nodiscard]] const std::string& name() const noexcept { return name_; }
    [[nodiscard]] const std::string& driver() const noexcept { return driver_; }
    [[nodiscard]] const RssChoice& rss() const noexcept { return rss_; }
    [[nodiscard]] std::array<std::uint8_t, 6> mac() const noexcept;
    /// Of its first queue.
    [[nodiscard]] rte_mempool* pool() const noexcept { return pools_.front(); }

private:
    Port(std::uint16_t id, const PortPlan& plan) : id_{id}, plan_{plan} {}

    [[nodiscard]] Failure configure();
    [[nodiscard]] Failure set_up_queues();
    [[nodiscard]] Failure start();
    [[nodiscard]] Failure set_mac();
    [[nodiscard]] Failure fill_queues();
    static int note_event(std::uint16_t id, rte_eth_event_type event, void* port,
                          void* detail) noexcept;

    std::uint16_t id_;
    PortPlan plan_;
    std::string name_;
    std::string driver_;
    RssChoice rss_;
    std::vector<rte_mempool*> pools_;
    bool configured_ = false;
    bool closed_ = false;
    std::atomic<bool> wants_reset_{false};
    std::atomic<bool> shut_{false};
};

/// The port of a device; negative: there is none.
[[nodiscard]] int port_id_of(const std::string& device_name);
/// Every port that the EAL has found.
[[nodiscard]] std::vector<std::uint16_t> port_ids();

}  // namespace flowd::dpdk
