// SPDX-License-Identifier: BSD-3-Clause
// Runs the steps of a plan one by one, in the order of the record.
#include "flow/produce/fill.hpp"

#include <algorithm>

#include "flow/model/time.hpp"
#include "flow/packet/dissect.hpp"
#include "flow/produce/headers.hpp"

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
    const std::uint64_t before = flow.number(step.column);
    switch (step.transform) {
        case Transform::number_or: return flow.set(step.column, before | part);
        case Transform::number_if_set: return part != 0 ? flow.set(step.column, part) : void();
        case Transform::number_if_unset: return before == 0 ? flow.set(step.column, part) : void();
        default: return flow.set(step.column, part);
    }
}

/// The record's own word on how it was sampled. The steps come in this order: sampler, interval or
/// population, space or size (elements.hpp, turns).
void run_sampling(Flow& flow, const Step& step, Bytes field, const Origin& origin) noexcept {
    if (field.size() > 8) return;
    const std::uint64_t value = load_be(field);
    const std::uint64_t rate = flow.number(step.column);
    if (step.transform == Transform::sampler_id) {
        for (const SamplerRate& each : origin.samplers) {
            if (each.sampler == value) flow.set(step.column, each.rate);
        }
    } else if (step.transform == Transform::sampling_space) {
        if (rate != 0) flow.set(step.column, (rate + value) / rate);  // RFC 5477 §8.2.2
    } else if (value == 0) {
        return;
    } else if (step.transform == Transform::sampling_size) {
        flow.set(step.column, rate / value);  // population / size, §8.2.5
    } else {
        flow.set(step.column, value);
    }
}

/// IPFIX element 315 (RFC 7133 §8.2.2): the frame decides addresses and all; its size counts only
/// where no counter has been read.
void run_frame(Flow& flow, Bytes frame) noexcept {
    fill_headers(flow, packet::dissect(frame, packet::FirstLayer::ethernet));
    flow.set(Column::packets, std::uint64_t{1});
    if (flow.number(Column::bytes) == 0) flow.set(Column::bytes, std::uint64_t{frame.size()});
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
    flow.set(Column::time_received_ns, origin.received_ns);
    flow.set(Column::sequence_num, std::uint64_t{origin.sequence});
    flow.set(Column::sampling_rate, origin.sampling_rate);
    flow.set(Column::sampler_address, origin.sampler.bytes());
    flow.set(Column::observation_domain_id, std::uint64_t{origin.observation_domain});
}

std::span<const std::uint32_t> Lists::set_label(std::size_t index, std::uint32_t value) noexcept {
    if (index < labels_.size()) {
        for (; label_count_ <= index; ++label_count_) labels_[label_count_] = 0;
        labels_[index] = value;
    }
    return {labels_.data(), label_count_};
}

std::span<const Bytes> Lists::append_address(Bytes address) noexcept {
    if (address_count_ < addresses_.size()) addresses_[address_count_++] = address;
    return {addresses_.data(), address_count_};
}

void fill(Flow& flow, const Plan& plan, const Record& record, const Origin& origin,
          Lists& lists) noexcept {
    lists.clear();
    for (const Step& step : plan.steps) {
        const auto field = [&] { return field_bytes(step, record); };
        switch (step.transform) {
            case Transform::constant: flow.set(step.column, std::uint64_t{step.operand}); break;
            case Transform::bytes: flow.set(step.column, field()); break;
            case Transform::bytes_if_better: run_address(flow, step, field()); break;
            case Transform::etype_of_version: run_ip_version(flow, step, field()); break;
            case Transform::ns_of_export:
                flow.set(step.column, time_value(step.transform, 0, origin));
                break;
            case Transform::list_item: {
                const auto label = static_cast<std::uint32_t>(load_be(field()) >> step.shift);
                flow.set(step.column, lists.set_label(step.operand, label));
                break;
            }
            case Transform::list_append:
                flow.set(step.column, lists.append_address(field()));
                break;
            case Transform::frame_section: run_frame(flow, field()); break;
            case Transform::sampler_id:
            case Transform::sampling_interval:
            case Transform::sampling_space:
            case Transform::sampling_population:
            case Transform::sampling_size: run_sampling(flow, step, field(), origin); break;
            default: run_number(flow, step, field(), origin); break;
        }
    }
}

}  // namespace flow::produce
