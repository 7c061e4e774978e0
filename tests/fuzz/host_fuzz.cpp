// SPDX-License-Identifier: BSD-3-Clause
// Fuzz target of src/ingress/dpdk/host: the input is a frame. Besides the sanitizers, these facts
// hold: a reply comes from us, goes to one station of those that the frame names (or to all nodes,
// for duplicate detection), is hardly longer than the frame, and its checksums are right by a sum
// that the host does not use. The frame may also have its checksums repaired first, so that more
// than luck gets behind them.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <vector>

#include "ingress/dpdk/host/requests.hpp"

namespace {

using flowd::test::be16;
using flowd::test::Frame;
using flowd::test::hex;
using flowd::test::internet_checksum;
using flowd::test::part;
using namespace flowd::test;

void require(bool fact) {
    if (!fact) std::abort();
}

std::size_t header_size(const Frame& frame) {
    std::size_t at = 12;
    while (at + 6 <= frame.size()) {
        const Frame type = part(frame, at, 2);
        if (type != hex("8100") && type != hex("88a8") && type != hex("9100")) break;
        at += 4;
    }
    return at + 2;
}

bool names(const Frame& frame, const Frame& mac) {
    return std::search(frame.begin(), frame.end(), mac.begin(), mac.end()) != frame.end();
}

void check_arp(const Frame& payload) {
    require(payload.size() == 28);
    require(part(payload, 0, 8) == hex("0001 0800 0604 0002"));
    require(part(payload, 8, 10) == our_mac + our_ipv4);
}

void check_ipv4(const Frame& packet) {
    require(packet.size() >= 28 && packet[0] == 0x45 && packet[9] == 1);
    require(packet[2] * 256U + packet[3] == packet.size());
    require(part(packet, 12, 4) == our_ipv4 && packet[16] < 224);
    require(internet_checksum(part(packet, 0, 20)) == 0);
    require(internet_checksum(part(packet, 20, packet.size() - 20)) == 0);
    require(packet[20] == 0 && packet[21] == 0);
}

void check_ipv6(const Frame& packet) {
    require(packet.size() >= 48 && packet[0] >> 4 == 6 && packet[6] == 58);
    const std::size_t size = packet.size() - 40;
    require(packet[4] * 256U + packet[5] == size);
    const Frame source = part(packet, 8, 16);
    require(source == our_ipv6 || source == our_link_local);
    require(internet_checksum(part(packet, 8, 32) + be16(0) + be16(size) + hex("0000003a") +
                              part(packet, 40, size)) == 0);
    require(packet[40] == 129 || packet[40] == 136);
    require(packet[24] != 0xff || (packet[40] == 136 && part(packet, 24, 16) == all_nodes));
    require(packet[40] == 129 || (packet[7] == 255 && part(packet, 48, 16) == source));
}

void check_reply(const Frame& reply, const Frame& request) {
    require(reply.size() >= 14 && reply.size() <= request.size() + 8);
    const Frame to = part(reply, 0, 6);
    require(part(reply, 6, 6) == our_mac && to != our_mac);
    require((to[0] & 1) == 0 ? names(request, to) : to == all_nodes_mac);
    const std::size_t start = header_size(reply);
    require(header_size(request) == start);
    require(part(reply, 12, start - 12) == part(request, 12, start - 12));
    const Frame type = part(reply, start - 2, 2);
    const Frame payload = part(reply, start, reply.size() - start);
    if (type == hex("0806")) return check_arp(payload);
    if (type == hex("0800")) return check_ipv4(payload);
    require(type == hex("86dd"));
    check_ipv6(payload);
}

void put(Frame& frame, std::size_t at, std::uint16_t value) {
    frame[at] = static_cast<std::uint8_t>(value >> 8);
    frame[at + 1] = static_cast<std::uint8_t>(value);
}

/// Where the lengths allow it.
void repair_checksums(Frame& frame) {
    const std::size_t start = header_size(frame);
    if (start + 20 > frame.size()) return;
    const std::size_t room = frame.size() - start;
    if (frame[start] >> 4 == 4) {
        const std::size_t header = (frame[start] & 15U) * 4U;
        const std::size_t total = frame[start + 2] * 256U + frame[start + 3];
        if (header < 20 || total > room || total < header + 4) return;
        put(frame, start + 10, 0);
        put(frame, start + 10, internet_checksum(part(frame, start, header)));
        put(frame, start + header + 2, 0);
        put(frame, start + header + 2,
            internet_checksum(part(frame, start + header, total - header)));
    } else if (frame[start] >> 4 == 6 && room >= 44) {
        const std::size_t size = frame[start + 4] * 256U + frame[start + 5];
        const std::size_t skip = frame[start + 6] == 0 ? 8 : 0;
        if (40 + size > room || size < skip + 4) return;
        const std::size_t at = start + 40 + skip;
        const Frame pseudo =
            part(frame, start + 8, 32) + be16(0) + be16(size - skip) + hex("0000003a");
        put(frame, at + 2, 0);
        put(frame, at + 2, internet_checksum(pseudo + part(frame, at, size - skip)));
    }
}

void ask(TestHost& us, const Frame& request) {
    us.now_ns += second / 100;
    const Frame reply = us.answer(request);
    if (!reply.empty()) check_reply(reply, request);
}

/// Frames that are answered, for the input to change: alone it would rarely come that far.
const std::vector<Frame>& templates() {
    static const std::vector<Frame> all{arp_request(our_ipv4),
                                        arp_request(our_ipv4, "88a8 0064 8100 000a 0806"),
                                        ping(),
                                        ping6(),
                                        neighbour_request(),
                                        duplicate_question()};
    return all;
}

/// The input's pairs of bytes: a place and what is written there.
Frame changed(Frame frame, const std::uint8_t* data, std::size_t size) {
    for (std::size_t i = 0; i + 1 < std::min<std::size_t>(size, 12); i += 2) {
        frame[data[i] % frame.size()] ^= data[i + 1];
    }
    return frame;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const flowd::dpdk::host::Identity who = [] {
        auto made = identity();
        made.gateways = {address(peer_ipv4), address(peer_ipv6)};
        made.groups = {address(hex("e9fc0001"))};
        return made;
    }();
    ReadyHost us{who};
    Frame frame{data, data + size};
    ask(us, frame);
    if (size >= 34) {
        repair_checksums(frame);
        ask(us, frame);
        std::copy(our_mac.begin(), our_mac.end(), frame.begin());
        ask(us, frame);
    }
    if (size > 1) {
        Frame other = changed(templates()[data[0] % templates().size()], data + 1, size - 1);
        ask(us, other);
        repair_checksums(other);
        ask(us, other);
    }
    // What the frames have set off is said, and comes to an end.
    require(us.pass(10 * second).size() < 100);
    return 0;
}
