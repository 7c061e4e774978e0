// SPDX-License-Identifier: BSD-3-Clause
// All values of a flow, owned, and a text of them that tests compare.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "flow/model/flow.hpp"
#include "flow/model/schema.hpp"

namespace flow::test {

struct FlowValues {
    struct Custom {
        Column column{};
        std::uint64_t number = 0;
        std::string bytes;
    };

    std::map<Column, std::uint64_t> numbers;  ///< missing: 0
    std::map<Column, std::string> bytes;      ///< missing: empty
    std::map<Column, std::vector<std::uint32_t>> lists;
    std::map<Column, std::vector<std::string>> byte_lists;
    std::vector<Custom> customs;
};

[[nodiscard]] FlowValues values_of(const Schema& schema, const Flow& flow);

/// One line for each column of the schema that is not empty, and one for each custom value.
[[nodiscard]] std::string describe(const Schema& schema, const FlowValues& values);

/// A format that writes describe()'s text.
class DescribingFormatter {
public:
    static constexpr std::string_view name = "values";

    explicit DescribingFormatter(const Schema& schema) : schema_{schema} {}

    [[nodiscard]] std::size_t size_max(const Flow& flow) const noexcept;
    [[nodiscard]] std::uint8_t* write(const Flow& flow, std::uint8_t* to) const noexcept;

private:
    Schema schema_;
};

}  // namespace flow::test
