// SPDX-License-Identifier: BSD-3-Clause
// A mapping file's fields, as steps of a plan. Cold: once per template.
#pragma once

#include <optional>

#include "flow/model/plan.hpp"
#include "flow/model/template.hpp"
#include "flow/produce/settings.hpp"

namespace flow::produce {

/// The step for this field, without its place in the record: that of the last row that names the
/// field. Nothing when the field is not mapped, when its column does not go out or cannot be
/// mapped, and where goflow2 overwrites it with what the datagram says.
[[nodiscard]] std::optional<Step> mapped_step(const Settings& settings, std::uint8_t version,
                                              const TemplateField& field) noexcept;

/// Columns that the datagram decides, the same for each of its flows. Formats have them encoded
/// before they see a record.
[[nodiscard]] bool is_of_datagram(Column column) noexcept;

}  // namespace flow::produce
