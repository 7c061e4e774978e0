// SPDX-License-Identifier: BSD-3-Clause
// Fragments have no ports, so a NIC hashes their addresses only; the first fragment's too.
#include "tools/gen/spreader.hpp"

#include <cstddef>

namespace flowd::gen {

namespace {

constexpr std::uint8_t protocol_udp = 17;

/// FNV-1a over some bytes, then mixed, as its low bits are weak for short input.
class Hash {
public:
    void add(std::span<const std::uint8_t> bytes) noexcept {
        for (const std::uint8_t byte : bytes) state_ = (state_ ^ byte) * 0x100000001b3U;
    }
    [[nodiscard]] std::uint32_t value() const noexcept {
        const std::uint64_t mixed = (state_ ^ state_ >> 32) * 0x9e3779b97f4a7c15U;
        return static_cast<std::uint32_t>(mixed >> 32);
    }

private:
    std::uint64_t state_ = 0xcbf29ce484222325U;
};

std::uint16_t u16(std::span<const std::uint8_t> bytes, std::size_t at) noexcept {
    return static_cast<std::uint16_t>(bytes[at] << 8 | bytes[at + 1]);
}

/// Where the IP header is, and of which version; version 0: there is none.
struct Packet {
    std::span<const std::uint8_t> bytes;
    int version = 0;
};

Packet packet_of(std::span<const std::uint8_t> frame) noexcept {
    std::size_t at = 12;
    for (int tags = 0; tags <= 2 && at + 2 <= frame.size(); ++tags, at += 4) {
        const std::uint16_t type = u16(frame, at);
        if (type == 0x8100 || type == 0x88a8) continue;
        const auto bytes = frame.subspan(at + 2);
        if (type == 0x0800 && bytes.size() >= 20) return {bytes, 4};
        if (type == 0x86dd && bytes.size() >= 40) return {bytes, 6};
        break;
    }
    return {};
}

/// Of a whole UDP packet; empty where there are none.
std::span<const std::uint8_t> ports_of(const Packet& packet) noexcept {
    std::size_t at = 40;
    std::uint8_t protocol = packet.bytes[6];
    if (packet.version == 4) {
        at = std::size_t{4} * (packet.bytes[0] & 15U);
        protocol = packet.bytes[9];
        constexpr std::uint16_t more_or_offset = 0x3fff;
        if ((u16(packet.bytes, 6) & more_or_offset) != 0) return {};
    }
    if (protocol != protocol_udp || packet.bytes.size() < at + 4) return {};
    return packet.bytes.subspan(at, 4);
}

}  // namespace

std::uint32_t Spreader::queue_of(std::span<const std::uint8_t> frame) noexcept {
    if (queue_count_ <= 1) return 0;
    if (spread_ == Spread::round_robin) {
        if (next_ >= queue_count_) next_ = 0;
        return next_++;
    }
    const Packet packet = packet_of(frame);
    if (packet.version == 0) return 0;
    const std::size_t source = packet.version == 4 ? 12 : 8;
    const std::size_t address_size = packet.version == 4 ? 4 : 16;
    Hash hash;
    if (spread_ == Spread::source) {
        hash.add(packet.bytes.subspan(source, address_size));
    } else {
        hash.add(packet.bytes.subspan(source, 2 * address_size));
        hash.add(ports_of(packet));
    }
    return hash.value() % queue_count_;
}

}  // namespace flowd::gen
