// SPDX-License-Identifier: BSD-3-Clause
// Capture: the frames of a pcap or pcapng file in memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "log/failure.hpp"

namespace flowd::gen {

class Capture {
public:
    /// The failure names the file: unreadable, broken, no Ethernet, cut frames, no frame at all.
    [[nodiscard]] static Outcome<Capture> read(const std::string& path);

    [[nodiscard]] std::size_t frame_count() const noexcept { return ends_.size(); }
    [[nodiscard]] std::span<const std::uint8_t> frame(std::size_t index) const noexcept {
        const std::size_t begin = index == 0 ? 0 : ends_[index - 1];
        return std::span{bytes_}.subspan(begin, ends_[index] - begin);
    }
    [[nodiscard]] std::size_t frame_size_max() const noexcept { return frame_size_max_; }

private:
    std::vector<std::uint8_t> bytes_;  ///< one frame after the other
    std::vector<std::size_t> ends_;
    std::size_t frame_size_max_ = 0;
};

}  // namespace flowd::gen
