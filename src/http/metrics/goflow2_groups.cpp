// SPDX-License-Identifier: BSD-3-Clause
// Adding up.
#include "http/metrics/goflow2_groups.hpp"

#include <algorithm>
#include <tuple>

#include "http/metrics/tables.hpp"
#include "metrics/totals.hpp"

namespace flowd::metrics {

namespace {

constexpr std::string_view unknown = "unknown";

/// The group of that name and port among those from `first` on; a new one when there is none.
Group& find_group(std::vector<Group>& groups, std::size_t first, Group wanted) {
    const auto begin = groups.begin() + static_cast<std::ptrdiff_t>(first);
    const auto found = std::find_if(begin, groups.end(), [&wanted](const Group& each) {
        return each.name == wanted.name && each.local_port == wanted.local_port;
    });
    if (found != groups.end()) return *found;
    return groups.emplace_back(std::move(wanted));
}

/// What is not in its domains: datagrams in which no protocol was found.
bool has_anything(const Totals& totals) {
    return totals.datagrams != 0 || totals.datagrams_dropped() != 0 || totals.flows != 0;
}

/// Into the groups from `first` on, which are those of its address.
void group_exporter(std::vector<Group>& groups, std::size_t first, const ExporterView& exporter,
                    GroupName name, ByPort by_port) {
    const std::string address = exporter_name(exporter.address);
    Totals rest = exporter.totals;
    const auto add_up = [&](const auto& domains) {
        for (const auto& each : domains) {
            if (each.version == 0) continue;
            const std::uint16_t port = by_port == ByPort::yes ? each.local_port : std::uint16_t{0};
            Group& into = find_group(
                groups, first,
                {address, std::string{name(each.version)}, port, each.version, Totals{}});
            add(into.totals, each.totals);
            subtract(rest, each.totals);
        }
    };
    add_up(exporter.domains);
    add_up(exporter.past);
    if (!has_anything(rest)) return;
    add(find_group(groups, first, {address, std::string{unknown}, 0, 0, Totals{}}).totals, rest);
}

/// goflow2's labels have no port by which exporters could be told apart: those behind one address
/// are one. There is only one of each, unless some have a port.
std::vector<const ExporterView*> one_address_together(
    const std::vector<const ExporterView*>& exporters) {
    std::vector<const ExporterView*> together = exporters;
    const bool any_port = std::any_of(together.begin(), together.end(),
                                      [](const ExporterView* each) { return each->port != 0; });
    if (!any_port) return together;
    const auto place = [](const ExporterView* each) {
        return std::tie(each->address.size, each->address.octets);
    };
    std::stable_sort(
        together.begin(), together.end(),
        [&](const ExporterView* a, const ExporterView* b) { return place(a) < place(b); });
    return together;
}

}  // namespace

std::string_view v1_type(std::uint8_t version) noexcept {
    switch (version) {
        case 1:
        case 5:
        case 7:
        case 8: return "NetFlowV5";
        case 9:
        case 10: return "NetFlow";
        case flow::sflow_domain_version: return "sFlow";
        default: return unknown;
    }
}

std::string_view v2_scheme(std::uint8_t version) noexcept {
    if (version == 0) return unknown;
    return is_sflow(version) ? "sflow" : "netflow";
}

std::string_view version_text(std::uint8_t version) noexcept {
    switch (version) {
        case 1: return "1";
        case 5:
        case flow::sflow_domain_version: return "5";
        case 7: return "7";
        case 8: return "8";
        case 9: return "9";
        case 10: return "10";
        default: return unknown;
    }
}

bool is_sflow(std::uint8_t version) noexcept { return version == flow::sflow_domain_version; }

std::vector<Group> group(const Shown& shown, GroupName name, ByPort by_port) {
    std::vector<Group> groups;
    groups.reserve(shown.exporters.size() + 1);
    const flow::Address* address = nullptr;
    std::size_t first = 0;
    for (const ExporterView* each : one_address_together(shown.exporters)) {
        if (address == nullptr || *address != each->address) first = groups.size();
        address = &each->address;
        group_exporter(groups, first, *each, name, by_port);
    }
    group_exporter(groups, groups.size(), shown.other, name, by_port);
    return groups;
}

}  // namespace flowd::metrics
