// SPDX-License-Identifier: BSD-3-Clause
// The steps of a plan under construction, in the caller's memory. Keeps those that can show in the
// flow, and knows whether they depend on one another.
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>

#include "flow/model/plan.hpp"
#include "flow/model/template.hpp"

namespace flow::produce {

/// Depends on what is there already, so that all steps for its column must run, in order.
[[nodiscard]] bool accumulates(Transform transform) noexcept;

/// Reads a number, which has at most eight bytes (RFC 7011 §6.2); a longer field is left.
[[nodiscard]] bool reads_number(Transform transform) noexcept;

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

    /// The last step for a column wins, so an earlier one need not run: unless the last one may
    /// turn out to be longer than a number is, or to keep what is there. Values of custom columns
    /// are kept all.
    void add(const Step& step) noexcept {
        const bool may_not_run = step.size == variable_length && reads_number(step.transform);
        if (!accumulates(step.transform) && !is_custom(step.column) && !may_not_run) {
            remove(step.column);
        }
        if (count_ < memory_.size()) memory_[count_++] = step;
    }

    /// Where an accumulating column has one source, nothing accumulates: its step becomes a plain
    /// one. False: the order matters, or a step needs the plain way.
    [[nodiscard]] bool make_direct() noexcept;

private:
    /// Nothing where an address is read, which settles the ethertype too, by what it finds.
    void remove(Column column) noexcept {
        const auto steps = all();
        const auto is_address = [column](const Step& step) {
            return step.column == column && step.transform == Transform::bytes_if_better;
        };
        if (std::any_of(steps.begin(), steps.end(), is_address)) return;
        const auto end = std::remove_if(steps.begin(), steps.end(), [column](const Step& step) {
            return step.column == column;
        });
        count_ = static_cast<std::size_t>(end - steps.begin());
    }
    [[nodiscard]] bool settle_addresses() noexcept;

    std::span<Step, plan_steps_max> memory_;
    std::size_t count_ = 0;
};

}  // namespace flow::produce
