// SPDX-License-Identifier: BSD-3-Clause
// A record decoded slowly and obviously, field by field in the order of the record: by the RFCs and
// the registry of information elements, or by the rules of goflow2 1.3.7 and 2.2.6. Shares no code
// with lib/flow/produce, so that plans and programs can be held against it.
#pragma once

#include <cstdint>
#include <vector>

#include "flow/model/origin.hpp"
#include "flow/model/template.hpp"
#include "flow/produce/settings.hpp"
#include "flow_values.hpp"

namespace flow::test {

/// The bytes of each field of a record.
using FieldValues = std::vector<std::vector<std::uint8_t>>;

/// `fields` and `values` go in step. Of a sampled frame (element 315) only the Ethernet header is
/// read: whatever follows is of a type that nobody knows.
[[nodiscard]] FlowValues slow_flow(const produce::Settings& settings, std::uint8_t version,
                                   const std::vector<TemplateField>& fields,
                                   const FieldValues& values, const Origin& origin);

}  // namespace flow::test
