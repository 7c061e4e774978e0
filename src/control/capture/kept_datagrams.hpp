// SPDX-License-Identifier: BSD-3-Clause
// KeptDatagrams: the last seconds of datagrams, in bounded memory: the oldest goes. One thread's.
#pragma once

#include <cstdint>
#include <deque>
#include <vector>

#include "worker/tap.hpp"

namespace flowd {

class KeptDatagrams {
public:
    struct Limits {
        std::uint64_t seconds = 0;  ///< by receive times; 0: nothing is kept
        std::uint64_t bytes = 0;    ///< of payloads and what they cost beside
    };

    explicit KeptDatagrams(const Limits& limits) : limits_{limits} {}

    void add(const TappedDatagram& datagram);
    /// What is too old at that time goes.
    void expire(std::uint64_t now_ns);
    void clear();

    /// `visit(const TappedDatagram&)`, the oldest first.
    template <class Visit>
    void for_each(Visit visit) const {
        for (const Kept& kept : kept_) {
            TappedDatagram datagram = kept.datagram;
            datagram.payload = kept.payload;
            visit(datagram);
        }
    }
    [[nodiscard]] const Limits& limits() const noexcept { return limits_; }
    [[nodiscard]] std::size_t size() const noexcept { return kept_.size(); }
    [[nodiscard]] std::uint64_t bytes() const noexcept { return bytes_; }
    /// Something that was received since then went for want of room, before its time.
    [[nodiscard]] bool overflowed(std::uint64_t since_ns = 0) const noexcept {
        return lost_until_ns_ != 0 && lost_until_ns_ >= since_ns;
    }

private:
    struct Kept {
        TappedDatagram datagram;
        std::vector<std::uint8_t> payload;
    };
    /// What a datagram costs beside its payload.
    static constexpr std::uint64_t overhead = sizeof(Kept) + 32;

    void drop_oldest();

    Limits limits_;
    std::deque<Kept> kept_;
    std::uint64_t bytes_ = 0;
    std::uint64_t lost_until_ns_ = 0;
};

}  // namespace flowd
