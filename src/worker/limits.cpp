// SPDX-License-Identifier: BSD-3-Clause
// The rows have checked that all numbers fit.
#include "worker/limits.hpp"

namespace flowd {

namespace {

std::uint32_t narrow(std::int64_t number) noexcept { return static_cast<std::uint32_t>(number); }

/// goflow2 1.3.7 tells exporters apart by address, 2.2.6 by address and port.
flow::TemplateKey key_of(const config::Config& config, flow::Dialect dialect,
                         bool was_given) noexcept {
    using enum flow::TemplateKey;
    if (was_given) return config.learnt.template_key == "address_port" ? address_port : address;
    return dialect == flow::Dialect::goflow2_v2 ? address_port : address;
}

}  // namespace

flow::PipelineLimits pipeline_limits(const config::Config& config, flow::Dialect dialect,
                                     bool key_was_given,
                                     std::span<const flow::SamplingFallback> fallbacks) noexcept {
    flow::PipelineLimits limits;
    limits.templates = {.exporters_max = narrow(config.exporters_max),
                        .templates_max = narrow(config.templates_max),
                        .templates_per_exporter_max = narrow(config.templates_per_exporter_max)};
    limits.domains.domains_max = narrow(config.domains_max);
    limits.park = {.bytes_max = static_cast<std::size_t>(config.learnt.park_bytes),
                   .age_max_ms = narrow(config.learnt.park_age_ms)};
    limits.template_key = key_of(config, dialect, key_was_given);
    limits.sampling = {.fallbacks = fallbacks, .across_domains = config.sampling.across_domains};
    return limits;
}

}  // namespace flowd
