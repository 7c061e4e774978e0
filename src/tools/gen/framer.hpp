// SPDX-License-Identifier: BSD-3-Clause
// Framer: puts UDP, IPv4 or IPv6, a VLAN tag and Ethernet in front of a payload, with right
// lengths and checksums, and splits what is too long into fragments. One thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "tools/gen/fleet.hpp"
#include "tools/gen/options.hpp"
#include "tools/gen/payload.hpp"

namespace flowd::gen {

class Framer {
public:
    explicit Framer(const FramePlan& plan) noexcept : plan_{plan} {}

    /// The datagram's frames, in the order in which they are sent. Valid until the next call.
    [[nodiscard]] std::span<const Payload> frame(const Sent& sent);

    static constexpr std::size_t ethernet_size = 14;
    static constexpr std::size_t vlan_size = 4;
    /// Of all headers of a frame.
    static constexpr std::size_t headers_size_max = ethernet_size + vlan_size + 40 + 8 + 8;

private:
    struct Part {
        std::size_t offset = 0;
        std::size_t size = 0;
        bool more = false;
        bool whole = false;
    };

    void write_udp(const Sent& sent);
    void write_part(const Sent& sent, const Part& part, Payload& to) const;
    void write_ethernet(const Sent& sent, Payload& to) const;
    [[nodiscard]] std::span<const std::uint8_t> destination(const Sent& sent) const noexcept;

    FramePlan plan_;
    Payload udp_;
    std::vector<Payload> frames_;
    std::uint32_t identification_ = 0;
};

/// The Internet checksum (RFC 1071) of `bytes` added to `sum`, not yet folded.
[[nodiscard]] std::uint64_t checksum_of(std::span<const std::uint8_t> bytes,
                                        std::uint64_t sum = 0) noexcept;
[[nodiscard]] std::uint16_t fold(std::uint64_t sum) noexcept;

}  // namespace flowd::gen
