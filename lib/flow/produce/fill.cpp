// SPDX-License-Identifier: BSD-3-Clause
// Runs the steps of a plan one by one, in the order of the record.
#include "flow/produce/fill.hpp"

#include <algorithm>

#include "flow/base/bits.hpp"
#include "flow/model/origin_number.hpp"
#include "flow/model/time.hpp"
#include "flow/produce/numbers.hpp"

namespace flow::produce {

namespace {

bool all_zero(Bytes bytes) noexcept {
    return std::all_of(bytes.begin(), bytes.end(), [](std::uint8_t byte) { return byte == 0; });
}

/// A record on its way into a flow.
class Run {
public:
    Run(Flow& flow, const Record& record, const Origin& origin, Frames& frames,
        Lists& lists) noexcept
        : flow_{flow}, record_{record}, origin_{origin}, frames_{frames}, lists_{lists} {}

    void step(const Step& step) noexcept {
        switch (step.transform) {
            case Transform::constant: return flow_.set(step.column, std::uint64_t{step.operand});
            case Transform::ns_of_export:
                return flow_.set(step.column, time_value(step.transform, 0, origin_));
            case Transform::bytes: return bytes(step);
            case Transform::bytes_if_better: return address(step);
            case Transform::etype_of_version: return ip_version(step);
            case Transform::list_append: return append(step);
            case Transform::frame_section: return frame(step);
            default: break;
        }
        const Bytes field = bytes_of(step);
        if (field.size() > number_size_max) return;  // left alone
        switch (step.transform) {
            case Transform::number_little: return set_number(step, load_le(field));
            case Transform::list_item: return list_item(step, load_be(field));
            case Transform::sampler_id:
            case Transform::sampling_interval:
            case Transform::sampling_space:
            case Transform::sampling_population:
            case Transform::sampling_size: return sampling(step, load_be(field));
            case Transform::init_time: init_ms_ = load_be(field); return;
            case Transform::s_of_init:
            case Transform::ms_of_init:
            case Transform::ns_of_init: return since_init(step, load_be(field));
            default: return number(step, load_be(field));
        }
    }

private:
    [[nodiscard]] Bytes bytes_of(const Step& step) const noexcept {
        if (record_.extents.empty()) return record_.bytes.subspan(step.offset, step.size);
        const FieldExtent& extent = record_.extents[step.field];
        return record_.bytes.subspan(extent.offset, extent.size);
    }

    void set_number(const Step& step, std::uint64_t value) noexcept {
        if (is_custom(step.column)) {
            flow_.append({.column = step.column, .number = value, .bytes = {}});
        } else {
            flow_.set(step.column, value);
        }
    }

    void number(const Step& step, std::uint64_t value) noexcept {
        if (is_time(step.transform)) {
            return flow_.set(step.column, time_value(step.transform, value, origin_));
        }
        const std::uint64_t part = value >> step.shift & low_bits(step.bits);
        if (step.transform == Transform::number) return set_number(step, part);
        const std::uint64_t before = flow_.number(step.column);
        const bool keep = step.transform == Transform::number_if_set     ? part == 0
                          : step.transform == Transform::number_if_unset ? before != 0
                                                                         : false;
        if (keep) return;
        const bool joins = step.transform == Transform::number_or;
        flow_.set(step.column, joins ? before | part : part);
    }

    void bytes(const Step& step) noexcept {
        if (is_custom(step.column)) {
            flow_.append({.column = step.column, .number = 0, .bytes = bytes_of(step)});
        } else {
            flow_.set(step.column, bytes_of(step));
        }
    }

    void address(const Step& step) noexcept {
        const Bytes field = bytes_of(step);
        if (!flow_.bytes(step.column).empty() && all_zero(field)) return;
        flow_.set(step.column, field);
        flow_.set(Column::etype, std::uint64_t{step.operand});
    }

