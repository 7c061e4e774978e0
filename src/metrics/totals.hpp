// SPDX-License-Identifier: BSD-3-Clause
// Arithmetic of Totals: every field by itself, and modulo 2^64, so that what is now somewhere
// (parked, in flight) may go down in a difference. And of what domains had.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "metrics/observation.hpp"

namespace flowd {

/// `visit(to's field, from's field)` for all of them. The one list of Totals' fields.
template <class Visit>
void for_each_field(Totals& to, const Totals& from, Visit visit) noexcept {
    visit(to.datagrams, from.datagrams);
    visit(to.payload_bytes, from.payload_bytes);
    visit(to.missed, from.missed);
    visit(to.decoded, from.decoded);
    visit(to.parked, from.parked);
    for (std::size_t i = 0; i < to.drops.size(); ++i) visit(to.drops[i], from.drops[i]);
    visit(to.flows, from.flows);
    visit(to.offered, from.offered);
    visit(to.too_large, from.too_large);
    visit(to.ring_full, from.ring_full);
    for (std::size_t i = 0; i < to.lost.size(); ++i) visit(to.lost[i], from.lost[i]);
    visit(to.delivered, from.delivered);
    visit(to.in_ring, from.in_ring);
    visit(to.in_flight, from.in_flight);
    visit(to.spooled, from.spooled);
    visit(to.restored, from.restored);
    visit(to.sets_parked, from.sets_parked);
    visit(to.sets_unparked, from.sets_unparked);
    visit(to.sets_expired, from.sets_expired);
    for (std::size_t i = 0; i < to.sets.size(); ++i) {
        visit(to.sets[i], from.sets[i]);
        visit(to.set_records[i], from.set_records[i]);
    }
    for (std::size_t i = 0; i < to.samples.size(); ++i) visit(to.samples[i], from.samples[i]);
    visit(to.sequence.lost, from.sequence.lost);
    visit(to.sequence.late, from.sequence.late);
    visit(to.sequence.duplicates, from.sequence.duplicates);
    visit(to.sequence.resets, from.sequence.resets);
    visit(to.sequence.unchecked, from.sequence.unchecked);
}

inline void add(Totals& to, const Totals& what) noexcept {
    for_each_field(to, what, [](auto& sum, auto each) { sum += each; });
}

inline void subtract(Totals& from, const Totals& what) noexcept {
    for_each_field(from, what, [](auto& rest, auto each) { rest -= each; });
}

/// What a domain had. Of no protocol: nobody counts it by one.
inline void add(std::vector<PastDomains>& past, std::uint8_t version, std::uint16_t local_port,
                const Totals& what) {
    if (version == 0) return;
    for (PastDomains& each : past) {
        if (each.version == version && each.local_port == local_port) return add(each.totals, what);
    }
    past.push_back({version, local_port, what});
}

inline void add(std::vector<PastDomains>& past, const std::vector<PastDomains>& more) {
    for (const PastDomains& each : more) add(past, each.version, each.local_port, each.totals);
}

}  // namespace flowd
