// SPDX-License-Identifier: BSD-3-Clause
// Giving up what only the start needs: root, and capabilities. In this order:
//   1. the ingress is opened, with all the rights that flowd was started with;
//   2. become_user(), then keep_only(): from here on flowd is who it stays. Outputs, the spool and
//      the state file are opened afterwards, so that they belong to the user who opens them anew;
//   3. threads start, and each of them gives up the rest with keep_only() of its own: Linux keeps
//      capabilities for each thread.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>

#include "log/failure.hpp"

namespace flowd {

/// Capabilities by their number in capabilities(7): CAP_NET_ADMIN and so on.
class Capabilities {
public:
    constexpr Capabilities() noexcept = default;
    constexpr Capabilities(std::initializer_list<int> numbers) noexcept {
        for (const int number : numbers) bits_ |= std::uint64_t{1} << number;
    }
    static constexpr Capabilities of_bits(std::uint64_t bits) noexcept {
        Capabilities set;
        set.bits_ = bits;
        return set;
    }

    [[nodiscard]] constexpr bool has(int number) const noexcept {
        return (bits_ >> number & 1) != 0;
    }
    [[nodiscard]] constexpr std::uint64_t bits() const noexcept { return bits_; }
    friend constexpr Capabilities operator|(Capabilities left, Capabilities right) noexcept {
        return of_bits(left.bits_ | right.bits_);
    }
    friend constexpr Capabilities operator&(Capabilities left, Capabilities right) noexcept {
        return of_bits(left.bits_ & right.bits_);
    }
    friend constexpr bool operator==(Capabilities, Capabilities) noexcept = default;

private:
    std::uint64_t bits_ = 0;
};

/// What a part of flowd does after the start, beyond what anybody may do.
struct Duties {
    bool opens_files = false;  ///< outputs, spool, state, settings
    bool maps_memory = false;  ///< locked memory for a NIC's DMA: a driver of vfio
    bool owns_xdp = false;     ///< takes a program off an interface at the end: net_af_xdp
};

/// What such a part keeps. Root has its access to files by capabilities too: one that opens files
/// anew keeps them, as they may be anybody's. Any other user needs none for that.
[[nodiscard]] Capabilities needed_for(const Duties& duties) noexcept;

/// Of the calling thread: permitted now.
[[nodiscard]] Capabilities capabilities() noexcept;

/// Becomes `user` for good, with its group and those that the system's database adds (vfio). Keeps
/// `kept` in the calling thread; others lose all. Only root can; nothing happens when the name is
/// empty or flowd is that user already. All threads of the process change.
[[nodiscard]] Failure become_user(const std::string& user, Capabilities kept);

/// Of the calling thread: gives up every other capability, also for what it may start or execute,
/// and with no_new_privs the way to get one back by a program's file. What it does not have it does
/// not get.
[[nodiscard]] Failure keep_only(Capabilities kept);

}  // namespace flowd