    void ip_version(const Step& step) noexcept {
        const Bytes field = bytes_of(step);
        if (field.empty()) return;
        if (field.front() == 4) flow_.set(step.column, std::uint64_t{0x0800});
        if (field.front() == 6) flow_.set(step.column, std::uint64_t{0x86dd});
    }

    void list_item(const Step& step, std::uint64_t value) noexcept {
        const std::uint64_t part = value >> step.shift & low_bits(step.bits);
        lists_.put(flow_, step.column, step.operand, static_cast<std::uint32_t>(part));
    }

    /// Numbers of a mapping file: `operand` says that they are little-endian.
    void append(const Step& step) noexcept {
        const Bytes field = bytes_of(step);
        if (info(step.column).kind == Kind::bytes_list) {
            return lists_.append(flow_, step.column, field);
        }
        if (field.size() > number_size_max) return;
        const std::uint64_t value = step.operand != 0 ? load_le(field) : load_be(field);
        lists_.append(flow_, step.column, static_cast<std::uint32_t>(value));
    }

    /// IPFIX element 315: the frame decides addresses and all; its size counts only where no
    /// counter has been read.
    void frame(const Step& step) noexcept {
        const Bytes sampled = bytes_of(step);
        frames_.fill(flow_, sampled, packet::FirstLayer::ethernet, lists_);
        flow_.set(Column::packets, std::uint64_t{1});
        if (flow_.number(Column::bytes) == 0) {
            flow_.set(Column::bytes, std::uint64_t{sampled.size()});
        }
    }

    /// Without a start the stamp says nothing.
    void since_init(const Step& step, std::uint64_t stamp) noexcept {
        if (init_ms_ == 0) return;
        const std::uint64_t ms = ms_since_init(init_ms_, stamp, origin_);
        flow_.set(step.column, step.transform == Transform::s_of_init    ? ms / 1000
                               : step.transform == Transform::ms_of_init ? ms
                                                                         : ms * 1'000'000);
    }

    /// The record's own word on how it was sampled (RFC 5477 §8.2), over what options data say of
    /// its sampler. Spaces and sizes come behind the intervals and populations that they belong to
    /// (elements.hpp, turns); without one they say nothing.
    void sampling(const Step& step, std::uint64_t value) noexcept {
        switch (step.transform) {
            case Transform::sampler_id:
                for (const SamplerRate& each : origin_.samplers) {
                    if (each.sampler == value) flow_.set(step.column, each.rate);
                }
                return;
            case Transform::sampling_space:
                if (interval_ != 0) flow_.set(step.column, (interval_ + value) / interval_);
                return;
            case Transform::sampling_size:
                if (value != 0 && population_ != 0) flow_.set(step.column, population_ / value);
                return;
            case Transform::sampling_population: population_ = value; break;
            default: interval_ = step.operand != 0 ? value : 0; break;
        }
        if (value != 0) flow_.set(step.column, value);
    }

    Flow& flow_;
    const Record& record_;
    const Origin& origin_;
    Frames& frames_;
    Lists& lists_;
    std::uint64_t interval_ = 0;  ///< the record's samplingPacketInterval
    std::uint64_t population_ = 0;
    std::uint64_t init_ms_ = 0;  ///< when the exporter started; 0: not said
};

}  // namespace

void fill(Flow& flow, const Origin& origin) noexcept {
    using enum Column;
    for (const Column column : {type, time_received, time_received_ns, sequence_num, sampling_rate,
                                observation_domain_id}) {
        flow.set(column, origin_number(column, origin));
    }
    flow.set(sampler_address, origin.sampler.bytes());
}

void fill(Flow& flow, const Plan& plan, const Record& record, const Origin& origin, Frames& frames,
          Lists& lists) noexcept {
    lists.clear();
    Run run{flow, record, origin, frames, lists};
    for (const Step& step : plan.steps) run.step(step);
}

}  // namespace flow::produce
