// SPDX-License-Identifier: BSD-3-Clause
// State: everything that a host knows, for the protocols that it speaks. One thread.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "ingress/dpdk/host/addresses.hpp"
#include "ingress/dpdk/host/identity.hpp"
#include "ingress/dpdk/host/link.hpp"
#include "ingress/dpdk/host/stats.hpp"
#include "ingress/dpdk/host/token_bucket.hpp"

namespace flowd::dpdk::host {

inline constexpr std::uint64_t millisecond = 1'000'000;
inline constexpr std::uint64_t one_second = 1000 * millisecond;

struct Gateway {
    flow::Address address{};
    Mac mac{};             ///< of the last answer
    bool answers = false;  ///< the last time that it was asked

    std::uint8_t asked = 0;  ///< times without an answer
    std::size_t segment = 0;
    std::uint64_t due_ns = 0;
};

/// Membership reports of one family on one segment (groups.hpp).
struct Reports {
    std::uint64_t due_ns = 0;
    std::uint8_t joins_left = 2;  ///< reports that say what is new, RFC 3376 §5.1 and RFC 3810 §6.1
    std::size_t place = 0;        ///< of the next group to report
    std::uint8_t version = 0;     ///< of the oldest querier heard; 0: the newest protocol
    std::uint64_t old_until_ns = 0;  ///< when that querier is forgotten
};

/// A VLAN that frames are announced in, or the untagged link.
struct Segment {
    std::uint16_t vlan = 0;
    Reports ipv4{};
    Reports ipv6{};
};

struct State {
    explicit State(const Identity& identity);

    /// Takes a token for a reply; without one the request stays unanswered and is counted.
    [[nodiscard]] bool may_reply(std::uint64_t now_ns) noexcept {
        if (bucket.take(now_ns)) return true;
        stats.rate_limited.add(1);
        return false;
    }
    [[nodiscard]] std::size_t malformed() noexcept {
        stats.malformed.add(1);
        return 0;
    }
    /// There is something to announce then.
    void wake(std::uint64_t due_ns) noexcept { next_due_ns = std::min(next_due_ns, due_ns); }
    /// The segment on which reports are made for a frame that came so; null: none.
    [[nodiscard]] Segment* segment_of(const Link& link) noexcept;

    Mac mac;
    std::vector<std::uint16_t> vlans;  ///< that are taken; empty: all
    std::vector<Segment> segments;     ///< never empty
    Addresses addresses;
    std::vector<Gateway> gateways{};
    std::vector<flow::Address> groups_ipv4{};
    std::vector<flow::Address> groups_ipv6{};
    TokenBucket bucket;
    Stats stats{};
    // What other threads may read of gateways and addresses, in their order (Host::publish).
    std::vector<Counter> gateways_seen;
    std::vector<Counter> claims_seen;
    std::uint64_t next_due_ns = 0;
    std::uint64_t random;  ///< never 0
};

}  // namespace flowd::dpdk::host
