// SPDX-License-Identifier: BSD-3-Clause
// A record decoded slowly and obviously, field by field in the order of the record, by the rules of
// goflow2 1.3.7 and flowd's documented differences. Shares no code with lib/flow/produce, so that
// plans and programs can be held against it.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "flow/model/columns.hpp"
#include "flow/model/origin.hpp"
#include "flow/model/template.hpp"

namespace flow::test {

struct SlowFlow {
    std::map<Column, std::uint64_t> numbers;  ///< missing: 0
    std::map<Column, std::string> bytes;      ///< missing: empty
};

/// The bytes of each field of a record.
using FieldValues = std::vector<std::vector<std::uint8_t>>;

/// `fields` and `values` go in step.
[[nodiscard]] SlowFlow slow_flow(std::uint8_t version, const std::vector<TemplateField>& fields,
                                 const FieldValues& values, const Origin& origin);

}  // namespace flow::test
