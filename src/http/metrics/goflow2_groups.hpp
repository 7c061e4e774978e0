// SPDX-License-Identifier: BSD-3-Clause
// goflow2 counts by exporter and by what its listeners and decoders are called. Here the numbers of
// an exporter's domains are added up in the same way.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "http/metrics/budget.hpp"
#include "metrics/observation.hpp"

namespace flowd::metrics {

/// An exporter's numbers under one name of goflow2's.
struct Group {
    std::string exporter;
    std::string name;  ///< as the key says: "NetFlowV5", "sflow", "10"
    std::uint16_t local_port = 0;
    std::uint8_t version = 0;  ///< of the first domain in it; 0: of no domain
    Totals totals;
};

/// v1's listeners: "NetFlow", "sFlow", "NetFlowV5"; "unknown" for what no domain has.
[[nodiscard]] std::string_view v1_type(std::uint8_t version) noexcept;
/// v2's: "netflow", "sflow".
[[nodiscard]] std::string_view v2_scheme(std::uint8_t version) noexcept;
/// The protocol's version, as both count by it: "5", "9", "10", and "5" for sFlow.
[[nodiscard]] std::string_view version_text(std::uint8_t version) noexcept;

using GroupName = std::string_view (*)(std::uint8_t version) noexcept;
enum class ByPort : std::uint8_t { no, yes };

/// Of all exporters behind one address together, "other" at the end; no two have the same exporter,
/// name and port.
[[nodiscard]] std::vector<Group> group(const Shown& shown, GroupName name, ByPort by_port);

[[nodiscard]] bool is_sflow(std::uint8_t version) noexcept;

}  // namespace flowd::metrics
