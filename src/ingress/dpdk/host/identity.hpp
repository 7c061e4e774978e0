// SPDX-License-Identifier: BSD-3-Clause
// Identity: what a port says of itself on its link. From the configuration; read only.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "flow/model/address.hpp"

namespace flowd::dpdk::host {

using Mac = std::array<std::uint8_t, 6>;

struct Prefix {
    flow::Address address;  ///< with its host bits
    std::uint8_t bits = 0;
};

struct Identity {
    Mac mac{};
    std::vector<Prefix> addresses{};
    std::vector<flow::Address> gateways{};
    std::vector<flow::Address> groups{};  ///< multicast
    std::vector<std::uint16_t> vlans{};   ///< 0: untagged; empty: any tags or none are answered
    std::uint32_t replies_per_second = 1000;
};

}  // namespace flowd::dpdk::host
