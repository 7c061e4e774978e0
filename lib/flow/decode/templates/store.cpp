// SPDX-License-Identifier: BSD-3-Clause
// Slots are handed out from a free list, so a template keeps its slot (and its compiled plan)
// through refreshes.
#include "flow/decode/templates/store.hpp"

#include <algorithm>

namespace flow {

namespace {

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

std::uint64_t TemplateStore::hash_of(const Domain& domain, std::uint16_t id) const noexcept {
    const std::uint64_t who = std::uint64_t{domain.exporter} << 32 | domain.id;
    const std::uint64_t which = std::uint64_t{domain.version} << 16 | id;
    return hash_words(who, which, seed_);
}

std::uint32_t TemplateStore::index_of(const Domain& domain, std::uint16_t id) const noexcept {
    return table_.find(hash_of(domain, id), [&](std::uint32_t index) {
        return entries_[index].layout.id == id && entries_[index].domain == domain;
    });
}

const Template* TemplateStore::find(const Domain& domain, std::uint16_t id) const noexcept {
    const std::uint32_t index = index_of(domain, id);
    return index == IndexTable::none ? nullptr : &entries_[index].layout;
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

    std::uint32_t index = index_of(domain, definition.id);
    if (index != IndexTable::none) {
        const Template& known = entries_[index].layout;
        if (known.options == definition.options && known.scope_count == definition.scope_count &&
            same_fields(known.fields, definition.fields)) {
            return Learnt{&known, false};
        }
    } else {
        Chain& chain = chains_[domain.exporter];
        if (domain.exporter == 0 || chain.count >= limits_.templates_per_exporter_max) {
            return Error::template_limit;
        }
        index = allocate();
        if (index == IndexTable::none) return Error::template_limit;
        entries_[index].next_plus_one = chain.first_plus_one;
        chain.first_plus_one = index + 1;
        ++chain.count;
        table_.insert(hash_of(domain, definition.id), index);
    }
    TemplateField* const fields = fields_[index].of;
    std::copy(definition.fields.begin(), definition.fields.end(), fields);
    layout.fields = {fields, definition.fields.size()};
    layout.slot = index;
    entries_[index].layout = layout;
    entries_[index].domain = domain;
    return Learnt{&entries_[index].layout, true};
}

std::uint32_t TemplateStore::allocate() noexcept {
    std::uint32_t index = IndexTable::none;
    if (free_plus_one_ != 0) {
        index = free_plus_one_ - 1;
        free_plus_one_ = entries_[index].next_plus_one;
    } else if (fresh_ < entries_.size()) {
        index = fresh_++;
    } else {
        return IndexTable::none;
    }
    ++size_;
    return index;
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
        entry.next_plus_one = free_plus_one_;
        free_plus_one_ = index + 1;
        --chain.count;
        --size_;
    }
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
