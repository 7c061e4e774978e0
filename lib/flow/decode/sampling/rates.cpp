// SPDX-License-Identifier: BSD-3-Clause
// Options are rare, so they are read field by field; data only looks its domain up.
#include "flow/decode/sampling/rates.hpp"

#include <algorithm>

#include "flow/base/bytes.hpp"

namespace flow {

namespace {

/// The elements of one options record that matter; 0 where it has none.
struct Elements {
    std::uint64_t interval_v9 = 0;  // 34
    std::uint64_t random = 0;       // 50
    std::uint64_t interval = 0;     // 305
    std::uint64_t space = 0;        // 306
    bool has_space = false;
    std::uint64_t size = 0;        // 309
    std::uint64_t population = 0;  // 310
};

std::uint64_t rate_of(const Elements& found) noexcept {
    // One of N at random (selectorAlgorithm 3): Cisco routers send an interval of 1 beside it.
    const bool has_ratio = found.size != 0 && found.population != 0;
    if (has_ratio && !found.has_space) return found.population / found.size;
    if (found.interval != 0) {
        if (!found.has_space) return found.interval;  // alone it is used for N of 1 in N
        const std::uint64_t period = found.interval + found.space;
        return period < found.space ? 0 : period / found.interval;  // 0: the sum wrapped
    }
    if (has_ratio) return found.population / found.size;
    return found.random != 0 ? found.random : found.interval_v9;
}

}  // namespace

SamplingOption read_sampling(const Template& layout, const Record& record) noexcept {
    SamplingOption option;
    Elements found;
    for (std::size_t i = 0; i < layout.fields.size() && i < record.extents.size(); ++i) {
        const FieldExtent& extent = record.extents[i];
        if (layout.fields[i].enterprise != 0 || extent.size > 8) continue;
        const std::uint64_t value = load_be(record.bytes.subspan(extent.offset, extent.size));
        switch (layout.fields[i].id) {
            case 34: found.interval_v9 = value; break;
            case 50: found.random = value; break;
            case 305: found.interval = value; break;
            case 306:
                found.space = value;
                found.has_space = true;
                break;
            case 309: found.size = value; break;
            case 310: found.population = value; break;
            case 48:
            case 302:
                option.has_sampler = true;
                option.sampler = value;
                break;
            default: break;
        }
    }
    option.rate = rate_of(found);
    return option;
}

SamplingRates::SamplingRates(std::uint32_t domains_max, std::uint64_t seed) noexcept
    : entries_{domains_max}, table_{domains_max}, seed_{seed} {}

std::uint64_t SamplingRates::hash_of(const Key& key) const noexcept {
    return hash_words(hash(key.exporter, seed_), std::uint64_t{key.domain} << 8 | key.version,
                      seed_);
}

std::uint32_t SamplingRates::find(const Key& key) const noexcept {
    return table_.find(hash_of(key),
                       [&](std::uint32_t index) { return entries_[index].key == key; });
}

SamplingRates::Entry& SamplingRates::enter(const Key& key) noexcept {
    std::uint32_t index = find(key);
    if (index != IndexTable::none) return entries_[index];
    if (size_ < entries_.size()) {
        index = size_++;
    } else {
        index = hand_;
        hand_ = (hand_ + 1) % size_;
        table_.erase(hash_of(entries_[index].key), index);
    }
    entries_[index] = Entry{};
    entries_[index].key = key;
    table_.insert(hash_of(key), index);
    return entries_[index];
}

void SamplingRates::learn(const Key& key, const SamplingOption& option) noexcept {
    if (option.rate == 0 || entries_.size() == 0) return;
    Entry& entry = enter(key);
    entry.rate = option.rate;
    if (!option.has_sampler) return;
    const auto first = entry.samplers.begin();
    const auto known =
        std::find_if(first, first + entry.sampler_count,
                     [&](const SamplerRate& each) { return each.sampler == option.sampler; });
    if (known != first + entry.sampler_count) {
        known->rate = option.rate;
        return;
    }
    entry.samplers[entry.next_sampler] = {option.sampler, option.rate};
    entry.next_sampler = (entry.next_sampler + 1) % samplers_max;
    entry.sampler_count = std::min<std::uint32_t>(entry.sampler_count + 1, samplers_max);
}

void SamplingRates::apply(const Key& key, Origin& origin) const noexcept {
    if (size_ == 0) return;
    const std::uint32_t index = find(key);
    if (index == IndexTable::none) return;
    const Entry& entry = entries_[index];
    origin.sampling_rate = entry.rate;
    origin.samplers = {entry.samplers.data(), entry.sampler_count};
}

}  // namespace flow
