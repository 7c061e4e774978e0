// SPDX-License-Identifier: BSD-3-Clause
// Sieve: datagrams for our listeners go through, everything else is counted by reason. Hot; one per
// worker, owned by its intake. Knows no rte_, so tests need no port.
#pragma once

#include <array>
#include <cassert>
#include <cstdint>
#include <span>
#include <vector>

#include "config/listen.hpp"
#include "flow/packet/frame.hpp"
#include "ingress/ingress.hpp"

namespace flowd::dpdk {

class Sieve {
public:
    static constexpr std::size_t burst_max = 64;

    /// A listener, ready to compare. `host` "none": any destination address.
    struct Door {
        flow::Address host;
        std::uint16_t port = 0;
        flow::Protocols accepts;
    };

    /// No listeners: every UDP datagram passes, for all protocols.
    explicit Sieve(const std::vector<config::Listener>& listeners);

    void clear() noexcept { count_ = 0; }
    /// Null: it is for none of our listeners.
    [[nodiscard]] const Door* find_door(const flow::packet::UdpFrame& frame) const noexcept;
    /// What the frame's memory is like, and when it came.
    struct Arrival {
        const std::uint8_t* readable_end;
        std::uint64_t received_ns;
        bool dealt = false;
        bool reassembled = false;
    };
    /// At most `burst_max` between two clear(); the datagram borrows from the frame.
    void deliver(const flow::packet::UdpFrame& frame, const Door& door,
                 const Arrival& arrival) noexcept;
    void drop(flow::Error reason) noexcept { drop(reason, 1); }
    void drop(flow::Error reason, std::uint64_t count) noexcept {
        stats_.datagrams += count;
        stats_.drops[static_cast<std::size_t>(reason)] += count;
    }
    [[nodiscard]] std::span<const flow::Datagram> datagrams() const noexcept {
        return {datagrams_.data(), count_};
    }
    [[nodiscard]] IngressStats& stats() noexcept { return stats_; }

private:
    // Written by the RX worker only.
    std::array<flow::Datagram, burst_max> datagrams_{};
    std::size_t count_ = 0;
    IngressStats stats_;

    // Read only after the constructor.
    std::vector<Door> doors_;  ///< those with an address first: the more specific one wins
    Door open_door_;           ///< used when there are no listeners
};

inline const Sieve::Door* Sieve::find_door(const flow::packet::UdpFrame& frame) const noexcept {
    if (doors_.empty()) return &open_door_;
    for (const Door& door : doors_) {
        if (door.port != frame.destination_port) continue;
        if (door.host.size == 0 || door.host == frame.destination) return &door;
    }
    return nullptr;
}

inline void Sieve::deliver(const flow::packet::UdpFrame& frame, const Door& door,
                           const Arrival& arrival) noexcept {
    assert(count_ < burst_max);
    ++stats_.datagrams;
    stats_.payload_bytes += frame.payload.size();
    const std::uint8_t* const payload_end = frame.payload.data() + frame.payload.size();
    // In place, and no wider than it was written: a copy of the whole would wait for each store.
    flow::Datagram& datagram = datagrams_[count_++];
    datagram.payload = frame.payload;
    copy(datagram.source, frame.source);
    datagram.source_port = frame.source_port;
    datagram.destination_port = frame.destination_port;
    datagram.accepts = door.accepts;
    datagram.received_ns = arrival.received_ns;
    datagram.readable_behind = static_cast<std::uint32_t>(arrival.readable_end - payload_end);
    datagram.dealt = arrival.dealt;
    datagram.reassembled = arrival.reassembled;
}

}  // namespace flowd::dpdk
