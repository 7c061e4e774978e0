// SPDX-License-Identifier: BSD-3-Clause
// Burst: the frames that a worker works on until it gives them back, and rooms for those that came
// in several pieces. Hot; one per worker.
#pragma once

#include <rte_mbuf.h>

#include <array>
#include <cassert>
#include <cstdint>

#include "flow/base/bytes.hpp"
#include "flow/base/slots.hpp"

namespace flowd::dpdk {

class Burst {
public:
    /// Frames between two release().
    static constexpr std::size_t frames_max = 64;

    Burst() : scratch_{rooms_max * frame_max} {}
    Burst(const Burst&) = delete;
    Burst& operator=(const Burst&) = delete;
    ~Burst() { release(); }

    /// The frame in one piece, valid until release(). Empty when too many came in several.
    [[nodiscard]] flow::Bytes view(const rte_mbuf* frame) noexcept {
        if (frame->nb_segs != 1) [[unlikely]]
            return last_view_ = linearise(frame);
        return last_view_ = {rte_pktmbuf_mtod(frame, const std::uint8_t*), frame->data_len};
    }
    [[nodiscard]] flow::Bytes last_view() const noexcept { return last_view_; }
    /// Bytes behind the frame that belong to its memory.
    [[nodiscard]] static std::uint32_t readable_behind(const rte_mbuf* frame) noexcept {
        return frame->nb_segs == 1 ? rte_pktmbuf_tailroom(frame) : 0;
    }
    /// The frame is given back by release().
    void keep(rte_mbuf* frame) noexcept {
        assert(count_ < frames_max);
        frames_[count_++] = frame;
    }
    [[nodiscard]] std::size_t count() const noexcept { return count_; }
    void release() noexcept {
        if (count_ != 0) rte_pktmbuf_free_bulk(frames_.data(), static_cast<unsigned>(count_));
        count_ = 0;
        rooms_used_ = 0;
    }

private:
    static constexpr std::size_t rooms_max = 2 * frames_max;
    /// 65,535 bytes of IP and room for link headers; what is longer is cut, which the parser sees.
    static constexpr std::size_t frame_max = 65'535 + 257;

    [[nodiscard, gnu::noinline]] flow::Bytes linearise(const rte_mbuf* frame) noexcept;

    // Written by the RX worker only.
    std::array<rte_mbuf*, frames_max> frames_{};
    std::size_t count_ = 0;
    std::size_t rooms_used_ = 0;
    flow::Bytes last_view_{};
    /// Untouched pages cost nothing: frames in several pieces are rare.
    flow::Slots<std::uint8_t> scratch_;
};

}  // namespace flowd::dpdk
