// SPDX-License-Identifier: BSD-3-Clause
// The Internet checksum (RFC 1071) over several pieces.
#pragma once

#include <cstddef>
#include <cstdint>

#include "flow/base/bytes.hpp"

namespace flowd::dpdk::host {

/// All pieces but the last have an even size.
class Checksum {
public:
    void add(flow::Bytes bytes) noexcept {
        for (std::size_t i = 0; i + 1 < bytes.size(); i += 2) {
            sum_ += flow::load_be16(bytes.data() + i);
        }
        if (bytes.size() % 2 != 0) sum_ += static_cast<std::uint64_t>(bytes.back()) << 8;
    }
    void add(std::uint64_t number) noexcept { sum_ += number; }

    /// Of bytes that contain their checksum: 0 when it is right.
    [[nodiscard]] std::uint16_t value() const noexcept {
        std::uint64_t sum = sum_;
        while (sum >> 16 != 0) sum = (sum & 0xffff) + (sum >> 16);
        return static_cast<std::uint16_t>(~sum);
    }

private:
    std::uint64_t sum_ = 0;
};

[[nodiscard]] inline std::uint16_t checksum_of(flow::Bytes bytes) noexcept {
    Checksum sum;
    sum.add(bytes);
    return sum.value();
}

/// Of ICMPv6, with the pseudo-header (RFC 8200 §8.1). `addresses`: source and destination.
[[nodiscard]] inline std::uint16_t icmpv6_checksum_of(flow::Bytes addresses,
                                                      flow::Bytes message) noexcept {
    constexpr std::uint64_t icmpv6 = 58;
    Checksum sum;
    sum.add(addresses);
    sum.add(message.size());
    sum.add(icmpv6);
    sum.add(message);
    return sum.value();
}

}  // namespace flowd::dpdk::host
