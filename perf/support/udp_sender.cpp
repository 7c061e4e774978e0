// SPDX-License-Identifier: BSD-3-Clause
// perf-udp-sender FILE PORT RATE SECONDS: sends the datagrams of a capture to 127.0.0.1, over and
// over, each exporter from an address of its own (127.0.1.1, 127.0.1.2, …). Paced, so that slow
// collectors lose nothing: what is measured is CPU time per flow, not capacity.
#include <arpa/inet.h>
#include <pcap/pcap.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "flow/packet/frame.hpp"

namespace flow::perf {

namespace {

[[noreturn]] void fail(const std::string& what) {
    std::fprintf(stderr, "perf-udp-sender: %s\n", what.c_str());
    std::exit(1);
}

struct Packet {
    std::vector<std::uint8_t> payload;
    int socket = -1;
};

/// A socket from 127.0.1.`index` + 1 to the collector.
int open_socket(std::uint32_t index, std::uint16_t port) {
    const int handle = socket(AF_INET, SOCK_DGRAM, 0);
    sockaddr_in from{};
    from.sin_family = AF_INET;
    from.sin_addr.s_addr = htonl(0x7f000101 + index);
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (handle < 0 || bind(handle, reinterpret_cast<sockaddr*>(&from), sizeof from) != 0 ||
        connect(handle, reinterpret_cast<sockaddr*>(&to), sizeof to) != 0) {
        std::perror("perf-udp-sender: socket");
        std::exit(1);
    }
    return handle;
}

std::vector<Packet> read_capture(const char* path, std::uint16_t port) {
    char reason[PCAP_ERRBUF_SIZE] = {};
    pcap_t* const capture = pcap_open_offline(path, reason);
    if (capture == nullptr) fail(reason);
    std::map<std::string, int> sockets;
    std::vector<Packet> packets;
    pcap_pkthdr* header = nullptr;
    const u_char* frame = nullptr;
    while (pcap_next_ex(capture, &header, &frame) == 1) {
        const auto found = packet::find_udp({frame, header->caplen}, packet::LinkType::ethernet);
        if (!found) continue;
        const Bytes source = found->source.bytes();
        const auto next = static_cast<std::uint32_t>(sockets.size());
        const auto [entry, is_new] =
            sockets.try_emplace(std::string{source.begin(), source.end()}, -1);
        if (is_new) entry->second = open_socket(next, port);
        packets.push_back({{found->payload.begin(), found->payload.end()}, entry->second});
    }
    pcap_close(capture);
    if (packets.empty()) fail(std::string{path} + " holds no datagram");
    return packets;
}

struct Sent {
    std::uint64_t datagrams = 0;
    std::uint64_t refused = 0;  ///< nobody listens, or the kernel has no room
    std::uint64_t loops = 0;    ///< whole ones
};

Sent send_paced(const std::vector<Packet>& packets, double rate, double seconds) {
    using Clock = std::chrono::steady_clock;
    // So many per wake-up as a router's burst has, and not one by one, which no exporter does.
    constexpr std::uint64_t burst = 16;
    Sent sent;
    const auto start = Clock::now();
    // Whole loops only: the receiver's count of flows can then be compared.
    while (std::chrono::duration<double>(Clock::now() - start).count() < seconds) {
        for (const Packet& packet : packets) {
            if (sent.datagrams % burst == 0) {
                const std::chrono::duration<double> due{static_cast<double>(sent.datagrams) / rate};
                std::this_thread::sleep_until(start +
                                              std::chrono::duration_cast<Clock::duration>(due));
            }
            const auto size = static_cast<ssize_t>(packet.payload.size());
            if (send(packet.socket, packet.payload.data(), packet.payload.size(), 0) != size) {
                ++sent.refused;
            }
            ++sent.datagrams;
        }
        ++sent.loops;
    }
    return sent;
}

}  // namespace

}  // namespace flow::perf

int main(int argument_count, char** arguments) {
    using namespace flow::perf;
    if (argument_count != 5) {
        std::fprintf(stderr, "usage: %s FILE PORT RATE SECONDS\n", arguments[0]);
        return 2;
    }
    const long port = std::strtol(arguments[2], nullptr, 10);
    const double rate = std::strtod(arguments[3], nullptr);
    const double seconds = std::strtod(arguments[4], nullptr);
    if (port < 1 || port > 65'535 || rate <= 0 || seconds <= 0) {
        fail("PORT is 1 to 65535, RATE and SECONDS are above 0");
    }
    const auto packets = read_capture(arguments[1], static_cast<std::uint16_t>(port));
    const Sent sent = send_paced(packets, rate, seconds);
    std::printf("{\"datagrams\": %llu, \"refused\": %llu, \"loops\": %llu}\n",
                static_cast<unsigned long long>(sent.datagrams),
                static_cast<unsigned long long>(sent.refused),
                static_cast<unsigned long long>(sent.loops));
    return 0;
}
