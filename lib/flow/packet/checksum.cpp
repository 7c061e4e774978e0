// SPDX-License-Identifier: BSD-3-Clause
// Sums are taken in wide words and folded at the end (RFC 1071 §2: in any order, in either byte
// order).
#include "flow/packet/checksum.hpp"

#include <cstddef>
#include <cstring>

#include "flow/packet/ip.hpp"
#include "flow/packet/link.hpp"

namespace flow::packet {
namespace {

constexpr std::size_t udp_header_size = 8;

/// The sum of the 32-bit words, and of a rest of up to three bytes filled up with zeros. Two sums
/// of 32-bit words in 64 bits cannot overflow below 16 GiB, need no carry, and become vectors.
[[nodiscard]] std::uint64_t wide_sum(Bytes bytes) noexcept {
    std::uint64_t low = 0;
    std::uint64_t high = 0;
    const std::size_t whole = bytes.size() / 8;
    for (std::size_t i = 0; i < whole; ++i) {
        std::uint64_t word;
        std::memcpy(&word, bytes.data() + i * 8, sizeof word);
        low += static_cast<std::uint32_t>(word);
        high += word >> 32;
    }
    std::uint64_t rest = 0;
    const std::size_t rest_size = bytes.size() % 8;
    if (rest_size != 0) std::memcpy(&rest, bytes.data() + whole * 8, rest_size);
    return low + high + static_cast<std::uint32_t>(rest) + (rest >> 32);
}

[[nodiscard]] std::uint16_t fold(std::uint64_t sum) noexcept {
    sum = (sum & 0xffff'ffff) + (sum >> 32);
    sum = (sum & 0xffff'ffff) + (sum >> 32);
    sum = (sum & 0xffff) + (sum >> 16);
    sum = (sum & 0xffff) + (sum >> 16);
    return static_cast<std::uint16_t>(sum);
}

constexpr std::uint16_t right = 0xffff;

}  // namespace

std::uint16_t ones_sum(Bytes bytes) noexcept { return fold(wide_sum(bytes)); }

/// A mapped address adds a word of 0xffff, which is zero to the sum. Protocol and length go in as
/// network order has them in memory.
Checksum verify_udp(const UdpFrame& found) noexcept {
    const Bytes segment{found.payload.data() - udp_header_size,
                        found.payload.size() + udp_header_size};
    constexpr std::size_t checksum_offset = 6;
    if (load_be16(segment.data() + checksum_offset) == 0) {
        return found.source.size == 4 ? Checksum::none : Checksum::bad;
    }
    const std::uint64_t pseudo_header =
        wide_sum(found.source.octets) + wide_sum(found.destination.octets) +
        __builtin_bswap16(protocol::udp) +
        __builtin_bswap16(static_cast<std::uint16_t>(segment.size()));
    return fold(pseudo_header + wide_sum(segment)) == right ? Checksum::good : Checksum::bad;
}

Checksum verify_ip_header(Bytes frame, LinkType link) noexcept {
    wire::Cursor in{frame};
    if (read_link(in, link) != ethertype::ipv4) return Checksum::none;
    const Ipv4 ip{in.rest()};
    if (failed(ip.error()) || in.remaining() < ip.header_size()) return Checksum::bad;
    const Bytes header = in.rest().first(ip.header_size());
    return ones_sum(header) == right ? Checksum::good : Checksum::bad;
}

}  // namespace flow::packet
