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

bool has_field(const Template& layout, std::uint16_t id) noexcept {
    return std::any_of(
        layout.fields.begin(), layout.fields.end(),
        [id](const TemplateField& field) { return field.id == id && field.enterprise == 0; });
}

/// Numbers have up to eight bytes (RFC 7011 §6.2); a longer field is left.
bool readable(const Element& element, std::uint16_t size) noexcept {
    const bool is_bytes = element.transform == Transform::bytes ||
                          element.transform == Transform::bytes_if_better ||
                          element.transform == Transform::constant;
    return is_bytes || size == variable_length || size <= 8;
}

/// Depends on what is there already, so that all steps for its column must run, in order.
bool accumulates(Transform transform) noexcept {
    return transform == Transform::number_or || transform == Transform::bytes_if_better;
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

// Steps::add keeps one step per column, but for the accumulating ones, of which a field makes one.
static_assert(plan_steps_max >= 256 + column_count);

void add_field(const Template& layout, std::size_t index, std::uint32_t offset,
               Steps& steps) noexcept {
    const TemplateField& field = layout.fields[index];
    if (field.enterprise != 0) return;
    for (const Element& element : elements(field.id)) {
        if (!applies(element, layout.version) || !readable(element, field.length)) continue;
        if (element.unless != 0 && has_field(layout, element.unless)) continue;
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

/// Not a part of the field's own bytes: a format's program would have to decide by the value or by
/// the size. Rare, so the plain way does it.
bool needs_plain_way(const Step& step) noexcept {
    if (step.transform == Transform::etype_of_version) return true;
    if (is_time(step.transform)) return step.size == 0;
    return step.size > 0 && step.shift >= 8 * step.size;  // all of the field is shifted out
}

/// Where every accumulating column has one source, nothing accumulates: the steps become plain
/// ones. An address of one family also settles the ethertype, whatever ipVersion (IE 60) says.
/// False: the order matters, or a step needs the plain way.
bool make_direct(Steps& steps) noexcept {
    std::uint16_t etype = 0;
    for (Step& step : steps.all()) {
        if (!accumulates(step.transform)) continue;
        if (steps.count(step.column) > 1) return false;
        if (step.transform != Transform::bytes_if_better) continue;
        if (etype != 0 && etype != step.operand) return false;
        etype = step.operand;
    }
    for (Step& step : steps.all()) {
        if (step.transform == Transform::number_or) step.transform = Transform::number;
        if (step.transform == Transform::bytes_if_better) step.transform = Transform::bytes;
    }
    if (etype != 0) {
        steps.add(
            Step{.column = Column::etype, .transform = Transform::constant, .operand = etype});
    }
    const auto all = steps.all();
    return std::none_of(all.begin(), all.end(), needs_plain_way);
}

}  // namespace

Plan compile(const Template& layout, std::span<Step, plan_steps_max> memory) noexcept {
    Steps steps{memory};
    std::uint32_t offset = 0;
    for (std::size_t i = 0; i < layout.fields.size(); ++i) {
        add_field(layout, i, offset, steps);
        offset += layout.fields[i].length == variable_length ? 0 : layout.fields[i].length;
    }
    const bool ordered = make_direct(steps);
    return {.steps = steps.all(), .direct = ordered && !layout.variable};
}

}  // namespace flow::produce
