// SPDX-License-Identifier: BSD-3-Clause
// Compiles a template to a plan. Cold: once per template, never per record.
#pragma once

#include <span>

#include "flow/model/plan.hpp"
#include "flow/model/template.hpp"
#include "flow/produce/settings.hpp"

namespace flow::produce {

/// The plan's steps are written to `steps`, which must outlive it. Cannot fail: fields without a
/// column in the schema are left out, and plan_steps_max covers every template that the store
/// takes.
[[nodiscard]] Plan compile(const Template& layout, const Settings& settings,
                           std::span<Step, plan_steps_max> steps) noexcept;

/// The same for all columns of goflow2 v1.
[[nodiscard]] Plan compile(const Template& layout, std::span<Step, plan_steps_max> steps) noexcept;

}  // namespace flow::produce
