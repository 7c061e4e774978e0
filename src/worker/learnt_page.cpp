// SPDX-License-Identifier: BSD-3-Clause
// A slot at a time, so that the page is never overrun.
#include "worker/learnt_page.hpp"

#include <algorithm>

namespace flowd {

namespace {

/// Empty slots cost little, but not nothing.
constexpr std::uint32_t slots_max = 1024;

void add(LearntPage& page, const flow::ShardState& state, const flow::StateKey& key,
         const flow::Template& layout, bool confirmed) noexcept {
    const auto first = static_cast<std::uint16_t>(page.field_count);
    std::copy(layout.fields.begin(), layout.fields.end(), page.fields.begin() + first);
    page.field_count += static_cast<std::uint32_t>(layout.fields.size());
    page.templates[page.template_count++] = {
        .key = key,
        .id = layout.id,
        .scope_count = layout.scope_count,
        .field_count = static_cast<std::uint16_t>(layout.fields.size()),
        .first_field = first,
        .options = layout.options,
        .confirmed = confirmed,
        .history = state.templates.history(layout.slot)};
}

void add(LearntPage& page, const flow::StateKey& key, const flow::sampling::Rates& rates,
         bool confirmed) noexcept {
    LearntPage::SamplingEntry& entry = page.sampling[page.sampling_count++];
    entry.key = key;
    entry.rate = rates.rate_of_all();
    entry.sampler_count = static_cast<std::uint32_t>(rates.samplers().size());
    std::copy(rates.samplers().begin(), rates.samplers().end(), entry.samplers.begin());
    entry.confirmed = confirmed;
}

bool has_room_for_template(const LearntPage& page) noexcept {
    return page.template_count < LearntPage::templates_max &&
           page.field_count + flow::template_fields_max <= LearntPage::fields_max;
}

}  // namespace

void fill(LearntPage& page, LearntWalk& walk, const flow::ShardState& state) noexcept {
    page.template_count = page.sampling_count = page.field_count = 0;
    std::uint32_t slots = slots_max;
    const auto add_template = [&](const flow::StateKey& key, const flow::Template& layout,
                                  bool confirmed) { add(page, state, key, layout, confirmed); };
    const auto add_rates = [&](const flow::StateKey& key, const flow::sampling::Rates& rates,
                               bool confirmed) { add(page, key, rates, confirmed); };
    const auto templates_left = [&] { return walk.template_slot < state.templates.end_slot(); };
    const auto domains_left = [&] { return walk.domain_slot < state.domains.end_slot(); };
    while (templates_left() && has_room_for_template(page) && slots > 0) {
        walk.template_slot = state.visit_templates(walk.template_slot, 1, add_template);
        --slots;
    }
    while (!templates_left() && domains_left() && slots > 0 &&
           page.sampling_count < LearntPage::sampling_max) {
        walk.domain_slot = state.visit_sampling(walk.domain_slot, 1, add_rates);
        --slots;
    }
    page.last = !templates_left() && !domains_left();
}

}  // namespace flowd
