// SPDX-License-Identifier: BSD-3-Clause
// Host: a port that DPDK owns alone answers like a host: ARP, neighbour discovery, ping, and
// membership in groups. Bytes in, bytes out; knows no DPDK, so tests and the fuzzer need none.
//
// One per port, and one thread of it: the port's answering worker. Counters may be read by others.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "flow/base/bytes.hpp"
#include "ingress/dpdk/host/groups.hpp"
#include "ingress/dpdk/host/identity.hpp"
#include "ingress/dpdk/host/state.hpp"

namespace flowd::dpdk::host {

/// What an announcement or farewell needs at most: 1,280 bytes of IP, the link header and a tag.
inline constexpr std::size_t announcement_size_max = 1280 + 14 + 4;

class Host {
public:
    explicit Host(const Identity& identity) : state_{identity} {}

    /// What the frame asks this port for. 0: there is nothing to send, or no room for it. A reply
    /// is as long as its request, padding left out, or 8 bytes longer where an advertisement has to
    /// carry a link address: `reply` of max(frame.size(), 128) bytes is always enough.
    [[nodiscard]] std::size_t answer(flow::Bytes frame, std::span<std::uint8_t> reply,
                                     std::uint64_t now_ns) noexcept;
    /// A frame that is due by itself; 0: none is. Call until 0, every few milliseconds. `out` has
    /// announcement_size_max bytes. The first call is the start.
    [[nodiscard]] std::size_t announce(std::span<std::uint8_t> out, std::uint64_t now_ns) noexcept;
    /// Everything that was said at the start is said again.
    void link_came_up(std::uint64_t now_ns) noexcept;
    /// Leaves the groups, a frame per call; 0: all is said. The port sends nothing afterwards.
    [[nodiscard]] std::size_t farewell(std::span<std::uint8_t> out) noexcept;

    [[nodiscard]] const Stats& stats() const noexcept { return state_.stats; }
    struct AddressSeen {
        flow::Address address;
        Claim claim;
    };
    struct GatewaySeen {
        flow::Address address;
        bool answers;
        Mac mac;  ///< of its last answer; zeros: none yet
    };
    /// As of the last announce(), for any thread: a line in the log.
    [[nodiscard]] std::vector<AddressSeen> addresses_seen() const;
    [[nodiscard]] std::vector<GatewaySeen> gateways_seen() const;

    /// The worker's thread only.
    [[nodiscard]] std::span<const OwnAddress> addresses() const noexcept {
        return state_.addresses.all();
    }
    /// The worker's thread only.
    [[nodiscard]] std::span<const Gateway> gateways() const noexcept { return state_.gateways; }

private:
    void publish() noexcept;
    [[nodiscard]] bool takes(const Link& link) const noexcept;

    State state_;
    Farewell farewell_;
};

}  // namespace flowd::dpdk::host
