// SPDX-License-Identifier: BSD-3-Clause
// The test whether the steps of a plan depend on one another.
#include "flow/produce/steps.hpp"

#include "flow/produce/mapping.hpp"

namespace flow::produce {

namespace {

/// The only step for its column: what it accumulates on is empty.
Transform alone(Transform transform) noexcept {
    switch (transform) {
        case Transform::number_or:
        case Transform::number_if_set:
        case Transform::number_if_unset: return Transform::number;
        default: return transform;
    }
}

/// Not a part of the field's own bytes: a format's program would have to decide by the value or by
/// the size, or to rewrite what it has encoded for all flows. Rare, so the plain way does it.
bool needs_plain_way(const Step& step) noexcept {
    if (is_of_datagram(step.column) || accumulates(step.transform)) return true;
    if (step.transform == Transform::ns_of_export) return false;
    if (is_time(step.transform)) return step.size == 0 || is_goflow2_time(step.transform);
    if (is_custom(step.column)) return step.size == 0 && reads_number(step.transform);
    return step.size > 0 && step.shift >= 8 * step.size;  // all of the field is shifted out
}

}  // namespace

bool accumulates(Transform transform) noexcept {
    switch (transform) {
        case Transform::number_or:
        case Transform::number_if_set:
        case Transform::number_if_unset:
        case Transform::bytes_if_better:
        case Transform::etype_of_version:
        case Transform::list_item:
        case Transform::list_append:
        case Transform::frame_section:
        case Transform::sampling_interval:
        case Transform::sampling_space:
        case Transform::sampling_population:
        case Transform::sampling_size:
        case Transform::sampler_id:
        case Transform::init_time:
        case Transform::s_of_init:
        case Transform::ms_of_init:
        case Transform::ns_of_init: return true;
        default: return false;
    }
}

bool reads_number(Transform transform) noexcept {
    switch (transform) {
        case Transform::bytes:
        case Transform::bytes_if_better:
        case Transform::constant:
        case Transform::list_append:
        case Transform::frame_section: return false;
        default: return true;
    }
}

/// An address of one family settles the ethertype. False when both families, or one end twice, are
/// in the template, or when something else may have the last word: then the values decide.
bool Steps::settle_addresses() noexcept {
    std::uint16_t etype = 0;
    for (const Step& step : all()) {
        if (step.transform == Transform::bytes_if_better) {
            if (count(step.column) > 1 || (etype != 0 && etype != step.operand)) return false;
            etype = step.operand;
        } else if (step.column == Column::etype && etype != 0) {
            return false;
        }
    }
    if (etype == 0) return true;
    for (Step& step : all()) {
        if (step.transform == Transform::bytes_if_better) step.transform = Transform::bytes;
    }
    remove(Column::etype);
    add(Step{.column = Column::etype, .transform = Transform::constant, .operand = etype});
    return true;
}

bool Steps::make_direct() noexcept {
    const auto is_frame = [](const Step& step) {
        return step.transform == Transform::frame_section;
    };
    const auto before = all();
    if (std::any_of(before.begin(), before.end(), is_frame)) return false;  // it fills any column
    const bool settled = settle_addresses();
    for (Step& step : all()) {
        if (step.transform == Transform::bytes_if_better) continue;
        if (count(step.column) == 1) step.transform = alone(step.transform);
    }
    const auto steps = all();
    return settled && std::none_of(steps.begin(), steps.end(), [&](const Step& step) {
               return needs_plain_way(step) || count(step.column) > 1;
           });
}

}  // namespace flow::produce
