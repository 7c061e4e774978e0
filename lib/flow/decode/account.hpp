// SPDX-License-Identifier: BSD-3-Clause
// Account: what became of the datagrams and flows of one domain of an exporter, or of those of an
// exporter that belong to no domain. The rows of the ledger (ledger.hpp). Plain values: what a
// reader gets is a copy in which the equations hold.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "flow/base/error.hpp"
#include "flow/decode/sampling/rates.hpp"
#include "flow/model/account_tag.hpp"
#include "flow/model/address.hpp"

namespace flow {

/// Whose an account is. Row 0 of every ledger has none: it is all those for whom there was no room.
struct AccountName {
    Address exporter{};
    std::uint16_t port = 0;    ///< 0 unless exporters are told apart by it
    std::uint8_t version = 0;  ///< of the domain, as Domain has it; 0: of no domain
    std::uint32_t domain = 0;

    [[nodiscard]] bool operator==(const AccountName&) const noexcept = default;
};

/// Sets of NetFlow v9 and IPFIX.
enum class SetKind : std::uint8_t { templates, options_templates, data, options_data, count_ };
inline constexpr std::size_t set_kind_count = static_cast<std::size_t>(SetKind::count_);

/// Samples of sFlow v5.
enum class SampleKind : std::uint8_t {
    flow,
    expanded_flow,
    counters,
    expanded_counters,
    discarded,  ///< of packets that the switch dropped
    other,
    count_
};
inline constexpr std::size_t sample_kind_count = static_cast<std::size_t>(SampleKind::count_);

/// Of one datagram, by kind.
using SetCounts = std::array<std::uint32_t, set_kind_count>;
using SampleCounts = std::array<std::uint32_t, sample_kind_count>;

/// Nothing but 64-bit numbers: the ledger takes them as an array.
/// `datagrams = decoded + Σ drops + parked`, and `offered = published + too_large + ring_full`.
/// With one transport that takes all, `flows = offered`.
struct AccountCounts {
    std::uint64_t datagrams = 0;
    std::uint64_t payload_bytes = 0;
    std::uint64_t decoded = 0;
    std::uint64_t parked = 0;  ///< now waiting for a template
    std::array<std::uint64_t, error_count> drops{};

    std::uint64_t flows = 0;
    std::uint64_t offered = 0;    ///< to transports, each for itself
    std::uint64_t published = 0;  ///< of these: on their way to a TX worker, or past it
    std::uint64_t too_large = 0;  ///< for a batch
    std::uint64_t ring_full = 0;

    // Loss upstream, as DecodeStats has it.
    std::uint64_t sequence_lost = 0;
    std::uint64_t sequence_late = 0;
    std::uint64_t sequence_duplicates = 0;
    std::uint64_t sequence_resets = 0;
    std::uint64_t sequence_unchecked = 0;

    std::uint64_t sets_parked = 0;
    std::uint64_t sets_unparked = 0;
    std::uint64_t sets_expired = 0;

    /// By SetKind, as they came: those that waited or were broken too. A set whose template is not
    /// known is one of data.
    std::array<std::uint64_t, set_kind_count> sets{};
    /// What was read in them, templates or records; those of sets that waited when that was over.
    std::array<std::uint64_t, set_kind_count> set_records{};
    std::array<std::uint64_t, sample_kind_count> samples{};  ///< by SampleKind
};

struct Account {
    AccountName name{};
    std::uint8_t epoch = 0;
    std::uint32_t first_seen = 0;  ///< UNIX seconds, by receive times
    std::uint32_t last_seen = 0;
    std::uint16_t local_port = 0;  ///< that the last datagram came to
    /// Of the last flow of the last datagram; 0: unknown.
    std::uint32_t sampling_rate = 0;
    sampling::Source sampling_source = sampling::Source::none;
    AccountCounts counts{};
};

}  // namespace flow
