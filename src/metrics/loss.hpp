// SPDX-License-Identifier: BSD-3-Clause
// Why messages are lost after they have left an RX worker. Each is a counter, by its name.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace flowd {

enum class Loss : std::uint8_t {
    transport_failed,   ///< the destination refused them
    message_too_large,  ///< for the destination
    timed_out,          ///< not acknowledged in time
    given_up,           ///< still waiting when a stop had lasted long enough
    spool_full,         ///< the oldest of a spool that had no more room
    spool_failed,       ///< could not be written to the spool, or was damaged there
    count_,
};
inline constexpr std::size_t loss_count = static_cast<std::size_t>(Loss::count_);

[[nodiscard]] constexpr std::string_view loss_name(Loss loss) noexcept {
    constexpr std::array<std::string_view, loss_count> names{
        "transport_failed", "message_too_large", "timed_out",
        "given_up",         "spool_full",        "spool_failed"};
    return names[static_cast<std::size_t>(loss)];
}

}  // namespace flowd
