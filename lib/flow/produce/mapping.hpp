// SPDX-License-Identifier: BSD-3-Clause
// What a mapping file's rows do: fields of records become steps of a plan, bits of packets are put
// straight into their columns.
#pragma once

#include <optional>

#include "flow/model/flow.hpp"
#include "flow/model/plan.hpp"
#include "flow/model/template.hpp"
#include "flow/produce/lists.hpp"
#include "flow/produce/settings.hpp"

namespace flow::produce {

/// How a mapping writes to this column: number, number_little, bytes or list_append. Nothing when
/// the column does not go out or cannot be mapped, and where goflow2 overwrites it with what the
/// datagram says. Cold.
[[nodiscard]] std::optional<Transform> mapped_transform(const Settings& settings,
                                                        Column destination, Endian endian) noexcept;

/// The step for this field, without its place in the record: that of the last row that names the
/// field. Nothing when the field is not mapped. Cold: once per template.
[[nodiscard]] std::optional<Step> mapped_step(const Settings& settings, std::uint8_t version,
                                              const TemplateField& field) noexcept;

struct MappedColumn {
    Column column{};
    Transform transform{};
    Endian endian = Endian::big;
};

/// `value` need not outlive the call. Of more than eight bytes it is no number and is left.
void put_mapped(Flow& flow, Lists& lists, const MappedColumn& to, Bytes value) noexcept;

}  // namespace flow::produce
