// SPDX-License-Identifier: BSD-3-Clause
// Frames as other stations of a link send them, built byte by byte, and a host that they are for.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string_view>
#include <vector>

#include "ingress/dpdk/host/host.hpp"

namespace flowd::test {

using Frame = std::vector<std::uint8_t>;

inline Frame operator+(Frame left, const Frame& right) {
    left.insert(left.end(), right.begin(), right.end());
    return left;
}

/// "02 00 0a"; spaces do not count.
inline Frame hex(std::string_view text) {
    Frame bytes;
    int high = -1;
    for (const char each : text) {
        if (each == ' ') continue;
        const int digit = each <= '9' ? each - '0' : (each | 0x20) - 'a' + 10;
        if (high >= 0) bytes.push_back(static_cast<std::uint8_t>(high << 4 | digit));
        high = high >= 0 ? -1 : digit;
    }
    return bytes;
}

inline Frame be16(std::size_t value) {
    return {static_cast<std::uint8_t>(value >> 8), static_cast<std::uint8_t>(value)};
}

/// RFC 1071 by the book: one 16-bit word after the other, the carry added at once.
inline std::uint16_t internet_checksum(const Frame& bytes) {
    unsigned sum = 0;
    for (std::size_t i = 0; i < bytes.size(); i += 2) {
        sum += bytes[i] * 256U + (i + 1 < bytes.size() ? bytes[i + 1] : 0U);
        if (sum > 0xffff) sum -= 0xffff;
    }
    return static_cast<std::uint16_t>(0xffff - sum);
}

// --- Stations. Ours is 02:00:00:00:00:0a, the other one 02:00:00:00:00:0b. ---

inline const Frame our_mac = hex("02 00 00 00 00 0a");
inline const Frame peer_mac = hex("02 00 00 00 00 0b");
inline const Frame all_macs = hex("ff ff ff ff ff ff");
inline const Frame our_ipv4 = hex("c0 00 02 0a");   // 192.0.2.10
inline const Frame peer_ipv4 = hex("c0 00 02 0b");  // 192.0.2.11
inline const Frame our_ipv6 = hex("20010db8 00000000 00000000 00aa000a");
inline const Frame peer_ipv6 = hex("20010db8 00000000 00000000 00bb000b");
inline const Frame our_link_local = hex("fe800000 00000000 000000ff fe00000a");
inline const Frame peer_link_local = hex("fe800000 00000000 000000ff fe00000b");
inline const Frame our_solicited_node = hex("ff020000 00000000 00000001 ffaa000a");
inline const Frame our_solicited_node_mac = hex("3333 ffaa000a");
inline const Frame all_nodes = hex("ff020000 00000000 00000000 00000001");
inline const Frame all_nodes_mac = hex("3333 00000001");
inline const Frame unspecified(16, 0);

inline Frame ethernet(const Frame& destination, const Frame& source, std::string_view type,
                      const Frame& payload) {
    return destination + source + hex(type) + payload;
}

inline Frame arp(std::string_view operation, const Frame& sender_mac, const Frame& sender,
                 const Frame& target_mac, const Frame& target) {
    return hex("0001 0800 06 04") + hex(operation) + sender_mac + sender + target_mac + target;
}

inline Frame arp_request(const Frame& target, std::string_view tags_and_type = "0806") {
    return ethernet(all_macs, peer_mac, tags_and_type,
                    arp("0001", peer_mac, peer_ipv4, Frame(6, 0), target));
}

/// With checksums. `words`: an even number of bytes of options.
inline Frame ipv4(const Frame& source, const Frame& destination, std::uint8_t protocol,
                  const Frame& payload, const Frame& options = {}, std::string_view flags = "0000",
                  std::uint8_t hops = 64) {
    Frame header = Frame{static_cast<std::uint8_t>(0x45 + options.size() / 4), 0x03} +
                   be16(20 + options.size() + payload.size()) + hex("1234") + hex(flags) +
                   Frame{hops, protocol} + hex("0000") + source + destination + options;
    const Frame checksum = be16(internet_checksum(header));
    header[10] = checksum[0];
    header[11] = checksum[1];
    return header + payload;
}

/// The checksum at the third byte is filled in.
inline Frame checksummed(Frame message, const Frame& pseudo_header = {}) {
    const Frame checksum = be16(internet_checksum(pseudo_header + message));
    message[2] = checksum[0];
    message[3] = checksum[1];
    return message;
}

inline Frame echo(std::string_view type, const Frame& data) {
    return hex(type) + hex("00 0000 0001 0002") + data;
}

inline Frame ping(const Frame& data = hex("666c6f7764")) {
    return ethernet(our_mac, peer_mac, "0800",
                    ipv4(peer_ipv4, our_ipv4, 1, checksummed(echo("08", data))));
}

struct Ipv6Parts {
    Frame source = peer_ipv6;
    Frame destination = our_ipv6;
    std::uint8_t hops = 64;
    Frame hop_by_hop{};
};

inline Frame icmpv6_packet(const Ipv6Parts& parts, const Frame& message) {
    const std::size_t size = message.size();
    const Frame pseudo_header =
        parts.source + parts.destination + hex("0000") + be16(size) + hex("000000 3a");
    return hex("60300000") + be16(parts.hop_by_hop.size() + size) +
           Frame{static_cast<std::uint8_t>(parts.hop_by_hop.empty() ? 58 : 0), parts.hops} +
           parts.source + parts.destination + parts.hop_by_hop +
           checksummed(message, pseudo_header);
}

inline Frame ping6(const Frame& data = hex("666c6f7764")) {
    return ethernet(our_mac, peer_mac, "86dd", icmpv6_packet({}, echo("80", data)));
}

inline Frame solicitation(const Frame& target, const Frame& options) {
    return hex("87 00 0000 00000000") + target + options;
}

/// As a router asks for our address: to the solicited-node group, with its own link address.
inline Frame neighbour_request() {
    return ethernet(our_solicited_node_mac, peer_mac, "86dd",
                    icmpv6_packet({.destination = our_solicited_node, .hops = 255},
                                  solicitation(our_ipv6, hex("0101") + peer_mac)));
}

/// Duplicate address detection of another station.
inline Frame duplicate_question() {
    return ethernet(
        our_solicited_node_mac, peer_mac, "86dd",
        icmpv6_packet({.source = unspecified, .destination = our_solicited_node, .hops = 255},
                      solicitation(our_ipv6, {})));
}

inline Frame advertisement(const Frame& target, std::string_view flags, const Frame& options) {
    return hex("88 00 0000") + hex(flags) + hex("000000") + target + options;
}

// --- A host and a clock. ---

inline flow::Address address(const Frame& bytes) { return flow::Address::from(bytes); }

inline dpdk::host::Identity identity() {
    dpdk::host::Identity identity;
    std::copy(our_mac.begin(), our_mac.end(), identity.mac.begin());
    identity.addresses = {{address(our_ipv4), 24}, {address(our_ipv6), 64}};
    return identity;
}

inline constexpr std::uint64_t second = 1'000'000'000;

struct TestHost {
    explicit TestHost(const dpdk::host::Identity& who = identity()) : host{who} {}

