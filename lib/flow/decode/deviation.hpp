// SPDX-License-Identifier: BSD-3-Clause
// Deviation, TimeFault: where exporters depart from their protocol, each with a stable name. What
// is counted is datagrams, and flows where it says so. Fields of odd or reduced length are none:
// RFC 7011 §6.2 allows them.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace flow {

enum class Deviation : std::uint8_t {
    header_cut,         ///< the datagram ends inside of its header
    count_wrong,        ///< NetFlow v9: the header's count is not that of the records
    count_beyond,       ///< NetFlow v5 and its kin: it announces more records than there are
    length_beyond,      ///< IPFIX: the message is said to be longer than the datagram
    length_short,       ///< IPFIX: there are bytes behind the message
    length_bad,         ///< IPFIX: the message is said to be shorter than its header
    set_cut,            ///< a set goes on behind the datagram
    set_length_bad,     ///< a set shorter than its header
    set_rest,           ///< behind the records of a set are bytes that are no padding
    set_reserved,       ///< a set id that the protocol reserves
    template_id_bad,    ///< a template id below 256
    template_empty,     ///< a template without fields, or of records without bytes
    template_cut,       ///< a template goes on behind its set
    template_changed,   ///< a template got other fields without a withdrawal
    scope_missing,      ///< IPFIX: an options template without a scope
    template_missing,   ///< data of a template that has not come
    uptime_back,        ///< the uptime went back, and the numbers went on
    export_time_back,   ///< so did the export time
    export_time_still,  ///< the export time stays the same for five seconds and more
    rate_missing,       ///< flows without a sampling rate; sampled flows are looked at
    sampler_unknown,    ///< flows name a sampler whose rate was not announced
    sampler_unnamed,    ///< samplers of different rates were announced, and flows name none
    template_limit,     ///< a template of more fields than flowd takes: allowed, but unusual
    sample_bad,         ///< sFlow: lengths or counts of a sample contradict each other
    count_,
};
inline constexpr std::size_t deviation_count = static_cast<std::size_t>(Deviation::count_);

[[nodiscard]] constexpr std::string_view deviation_name(Deviation what) noexcept {
    constexpr std::array<std::string_view, deviation_count> names{
        "header_cut",      "count_wrong",      "count_beyond",      "length_beyond",
        "length_short",    "length_bad",       "set_cut",           "set_length_bad",
        "set_rest",        "set_reserved",     "template_id_bad",   "template_empty",
        "template_cut",    "template_changed", "scope_missing",     "template_missing",
        "uptime_back",     "export_time_back", "export_time_still", "rate_missing",
        "sampler_unknown", "sampler_unnamed",  "template_limit",    "sample_bad"};
    static_assert(!names.back().empty());
    return names[static_cast<std::size_t>(what)];
}

/// Why a template that came is not there.
enum class Absence : std::uint8_t {
    none,       ///< it has not come
    too_long,   ///< Deviation::template_limit
    no_room,    ///< flowd had enough others
    broken,     ///< no fields, or not all of it came
    withdrawn,  ///< by the exporter (RFC 7011 §8.1)
    evicted,    ///< by flowd, to make room
};

/// Times of flows that cannot be.
enum class TimeFault : std::uint8_t {
    end_before_start,
    end_in_future,  ///< more than a minute after the export
    before_boot,    ///< the flow began before its exporter did
    before_2000,
    count_,
};
inline constexpr std::size_t time_fault_count = static_cast<std::size_t>(TimeFault::count_);

[[nodiscard]] constexpr std::string_view time_fault_name(TimeFault what) noexcept {
    constexpr std::array<std::string_view, time_fault_count> names{
        "end_before_start", "end_in_future", "before_boot", "before_2000"};
    return names[static_cast<std::size_t>(what)];
}

}  // namespace flow
