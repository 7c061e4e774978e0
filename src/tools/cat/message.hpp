// SPDX-License-Identifier: BSD-3-Clause
// From a protobuf message to a Flow, by the table of columns: the reverse of lib/flow/format/
// protobuf, judged in the tests by that encoder. The wire is read by libprotobuf. Memory is kept
// from message to message, so that the usual flow allocates nothing.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "flow/base/bytes.hpp"
#include "flow/model/columns.hpp"
#include "flow/model/flow.hpp"
#include "flow/model/schema.hpp"

namespace google::protobuf::io {
class CodedInputStream;
}

namespace flowd::cat {

class MessageReader {
public:
    /// All columns of the schema's profile are read, flowd's own and the schema's custom ones too.
    explicit MessageReader(const flow::Schema& schema);

    /// False when the message is broken; broken_at() says where. At most 1 GiB. The flow borrows
    /// the message and this reader, until the next call.
    [[nodiscard]] bool read(flow::Bytes message);

    [[nodiscard]] const flow::Flow& flow() const noexcept { return *flow_; }
    [[nodiscard]] std::size_t broken_at() const noexcept { return broken_at_; }
    /// Fields that were skipped so far: unknown numbers, and known ones of another wire type.
    [[nodiscard]] std::uint64_t unknown_count() const noexcept { return unknown_count_; }

private:
    using Stream = google::protobuf::io::CodedInputStream;

    [[nodiscard]] flow::Column column_of(std::uint32_t number) const noexcept;
    [[nodiscard]] bool read_field(Stream& in, std::uint32_t tag);
    [[nodiscard]] bool read_varint(Stream& in, flow::Column column);
    [[nodiscard]] bool read_bytes(Stream& in, flow::Column column);
    [[nodiscard]] bool read_packed(Stream& in, flow::Column column);
    void add_number(flow::Column column, std::uint64_t number);
    [[nodiscard]] flow::Kind kind_of(flow::Column column) const noexcept;

    /// Field numbers of the table lie below; those of custom columns may lie above.
    static constexpr std::size_t numbers_max = 4096;
    static constexpr auto none = static_cast<flow::Column>(UINT8_MAX);

    struct Custom {
        std::uint32_t number;
        bool is_varint;
    };

    std::array<flow::Column, numbers_max> columns_{};
    std::vector<Custom> customs_;
    std::optional<flow::Flow> flow_;  ///< made anew for each message, in its place
    std::array<std::vector<std::uint32_t>, flow::column_count> lists_;
    std::array<std::vector<flow::Bytes>, flow::column_count> byte_lists_;
    std::vector<flow::Column> used_;  ///< whose lists have something in them
    std::size_t broken_at_ = 0;
    std::uint64_t unknown_count_ = 0;
};

}  // namespace flowd::cat
