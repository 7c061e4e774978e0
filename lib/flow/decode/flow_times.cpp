// SPDX-License-Identifier: BSD-3-Clause
// Elements by IANA's "IPFIX Information Elements"; NetFlow v9 has the same numbers (RFC 3954 §8),
// and built-in templates use them.
#include "flow/decode/flow_times.hpp"

#include <algorithm>
#include <array>
#include <limits>

#include "flow/model/time.hpp"

namespace flow {

namespace {

constexpr std::size_t records_max = 2;
constexpr std::int64_t future_slack_ms = 60'000;
/// Boot times are as exact as export times: whole seconds.
constexpr std::int64_t boot_slack_ms = 2000;
constexpr std::int64_t wrap_age_max_ms = 4 * 3'600'000;
constexpr std::int64_t year_2000_ms = 946'684'800'000;
/// Longer than any exporter keeps a flow.
constexpr std::int64_t duration_max_ms = 7 * 86'400'000ll;

enum Part : std::uint8_t {
    end_uptime,
    start_uptime,
    start_s,
    end_s,
    start_ms,
    end_ms,
    start_us,
    end_us,
    start_ns,
    end_ns,
    start_delta,
    end_delta,
    boot,
    duration_ms,
    duration_us,
    end_reason,
    tcp_flags,
    sampler,
    own_rate,
    part_count,
};

Part part_of(const TemplateField& field) noexcept {
    const bool other = field.id > 162 && field.id != 302 && field.id != 305 && field.id != 310;
    if (field.enterprise != 0 || other || (field.id > 50 && field.id < 136)) return part_count;
    switch (field.id) {
        case 6: return tcp_flags;
        case 21: return end_uptime;
        case 22: return start_uptime;
        case 34:
        case 50:
        case 305:
        case 310: return own_rate;
        case 48:
        case 302: return sampler;
        case 136: return end_reason;
        case 150: return start_s;
        case 151: return end_s;
        case 152: return start_ms;
        case 153: return end_ms;
        case 154: return start_us;
        case 155: return end_us;
        case 156: return start_ns;
        case 157: return end_ns;
        case 158: return start_delta;
        case 159: return end_delta;
        case 160: return boot;
        case 161: return duration_ms;
        case 162: return duration_us;
        default: return part_count;
    }
}

/// Values of the parts of one record.
class Values {
public:
    void set(Part part, std::uint64_t value) noexcept {
        values_[part] = value;
        known_ |= 1u << part;
    }
    void clear() noexcept { known_ = 0; }
    [[nodiscard]] bool has(Part part) const noexcept { return (known_ & 1u << part) != 0; }
    [[nodiscard]] std::uint64_t get(Part part) const noexcept {
        return has(part) ? values_[part] : 0;
    }

private:
    std::array<std::uint64_t, part_count> values_;  ///< those that are known
    std::uint32_t known_ = 0;
};

/// Where a template has the parts.
class Places {
public:
    explicit Places(const Template& layout) noexcept {
        std::size_t offset = 0;
        for (std::size_t i = 0; i < layout.fields.size(); ++i) {
            const TemplateField& field = layout.fields[i];
            const Part part = part_of(field);
            if (part != part_count && count_ < places_.size()) {
                places_[count_++] = {part,
                                     static_cast<std::uint16_t>(i),
                                     {static_cast<std::uint16_t>(offset), field.length}};
            }
            offset += field.length;
        }
    }

