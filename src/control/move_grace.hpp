// SPDX-License-Identifier: BSD-3-Clause
// MoveGrace: while an exporter moves its datagrams wait, so that the main thread does nothing that
// takes long. Moves that follow one another, or one that hangs, hold up nothing for ever. Main
// thread.
#pragma once

#include <cstdint>

namespace flowd {

class MoveGrace {
public:
    /// A move takes much less.
    static constexpr std::uint64_t longest_ns = 200'000'000;

    /// Every turn of the main loop: must what takes long wait?
    [[nodiscard]] bool tick(bool moving, std::uint64_t now_ns) noexcept {
        if (!was_moving_) since_ns_ = now_ns;
        was_moving_ = moving;
        if (moving && now_ns - since_ns_ <= longest_ns) return true;
        since_ns_ = now_ns;
        return false;
    }

private:
    bool was_moving_ = false;
    std::uint64_t since_ns_ = 0;  ///< of the move, or of the last turn in it that did not wait
};

}  // namespace flowd
