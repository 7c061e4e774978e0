// SPDX-License-Identifier: BSD-3-Clause
// prefix=rate, and a rate for all.
#include "config/fallback.hpp"

#include <limits>
#include <optional>

#include "config/network.hpp"
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
            const Outcome<Network> parsed = parse_network(prefix);
            if (!parsed) return {in_quotes(entry) + ": " + parsed.error().sentence};
            rates.push_back({.network = parsed->address, .bits = parsed->bits, .rate = *rate});
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
