// SPDX-License-Identifier: BSD-3-Clause
// The pre-scan of a capture: libpcap reads it once from front to back, in nanoseconds.
#include "ingress/pcap/capture.hpp"

#include <pcap/pcap.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <memory>
#include <optional>

namespace flowd::pcap {
namespace {

using flow::packet::LinkType;

struct Close {
    void operator()(pcap_t* handle) const noexcept { pcap_close(handle); }
};
using Handle = std::unique_ptr<pcap_t, Close>;

std::optional<LinkType> link_type(int datalink) noexcept {
    switch (datalink) {
        case DLT_EN10MB: return LinkType::ethernet;
        case DLT_RAW:
        case DLT_IPV4:
        case DLT_IPV6: return LinkType::raw_ip;
        case DLT_LINUX_SLL: return LinkType::linux_sll;
        case DLT_LINUX_SLL2: return LinkType::linux_sll2;
        case DLT_NULL:
        case DLT_LOOP: return LinkType::null_loopback;
        default: return std::nullopt;
    }
}

std::string link_name(int datalink) {
    const char* name = pcap_datalink_val_to_name(datalink);
    return (name ? std::string{name} + ", number " : std::string{"number "}) +
           std::to_string(datalink);
}

/// libpcap would wait on a pipe, and net_pcap opens the file once more.
Failure check_file(const std::string& path) {
    struct stat status {};
    if (stat(path.c_str(), &status) != 0) return {path + ": " + std::strerror(errno)};
    if (!S_ISREG(status.st_mode)) return {path + ": not a regular file"};
    if (status.st_size == 0) return {path + ": the file is empty"};
    return {};
}

void add(Capture& capture, const pcap_pkthdr& header, Detail detail) {
    // With the nanosecond precision asked for, tv_usec counts nanoseconds.
    const auto time_ns = static_cast<std::uint64_t>(header.ts.tv_sec) * 1'000'000'000U +
                         static_cast<std::uint64_t>(header.ts.tv_usec);
    if (capture.packet_count++ == 0) capture.first_ns = time_ns;
    capture.last_ns = time_ns;
    capture.captured_size += header.caplen;
    capture.largest_size = std::max(capture.largest_size, header.caplen);
    if (detail == Detail::times) capture.times_ns.push_back(time_ns);
}

}  // namespace

Outcome<Capture> inspect(const std::string& path, Detail detail) {
    if (Failure failure = check_file(path); failed(failure)) return failure;
    std::array<char, PCAP_ERRBUF_SIZE> reason{};
    const Handle handle{pcap_open_offline_with_tstamp_precision(
        path.c_str(), PCAP_TSTAMP_PRECISION_NANO, reason.data())};
    if (!handle) {
        // libpcap names the file in some of its reasons and leaves it out in others.
        const std::string text = reason.data();
        return Failure{text.starts_with(path) ? text : path + ": not a capture: " + text};
    }
    const int datalink = pcap_datalink(handle.get());
    const auto link = link_type(datalink);
    if (!link) {
        return Failure{path + ": link type " + link_name(datalink) +
                       " is none of Ethernet, raw IP, Linux cooked (SLL, SLL2), NULL and LOOP"};
    }
    Capture capture;
    capture.link = *link;
    pcap_pkthdr* header = nullptr;
    const std::uint8_t* frame = nullptr;
    int status = 0;
    while ((status = pcap_next_ex(handle.get(), &header, &frame)) == 1) {
        add(capture, *header, detail);
    }
    if (status == PCAP_ERROR) {
        capture.warning = path + ": damaged after packet " + std::to_string(capture.packet_count) +
                          ", the rest is not read: " + pcap_geterr(handle.get());
    } else if (capture.packet_count == 0) {
        capture.warning = path + ": the capture holds no packets";
    }
    return capture;
}

}  // namespace flowd::pcap
