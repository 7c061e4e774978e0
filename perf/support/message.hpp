// SPDX-License-Identifier: BSD-3-Clause
// A slow and obvious reader of protobuf, to compare what different encoders say about a flow.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "flow/base/bytes.hpp"

namespace flow::perf {

/// What a message says, by field number. A number that is absent is 0.
struct Message {
    std::map<std::uint32_t, std::uint64_t> numbers;
    std::map<std::uint32_t, std::string> bytes;

    [[nodiscard]] std::uint64_t number(std::uint32_t field) const {
        const auto found = numbers.find(field);
        return found == numbers.end() ? 0 : found->second;
    }
    [[nodiscard]] bool operator==(const Message&) const = default;
};

/// Ends the program when the bytes are not a message.
[[nodiscard]] Message parse_message(Bytes bytes);

/// The messages of a row of length-prefixed ones.
[[nodiscard]] std::vector<Message> parse_prefixed(Bytes bytes);

}  // namespace flow::perf
