// SPDX-License-Identifier: BSD-3-Clause
// From fields to steps, and the test whether the steps depend on one another.
#include "flow/produce/plan.hpp"

#include <algorithm>

#include "flow/produce/elements.hpp"

namespace flow::produce {

namespace {

bool applies(const Element& element, std::uint8_t version) noexcept {
    switch (element.versions) {
        case Versions::netflow: return version != 10;
        case Versions::ipfix: return version == 10;
        case Versions::any: break;
    }
    return true;
}

/// A sampled frame fills columns of every profile.
bool wanted(const Element& element, const Schema& schema) noexcept {
    if (element.only_v1 && schema.profile() != Profile::goflow2_v1) return false;
    return element.transform == Transform::frame_section || schema.has(element.column);
}

/// Numbers have up to eight bytes (RFC 7011 §6.2); a longer field is left.
bool readable(const Element& element, std::uint16_t size) noexcept {
    const bool is_bytes =
        element.transform == Transform::bytes || element.transform == Transform::bytes_if_better ||
        element.transform == Transform::constant || element.transform == Transform::list_append ||
        element.transform == Transform::frame_section;
    return is_bytes || size == variable_length || size <= 8;
}

/// Depends on what is there already, so that all steps for its column must run, in order.
bool accumulates(Transform transform) noexcept {
    switch (transform) {
        case Transform::number_or:
        case Transform::number_if_set:
        case Transform::number_if_unset:
        case Transform::bytes_if_better:
        case Transform::list_item:
        case Transform::list_append:
        case Transform::frame_section:
        case Transform::sampling_interval:
        case Transform::sampling_space:
        case Transform::sampling_population:
        case Transform::sampling_size:
        case Transform::sampler_id: return true;
        default: return false;
    }
}

/// The only step for its column: what it accumulates on is empty.
Transform alone(Transform transform) noexcept {
    switch (transform) {
        case Transform::number_or:
        case Transform::number_if_set:
        case Transform::number_if_unset: return Transform::number;
        default: return transform;
    }
}

/// Steps under construction, in the caller's memory.
class Steps {
public:
    explicit Steps(std::span<Step, plan_steps_max> memory) noexcept : memory_{memory} {}

    [[nodiscard]] std::span<Step> all() const noexcept { return memory_.first(count_); }
    [[nodiscard]] std::size_t count(Column column) const noexcept {
        const auto steps = all();
        return static_cast<std::size_t>(
            std::count_if(steps.begin(), steps.end(),
                          [column](const Step& step) { return step.column == column; }));
    }

    /// The last step for a column wins, so an earlier one need not run.
    void add(const Step& step) noexcept {
        if (!accumulates(step.transform)) remove(step.column);
        if (count_ < memory_.size()) memory_[count_++] = step;
    }
    void remove(Column column) noexcept {
        const auto steps = all();
        const auto end = std::remove_if(steps.begin(), steps.end(), [column](const Step& step) {
            return step.column == column;
        });
        count_ = static_cast<std::size_t>(end - steps.begin());
    }

private:
    std::span<Step, plan_steps_max> memory_;
    std::size_t count_ = 0;
};

// Steps::add keeps one step per column, but for the accumulating ones, of which a field makes two
// at most.
static_assert(plan_steps_max >= 2 * 256 + column_count);

void add_field(const Template& layout, const Schema& schema, std::size_t index,
               std::uint32_t offset, std::uint8_t turn, Steps& steps) noexcept {
    const TemplateField& field = layout.fields[index];
    if (field.enterprise != 0) return;
    for (const Element& element : elements(field.id)) {
        if (element.turn != turn || !wanted(element, schema)) continue;
        if (!applies(element, layout.version) || !readable(element, field.length)) continue;
        steps.add(Step{.column = element.column,
                       .transform = element.transform,
                       .shift = element.shift,
                       .bits = element.bits,
                       .field = static_cast<std::uint16_t>(index),
                       .offset = static_cast<std::uint16_t>(offset),
                       .size = field.length,
                       .operand = element.operand});
    }
}

/// goflow2 v2 has a flow without times begin and end when it was exported.
void add_default_times(const Schema& schema, Steps& steps) noexcept {
    for (const Column column : {Column::time_flow_start_ns, Column::time_flow_end_ns}) {
        if (!schema.has(column) || steps.count(column) > 0) continue;
        steps.add(Step{.column = column, .transform = Transform::ns_of_export});
    }
}

/// Not a part of the field's own bytes: a format's program would have to decide by the value or by
/// the size. Rare, so the plain way does it.
bool needs_plain_way(const Step& step) noexcept {
    if (step.transform == Transform::ns_of_export) return false;
    if (step.transform == Transform::etype_of_version || accumulates(step.transform)) return true;
    if (is_time(step.transform)) return step.size == 0 || is_goflow2_time(step.transform);
    return step.size > 0 && step.shift >= 8 * step.size;  // all of the field is shifted out
}

/// An address of one family settles the ethertype, whatever ipVersion (IE 60) says. False when both
/// families, or one end twice, are in the template: then the values decide.
bool settle_addresses(Steps& steps) noexcept {
    std::uint16_t etype = 0;
    for (const Step& step : steps.all()) {
        if (step.transform != Transform::bytes_if_better) continue;
        if (steps.count(step.column) > 1 || (etype != 0 && etype != step.operand)) return false;
        etype = step.operand;
    }
    if (etype == 0) return true;
    for (Step& step : steps.all()) {
        if (step.transform == Transform::bytes_if_better) step.transform = Transform::bytes;
    }
    steps.add(Step{.column = Column::etype, .transform = Transform::constant, .operand = etype});
    return true;
}

/// Where an accumulating column has one source, nothing accumulates: its step becomes a plain one.
/// False: the order matters, or a step needs the plain way.
bool make_direct(Steps& steps) noexcept {
    const auto is_frame = [](const Step& step) {
        return step.transform == Transform::frame_section;
    };
    const auto before = steps.all();
    if (std::any_of(before.begin(), before.end(), is_frame)) return false;  // it fills any column
    const bool settled = settle_addresses(steps);
    for (Step& step : steps.all()) {
        if (step.transform == Transform::bytes_if_better) continue;
        if (steps.count(step.column) == 1) step.transform = alone(step.transform);
    }
    const auto all = steps.all();
    return settled && std::none_of(all.begin(), all.end(), needs_plain_way);
}

}  // namespace

Plan compile(const Template& layout, const Schema& schema,
             std::span<Step, plan_steps_max> memory) noexcept {
    Steps steps{memory};
    for (std::uint8_t turn = 0; turn < turns; ++turn) {
        std::uint32_t offset = 0;
        for (std::size_t i = 0; i < layout.fields.size(); ++i) {
            add_field(layout, schema, i, offset, turn, steps);
            offset += layout.fields[i].length == variable_length ? 0 : layout.fields[i].length;
        }
    }
    add_default_times(schema, steps);
    const bool ordered = make_direct(steps);
    return {.steps = steps.all(), .direct = ordered && !layout.variable};
}

Plan compile(const Template& layout, std::span<Step, plan_steps_max> memory) noexcept {
    static constexpr Schema schema = Schema::all(Profile::goflow2_v1);
    return compile(layout, schema, memory);
}

}  // namespace flow::produce
