// SPDX-License-Identifier: BSD-3-Clause
// Traits: how an exporter behaves, observed in one of its domains: its clock, what its sequence
// numbers count, how long its flows last, and where it departs from the protocol. What a diagnosis
// is made of. Written by the shard's thread, a few stores per datagram; another thread takes a copy
// (traits_table.hpp), whose numbers need not be of one moment.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "flow/decode/account.hpp"
#include "flow/decode/deviation.hpp"

namespace flow {

/// Durations: below 1,024 ms one bucket, then four per octave up to 70 minutes. A bucket knows the
/// mean of what is in it, so that 60 s is not "between 57 s and 66 s".
struct DurationHistogram {
    static constexpr std::size_t bucket_count = 49;
    static constexpr std::uint32_t aged_at = 1u << 16;  ///< in one bucket: then all are halved

    struct Bucket {
        std::uint32_t count;
        std::uint32_t sixty_fourths;  ///< of its width, above its lower end: the sum
    };
    std::array<Bucket, bucket_count> buckets;

    void add(std::uint32_t ms) noexcept;
    [[nodiscard]] std::uint32_t samples() const noexcept;
    /// 0 for an empty bucket.
    [[nodiscard]] double mean_seconds(std::size_t bucket) const noexcept;
    [[nodiscard]] static std::uint32_t lower_ms(std::size_t bucket) noexcept;
    void add(const DurationHistogram& other) noexcept;
};

/// What the header of a datagram, and what came of it, say about its sender.
struct Appearance {
    std::uint32_t number = 0;  ///< sequence
    std::uint32_t units = 0;   ///< records, flows or samples in it
    bool units_known = true;
    bool has_export_time = true;
    bool has_uptime = false;
    std::uint32_t uptime_ms = 0;
    std::uint32_t export_seconds = 0;
    std::uint32_t export_nanoseconds = 0;
    std::uint64_t received_ns = 0;
    std::uint16_t port = 0;  ///< UDP source
    std::uint16_t payload_size = 0;
};

/// Valid, and nobody's, when all bytes are zero. No member has a constructor, so that rows of
/// untouched memory cost nothing.
struct alignas(64) Traits {
    /// By how much a number may differ from the one before, in the order of `steps`.
    enum Step : std::uint8_t { by_one, by_units, by_both };
    static constexpr std::size_t senders_max = 4;  ///< behind one address, that are told apart
    static constexpr std::size_t restarts_kept = 8;

    /// How often, and when last.
    struct Tally {
        std::uint32_t count;
        std::uint32_t last_seconds;
    };
    static constexpr std::uint32_t missing_stale_seconds = 600;  ///< its place is free then

    /// Data of a template that is not known.
    struct Missing {
        std::uint16_t id;
        std::uint32_t datagrams;
        std::uint32_t last_datagram;  ///< of the domain, by its count
        std::uint32_t first_seconds;
        std::uint32_t last_seconds;
    };
    /// A template that came and is not there.
    struct Absent {
        std::uint16_t id;
        Absence why;
    };
    /// A row of numbers that other datagrams of the domain belong to.
    struct Sender {
        std::uint32_t number;
        std::uint32_t units;
        std::uint16_t port;
        bool known;
    };

    // Every datagram: one cache line. The skew is that of sampled datagrams.
    std::int64_t skew_last_ns;   ///< export time of the header less receive time
    std::int64_t skew_least_ns;  ///< above the most: no datagram had an export time
    std::int64_t skew_most_ns;
    std::uint32_t number;  ///< of the datagram before
    std::uint32_t units;   ///< of the datagram before; units_unknown
    std::uint32_t export_seconds;
    std::uint32_t uptime_ms;
    std::uint32_t datagrams;
    std::array<std::uint32_t, 3> steps;  ///< that went on from the datagram before; lately
    std::uint16_t port;
    std::uint16_t payload_size_max;
    std::uint8_t sampled_second;  ///< the low part
    std::uint8_t watch;           ///< bits: look closer at the next datagram

    // The rest, seldom.
    AccountName name;
    std::uint32_t generation;  ///< odd while the row changes its owner
    bool owned;
    std::uint8_t next_sender;  ///< to be overwritten
    std::uint8_t next_restart;
    std::array<Sender, senders_max - 1> senders;  ///< besides the one that spoke last
    std::uint32_t steps_none;                     ///< the same number again; lately, as `steps`
    std::uint32_t steps_other;
    std::uint32_t alternations;  ///< to the numbers of another sender; lately
    std::uint32_t port_changes;
    std::uint32_t gap_seconds;   ///< numbers were missing last
    std::uint32_t boot_ms;       ///< export time less uptime; wraps
    std::uint32_t seen_seconds;  ///< when a datagram was sampled last
    std::uint32_t aged_seconds;  ///< when the counts of steps were halved last
    std::uint32_t restarts;
    std::array<std::uint32_t, restarts_kept> restart_seconds;  ///< of the last ones, 0: none
    std::uint32_t still_export_seconds;                        ///< where export_seconds stands
    std::uint32_t still_since_seconds;
    std::uint32_t reassembled;     ///< datagrams that came in fragments
    std::uint32_t noted;           ///< bits: deviations that the datagram below has
    std::uint32_t noted_datagram;  ///< of the domain, by its count
    std::array<Tally, deviation_count> deviations;
    std::array<Tally, time_fault_count> time_faults;
    std::array<Missing, 4> missing;
    Missing missing_others;  ///< those that found no place, together; its id says nothing
    std::array<Absent, 8> absent;
    std::uint8_t next_absent;  ///< to be overwritten
    bool absent_lost;          ///< there are more than have a place

