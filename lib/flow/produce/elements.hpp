// SPDX-License-Identifier: BSD-3-Clause
// Which information element fills which column (IANA IPFIX registry; RFC 3954 §8 for NetFlow v9).
// The built-in mapping: goflow2's elements, and those of flowd's own columns. Enterprise elements
// are not in it.
#pragma once

#include <cstdint>
#include <span>

#include "flow/model/columns.hpp"
#include "flow/model/dialect.hpp"
#include "flow/model/plan.hpp"

namespace flow::produce {

/// In whose records an element has this meaning.
enum class Versions : std::uint8_t {
    any,
    netflow,   ///< v1 to v9: 21 and 22 count from the header's uptime
    netflow5,  ///< v5 and its kin, which have built-in templates
    netflow9,
    ipfix,
    learnt,  ///< v9 and IPFIX, which have templates of the exporter's
};

/// By whose reading, as a set. The standard one differs by profile where one column has two
/// meanings.
using Readings = std::uint8_t;

namespace readings {

inline constexpr Readings standard_v1 = 1;  ///< Dialect::standard in the profile of goflow2 v1
inline constexpr Readings standard_v2 = 2;
inline constexpr Readings goflow2_v1 = 4;  ///< Dialect::goflow2_v1
inline constexpr Readings goflow2_v2 = 8;

inline constexpr Readings standard = standard_v1 | standard_v2;
inline constexpr Readings goflow2 = goflow2_v1 | goflow2_v2;
inline constexpr Readings v1 = standard_v1 | goflow2_v1;
inline constexpr Readings v2 = standard_v2 | goflow2_v2;
inline constexpr Readings all = standard | goflow2;

/// The one that a shard has.
[[nodiscard]] constexpr Readings of(Profile profile, Dialect dialect) noexcept {
    switch (dialect) {
        case Dialect::goflow2_v1: return goflow2_v1;
        case Dialect::goflow2_v2: return goflow2_v2;
        case Dialect::standard: break;
    }
    return profile == Profile::goflow2_v1 ? standard_v1 : standard_v2;
}

}  // namespace readings

struct Element {
    std::uint16_t id;
    Column column;
    Transform transform;
    Versions versions = Versions::any;
    std::uint8_t shift = 0;
    std::uint8_t bits = 64;
    std::uint16_t operand = 0;
    Readings readings = readings::all;
    /// When the steps of an element run: 0 in the order of the record, others behind, in turn.
    std::uint8_t turn = 0;
};

/// Turns of the steps that only fill what the record has left open, or need all of it. Of several
/// rates in a record the one of the last turn counts: the newest element first (RFC 5477 §8.2).
inline constexpr std::uint8_t turn_totals = 1;
inline constexpr std::uint8_t turn_initiator = 2;
inline constexpr std::uint8_t turn_sampler = 3;
inline constexpr std::uint8_t turn_sampling_34 = 4;
inline constexpr std::uint8_t turn_sampling_50 = 5;
inline constexpr std::uint8_t turn_sampling_population = 6;
inline constexpr std::uint8_t turn_sampling_size = 7;
inline constexpr std::uint8_t turn_sampling_interval = 8;
inline constexpr std::uint8_t turn_sampling_space = 9;
/// Uptimes of IPFIX count from another field.
inline constexpr std::uint8_t turn_init_time = 10;
inline constexpr std::uint8_t turn_since_init = 11;
/// A mapping file's rates and the like, which are the user's word.
inline constexpr std::uint8_t turn_mapping = 12;
inline constexpr std::uint8_t turns = 13;

/// Ordered by id; an element that fills several columns, or is read in several ways, has several
/// rows.
[[nodiscard]] std::span<const Element> elements() noexcept;

/// The rows of one element.
[[nodiscard]] std::span<const Element> elements(std::uint16_t id) noexcept;

}  // namespace flow::produce
