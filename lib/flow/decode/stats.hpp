// SPDX-License-Identifier: BSD-3-Clause
// What becomes of datagrams, as counters of one shard. Written by its thread only. Every datagram
// is in exactly one place: datagrams + adopted = decoded + Σ datagram_drops + parked_datagrams +
// handed_on. The two are of domains that move between shards (handover.hpp), else 0.
#pragma once

#include <array>
#include <cstdint>

#include "flow/base/error.hpp"

namespace flow {

struct DecodeStats {
    std::uint64_t datagrams = 0;
    std::uint64_t payload_bytes = 0;
    std::uint64_t decoded = 0;  ///< datagrams with nothing wrong
    /// Datagrams in which something was wrong, by the first thing. What was good in them has become
    /// flows.
    std::array<std::uint64_t, error_count> datagram_drops{};
    /// Now waiting for a template, with nothing else wrong: decoded or dropped later.
    std::uint64_t parked_datagrams = 0;
    /// Of these, that went to another shard, to wait there, and that came from another.
    std::uint64_t handed_on = 0;
    std::uint64_t adopted = 0;

    // Data sets that came before their template:
    // sets_parked = sets_unparked + sets_expired + those that wait now.
    std::uint64_t sets_parked = 0;
    std::uint64_t sets_unparked = 0;  ///< the template came
    std::uint64_t sets_expired = 0;   ///< too old, or displaced by others
    std::uint64_t parked_bytes = 0;   ///< of those that wait now

    // By sequence numbers, in the units of the protocol: datagrams (NetFlow v9, sFlow), flows
    // (NetFlow v5), records (IPFIX).
    std::uint64_t sequence_lost = 0;        ///< less what came late
    std::uint64_t sequence_late = 0;        ///< datagrams that were counted as lost before
    std::uint64_t sequence_duplicates = 0;  ///< datagrams that came twice
    std::uint64_t sequence_resets = 0;      ///< an exporter restarted, or jumped
    std::uint64_t sequence_unchecked = 0;   ///< datagrams of streams that are dealt to many shards

    std::uint64_t exporters_evicted = 0;  ///< to make room for others
    std::uint64_t templates_evicted = 0;
    std::uint64_t domains_evicted = 0;
};

}  // namespace flow
