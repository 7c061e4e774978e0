// SPDX-License-Identifier: BSD-3-Clause
// LearntPage: a piece of what an RX worker has learnt from exporters, copied out so that another
// thread can save it. Plain memory of a fixed size; a page is filled between two bursts, so it is
// small.
#pragma once

#include <array>
#include <cstdint>

#include "flow/pipeline/pipeline.hpp"

namespace flowd {

struct LearntPage {
    struct TemplateEntry {
        flow::StateKey key;
        std::uint16_t id;
        std::uint16_t scope_count;
        std::uint16_t field_count;
        std::uint16_t first_field;
        bool options;
        bool confirmed;  ///< heard of in this run, not only restored
        flow::TemplateHistory history{};
    };
    struct SamplingEntry {
        flow::StateKey key;
        std::uint64_t rate;
        std::array<flow::SamplerRate, flow::sampling::Rates::samplers_max> samplers;
        std::uint32_t sampler_count;
        bool confirmed;
    };

    static constexpr std::size_t templates_max = 128;
    static constexpr std::size_t sampling_max = 32;
    static constexpr std::size_t fields_max = 4096;  ///< 32 KiB
    static_assert(fields_max >= flow::template_fields_max && fields_max <= UINT16_MAX);

    std::array<TemplateEntry, templates_max> templates;
    std::array<SamplingEntry, sampling_max> sampling;
    std::array<flow::TemplateField, fields_max> fields;
    std::uint32_t template_count = 0;
    std::uint32_t sampling_count = 0;
    std::uint32_t field_count = 0;
    bool last = false;  ///< the walk is over
};

/// Where a walk goes on. A new one walks from the start.
struct LearntWalk {
    std::uint32_t template_slot = 0;
    std::uint32_t domain_slot = 0;
};

/// Overwrites the page with the next piece: at most what it holds, from at most 1,024 slots.
void fill(LearntPage& page, LearntWalk& walk, const flow::ShardState& state) noexcept;

}  // namespace flowd
