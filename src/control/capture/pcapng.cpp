// SPDX-License-Identifier: BSD-3-Clause
// Blocks in the byte order of this machine, which the section header tells; packets in network
// order.
#include "control/capture/pcapng.hpp"

#include <array>
#include <cstdint>
#include <cstring>

#include "flow/base/bytes.hpp"

namespace flowd::pcapng {

namespace {

constexpr std::uint32_t section_header = 0x0A0D0D0A;
constexpr std::uint32_t byte_order_magic = 0x1A2B3C4D;
constexpr std::uint32_t interface_description = 1;
constexpr std::uint32_t enhanced_packet = 6;

constexpr std::uint16_t option_end = 0;
constexpr std::uint16_t option_comment = 1;
constexpr std::uint16_t option_interface_name = 2;
constexpr std::uint16_t option_application = 4;
constexpr std::uint16_t option_time_resolution = 9;

constexpr std::uint16_t link_type_raw = 101;  // IPv4 or IPv6, as its first four bits say
constexpr std::uint8_t protocol_udp = 17;

template <class Number>
void put(std::string& out, Number number) {
    const auto* const bytes = reinterpret_cast<const char*>(&number);
    out.append(bytes, sizeof number);
}

void put_be16(std::string& out, std::size_t number) {
    out.push_back(static_cast<char>(number >> 8));
    out.push_back(static_cast<char>(number));
}

void pad(std::string& out) {
    while (out.size() % 4 != 0) out.push_back('\0');
}

void put_option(std::string& out, std::uint16_t code, std::string_view value) {
    put(out, code);
    put(out, static_cast<std::uint16_t>(value.size()));
    out.append(value);
    pad(out);
}

void put_block(std::string& out, std::uint32_t type, std::string_view body) {
    const auto size = static_cast<std::uint32_t>(body.size() + 12);
    put(out, type);
    put(out, size);
    out.append(body);
    put(out, size);
}

std::string_view text_of(flow::Bytes bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// RFC 1071, of words in network order.
std::uint32_t add_words(std::uint32_t sum, std::string_view bytes) {
    for (std::size_t i = 0; i < bytes.size(); i += 2) {
        const auto high = static_cast<std::uint8_t>(bytes[i]);
        const auto low = i + 1 < bytes.size() ? static_cast<std::uint8_t>(bytes[i + 1]) : 0;
        sum += std::uint32_t{high} << 8 | static_cast<std::uint32_t>(low);
    }
    return sum;
}

std::uint16_t checksum_of(std::uint32_t sum) {
    while (sum >> 16 != 0) sum = (sum & 0xffff) + (sum >> 16);
    return static_cast<std::uint16_t>(~sum);
}

void set_be16(std::string& packet, std::size_t at, std::uint16_t number) {
    packet[at] = static_cast<char>(number >> 8);
    packet[at + 1] = static_cast<char>(number);
}

/// Source and destination.
std::string addresses_of(const TappedDatagram& datagram) {
    const std::size_t size = datagram.source.size == 16 ? 16 : 4;
    std::string addresses{text_of(flow::Bytes{datagram.source.octets.data(), size})};
    addresses.append(size, '\0');
    return addresses;
}

std::string udp_of(const TappedDatagram& datagram, std::string_view addresses) {
    const std::size_t size = 8 + datagram.payload.size();
    std::string udp;
    put_be16(udp, datagram.source_port);
    put_be16(udp, datagram.destination_port);
    put_be16(udp, size);
    put_be16(udp, 0);
    udp.append(text_of(datagram.payload));
    std::uint32_t sum = add_words(0, addresses) + protocol_udp + static_cast<std::uint32_t>(size);
    const std::uint16_t checksum = checksum_of(add_words(sum, udp));
    set_be16(udp, 6, checksum == 0 ? std::uint16_t{0xffff} : checksum);  // RFC 768
    return udp;
}

std::string packet_of(const TappedDatagram& datagram) {
    const std::string addresses = addresses_of(datagram);
    const std::string udp = udp_of(datagram, addresses);
    std::string packet;
    if (addresses.size() == 32) {
        packet.append("\x60\0\0\0", 4);
        put_be16(packet, udp.size());
        packet.push_back(static_cast<char>(protocol_udp));
        packet.push_back(64);  // hops
        return packet + addresses + udp;
    }
    packet.append("\x45\0", 2);
    put_be16(packet, 20 + udp.size());
    packet.append("\0\0\x40\0", 4);  // no fragment
    packet.push_back(64);            // hops
    packet.push_back(static_cast<char>(protocol_udp));
    put_be16(packet, 0);
    packet += addresses;
    set_be16(packet, 10, checksum_of(add_words(0, packet)));
    return packet + udp;
}

}  // namespace

void begin(std::string& file, std::string_view application) {
    std::string body;
    put(body, byte_order_magic);
    put(body, std::uint16_t{1});  // version 1.0
    put(body, std::uint16_t{0});
    put(body, std::uint64_t{UINT64_MAX});  // the section's length is not known
    put_option(body, option_application, application);
    put_option(body, option_end, {});
    put_block(file, section_header, body);

    body.clear();
    put(body, link_type_raw);
    put(body, std::uint16_t{0});
    put(body, std::uint32_t{0});  // packets are whole
    put_option(body, option_interface_name, "flowd");
    put_option(body, option_time_resolution, "\x09");
    put_option(body, option_end, {});
    put_block(file, interface_description, body);
}

bool is_section(std::string_view head) noexcept {
    std::array<std::uint32_t, 3> words{};  // type, size, byte order
    if (head.size() < sizeof words) return false;
    std::memcpy(words.data(), head.data(), sizeof words);
    return words[0] == section_header && words[2] == byte_order_magic;
}

void append(std::string& file, const TappedDatagram& datagram, std::string_view comment) {
    const std::string packet = packet_of(datagram);
    std::string body;
    put(body, std::uint32_t{0});  // interface
    put(body, static_cast<std::uint32_t>(datagram.received_ns >> 32));
    put(body, static_cast<std::uint32_t>(datagram.received_ns));
    put(body, static_cast<std::uint32_t>(packet.size()));
    put(body, static_cast<std::uint32_t>(packet.size()));
    body += packet;
    pad(body);
    if (!comment.empty()) {
        put_option(body, option_comment, comment);
        put_option(body, option_end, {});
    }
    put_block(file, enhanced_packet, body);
}

}  // namespace flowd::pcapng
