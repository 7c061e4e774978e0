// SPDX-License-Identifier: BSD-3-Clause
// Protobuf messages as libprotobuf reads them, compared with a Flow column by column.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "flow.pb.h"
#include "flow/base/bytes.hpp"
#include "flow/model/columns.hpp"
#include "flow/model/flow.hpp"

namespace flow::test {

/// The whole of `message`, or a test failure and an empty message. Unknown fields are a failure.
[[nodiscard]] flowpb::FlowMessage parse_flow(Bytes message);

/// The messages of a row of length-prefixed ones.
[[nodiscard]] std::vector<flowpb::FlowMessage> parse_flows(Bytes messages);

/// What the message says about a column.
[[nodiscard]] std::uint64_t number_of(const flowpb::FlowMessage& message, Column column);
[[nodiscard]] std::string bytes_of(const flowpb::FlowMessage& message, Column column);
[[nodiscard]] std::vector<std::uint32_t> list_of(const flowpb::FlowMessage& message, Column column);

/// A test failure for every column in which they differ.
void expect_equal(const flowpb::FlowMessage& message, const Flow& flow);

}  // namespace flow::test
