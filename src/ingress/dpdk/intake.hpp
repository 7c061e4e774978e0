// SPDX-License-Identifier: BSD-3-Clause
// Intake: what becomes of a frame once it has been received: a datagram for this worker's pipeline,
// a frame for another worker, a question to be answered, or a drop with a name. Hot; one per
// worker.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "ingress/dpdk/burst.hpp"
#include "ingress/dpdk/exchange.hpp"
#include "ingress/dpdk/face.hpp"
#include "ingress/dpdk/reassembly.hpp"
#include "ingress/dpdk/sieve.hpp"

namespace flowd::dpdk {

class Intake {
public:
    /// `faces` by port id. Without an exchange every exporter is this worker's. Both outlive it.
    Intake(const std::vector<config::Listener>& listeners, std::span<const Face> faces,
           Exchange* exchange, const FragmentLimits& fragments)
        : sieve_{listeners},
          faces_{faces},
          exchange_{exchange},
          reassembler_{fragments, sieve_.stats()},
          reassembles_{fragments.bytes_max != 0} {}

    void clear() noexcept { sieve_.clear(); }
    [[nodiscard]] std::span<const flow::Datagram> datagrams() const noexcept {
        return sieve_.datagrams();
    }
    [[nodiscard]] std::size_t room() const noexcept {
        return Burst::frames_max - sieve_.datagrams().size();
    }
    void release() noexcept { burst_.release(); }
    /// Once per burst: fragments that have waited too long go. The time is monotonic.
    void expire(std::uint64_t now_ns) noexcept { reassembler_.expire(now_ns); }
    [[nodiscard]] bool waits_for_fragments() const noexcept {
        return reassembler_.counts().waiting != 0;
    }
    [[nodiscard]] std::uint64_t fragments_waiting() const noexcept {
        return reassembler_.counts().waiting;
    }
    /// The end: what waits has waited in vain.
    void finish() noexcept;
    [[nodiscard]] IngressStats& stats() noexcept { return sieve_.stats(); }

    void drop(flow::Error reason, std::uint64_t count) noexcept { sieve_.drop(reason, count); }

    /// Frames from a port; at most room() of them before clear(). Takes them over.
    void add(std::span<rte_mbuf* const> frames, std::uint64_t now_ns) noexcept;
    /// Frames that other workers have handed over.
    void add_from_peers(std::span<rte_mbuf* const> frames, std::uint64_t now_ns) noexcept;
    /// A frame of an exporter whose state has come.
    void add_released(rte_mbuf* frame, std::uint64_t now_ns) noexcept;

private:
    static_assert(Sieve::burst_max == Burst::frames_max, "each datagram is a frame that is kept");

    enum class From : std::uint8_t { port, peer, hold, joined };

    /// A UDP datagram that one of our listeners is for.
    struct Found {
        const flow::packet::UdpFrame& udp;
        const Sieve::Door& door;
        flow::Bytes frame;
    };

    /// A frame and what is known of it before it is parsed.
    struct Arrived {
        rte_mbuf* frame;
        From from;
        std::uint64_t now_ns;
    };

    void sort(const Arrived& arrived) noexcept;
    void sort(const Arrived& arrived, flow::Bytes bytes, flow::packet::LinkType link) noexcept;
    [[nodiscard]] bool is_welcome(const Arrived& arrived, const Face& face, const Found& found,
                                  flow::packet::LinkType link) noexcept;
    [[gnu::always_inline]] void place(const Arrived& arrived, const Found& found) noexcept;
    void tally(const rte_mbuf& frame, std::uint32_t self, std::uint32_t owner) noexcept;
    [[gnu::always_inline]] void deliver(rte_mbuf* frame, const Found& found, std::uint64_t now_ns,
                                        bool dealt) noexcept;
    void forward(rte_mbuf* frame, std::uint32_t to) noexcept;
    [[gnu::cold]] void set_aside(const Arrived& arrived, flow::Bytes bytes,
                                 flow::Error reason) noexcept;
    void join(const Arrived& arrived, flow::Bytes bytes) noexcept;
    [[nodiscard]] bool answer(const Arrived& arrived, flow::Bytes bytes) noexcept;
    void drop(rte_mbuf* frame, flow::Error reason) noexcept;
    [[nodiscard]] static std::uint64_t received_ns(const rte_mbuf* frame, const Face& face,
                                                   std::uint64_t now_ns) noexcept;

    // Written by the RX worker only.
    Burst burst_;
    Sieve sieve_;
    std::span<const Face> faces_;
    Exchange* exchange_;
    std::uint32_t deal_turn_ = 0;
    Reassembler reassembler_;
    bool reassembles_;
};

}  // namespace flowd::dpdk
