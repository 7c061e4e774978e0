// SPDX-License-Identifier: BSD-3-Clause
// What happens at datagrams that do not just go on from the one before.
#include "flow/decode/traits.hpp"

#include <algorithm>
#include <bit>
#include <limits>
#include <numeric>

namespace flow {

namespace {

/// Numbers of two senders are further apart than datagrams overtake each other (Sequence has the
/// same windows).
constexpr std::int32_t apart_min = 4096;
/// A restarted exporter counts from 0: below this, give or take a few datagrams.
constexpr std::uint32_t first_numbers_max = 4096;
/// Numbers that are missing at once; Sequence has the same limit, of records.
constexpr std::int32_t lost_at_once_max = 4096 * 1024;
/// An exporter is silent for so long at most where its uptime wraps.
constexpr std::int32_t wrap_silence_max_ms = 3'600'000;
/// Export times have whole seconds, so that a boot time moves by one at least.
constexpr std::int32_t boot_slack_ms = 2500;
/// An uptime that goes back by less may be that of a datagram that comes late, or again.
constexpr std::uint32_t late_most_ms = 60'000;
/// Steps after which all counts of steps are halved: what an exporter does now counts. After some
/// minutes fewer will do; what is left of them is enough to judge by.
constexpr std::uint32_t steps_max = 4096;
constexpr std::uint32_t steps_enough = 160;
constexpr std::uint32_t steps_old_seconds = 300;
/// Seconds for which an export time may stay the same.
constexpr std::uint32_t still_max_seconds = 5;

constexpr unsigned octave_first_bit = 10;  // 1,024 ms

/// From a datagram of so many units. Uncounted ones are none: units_unknown is also a step back.
bool goes_on(std::uint32_t step, std::uint32_t units) noexcept {
    return step == 1 || (step == units && units != Traits::units_unknown);
}

void increment(std::uint32_t& counter) noexcept { Traits::put(counter, counter + 1); }

void put_sender(Traits::Sender& to, const Traits::Sender& sender) noexcept {
    Traits::put(to.number, sender.number);
    Traits::put(to.units, sender.units);
    Traits::put(to.port, sender.port);
    Traits::put(to.known, sender.known);
}

/// Relaxed on both sides: either may be where another thread reads or writes.
void copy_words(Traits& to, const Traits& from) noexcept {
    using Word [[gnu::may_alias]] = std::uint64_t;
    auto* const target = reinterpret_cast<Word*>(&to);
    const auto* const source = reinterpret_cast<const Word*>(&from);
    for (std::size_t i = 0; i < sizeof(Traits) / sizeof(Word); ++i) {
        __atomic_store_n(&target[i], __atomic_load_n(&source[i], __ATOMIC_RELAXED),
                         __ATOMIC_RELAXED);
    }
}

}  // namespace

std::uint32_t DurationHistogram::lower_ms(std::size_t bucket) noexcept {
    if (bucket == 0) return 0;
    const std::size_t octave = (bucket - 1) / 4;
    const std::size_t quarter = (bucket - 1) % 4;
    return static_cast<std::uint32_t>((4 + quarter) << (octave + octave_first_bit - 2));
}

void DurationHistogram::add(std::uint32_t ms) noexcept {
    std::size_t bucket = 0;
    std::uint32_t fraction = ms >> (octave_first_bit - 6);
    if (ms >> octave_first_bit != 0) {
        const unsigned octave = static_cast<unsigned>(std::bit_width(ms)) - 1 - octave_first_bit;
        const unsigned width_bits = octave + octave_first_bit - 2;
        bucket = 1 + std::size_t{octave} * 4 + ((ms >> width_bits) & 3);
        fraction = (ms >> (width_bits - 6)) & 63;
        if (bucket >= bucket_count) {
            bucket = bucket_count - 1;
            fraction = 63;
        }
    }
    Bucket& at = buckets[bucket];
    Traits::put(at.count, at.count + 1);
    Traits::put(at.sixty_fourths, at.sixty_fourths + fraction);
    if (at.count < aged_at) return;
    for (Bucket& each : buckets) {
        Traits::put(each.count, each.count / 2);
        Traits::put(each.sixty_fourths, each.sixty_fourths / 2);
    }
}

std::uint32_t DurationHistogram::samples() const noexcept {
    return std::accumulate(buckets.begin(), buckets.end(), std::uint32_t{0},
                           [](std::uint32_t sum, const Bucket& each) { return sum + each.count; });
}

double DurationHistogram::mean_seconds(std::size_t bucket) const noexcept {
    const Bucket& at = buckets[bucket];
    if (at.count == 0) return 0;
    const double lower = lower_ms(bucket);
    const double width = bucket == 0 ? 1 << octave_first_bit : lower_ms(bucket + 1) - lower;
    const double part = (static_cast<double>(at.sixty_fourths) / at.count + 0.5) / 64;
    return (lower + width * part) / 1000;
}

void DurationHistogram::add(const DurationHistogram& other) noexcept {
    for (std::size_t i = 0; i < bucket_count; ++i) {
        buckets[i].count += other.buckets[i].count;
        buckets[i].sixty_fourths += other.buckets[i].sixty_fourths;
    }
}

void Traits::own(const AccountName& owner) noexcept {
    const std::uint32_t odd = generation | 1;
    // A reader that copied in between sees another generation afterwards.
    std::atomic_ref{generation}.store(odd, std::memory_order_relaxed);
    std::atomic_thread_fence(std::memory_order_release);
    Traits fresh{};
    fresh.name = owner;
    fresh.owned = true;
    fresh.skew_least_ns = std::numeric_limits<std::int64_t>::max();
    fresh.skew_most_ns = std::numeric_limits<std::int64_t>::min();
    fresh.watch = Watch::first;
    fresh.generation = odd;
    copy_words(*this, fresh);
    std::atomic_ref{generation}.store(odd + 1, std::memory_order_release);
}

bool Traits::copy_to(Traits& to) const noexcept {
    constexpr int tries_max = 4;
    for (int i = 0; i < tries_max; ++i) {
        // Pairs with the stores in own().
        const std::uint32_t before = __atomic_load_n(&generation, __ATOMIC_ACQUIRE);
        copy_words(to, *this);
        std::atomic_thread_fence(std::memory_order_acquire);
        const std::uint32_t after = __atomic_load_n(&generation, __ATOMIC_RELAXED);
        if (before == after && before % 2 == 0) return to.owned;
    }
    return false;
}

void Traits::take_closely(const Appearance& seen) noexcept {
    const std::uint32_t boot = seen.export_seconds * 1000 - seen.uptime_ms;
    if ((watch & Watch::first) != 0) {
        put(watch, 0);
        put(boot_ms, boot);
        return;
    }
    const std::uint32_t step = seen.number - number;
    const bool fits = goes_on(step, units);
    if (fits && seen.port == port) {
        go_on(seen);
    } else if (units == units_unknown) {
        // Behind a datagram of which not all could be read, any number may come.
    } else if (step == 0 && seen.port == port) {
        increment(steps_none);
    } else if (follow_another(seen)) {
        put(watch, 0);
    } else if (fits) {
        increment(port_changes);
        count_step(step, units);
    } else {
        leap(seen);
    }
    put(boot_ms, boot);
}

/// Goes on by its number, but something else is to be looked at.
void Traits::go_on(const Appearance& seen) noexcept {
    const auto now = static_cast<std::uint32_t>(seen.received_ns / 1'000'000'000);
    count_step(seen.number - number, units);
    if ((watch & Watch::restart_again) != 0) count_restart(now);
    const bool first_again = (watch & Watch::restart) != 0;
    put(watch, first_again ? std::uint8_t{Watch::restart_again} : std::uint8_t{0});
    if (static_cast<std::int32_t>(seen.uptime_ms - uptime_ms) < 0)
        note(Deviation::uptime_back, now);
    if (static_cast<std::int32_t>(seen.export_seconds - export_seconds) < 0) {
        note(Deviation::export_time_back, now);
    }
}

/// Goes on from where another sender was, or from before a datagram that had overtaken it.
bool Traits::follow_another(const Appearance& seen) noexcept {
    const auto fits = [&](const Sender& each) {
        return each.known && goes_on(seen.number - each.number, each.units);
    };
    auto at = std::find_if(senders.begin(), senders.end(), [&](const Sender& each) {
        return fits(each) && each.port == seen.port;
    });
    if (at == senders.end() && !goes_on(seen.number - number, units)) {
        at = std::find_if(senders.begin(), senders.end(), fits);
    }
    if (at == senders.end()) return false;
    const Sender here = *at;
    put_sender(*at, {number, units, port, true});
    count_step(seen.number - here.number, here.units);
    const auto distance = static_cast<std::int32_t>(number - here.number);
    if (here.port != port || distance > apart_min || distance < -apart_min) {
        increment(alternations);
    }
    return true;
}

/// A number that goes on from nowhere: a loss, a restart, or another sender.
void Traits::leap(const Appearance& seen) noexcept {
    const auto now = static_cast<std::uint32_t>(seen.received_ns / 1'000'000'000);
    increment(steps_other);
    const auto distance = static_cast<std::int32_t>(seen.number - number);
    const std::uint32_t boot = seen.export_seconds * 1000 - seen.uptime_ms;
    const bool is_far = distance < 0 || distance > lost_at_once_max;
    bool restarted = is_far && seen.number < first_numbers_max;
    // A copy of an older datagram, or one that comes late, is no newer than what it follows.
    if (seen.has_export_time) {
        restarted =
            restarted && static_cast<std::int32_t>(seen.export_seconds - export_seconds) > 0;
    }
    if (seen.has_uptime) {
        // Back by more than half of 32 bits looks like a step ahead; the wrap is a small one.
        const auto passed_ms = static_cast<std::int32_t>(seen.uptime_ms - uptime_ms);
        const auto moved_ms = static_cast<std::int32_t>(boot - boot_ms);
        const bool wraps = passed_ms >= 0 && passed_ms <= wrap_silence_max_ms;
        const bool is_moved = moved_ms > boot_slack_ms || moved_ms < -boot_slack_ms;
        const bool is_back = seen.uptime_ms < uptime_ms && !wraps;
        restarted = is_back &&
                    (seen.has_export_time ? is_moved : uptime_ms - seen.uptime_ms > late_most_ms);
    }
    put(watch, restarted ? std::uint8_t{Watch::restart} : std::uint8_t{0});
    if (!restarted && distance > 0) put(gap_seconds, now);
    put_sender(senders[next_sender], {number, units, port, true});
    put(next_sender, static_cast<std::uint8_t>((next_sender + 1) % senders.size()));
    age_steps(now);
}

void Traits::count_step(std::uint32_t step, std::uint32_t units_before) noexcept {
    const bool one = step == 1;
    const bool all = step == units_before || units_before == units_unknown;
    increment(steps[one && all ? by_both : one ? by_one : by_units]);
}

void Traits::count_restart(std::uint32_t now_seconds) noexcept {
    increment(restarts);
    put(restart_seconds[next_restart], now_seconds);
    put(next_restart, static_cast<std::uint8_t>((next_restart + 1) % restarts_kept));
}

void Traits::age_steps(std::uint32_t now_seconds) noexcept {
    const std::uint32_t sum =
        std::accumulate(steps.begin(), steps.end(), std::uint32_t{0}) + steps_none + steps_other;
    const auto passed = static_cast<std::int32_t>(now_seconds - aged_seconds);
    const bool are_old = passed < 0 || passed >= std::int32_t{steps_old_seconds};
    if (sum < (are_old ? steps_enough : steps_max)) return;
    put(aged_seconds, now_seconds);
    for (std::uint32_t& each : steps) put(each, each / 2);
    for (std::uint32_t* const each : {&steps_none, &steps_other, &alternations, &port_changes}) {
        put(*each, *each / 2);
    }
}

void Traits::note(Deviation what, std::uint32_t now_seconds) noexcept {
    Tally& tally = deviations[static_cast<std::size_t>(what)];
    increment(tally.count);
    put(tally.last_seconds, now_seconds);
}

void Traits::note_datagram(Deviation what, std::uint32_t now_seconds) noexcept {
    const std::uint32_t bit = 1u << static_cast<unsigned>(what);
    const std::uint32_t before = noted_datagram == datagrams ? noted : 0;
    put(noted, before | bit);
    put(noted_datagram, datagrams);
    if ((before & bit) == 0) note(what, now_seconds);
}

void Traits::note(TimeFault what, std::uint32_t now_seconds) noexcept {
    Tally& tally = time_faults[static_cast<std::size_t>(what)];
    increment(tally.count);
    put(tally.last_seconds, now_seconds);
}

/// Who has a place keeps it while its data comes: were places to change hands in turn, none of the
/// templates would ever be seen to be missing for long.
void Traits::note_missing(std::uint16_t id, std::uint32_t now_seconds) noexcept {
    const auto has_id = [&](const Missing& each) { return each.id == id; };
    const auto is_free = [&](const Missing& each) {
        const auto silent = static_cast<std::int32_t>(now_seconds - each.last_seconds);
        return each.id == 0 || silent >= std::int32_t{missing_stale_seconds};
    };
    auto at = std::find_if(missing.begin(), missing.end(), has_id);
    const bool has_place = at != missing.end();
    if (!has_place) at = std::find_if(missing.begin(), missing.end(), is_free);
    Missing& mine = at != missing.end() ? *at : missing_others;
    if (!has_place && is_free(mine)) {
        put(mine.id, id);
        put(mine.datagrams, 0);
        put(mine.first_seconds, now_seconds);
    } else if (mine.last_datagram == datagrams) {
        return;  // another set of the same datagram
    }
    note(Deviation::template_missing, now_seconds);
    increment(mine.datagrams);
    put(mine.last_datagram, datagrams);
    put(mine.last_seconds, now_seconds);
}

void Traits::note_absent(std::uint16_t id, Absence why) noexcept {
    const auto find = [&](std::uint16_t wanted) {
        return std::find_if(absent.begin(), absent.end(),
                            [&](const Absent& each) { return each.id == wanted; });
    };
    auto at = find(id);
    if (at == absent.end()) at = find(0);
    if (at == absent.end()) {
        put(absent_lost, true);
        at = absent.begin() + next_absent;
        put(next_absent, static_cast<std::uint8_t>((next_absent + 1) % absent.size()));
    }
    put(at->id, id);
    put(at->why, why);
}

void Traits::forget_missing(std::uint16_t id) noexcept {
    for (Absent& each : absent) {
        if (each.id == id) put(each.id, 0);
    }
    for (Missing& each : missing) {
        if (each.id != id) continue;
        put(each.id, 0);
        put(each.last_seconds, 0);
    }
}

void Traits::sample_clock(const Appearance& seen) noexcept {
    constexpr std::int64_t billion = 1'000'000'000;
    const auto now_seconds = static_cast<std::uint32_t>(seen.received_ns / billion);
    put(sampled_second, static_cast<std::uint8_t>(now_seconds));
    put(seen_seconds, now_seconds);
    age_steps(now_seconds);
    if (!seen.has_export_time) return;
    const std::int64_t skew = seen.export_seconds * billion + seen.export_nanoseconds -
                              static_cast<std::int64_t>(seen.received_ns);
    put(skew_last_ns, skew);
    if (skew < skew_least_ns) put(skew_least_ns, skew);
    if (skew > skew_most_ns) put(skew_most_ns, skew);
    if (seen.export_seconds != still_export_seconds || still_since_seconds == 0) {
        put(still_export_seconds, seen.export_seconds);
        put(still_since_seconds, now_seconds);
        return;
    }
    const auto passed = static_cast<std::int32_t>(now_seconds - still_since_seconds);
    if (passed >= std::int32_t{still_max_seconds}) note(Deviation::export_time_still, now_seconds);
}

}  // namespace flow
