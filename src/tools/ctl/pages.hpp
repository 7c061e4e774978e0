// SPDX-License-Identifier: BSD-3-Clause
// The pages of the commands: an answer of the API in, lines out. They neither ask nor print.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "tools/ctl/json.hpp"
#include "tools/ctl/page.hpp"
#include "tools/ctl/table.hpp"

namespace flowd::ctl {

/// Of /api/status.
[[nodiscard]] Page status_page(const Json& status, const Look& look);

/// Columns of exporters, and the row of one.
[[nodiscard]] std::vector<Column> exporter_columns(const Look& look);
[[nodiscard]] std::vector<Cell> exporter_row(const Json& exporter, double now, const Look& look);
/// As many as the API gives at once.
inline constexpr std::size_t exporters_most = 10'000;
/// Of /api/exporters.
[[nodiscard]] Page exporters_page(const Json& exporters, const Look& look);

enum class Fields : bool { left_out, shown };

/// Of /api/exporters/{address}: the X-ray.
[[nodiscard]] Page exporter_page(const Json& xray, Fields fields, const Look& look);
/// Of an array of templates.
[[nodiscard]] Page templates_part(const Json& templates, double now, Fields fields,
                                  const Look& look);
/// Of /api/templates, and of what is left of it.
[[nodiscard]] Page templates_page(const Json& templates, Fields fields, const Look& look);
/// /api/templates with those of one port only: of an exporter that is told apart by it.
[[nodiscard]] Json templates_at(Json templates, std::uint16_t port);
/// /api/templates with the first `limit` of them; its count is still that of all.
[[nodiscard]] Json first_templates(Json templates, std::size_t limit);
enum class Zeros : bool { left_out, shown };
/// Of /api/drops.
[[nodiscard]] Page drops_page(const Json& drops, Zeros zeros, const Look& look);
[[nodiscard]] bool dropped_any(const Json& drops);
/// /api/config with those settings only whose key contains `part`, or which are changed as well.
[[nodiscard]] Json chosen_settings(Json config, std::string_view part, bool only_changed);
/// Of /api/config: the chosen settings.
[[nodiscard]] Page config_page(const Json& config, std::string_view part, bool only_changed,
                               const Look& look);
/// Of POST /api/reload.
[[nodiscard]] Page reload_page(const Json& reload, const Look& look);
/// Of GET /api/capture.
[[nodiscard]] Page keeping_page(const Json& capture, const Look& look);

}  // namespace flowd::ctl
