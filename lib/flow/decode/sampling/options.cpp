// SPDX-License-Identifier: BSD-3-Clause
// Elements by IANA's "IPFIX Information Elements"; NetFlow v9 has the same numbers (RFC 3954 §8).
#include "flow/decode/sampling/options.hpp"

#include <algorithm>

#include "flow/base/bytes.hpp"

namespace flow::sampling {

OptionsLayout::Part OptionsLayout::part_of(const TemplateField& field) noexcept {
    if (field.enterprise != 0) return part_count;
    switch (field.id) {
        case 34: return plain_interval;
        case 48: return sampler;   // samplerId
        case 302: return sampler;  // selectorId
        case 50: return random_interval;
        case 305: return interval;
        case 306: return space;
        case 309: return size;
        case 310: return population;
        default: return part_count;
    }
}

OptionsLayout OptionsLayout::of(const Template& layout) noexcept {
    OptionsLayout result{};
    std::uint32_t offset = 0;
    for (std::size_t i = 0; i < layout.fields.size(); ++i) {
        const TemplateField& field = layout.fields[i];
        const bool variable = field.length == variable_length;
        const Part part = part_of(field);
        if (part != part_count && (variable || (field.length >= 1 && field.length <= 8))) {
            result.places_[part] = {static_cast<std::uint16_t>(i),
                                    static_cast<std::uint16_t>(offset),
                                    static_cast<std::uint8_t>(variable ? 0 : field.length), true};
        }
        offset += variable ? 0 : field.length;
    }
    const auto known = [&](Part part) { return result.places_[part].known; };
    result.has_rate_ = known(interval) || known(random_interval) || known(plain_interval) ||
                       (known(population) && known(size));
    return result;
}

bool OptionsLayout::get(Part part, const Record& record, std::uint64_t& value) const noexcept {
    const Place& place = places_[part];
    if (!place.known) return false;
    FieldExtent extent{place.offset, place.size};
    if (!record.extents.empty()) extent = record.extents[place.field];
    if (extent.size == 0 || extent.size > 8) return false;
    value = load_be(record.bytes.subspan(extent.offset, extent.size));
    return true;
}

Announcement OptionsLayout::read(const Record& record) const noexcept {
    Announcement said;
    std::uint64_t value = 0;
    const auto take = [&](std::uint64_t rate) {
        if (said.rate <= 1 && rate > said.rate) said.rate = rate;
    };
    const auto take_ratio = [&] {
        std::uint64_t of = 0;
        if (get(size, record, value) && value > 0 && get(population, record, of)) take(of / value);
    };
    std::uint64_t gap = 0;
    const bool has_space = get(space, record, gap);
    // One of N at random (selectorAlgorithm 3): Cisco routers send an interval beside it that does
    // not apply. Only with a space it is a period, and exact.
    if (!has_space) take_ratio();
    if (get(interval, record, value) && value > 0) {
        const std::uint64_t period = value + gap;
        if (period >= gap) take(has_space ? period / value : value);
    }
    if (has_space) take_ratio();
    if (get(random_interval, record, value)) take(value);
    if (get(plain_interval, record, value)) take(value);
    said.has_sampler = get(sampler, record, said.sampler);
    return said;
}

}  // namespace flow::sampling
