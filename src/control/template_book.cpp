// SPDX-License-Identifier: BSD-3-Clause
// Sorting. All workers have restored what one of them has heard of since: that one's counts.
#include "control/template_book.hpp"

#include <algorithm>
#include <tuple>

namespace flowd {

namespace {

auto exporter_place(const flow::Address& address, const std::uint16_t& port) noexcept {
    return std::tie(address.size, address.octets, port);
}
auto domain_place(const flow::StateKey& key) noexcept { return std::tie(key.version, key.domain); }

auto place(const flow::StateKey& key) noexcept {
    return std::tuple_cat(exporter_place(key.exporter, key.port), domain_place(key));
}

/// Those of the exporter in a sorted vector, from `begin` on.
template <class Iterator, class Key>
std::pair<Iterator, Iterator> those_of(const ExporterView& exporter, Iterator begin, Iterator end,
                                       Key key) {
    const auto whose = exporter_place(exporter.address, exporter.port);
    const auto place_of = [&](const auto& each) {
        return exporter_place(key(each).exporter, key(each).port);
    };
    while (begin != end && place_of(*begin) < whose) ++begin;
    Iterator behind = begin;
    while (behind != end && place_of(*behind) == whose) ++behind;
    return {begin, behind};
}

/// Of these, those of a domain.
template <class Iterator, class Key>
std::pair<Iterator, Iterator> those_of(const DomainView& domain, Iterator begin, Iterator end,
                                       Key key) {
    const auto whose = std::tie(domain.version, domain.id);
    const auto first = std::partition_point(
        begin, end, [&](const auto& each) { return domain_place(key(each)) < whose; });
    const auto behind = std::partition_point(
        first, end, [&](const auto& each) { return domain_place(key(each)) == whose; });
    return {first, behind};
}

}  // namespace

void TemplateBook::begin() noexcept {
    entries_.clear();
    fields_.clear();
    found_sampling_.clear();
}

void TemplateBook::add(const LearntPage& page) {
    const auto first = static_cast<std::uint32_t>(fields_.size());
    fields_.insert(fields_.end(), page.fields.begin(), page.fields.begin() + page.field_count);
    for (std::uint32_t i = 0; i < page.template_count; ++i) {
        entries_.push_back({page.templates[i], first + page.templates[i].first_field});
    }
    found_sampling_.insert(found_sampling_.end(), page.sampling.begin(),
                           page.sampling.begin() + page.sampling_count);
}

void TemplateBook::end() {
    const auto key_of = [](const Entry& each) {
        return std::tuple_cat(place(each.head.key), std::tie(each.head.id));
    };
    std::sort(entries_.begin(), entries_.end(), [&](const Entry& a, const Entry& b) {
        if (key_of(a) != key_of(b)) return key_of(a) < key_of(b);
        return std::tie(a.head.confirmed, a.head.history.last_announced) >
               std::tie(b.head.confirmed, b.head.history.last_announced);
    });
    const auto end =
        std::unique(entries_.begin(), entries_.end(),
                    [&](const Entry& a, const Entry& b) { return key_of(a) == key_of(b); });
    views_.resize(static_cast<std::size_t>(end - entries_.begin()));
    for (std::size_t i = 0; i < views_.size(); ++i) write(entries_[i], views_[i]);

    using Sampling = LearntPage::SamplingEntry;
    std::sort(found_sampling_.begin(), found_sampling_.end(),
              [](const Sampling& a, const Sampling& b) {
                  if (place(a.key) != place(b.key)) return place(a.key) < place(b.key);
                  return a.confirmed > b.confirmed;
              });
    sampling_.clear();
    std::unique_copy(found_sampling_.begin(), found_sampling_.end(), std::back_inserter(sampling_),
                     [](const Sampling& a, const Sampling& b) { return a.key == b.key; });
    ++edition_;
}

void TemplateBook::write(const Entry& entry, TemplateView& view) const {
    view.layout.key = entry.head.key;
    view.layout.id = entry.head.id;
    view.layout.options = entry.head.options;
    view.layout.scope_count = entry.head.scope_count;
    const auto first = fields_.begin() + entry.first_field;
    view.layout.fields.assign(first, first + entry.head.field_count);
    const flow::TemplateHistory& history = entry.head.history;
    view.layout.history = history;
    view.first_seen = history.first_seen;
    view.last_seen = history.last_announced;
    view.announcements = history.announcements;
    view.changes = history.changes;
    view.refresh_seconds = static_cast<double>(history.refresh_seconds);
    view.used = history.used;
}

void TemplateBook::annotate(std::vector<ExporterView>& exporters) const {
    const auto layout_key = [](const TemplateView& each) -> const flow::StateKey& {
        return each.layout.key;
    };
    const auto sampling_key = [](const LearntPage::SamplingEntry& each) -> const flow::StateKey& {
        return each.key;
    };
    auto layout = views_.begin();
    auto sampling = sampling_.begin();
    for (ExporterView& exporter : exporters) {
        const auto layouts = those_of(exporter, layout, views_.end(), layout_key);
        const auto rates = those_of(exporter, sampling, sampling_.end(), sampling_key);
        layout = layouts.second;
        sampling = rates.second;
        exporter.template_count = static_cast<std::uint32_t>(layouts.second - layouts.first);
        for (DomainView& domain : exporter.domains) {
            const auto its = those_of(domain, layouts.first, layouts.second, layout_key);
            domain.template_count = static_cast<std::uint32_t>(its.second - its.first);
            domain.samplers.clear();
            const auto rate = those_of(domain, rates.first, rates.second, sampling_key);
            if (rate.first == rate.second) continue;
            const auto first = rate.first->samplers.begin();
            domain.samplers.assign(first, first + rate.first->sampler_count);
        }
    }
}

}  // namespace flowd
