// SPDX-License-Identifier: BSD-3-Clause
// Queries, with what a person typed made harmless.
#include "tools/ctl/targets.hpp"

#include "tools/ctl/client.hpp"
#include "tools/ctl/commands.hpp"

namespace flowd::ctl {

std::string exporters_target(const std::string& sort, bool reverse, const std::string& search,
                             std::int64_t limit) {
    const std::string key = sort.empty() ? "flows" : sort;
    bool descends = true;
    for (const SortKey& each : sort_keys()) {
        if (each.key == key) descends = each.descends;
    }
    std::string target = "/api/exporters?sort=" + key;
    target += descends != reverse ? "&order=desc" : "&order=asc";
    target += "&limit=" + std::to_string(limit);
    if (!search.empty()) target += "&search=" + url_encoded(search);
    return target;
}

std::string exporter_target(const Exporter& exporter) {
    std::string target = "/api/exporters/" + url_encoded(exporter.address);
    if (exporter.port != 0) target += "?port=" + std::to_string(exporter.port);
    return target;
}

}  // namespace flowd::ctl
