// SPDX-License-Identifier: BSD-3-Clause
// Slots are handed out from a free list, so a template keeps its slot (and its compiled plan)
// through refreshes. Room is made in a bounded number of steps.
#include "flow/decode/templates/store.hpp"

#include <algorithm>

namespace flow {

namespace {

/// Templates that are looked at to make room for one.
constexpr std::uint32_t steps_max = 64;
/// When all patience is gone, an exporter with so many more templates than the newcomer gives one
/// away although data uses it.
constexpr std::uint32_t surplus = 64;

bool same_fields(std::span<const TemplateField> left,
                 std::span<const TemplateField> right) noexcept {
    return std::equal(left.begin(), left.end(), right.begin(), right.end(),
                      [](const TemplateField& a, const TemplateField& b) {
                          return a.id == b.id && a.length == b.length &&
                                 a.enterprise == b.enterprise;
                      });
}

/// Fills in what follows from the fields: variable, record_size. Fails when a record would have no
/// bytes.
Error measure(Template& layout) noexcept {
    std::uint32_t size = 0;
    layout.variable = false;
    for (const TemplateField& field : layout.fields) {
        const bool variable = field.length == variable_length;
        layout.variable |= variable;
        size += variable ? 1 : field.length;  // RFC 7011 §7: at least its own length byte
    }
    if (size == 0 || size > UINT16_MAX) return Error::bad_template;
    layout.record_size = static_cast<std::uint16_t>(size);
    return Error::none;
}

}  // namespace

TemplateStore::TemplateStore(const TemplateLimits& limits, std::uint64_t seed) noexcept
    : limits_{limits},
      entries_{limits.templates_max},
      fields_{limits.templates_max},
      chains_{std::size_t{limits.exporters_max} + 1},
      table_{limits.templates_max},
      seed_{seed} {}

std::uint32_t TemplateStore::index_of(const Domain& domain, std::uint16_t id) const noexcept {
    return table_.find(hash_of(domain, id), [&](std::uint32_t index) {
        return entries_[index].layout.id == id && entries_[index].domain == domain;
    });
}

const Template* TemplateStore::find(const Domain& domain, std::uint16_t id) const noexcept {
    const std::uint32_t index = index_of(domain, id);
    return index == IndexTable::none ? nullptr : &entries_[index].layout;
}

const Template* TemplateStore::use(const Domain& domain, std::uint16_t id) noexcept {
    const std::uint32_t index = index_of(domain, id);
    if (index == IndexTable::none) return nullptr;
    entries_[index].last_touched = now_seconds_;
    entries_[index].used = true;
    entries_[index].restored = false;
    return &entries_[index].layout;
}

Result<TemplateStore::Learnt> TemplateStore::put(const Domain& domain,
                                                 const TemplateDefinition& definition) noexcept {
    if (definition.id < 256 || definition.fields.empty()) return Error::bad_template;
    if (definition.fields.size() > template_fields_max) return Error::template_limit;
    Template layout{.version = domain.version,
                    .options = definition.options,
                    .id = definition.id,
                    .scope_count = definition.scope_count,
                    .fields = definition.fields};
    if (const Error error = measure(layout); failed(error)) return error;

    evicted_ = {};
    std::uint32_t index = index_of(domain, definition.id);
    const bool replaced = index != IndexTable::none;
    if (replaced) {
        entries_[index].history.announce(now_seconds_);
        const Template& known = entries_[index].layout;
        entries_[index].last_touched = now_seconds_;
        entries_[index].restored = false;
        if (known.options == definition.options && known.scope_count == definition.scope_count &&
            same_fields(known.fields, definition.fields)) {
            return Learnt{&known};
        }
        ++entries_[index].history.changes;
    } else {
        index = allocate(domain.exporter);
        if (index == IndexTable::none) return Error::template_limit;
        Chain& chain = chains_[domain.exporter];
        entries_[index].next_plus_one = chain.first_plus_one;
        chain.first_plus_one = index + 1;
        ++chain.count;
        table_.insert(hash_of(domain, definition.id), index);
        entries_[index].history = {};
        entries_[index].history.announce(now_seconds_);
    }
    TemplateField* const fields = fields_[index].of;
    std::copy(definition.fields.begin(), definition.fields.end(), fields);
    layout.fields = {fields, definition.fields.size()};
    layout.slot = index;
    entries_[index].layout = layout;
    entries_[index].domain = domain;
    entries_[index].last_touched = now_seconds_;
    entries_[index].used = false;
    entries_[index].restored = false;
    ++changes_;
    return Learnt{&entries_[index].layout, true, replaced, evicted_};
}

std::uint32_t TemplateStore::allocate(ExporterIndex exporter) noexcept {
    if (exporter == 0) return IndexTable::none;  // several senders: whose would it be?
    if (!make_room(exporter)) {
        patience_.refuse(now_seconds_);
        return IndexTable::none;
    }
    ++size_;
    if (free_plus_one_ == 0) return fresh_++;
    const std::uint32_t index = free_plus_one_ - 1;
    free_plus_one_ = entries_[index].next_plus_one;
    return index;
}

bool TemplateStore::make_room(ExporterIndex exporter) noexcept {
    const bool own_full = chains_[exporter].count >= limits_.templates_per_exporter_max;
    const bool all_full = free_plus_one_ == 0 && fresh_ >= entries_.size();
    if (!own_full && !all_full) return true;
    std::uint32_t victim = own_full ? IndexTable::none : find_victim(exporter);
    if (victim == IndexTable::none) victim = find_own_victim(exporter);
    if (victim == IndexTable::none) return false;
    const Entry* const gone = &entries_[victim];
    evicted_ = {gone->domain, gone->layout.id};
    remove_if(gone->domain.exporter, [&](const Entry& entry) { return &entry == gone; });
    ++evictions_;
    return true;
}

bool TemplateStore::may_go(const Entry& entry) noexcept {
    const std::uint32_t patience = patience_.seconds(now_seconds_);
    const std::uint32_t needed = entry.used ? patience : Patience::short_of(patience);
    const std::int32_t silence = Patience::silence(entry.last_touched, now_seconds_);
    return silence > static_cast<std::int32_t>(needed);
}

/// The newest come first: what a flood has taught, not what the exporter began with.
std::uint32_t TemplateStore::find_own_victim(ExporterIndex exporter) noexcept {
    std::uint32_t next_plus_one = chains_[exporter].first_plus_one;
    for (std::uint32_t step = 0; step < steps_max && next_plus_one != 0; ++step) {
        const Entry& entry = entries_[next_plus_one - 1];
        if (may_go(entry)) return next_plus_one - 1;
        next_plus_one = entry.next_plus_one;
    }
    return IndexTable::none;
}

/// Of an exporter that has more templates than this one, so that in the end all have equally many.
std::uint32_t TemplateStore::find_victim(ExporterIndex exporter) noexcept {
    if (fresh_ == 0) return IndexTable::none;
    const std::uint32_t own_count = chains_[exporter].count;
    std::uint32_t last_resort = IndexTable::none;
    for (std::uint32_t step = 0; step < steps_max; ++step) {
        hand_ = hand_ + 1 >= fresh_ ? 0 : hand_ + 1;
        const Entry& entry = entries_[hand_];
        const std::uint32_t count = chains_[entry.domain.exporter].count;
        if (count <= own_count) continue;
        if (may_go(entry)) return hand_;
        if (count > own_count + surplus) last_resort = hand_;
    }
    return patience_.worn_out() ? last_resort : IndexTable::none;
}

template <class Predicate>
void TemplateStore::remove_if(ExporterIndex exporter, Predicate predicate) noexcept {
    Chain& chain = chains_[exporter];
    std::uint32_t* link = &chain.first_plus_one;
    while (*link != 0) {
        const std::uint32_t index = *link - 1;
        Entry& entry = entries_[index];
        if (!predicate(entry)) {
            link = &entry.next_plus_one;
            continue;
        }
        *link = entry.next_plus_one;
        table_.erase(hash_of(entry.domain, entry.layout.id), index);
        entry.layout.id = 0;
        entry.given = false;
        entry.next_plus_one = free_plus_one_;
        free_plus_one_ = index + 1;
        --chain.count;
        --size_;
        ++changes_;
    }
}

void TemplateStore::remove_given(ExporterIndex exporter) noexcept {
    remove_if(exporter, [](const Entry& entry) { return entry.given; });
}

void TemplateStore::withdraw(const Domain& domain, std::uint16_t id) noexcept {
    if (index_of(domain, id) == IndexTable::none) return;
    remove_if(domain.exporter,
              [&](const Entry& entry) { return entry.layout.id == id && entry.domain == domain; });
}

void TemplateStore::withdraw_all(const Domain& domain, bool options) noexcept {
    remove_if(domain.exporter, [&](const Entry& entry) {
        return entry.domain == domain && entry.layout.options == options;
    });
}

void TemplateStore::forget(ExporterIndex exporter) noexcept {
    remove_if(exporter, [](const Entry&) { return true; });
}

}  // namespace flow