    /// `extents` of a record of variable length.
    void read(Bytes record, std::span<const FieldExtent> extents, Values& values) const noexcept {
        for (std::size_t i = 0; i < count_; ++i) {
            const Place& place = places_[i];
            const FieldExtent extent = extents.empty() ? place.extent : extents[place.field];
            if (extent.size < 1 || extent.size > 8) continue;
            values.set(place.part, load_be(record.subspan(extent.offset, extent.size)));
        }
    }

private:
    struct Place {
        Part part;
        std::uint16_t field;
        FieldExtent extent;
    };
    std::array<Place, 2 * part_count> places_;
    std::size_t count_ = 0;
};

constexpr std::int64_t unknown = std::numeric_limits<std::int64_t>::min();

struct Times {
    std::int64_t start_ms = unknown;
    std::int64_t end_ms = unknown;
};

/// So far in the future that it is a fault, whatever the exporter's clock.
constexpr std::int64_t far_future = std::numeric_limits<std::int64_t>::max();

/// A number from the wire times `scale`: of up to 64 bits, so it may be none that fits.
std::int64_t scaled(std::uint64_t value, std::int64_t scale) noexcept {
    const auto limit = static_cast<std::uint64_t>(far_future / scale);
    return value > limit ? far_future : static_cast<std::int64_t>(value) * scale;
}

/// Of NTP's era 0 or 1 (RFC 5905 §6), whichever makes it a time after 1970.
std::int64_t ntp_ms(std::uint64_t value) noexcept {
    if (value == 0) return 0;
    const auto seconds = static_cast<std::uint32_t>((value >> 32) - ntp_unix_offset);
    return std::int64_t{seconds} * 1000 +
           static_cast<std::int64_t>((value & UINT32_MAX) * 1000 >> 32);
}

struct Choice {
    Part uptime, seconds, milliseconds, microseconds, nanoseconds, delta;
};
constexpr Choice starts{start_uptime, start_s, start_ms, start_us, start_ns, start_delta};
constexpr Choice ends{end_uptime, end_s, end_ms, end_us, end_ns, end_delta};

/// UNIX time in milliseconds. A part that is 0 says nothing, an uptime of 0 aside.
std::int64_t time_of(const Values& values, const Choice& which, const Origin& origin) noexcept {
    const std::int64_t export_ms =
        std::int64_t{origin.export_seconds} * 1000 + origin.export_nanoseconds / 1'000'000;
    if (values.has(which.milliseconds)) return scaled(values.get(which.milliseconds), 1);
    if (values.has(which.seconds)) return scaled(values.get(which.seconds), 1000);
    if (values.has(which.nanoseconds)) return ntp_ms(values.get(which.nanoseconds));
    if (values.has(which.microseconds)) return ntp_ms(values.get(which.microseconds));
    if (values.has(which.delta)) {
        return export_ms - static_cast<std::int64_t>(values.get(which.delta) / 1000);
    }
    if (!values.has(which.uptime)) return unknown;
    if (origin.type != FlowType::ipfix) {
        return export_ms - uptime_age_ms(values.get(which.uptime), origin);
    }
    if (!values.has(boot)) return unknown;
    return scaled(ms_since_init(values.get(boot), values.get(which.uptime), origin), 1);
}

/// True when the times can be.
bool check(Traits& traits, const Values& values, const Times& times,
           const Origin& origin) noexcept {
    const auto now = static_cast<std::uint32_t>(origin.received_ns / 1'000'000'000);
    const std::int64_t export_ms = std::int64_t{origin.export_seconds} * 1000;
    const std::int64_t started = times.start_ms == unknown ? times.end_ms : times.start_ms;
    const std::int64_t ended = times.end_ms == unknown ? times.start_ms : times.end_ms;
    const auto fault = [&](TimeFault what) {
        traits.note(what, now);
        return false;
    };
    if (ended == 0 && started == 0) return false;  // not said
    if (ended < started) return fault(TimeFault::end_before_start);
    if (started < year_2000_ms) return fault(TimeFault::before_2000);
    if (ended > export_ms + future_slack_ms) return fault(TimeFault::end_in_future);
    if (!values.has(start_uptime) || origin.type == FlowType::ipfix) return true;
    const std::int64_t age = uptime_age_ms(values.get(start_uptime), origin);
    const bool older = age > std::int64_t{origin.uptime_ms} + boot_slack_ms;
    // A flow that began before the counter wrapped is older, too, but by hours at most.
    if (older && age > wrap_age_max_ms) return fault(TimeFault::before_boot);
    return true;
}

/// flowEndReason (136): 1 idle, 2 active for too long.
void measure(Traits& traits, const Values& values, const Times& times,
             const Origin& origin) noexcept {
    std::int64_t lasted = times.end_ms - times.start_ms;
    if (values.has(duration_ms)) lasted = static_cast<std::int64_t>(values.get(duration_ms));
    if (values.has(duration_us)) lasted = static_cast<std::int64_t>(values.get(duration_us) / 1000);
    if (lasted < 0 || lasted > duration_max_ms) return;
    const auto ms = static_cast<std::uint32_t>(lasted);
    traits.durations.add(ms);
    Traits::put(traits.durations_known, traits.durations_known + 1);
    if (ms > traits.duration_most_ms) Traits::put(traits.duration_most_ms, ms);
    const std::uint64_t reason = values.get(end_reason) & 7;
    if (reason == 2) {
        const std::int64_t before = traits.active_ends == 0 ? lasted : traits.active_ms;
        Traits::put(traits.active_ms, static_cast<std::uint32_t>(before + (lasted - before) / 8));
        Traits::put(traits.active_ends, traits.active_ends + 1);
    }
    // FIN and RST end a flow at once; one that was split is still going on.
    constexpr std::uint64_t fin_or_rst = 0x05;
    const bool silent = reason == 1 || (reason == 0 && (values.get(tcp_flags) & fin_or_rst) == 0);
    if (!silent || lasted > traits.duration_most_ms / 2 + 1000) return;
    const std::int64_t export_ms =
        std::int64_t{origin.export_seconds} * 1000 + origin.export_nanoseconds / 1'000'000;
    const std::int64_t lag = export_ms - times.end_ms;
    if (lag >= 0 && lag <= duration_max_ms) traits.lags.add(static_cast<std::uint32_t>(lag));
}

void check_rate(Traits& traits, const Values& values, const Origin& origin) noexcept {
    const auto now = static_cast<std::uint32_t>(origin.received_ns / 1'000'000'000);
    if (values.has(own_rate) && values.get(own_rate) != 0) return;
    if (values.has(sampler)) {
        const std::uint64_t id = values.get(sampler);
        const auto& samplers = origin.samplers;
        const bool known = std::any_of(samplers.begin(), samplers.end(),
                                       [&](const SamplerRate& each) { return each.sampler == id; });
        if (id != 0 && !known && origin.sampling_rate == 0) {
            traits.note(Deviation::sampler_unknown, now);
        }
        return;
    }
    if (origin.sampling_rate != 0) return;
    traits.note(origin.samplers.empty() ? Deviation::rate_missing : Deviation::sampler_unnamed,
                now);
}

}  // namespace

void observe_flows(Traits& traits, const Template& layout, const Origin& origin, Bytes body,
                   VariableLayout& scratch) noexcept {
    const Places places{layout};
    Values values;
    for (std::size_t i = 0; i < records_max && body.size() >= layout.record_size; ++i) {
        std::size_t size = layout.record_size;
        std::span<const FieldExtent> extents{};
        if (layout.variable) {
            if (failed(scratch.measure(layout, body))) return;
            size = scratch.record().bytes.size();
            extents = scratch.record().extents;
        }
        values.clear();
        places.read(body.first(size), extents, values);
        body = body.subspan(size);
        Traits::put(traits.flows_sampled, traits.flows_sampled + 1);
        check_rate(traits, values, origin);
        const Times times{time_of(values, starts, origin), time_of(values, ends, origin)};
        if (times.start_ms == unknown && times.end_ms == unknown) continue;
        if (!check(traits, values, times, origin)) continue;
        if (times.start_ms != unknown && times.end_ms != unknown) {
            measure(traits, values, times, origin);
        }
    }
}

}  // namespace flow
