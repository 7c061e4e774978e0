// SPDX-License-Identifier: BSD-3-Clause
// One condition of -where: a column, an operator, a value. Parsed once at start; asked per flow.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "flow/base/bytes.hpp"
#include "flow/model/columns.hpp"
#include "flow/model/flow.hpp"
#include "log/failure.hpp"

namespace flowd::cat {

enum class Operator : std::uint8_t { equal, not_equal, less, at_most, more, at_least };

class Filter {
public:
    /// `SrcPort=443`, `Bytes>1000`, `SrcAddr=10.0.0.0/8`, `Type=SFLOW_5`, `Proto=TCP`; names in
    /// Go's or protobuf's spelling. The sentence quotes the condition.
    [[nodiscard]] static Outcome<Filter> parse(std::string_view text, flow::Profile profile);

    /// A column without a value counts as 0 or as empty. Of a list, `=` is: one of them is it; `!=`
    /// is: none is.
    [[nodiscard]] bool holds(const flow::Flow& flow) const noexcept;

private:
    /// What the value is compared as.
    enum class Form : std::uint8_t { number, address, bytes };

    [[nodiscard]] Failure read_value(std::string_view value, flow::Profile profile);
    [[nodiscard]] Failure read_number(std::string_view value, flow::Render render);
    [[nodiscard]] Failure read_address(std::string_view value);
    [[nodiscard]] Failure read_bytes(std::string_view value, flow::Render render);
    [[nodiscard]] bool has(const flow::Flow& flow) const noexcept;
    [[nodiscard]] bool is(flow::Bytes bytes) const noexcept;
    [[nodiscard]] bool compares(std::uint64_t number) const noexcept;

    flow::Column column_{};
    Operator operator_{};
    Form form_{};
    std::uint64_t number_ = 0;
    std::string bytes_;             ///< or the address, 0, 4 or 16 bytes
    std::uint8_t prefix_size_ = 0;  ///< bits of the address that count

    // So that Outcome can hold one.
    template <class T, class E>
    friend class flow::Result;
    Filter() = default;
};

}  // namespace flowd::cat
