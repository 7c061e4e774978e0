// SPDX-License-Identifier: BSD-3-Clause
// The writing side: records lie in one piece each, so that a reader gets them without a copy; what
// is left before the ring's end is skipped.
#include "worker/tap.hpp"

#include <algorithm>
#include <bit>

namespace flowd {

namespace {

constexpr std::size_t ring_size_min = 256 * 1024;  // several of the largest datagrams

std::size_t ring_size(std::size_t asked) noexcept {
    return std::bit_ceil(std::max(asked, ring_size_min));
}

}  // namespace

Tap::Tap(const TapSettings& settings) noexcept
    : settings_{settings},
      bytes_{ring_size(settings.bytes)},
      mask_{ring_size(settings.bytes) - 1} {}

bool Tap::is_wanted(const flow::Datagram& datagram) const noexcept {
    if (settings_.only.size == 0) return true;
    const bool any_port = settings_.only_port == 0;
    return datagram.source == settings_.only &&
           (any_port || datagram.source_port == settings_.only_port);
}

bool Tap::is_in_share(const flow::Datagram& datagram, flow::Error outcome) noexcept {
    const auto second = static_cast<std::uint32_t>(datagram.received_ns / 1'000'000'000);
    const std::uint64_t hashed = hash(datagram.source, static_cast<std::uint64_t>(outcome));
    Share& share = shares_[hashed % shares_.size()];
    if (share.second != second) share = {second, 0};
    if (share.count == errors_per_second) {
        skipped_.add(1);
        return false;
    }
    ++share.count;
    return true;
}

void Tap::keep(const flow::Datagram& datagram, flow::Error outcome, bool for_errors) noexcept {
    const std::size_t size = datagram.payload.size();
    const std::size_t room = (sizeof(Header) + size + alignment - 1) / alignment * alignment;
    const std::uint64_t read = read_.load(std::memory_order_acquire);  // pairs with drain()
    std::uint64_t at = written_.load(std::memory_order_relaxed);
    const std::size_t to_end = bytes_.size() - (at & mask_);
    const std::size_t skipped = room > to_end ? to_end : 0;
    if (room > bytes_.size() || at + skipped + room - read > bytes_.size()) {
        lost_.add(1);
        return;
    }
    if (skipped != 0) {
        const Extent way{static_cast<std::uint32_t>(skipped), Extent::nothing};
        std::memcpy(&bytes_[at & mask_], &way, sizeof way);
        at += skipped;
    }
    const Header header{{static_cast<std::uint32_t>(room), static_cast<std::uint32_t>(size)},
                        datagram.received_ns,
                        datagram.source,
                        datagram.source_port,
                        datagram.destination_port,
                        outcome,
                        for_errors};
    std::uint8_t* const to = &bytes_[at & mask_];
    std::memcpy(to, &header, sizeof header);
    if (size != 0) std::memcpy(to + sizeof header, datagram.payload.data(), size);
    written_.store(at + room, std::memory_order_release);  // pairs with drain()
}

}  // namespace flowd
