// SPDX-License-Identifier: BSD-3-Clause
// Runs the steps of a plan one by one, in the order of the record.
#include "flow/produce/fill.hpp"

#include <algorithm>

#include "flow/model/time.hpp"

namespace flow::produce {

namespace {

Bytes field_bytes(const Step& step, const Record& record) noexcept {
    if (record.extents.empty()) return record.bytes.subspan(step.offset, step.size);
    const FieldExtent& extent = record.extents[step.field];
    return record.bytes.subspan(extent.offset, extent.size);
}

std::uint64_t low_bits(std::uint64_t value, unsigned bits) noexcept {
    return bits >= 64 ? value : value & ((std::uint64_t{1} << bits) - 1);
}

bool all_zero(Bytes bytes) noexcept {
    return std::all_of(bytes.begin(), bytes.end(), [](std::uint8_t byte) { return byte == 0; });
}

void run_number(Flow& flow, const Step& step, Bytes field, const Origin& origin) noexcept {
    if (field.size() > 8)
        return;  // longer than a number may be: left, as documented in elements.hpp
    const std::uint64_t value = load_be(field);
    if (is_time(step.transform)) {
        flow.set(step.column, time_value(step.transform, value, origin));
        return;
    }
    const std::uint64_t part = low_bits(value >> step.shift, step.bits);
    const std::uint64_t before =
        step.transform == Transform::number_or ? flow.number(step.column) : 0;
    flow.set(step.column, before | part);
}

void run_address(Flow& flow, const Step& step, Bytes field) noexcept {
    if (!flow.bytes(step.column).empty() && all_zero(field)) return;
    flow.set(step.column, field);
    flow.set(Column::etype, std::uint64_t{step.operand});
}

void run_ip_version(Flow& flow, const Step& step, Bytes field) noexcept {
    if (field.empty()) return;
    if (field.front() == 4) flow.set(step.column, std::uint64_t{0x0800});
    if (field.front() == 6) flow.set(step.column, std::uint64_t{0x86dd});
}

}  // namespace

void fill(Flow& flow, const Origin& origin) noexcept {
    flow.set(Column::type, static_cast<std::uint64_t>(origin.type));
    flow.set(Column::time_received, origin.received_ns / 1'000'000'000);
    flow.set(Column::sequence_num, std::uint64_t{origin.sequence});
    flow.set(Column::sampling_rate, origin.sampling_rate);
    flow.set(Column::sampler_address, origin.sampler.bytes());
    flow.set(Column::observation_domain_id, std::uint64_t{origin.observation_domain});
}

void fill(Flow& flow, const Plan& plan, const Record& record, const Origin& origin) noexcept {
    for (const Step& step : plan.steps) {
        switch (step.transform) {
            case Transform::constant: flow.set(step.column, std::uint64_t{step.operand}); break;
            case Transform::bytes: flow.set(step.column, field_bytes(step, record)); break;
            case Transform::bytes_if_better:
                run_address(flow, step, field_bytes(step, record));
                break;
            case Transform::etype_of_version:
                run_ip_version(flow, step, field_bytes(step, record));
                break;
            default: run_number(flow, step, field_bytes(step, record), origin); break;
        }
    }
}

}  // namespace flow::produce
