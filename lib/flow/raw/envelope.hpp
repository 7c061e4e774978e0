// SPDX-License-Identifier: BSD-3-Clause
// What is around a raw message: protocol, sender and time of arrival.
#pragma once

#include "flow/model/datagram.hpp"
#include "flow/raw/messages.hpp"

namespace flow::raw {

enum class Shape : std::uint8_t {
    json,  ///< {"type":"ipfix","message":{…},"src":"192.0.2.1:50000","time_received":"…"}
    text,  ///< time, sender, protocol, and the header's count and sequence number
};

/// What the shard knows of the sender.
struct Shard {
    const TemplateStore& templates;
    ExporterIndex exporter;
    VariableLayout& layout;  ///< scratch memory
};

/// The payload holds at least the header of the protocol that its first bytes name.
void write_message(JsonWriter& out, Shape shape, const Datagram& datagram,
                   const Shard& shard) noexcept;

}  // namespace flow::raw
