// SPDX-License-Identifier: BSD-3-Clause
// Cold: a full table has some ten thousand entries.
#include "control/learnt_union.hpp"

namespace flowd {

LearntUnion::Key LearntUnion::key_of(const flow::StateKey& key, std::uint16_t id) noexcept {
    return {key.exporter.octets, key.exporter.size, key.port, key.version, key.domain, id};
}

template <class Entry>
Entry* LearntUnion::claim(std::vector<Entry>& entries, const Key& key, bool confirmed) {
    const auto [at, is_new] = places_.try_emplace(key, Place{entries.size(), confirmed});
    if (is_new) return &entries.emplace_back();
    Place& place = at->second;
    if (place.confirmed && !confirmed) return nullptr;
    place.confirmed = confirmed;
    return &entries[place.index];
}

void LearntUnion::add(const LearntPage& page) {
    for (std::uint32_t i = 0; i < page.template_count; ++i) {
        const LearntPage::TemplateEntry& from = page.templates[i];
        flow::LearntTemplate* const entry =
            claim(state_.templates, key_of(from.key, from.id), from.confirmed);
        if (entry == nullptr) continue;
        const auto first = page.fields.begin() + from.first_field;
        *entry = {.key = from.key,
                  .id = from.id,
                  .options = from.options,
                  .scope_count = from.scope_count,
                  .fields = {first, first + from.field_count},
                  .history = from.history};
    }
    for (std::uint32_t i = 0; i < page.sampling_count; ++i) {
        const LearntPage::SamplingEntry& from = page.sampling[i];
        flow::LearntSampling* const entry =
            claim(state_.sampling, key_of(from.key, 0), from.confirmed);
        if (entry == nullptr) continue;
        const auto first = from.samplers.begin();
        *entry = {
            .key = from.key, .rate = from.rate, .samplers = {first, first + from.sampler_count}};
    }
}

}  // namespace flowd
