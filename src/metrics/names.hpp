// SPDX-License-Identifier: BSD-3-Clause
// What exporters and their protocols are called wherever they are shown.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "flow/model/flow_type.hpp"
#include "log/address.hpp"

namespace flowd {

/// Its address; "other" for all that have no row of their own.
[[nodiscard]] inline std::string exporter_name(const flow::Address& address) {
    return address.size == 0 ? "other" : address_text(address);
}

/// "IPFIX" for a domain's version 10; empty for none.
[[nodiscard]] constexpr std::string_view protocol_name(std::uint8_t version) noexcept {
    switch (version) {
        case 1: return "NetFlow v1";
        case 5: return "NetFlow v5";
        case 7: return "NetFlow v7";
        case 8: return "NetFlow v8";
        case 9: return "NetFlow v9";
        case 10: return "IPFIX";
        case flow::sflow_domain_version: return "sFlow v5";
        default: return {};
    }
}

}  // namespace flowd
