// SPDX-License-Identifier: BSD-3-Clause
// From the configuration to what a pipeline may remember. Main thread, at start.
#pragma once

#include <span>

#include "config/config.hpp"
#include "flow/pipeline/pipeline.hpp"

namespace flowd {

/// `fallbacks` are borrowed for as long as the pipelines live. `key_was_given` says that the
/// configuration names a template key: without one, each of goflow2's readings has goflow2's.
[[nodiscard]] flow::PipelineLimits pipeline_limits(
    const config::Config& config, flow::Dialect dialect, bool key_was_given,
    std::span<const flow::SamplingFallback> fallbacks) noexcept;

}  // namespace flowd