    // Of sampled flows.
    std::uint32_t flows_sampled;
    std::uint32_t durations_known;
    std::uint32_t duration_most_ms;
    std::uint32_t active_ends;  ///< flows that ended because they were active for too long
    std::uint32_t active_ms;    ///< their duration, smoothed
    DurationHistogram durations;
    /// From a flow's end to its export, where it may have ended by silence.
    DurationHistogram lags;

    static constexpr std::uint32_t units_unknown = UINT32_MAX;

    /// One datagram, at its end. `appearance` has a sequence number.
    void take(const Appearance& seen) noexcept;
    /// One without a number, or of a domain that has no row.
    void take_plain(std::uint16_t payload_size) noexcept {
        put(datagrams, datagrams + 1);
        if (payload_size > payload_size_max) put(payload_size_max, payload_size);
    }
    /// True for the datagrams of which flows are looked at: one in 512, and the first of a second.
    [[nodiscard]] bool samples(std::uint32_t now_seconds) const noexcept {
        return (datagrams & 511) == 0 || sampled_second != static_cast<std::uint8_t>(now_seconds);
    }

    [[gnu::cold]] void note(Deviation what, std::uint32_t now_seconds) noexcept;
    /// Once, however often the present datagram has it.
    [[gnu::cold]] void note_datagram(Deviation what, std::uint32_t now_seconds) noexcept;
    [[gnu::cold]] void note(TimeFault what, std::uint32_t now_seconds) noexcept;
    [[gnu::cold]] void note_missing(std::uint16_t id, std::uint32_t now_seconds) noexcept;
    [[gnu::cold]] void note_absent(std::uint16_t id, Absence why) noexcept;
    /// The template came, and is there.
    [[gnu::cold]] void forget_missing(std::uint16_t id) noexcept;
    [[gnu::cold]] void note_reassembled() noexcept { put(reassembled, reassembled + 1); }
    /// The part of a sampled datagram that is not about its flows.
    [[gnu::cold]] void sample_clock(const Appearance& seen) noexcept;
    /// The row is another's from now on.
    [[gnu::cold]] void own(const AccountName& owner) noexcept;

    /// For any thread: false when the row is nobody's, or changes its owner right now.
    [[nodiscard]] bool copy_to(Traits& to) const noexcept;

    /// Readers in other threads see the old value or the new one.
    template <class T>
    static void put(T& to, std::type_identity_t<T> value) noexcept {
        std::atomic_ref<T>{to}.store(value, std::memory_order_relaxed);
    }

private:
    enum Watch : std::uint8_t { first = 1, restart = 2, restart_again = 4 };

    [[gnu::cold]] void take_closely(const Appearance& seen) noexcept;
    void go_on(const Appearance& seen) noexcept;
    [[nodiscard]] bool follow_another(const Appearance& seen) noexcept;
    void leap(const Appearance& seen) noexcept;
    void count_step(std::uint32_t step, std::uint32_t units_before) noexcept;
    void count_restart(std::uint32_t now_seconds) noexcept;
    void age_steps(std::uint32_t now_seconds) noexcept;
};

static_assert(std::is_trivially_copyable_v<Traits> && sizeof(Traits) % 64 == 0);
static_assert(deviation_count <= 32, "noted has a bit for each");
static_assert(offsetof(Traits, name) == 64, "what every datagram writes is a cache line");

[[gnu::always_inline]] inline void Traits::take(const Appearance& seen) noexcept {
    const std::uint32_t step = seen.number - number;
    const bool one = step == 1;
    // By one, behind a datagram whose units nobody could count, fits either. Back by one is no such
    // step, though units_unknown is -1 too.
    const bool counted = units != units_unknown;
    const bool all = step == units || !counted;
    const bool on_time = static_cast<std::int32_t>(seen.uptime_ms - uptime_ms) >= 0 &&
                         static_cast<std::int32_t>(seen.export_seconds - export_seconds) >= 0;
    if ((one || (all && counted)) && on_time && seen.port == port && watch == 0) [[likely]] {
        std::uint32_t& counter = steps[one && all ? by_both : one ? by_one : by_units];
        put(counter, counter + 1);
    } else {
        take_closely(Appearance{seen});  // a copy: the one that is usual stays in registers
        put(port, seen.port);
    }
    put(number, seen.number);
    put(units, seen.units_known ? seen.units : units_unknown);
    put(uptime_ms, seen.uptime_ms);
    put(export_seconds, seen.export_seconds);
    take_plain(seen.payload_size);
}

}  // namespace flow
