// SPDX-License-Identifier: BSD-3-Clause
// Prefixes in CIDR's spelling, through the C library.
#include "config/fallback.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <limits>
#include <optional>

#include "config/numbers.hpp"
#include "config/text.hpp"

namespace flowd::config {

namespace {

constexpr std::int64_t rate_max = std::numeric_limits<std::uint32_t>::max();

Outcome<std::uint64_t> parse_rate(std::string_view text) {
    const std::optional<std::int64_t> rate = parse_integer(text);
    if (!rate) return Failure{in_quotes(text) + " is no sampling rate"};
    if (*rate < 1) return Failure{"rate " + std::to_string(*rate) + " is below 1"};
    if (*rate > rate_max) {
        return Failure{"rate " + std::to_string(*rate) + " is above " + std::to_string(rate_max)};
    }
    return static_cast<std::uint64_t>(*rate);
}

flow::Address parse_address(const std::string& text) {
    std::array<std::uint8_t, 16> octets{};
    if (inet_pton(AF_INET, text.c_str(), octets.data()) == 1) {
        return flow::Address::from({octets.data(), 4});
    }
    if (inet_pton(AF_INET6, text.c_str(), octets.data()) == 1) return flow::Address::from(octets);
    return {};
}

/// So that `192.0.2.1/24` means the network that it is in.
void clear_behind(flow::Address& address, unsigned bits) {
    for (unsigned i = 0; i < address.size; ++i) {
        const unsigned kept = bits > 8 * i ? std::min(bits - 8 * i, 8U) : 0;
        address.octets[i] &= static_cast<std::uint8_t>(0xff00U >> kept);
    }
}

Outcome<flow::SamplingFallback> parse_network(std::string_view prefix, std::uint64_t rate) {
    const std::size_t slash = prefix.find('/');
    flow::SamplingFallback parsed{.network = parse_address(std::string{prefix.substr(0, slash)}),
                                  .rate = rate};
    if (parsed.network.size == 0) return Failure{in_quotes(prefix) + " is no IP address or prefix"};
    const std::int64_t bits_max = parsed.network.size * 8;
    parsed.bits = static_cast<std::uint8_t>(bits_max);
    if (slash == std::string_view::npos) return parsed;
    const std::optional<std::int64_t> bits = parse_integer(prefix.substr(slash + 1));
    if (!bits || *bits < 0 || *bits > bits_max) {
        return Failure{in_quotes(prefix) + ": the prefix must have 0 to " +
                       std::to_string(bits_max) + " bits"};
    }
    parsed.bits = static_cast<std::uint8_t>(*bits);
    clear_behind(parsed.network, parsed.bits);
    return parsed;
}

}  // namespace

Outcome<std::vector<flow::SamplingFallback>> parse_fallback(
    const std::vector<std::string>& entries) {
    std::vector<flow::SamplingFallback> rates;
    for (const std::string& entry : entries) {
        const std::size_t equals = entry.find('=');
        const bool for_all = equals == std::string::npos;
        const auto rate = parse_rate(trimmed(for_all ? entry : entry.substr(equals + 1)));
        if (!rate) return Failure{in_quotes(entry) + ": " + rate.error().sentence};
        const auto add = [&](std::string_view prefix) -> Failure {
            auto parsed = parse_network(prefix, *rate);
            if (!parsed) return {in_quotes(entry) + ": " + parsed.error().sentence};
            rates.push_back(*parsed);
            return {};
        };
        if (!for_all) {
            if (Failure failure = add(trimmed(entry.substr(0, equals))); failed(failure)) {
                return failure;
            }
        } else {
            for (const char* all : {"0.0.0.0/0", "::/0"}) {
                if (Failure failure = add(all); failed(failure)) return failure;
            }
        }
    }
    if (rates.size() > fallback_rates_max) {
        return Failure{std::to_string(rates.size()) + " networks are above " +
                       std::to_string(fallback_rates_max)};
    }
    return rates;
}

}  // namespace flowd::config
