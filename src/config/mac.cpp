// SPDX-License-Identifier: BSD-3-Clause
// A pair at a time.
#include "config/mac.hpp"

#include <charconv>
#include <system_error>

namespace flowd::config {

std::optional<std::array<std::uint8_t, 6>> parse_mac(std::string_view text) noexcept {
    constexpr std::size_t pair_size = 3;  // with its colon
    std::array<std::uint8_t, 6> mac{};
    if (text.size() != mac.size() * pair_size - 1) return {};
    for (std::size_t i = 0; i < mac.size(); ++i) {
        const char* const first = text.data() + i * pair_size;
        if (i > 0 && first[-1] != ':') return {};
        const auto [end, error] = std::from_chars(first, first + 2, mac[i], 16);
        if (error != std::errc{} || end != first + 2) return {};
    }
    return mac;
}

}  // namespace flowd::config
