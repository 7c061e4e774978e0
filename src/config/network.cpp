// SPDX-License-Identifier: BSD-3-Clause
// An address and the bits that count.
#include "config/network.hpp"

#include <algorithm>
#include <optional>
#include <string>

#include "config/numbers.hpp"
#include "config/text.hpp"
#include "log/address.hpp"

namespace flowd::config {

namespace {

void clear_behind(flow::Address& address, unsigned bits) {
    for (unsigned i = 0; i < address.size; ++i) {
        const unsigned kept = bits > 8 * i ? std::min(bits - 8 * i, 8U) : 0;
        address.octets[i] &= static_cast<std::uint8_t>(0xff00U >> kept);
    }
}

}  // namespace

Outcome<Network> parse_network(std::string_view text) {
    const std::size_t slash = text.find('/');
    Network parsed{.address = parse_address(text.substr(0, slash))};
    if (parsed.address.size == 0) return Failure{in_quotes(text) + " is no IP address or prefix"};
    const std::int64_t bits_max = parsed.address.size * 8;
    parsed.bits = static_cast<std::uint8_t>(bits_max);
    if (slash == std::string_view::npos) return parsed;
    const std::optional<std::int64_t> bits = parse_integer(text.substr(slash + 1));
    if (!bits || *bits < 0 || *bits > bits_max) {
        return Failure{in_quotes(text) + ": the prefix must have 0 to " + std::to_string(bits_max) +
                       " bits"};
    }
    parsed.bits = static_cast<std::uint8_t>(*bits);
    clear_behind(parsed.address, parsed.bits);
    return parsed;
}

}  // namespace flowd::config
