// SPDX-License-Identifier: BSD-3-Clause
// /api/exporters: rows, sorted and searched.
#include <algorithm>
#include <array>
#include <functional>
#include <utility>

#include "config/text.hpp"
#include "http/api/api.hpp"
#include "http/api/parts.hpp"
#include "http/message.hpp"

namespace flowd::http::api {

namespace {

constexpr std::uint64_t limit_default = 100;
constexpr std::uint64_t limit_max = 10'000;

using Row = const ExporterView*;
/// Smaller comes first when ascending.
using Before = bool (*)(Row, Row);

/// 0: healthy; more is worse. Who sends no more comes behind all who send and have a fault, but
/// for notes.
int badness(Row row) noexcept {
    enum : int { healthy, note, silent, warning, error };
    if (row->findings.empty()) return healthy;
    if (row->findings.front().code == silent_code) return silent;
    switch (worst_severity(row->findings)) {
        case Severity::note: return note;
        case Severity::warning: return warning;
        case Severity::error: break;
    }
    return error;
}

bool by_address(Row left, Row right) noexcept {
    const auto key = [](Row row) {
        return std::tie(row->address.size, row->address.octets, row->port);
    };
    return key(left) < key(right);
}

template <double Rates::*rate>
bool by_rate(Row left, Row right) noexcept {
    return left->rates.*rate < right->rates.*rate;
}

bool by_dropped(Row left, Row right) noexcept {
    const auto dropped = [](Row row) {
        return row->rates.datagrams_dropped + row->rates.flows_dropped;
    };
    return dropped(left) < dropped(right);
}

/// Loss that is not known puts nobody first.
bool by_lost(Row left, Row right) noexcept {
    const auto lost = [](Row row) {
        return row->xray.sequence_trusted ? row->rates.sequence_lost : 0;
    };
    return lost(left) < lost(right);
}

bool by_findings(Row left, Row right) noexcept {
    return std::pair{badness(left), left->rates.flows} <
           std::pair{badness(right), right->rates.flows};
}

bool by_protocols(Row left, Row right) noexcept {
    const auto first = [](Row row) {
        std::string_view name;
        for (const DomainView& each : row->domains) {
            const std::string_view other = protocol_name(each.version);
            if (name.empty() || other < name) name = other;
        }
        return name;
    };
    return first(left) < first(right);
}

bool by_sampling(Row left, Row right) noexcept {
    return sampling_rate(*left) < sampling_rate(*right);
}

Before order_of(std::string_view key) noexcept {
    constexpr std::array<std::pair<std::string_view, Before>, 10> orders{
        {{"address", by_address},
         {"flows", by_rate<&Rates::flows>},
         {"datagrams", by_rate<&Rates::datagrams>},
         {"bytes", by_rate<&Rates::payload_bytes>},
         {"lost", by_lost},
         {"dropped", by_dropped},
         {"last_seen", [](Row left, Row right) { return left->last_seen < right->last_seen; }},
         {"findings", by_findings},
         {"protocols", by_protocols},
         {"sampling", by_sampling}}};
    for (const auto& [name, before] : orders) {
        if (name == key) return before;
    }
    return nullptr;
}

bool matches(const ExporterView& view, const std::string& wanted) {
    if (exporter_name(view.address).find(wanted) != std::string::npos) return true;
    for (const DomainView& each : view.domains) {
        if (config::lower(protocol_name(each.version)).find(wanted) != std::string::npos) {
            return true;
        }
    }
    return std::any_of(view.findings.begin(), view.findings.end(), [&](const Finding& each) {
        return each.code.find(wanted) != std::string_view::npos;
    });
}

/// Those that match; the first `last` of them in order.
std::vector<Row> selected(const Observation& observation, const std::string& wanted, Before before,
                          bool descending, std::size_t last) {
    std::vector<Row> rows;
    rows.reserve(observation.exporters.size());
    for (const ExporterView& each : observation.exporters) {
        if (wanted.empty() || matches(each, wanted)) rows.push_back(&each);
    }
    // The address decides between equals, so that pages fit together.
    const auto earlier = [=](Row left, Row right) {
        if (before(left, right)) return !descending;
        if (before(right, left)) return descending;
        return by_address(left, right);
    };
    const auto end = rows.begin() + static_cast<std::ptrdiff_t>(std::min(last, rows.size()));
    std::partial_sort(rows.begin(), end, rows.end(), earlier);
    return rows;
}

}  // namespace

Response exporters(const Observation& observation, const Request& request) {
    const auto limit = number_parameter(request, "limit", limit_default, limit_max);
    if (!limit) return error_response(400, "limit: not a number up to 10000");
    const auto offset = number_parameter(request, "offset", 0, 1'000'000'000);
    if (!offset) return error_response(400, "offset: not a number");
    const Before before = order_of(request.parameter("sort").value_or("flows"));
    if (before == nullptr) {
        return error_response(400,
                              "sort: one of address, flows, datagrams, bytes, lost, dropped, "
                              "last_seen, findings, protocols, sampling");
    }
    const std::string order = request.parameter("order").value_or("desc");
    if (order != "asc" && order != "desc") return error_response(400, "order: asc or desc");
    const std::string wanted = config::lower(request.parameter("search").value_or(""));

    const std::size_t last = *offset + *limit;
    const std::vector<Row> rows = selected(observation, wanted, before, order == "desc", last);
    const std::uint32_t now = present_seconds(observation);
    JsonWriter json;
    constexpr std::size_t row_size = 1'400;
    json.reserve(row_size * (1 + std::min<std::size_t>(*limit, rows.size())));
    json.begin_object();
    json.key("time");
    json.exact(seconds(observation.taken_at_ns));
    json.member("serial", observation.serial);
    json.member("count", rows.size());
    json.member("total", observation.exporters.size());
    json.begin_array("exporters");
    for (std::size_t i = *offset; i < std::min(last, rows.size()); ++i) {
        write_exporter(json, *rows[i], now);
    }
    json.end_array();
    json.key("other");
    write_exporter(json, observation.other, now);
    json.end_object();
    return json_response(json);
}

}  // namespace flowd::http::api
