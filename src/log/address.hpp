// SPDX-License-Identifier: BSD-3-Clause
// IP addresses as people write them, by the C library.
#pragma once

#include <arpa/inet.h>

#include <array>
#include <string>
#include <string_view>

#include "flow/model/address.hpp"

namespace flowd {

/// "192.0.2.1", "2001:db8::1". Of an address, not of none.
[[nodiscard]] inline std::string address_text(const flow::Address& address) {
    std::array<char, INET6_ADDRSTRLEN> text{};
    const int family = address.size == 4 ? AF_INET : AF_INET6;
    inet_ntop(family, address.octets.data(), text.data(), text.size());
    return text.data();
}

/// The reverse; size 0 when it is none.
[[nodiscard]] inline flow::Address parse_address(std::string_view text) {
    const std::string whole{text};
    std::array<std::uint8_t, 16> octets{};
    if (inet_pton(AF_INET, whole.c_str(), octets.data()) == 1) {
        return flow::Address::from({octets.data(), 4});
    }
    if (inet_pton(AF_INET6, whole.c_str(), octets.data()) == 1) return flow::Address::from(octets);
    return {};
}

}  // namespace flowd
