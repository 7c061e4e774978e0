// SPDX-License-Identifier: BSD-3-Clause
// Protobuf messages as libprotobuf reads them, compared with a Flow column by column. Each profile
// has its class; what a class does not know, custom columns, libprotobuf keeps as unknown fields.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "flow.pb.h"
#include "flow/base/bytes.hpp"
#include "flow/model/columns.hpp"
#include "flow/model/flow.hpp"
#include "flow/model/schema.hpp"
#include "flow_v2.pb.h"

namespace flow::test {

using google::protobuf::Message;

/// The whole of `message`, or a test failure and an empty message. Unknown fields are a failure.
[[nodiscard]] flowpb::FlowMessage parse_flow(Bytes message);

/// The same in the class of a profile; unknown fields are kept.
[[nodiscard]] std::unique_ptr<Message> parse_flow(Bytes message, Profile profile);

/// The messages of a row of length-prefixed ones.
[[nodiscard]] std::vector<flowpb::FlowMessage> parse_flows(Bytes messages);

/// What the message says about a column that its profile has.
[[nodiscard]] std::uint64_t number_of(const Message& message, Column column);
[[nodiscard]] std::string bytes_of(const Message& message, Column column);
[[nodiscard]] std::vector<std::uint32_t> list_of(const Message& message, Column column);
[[nodiscard]] std::vector<std::string> byte_list_of(const Message& message, Column column);

/// A test failure for every column in which they differ. Columns that the schema does not put out
/// are missing, and custom ones are what the message's class does not know.
void expect_equal(const Message& message, const Flow& flow, const Schema& schema);

}  // namespace flow::test
