// SPDX-License-Identifier: BSD-3-Clause
// Where a flow came from: the enum FlowType of goflow2's protobuf schema, numbers included. What
// goflow2 does not collect has flowd's own numbers.
#pragma once

#include <cstdint>
#include <string_view>

namespace flow {

/// The version of a domain of sFlow v5, where protocols are told apart by theirs: 5 is NetFlow's.
inline constexpr std::uint8_t sflow_domain_version = 105;

enum class FlowType : std::uint16_t {
    unknown = 0,
    sflow_5 = 1,
    netflow_v5 = 2,
    netflow_v9 = 3,
    ipfix = 4,
    netflow_v1 = 3001,
    netflow_v7 = 3007,
    netflow_v8 = 3008,
};

[[nodiscard]] constexpr std::string_view flow_type_name(FlowType type) noexcept {
    switch (type) {
        case FlowType::sflow_5: return "SFLOW_5";
        case FlowType::netflow_v5: return "NETFLOW_V5";
        case FlowType::netflow_v9: return "NETFLOW_V9";
        case FlowType::ipfix: return "IPFIX";
        case FlowType::netflow_v1: return "NETFLOW_V1";
        case FlowType::netflow_v7: return "NETFLOW_V7";
        case FlowType::netflow_v8: return "NETFLOW_V8";
        case FlowType::unknown: break;
    }
    return "FLOWUNKNOWN";
}

}  // namespace flow
