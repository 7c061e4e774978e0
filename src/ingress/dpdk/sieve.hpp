// SPDX-License-Identifier: BSD-3-Clause
// Sieve: frames in, datagrams for our listeners out, everything else counted by reason. Hot; one
// per queue, owned by its ingress. Knows no rte_, so tests need no port.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "config/listen.hpp"
#include "flow/packet/frame.hpp"
#include "ingress/ingress.hpp"

namespace flowd::dpdk {

class Sieve {
public:
    static constexpr std::size_t burst_max = 32;

    /// No listeners: every UDP datagram passes, for all protocols.
    Sieve(const std::vector<config::Listener>& listeners, flow::packet::LinkType link);

    void clear() noexcept { count_ = 0; }
    /// At most `burst_max` frames between two clear(); the datagram borrows from the frame.
    /// `readable_behind` are bytes of the frame's memory that follow it.
    void add(flow::Bytes frame, std::uint32_t readable_behind, std::uint64_t received_ns) noexcept;
    [[nodiscard]] std::span<const flow::Datagram> datagrams() const noexcept {
        return {datagrams_.data(), count_};
    }
    [[nodiscard]] IngressStats& stats() noexcept { return stats_; }

private:
    /// A listener, ready to compare. `host` "none": any destination address.
    struct Door {
        flow::Address host;
        std::uint16_t port = 0;
        flow::Protocols accepts;
    };

    [[nodiscard]] const Door* find_door(const flow::packet::UdpFrame& frame) const noexcept;

    // Written by the RX worker only.
    std::array<flow::Datagram, burst_max> datagrams_{};
    std::size_t count_ = 0;
    IngressStats stats_;

    // Read only after the constructor.
    std::vector<Door> doors_;  ///< those with an address first: the more specific one wins
    Door open_door_;           ///< used when there are no listeners
    flow::packet::LinkType link_;
};

}  // namespace flowd::dpdk
