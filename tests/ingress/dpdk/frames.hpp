// SPDX-License-Identifier: BSD-3-Clause
// Ethernet frames for the ingress tests: 192.0.2.N to 198.51.100.1, UDP or another protocol.
#pragma once

#include <cstdint>
#include <string>

namespace flowd::test {

inline std::string be16(std::size_t value) {
    return {static_cast<char>(value >> 8 & 0xff), static_cast<char>(value & 0xff)};
}

/// IPv4 and UDP, without a link header.
inline std::string ip_packet(std::uint8_t exporter, std::uint16_t port, const std::string& payload,
                             char protocol = 17) {
    const std::string udp = be16(50'000) + be16(port) + be16(payload.size() + 8) + be16(0);
    return std::string{"\x45\x00", 2} + be16(20 + udp.size() + payload.size()) +
           std::string{"\0\0\0\0\x40", 5} + protocol + be16(0) + std::string{"\xc0\x00\x02", 3} +
           static_cast<char>(exporter) + "\xc6\x33\x64\x01" + udp + payload;
}

inline std::string ethernet_frame(const std::string& packet) {
    return std::string(12, '\x02') + std::string{"\x08\x00", 2} + packet;
}

inline std::string udp_frame(std::uint8_t exporter, std::uint16_t port,
                             const std::string& payload) {
    return ethernet_frame(ip_packet(exporter, port, payload));
}

}  // namespace flowd::test
