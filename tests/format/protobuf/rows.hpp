// SPDX-License-Identifier: BSD-3-Clause
// What a kernel writes of a row of records.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "flow/format/protobuf/program.hpp"

namespace flow::protobuf {

/// The messages, a bar behind each, in memory of exactly the promised size.
inline std::string run_row(RunProgram kernel, const Program& program, const Constants& constants,
                           const Origin& origin, const RecordRow& records, Framing framing,
                           std::size_t gap) {
    std::vector<std::uint8_t> memory(program.row_size(records.count, gap));
    MessageRow messages;
    messages.to = memory.data();
    messages.gap = gap;
    messages.framing = framing;
    kernel(program, constants, origin, records, messages);
    std::string all;
    const std::uint8_t* begin = memory.data();
    for (std::size_t i = 0; i < records.count; ++i) {
        all += std::string{begin, static_cast<const std::uint8_t*>(messages.ends[i])} + '|';
        begin = messages.ends[i] + gap;
    }
    return all;
}

}  // namespace flow::protobuf