    /// Empty: there is no reply.
    Frame answer(const Frame& frame) {
        Frame reply(std::max<std::size_t>(frame.size(), 128));
        reply.resize(host.answer(frame, reply, now_ns));
        return reply;
    }
    std::vector<Frame> announce() {
        std::vector<Frame> frames;
        for (;;) {
            Frame out(dpdk::host::announcement_size_max);
            out.resize(host.announce(out, now_ns));
            if (out.empty()) return frames;
            frames.push_back(out);
        }
    }
    /// What is announced in the time, asked for every 50 ms.
    std::vector<Frame> pass(std::uint64_t time_ns) {
        std::vector<Frame> all;
        const std::uint64_t end_ns = now_ns + time_ns;
        for (; now_ns <= end_ns; now_ns += second / 20) {
            for (Frame& each : announce()) all.push_back(each);
        }
        now_ns = end_ns;
        return all;
    }

    dpdk::host::Host host;
    std::uint64_t now_ns = 1000 * second;
};

/// Whose addresses are probed and in use.
struct ReadyHost : TestHost {
    explicit ReadyHost(const dpdk::host::Identity& who = identity()) : TestHost{who} {
        pass(10 * second);
    }
};

inline Frame part(const Frame& frame, std::size_t from, std::size_t size) {
    const auto begin = frame.begin() + static_cast<std::ptrdiff_t>(from);
    return {begin, begin + static_cast<std::ptrdiff_t>(size)};
}

}  // namespace flowd::test
