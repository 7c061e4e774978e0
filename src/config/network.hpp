// SPDX-License-Identifier: BSD-3-Clause
// Networks in CIDR's spelling: 192.0.2.0/24, 2001:db8::/32, a single address. Main thread.
#pragma once

#include <cstdint>
#include <string_view>

#include "flow/model/address.hpp"
#include "log/failure.hpp"

namespace flowd::config {

struct Network {
    flow::Address address;  ///< zeros behind the prefix
    std::uint8_t bits = 0;
};

/// `192.0.2.1/24` means the network that it is in; without a slash it is the one address.
[[nodiscard]] Outcome<Network> parse_network(std::string_view text);

}  // namespace flowd::config
