// SPDX-License-Identifier: BSD-3-Clause
// Sender: frames that flowd makes itself, sent on one port and TX queue. Owned by the worker that
// answers for the port; its counters may be read by others.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "flow/base/bytes.hpp"
#include "log/failure.hpp"
#include "metrics/counter.hpp"

struct rte_mempool;
struct rte_mbuf;

namespace flowd::dpdk {

class Sender {
public:
    /// The shortest frame of Ethernet without its checksum (IEEE 802.3 §3.2.7). Not every driver
    /// pads what is shorter.
    static constexpr std::size_t frame_size_min = 60;

    /// Main thread, once the port is configured. The pool is of its own and small: replies that the
    /// driver is slow to send cannot take the buffers that frames come in. `frame_size_max`: of the
    /// port's MTU, with the link header.
    [[nodiscard]] static Outcome<std::unique_ptr<Sender>> open(std::uint16_t port,
                                                               std::uint16_t queue,
                                                               std::uint16_t frame_size_max,
                                                               const std::string& label);
    Sender(const Sender&) = delete;
    Sender& operator=(const Sender&) = delete;
    /// The port is stopped: the driver holds none of its buffers any more.
    ~Sender();

    /// Memory for the next frame, valid until commit(); empty: there is none now, which is counted.
    [[nodiscard]] std::span<std::uint8_t> prepare() noexcept;
    /// Sends the first `size` bytes of it; 0: it is kept for the next frame. False: the driver did
    /// not take it, which is counted.
    bool commit(std::size_t size) noexcept;
    /// The same for bytes that are elsewhere.
    bool send(flow::Bytes frame) noexcept;

    struct Stats {
        Counter sent;
        Counter no_memory;  ///< there was no buffer
        Counter refused;    ///< by the driver, whose queue was full; or longer than a buffer
    };
    [[nodiscard]] const Stats& stats() const noexcept { return stats_; }

private:
    Sender(std::uint16_t port, std::uint16_t queue, rte_mempool* pool) noexcept
        : port_{port}, queue_{queue}, pool_{pool} {}

    std::uint16_t port_;
    std::uint16_t queue_;
    rte_mempool* pool_;
    rte_mbuf* next_ = nullptr;
    Stats stats_{};
};

}  // namespace flowd::dpdk
