// SPDX-License-Identifier: BSD-3-Clause
// By libpcap, frame by frame, with the library's own find_udp.
#include "pcap_file.hpp"

#include <pcap/pcap.h>

#include <memory>
#include <optional>

#include "flow/packet/frame.hpp"

namespace flow::test {

namespace {

std::optional<packet::LinkType> link_type(int type) {
    switch (type) {
        case DLT_EN10MB: return packet::LinkType::ethernet;
        case DLT_RAW: return packet::LinkType::raw_ip;
        case DLT_LINUX_SLL: return packet::LinkType::linux_sll;
        case DLT_LINUX_SLL2: return packet::LinkType::linux_sll2;
        case DLT_NULL:
        case DLT_LOOP: return packet::LinkType::null_loopback;
        default: return std::nullopt;
    }
}

}  // namespace

PcapFile read_pcap(const std::string& path) {
    PcapFile file;
    char reason[PCAP_ERRBUF_SIZE] = {};
    const std::unique_ptr<pcap_t, decltype(&pcap_close)> capture{
        pcap_open_offline_with_tstamp_precision(path.c_str(), PCAP_TSTAMP_PRECISION_NANO, reason),
        &pcap_close};
    if (!capture) {
        file.failure = reason;
        return file;
    }
    const auto link = link_type(pcap_datalink(capture.get()));
    if (!link) {
        file.failure = path + ": a link type that tests do not read";
        return file;
    }
    pcap_pkthdr* header = nullptr;
    const u_char* frame = nullptr;
    while (pcap_next_ex(capture.get(), &header, &frame) == 1) {
        const auto found = packet::find_udp({frame, header->caplen}, *link);
        if (!found) {
            ++file.other_frames;
            continue;
        }
        file.datagrams.push_back(
            {.payload = {found->payload.begin(), found->payload.end()},
             .source = found->source,
             .source_port = found->source_port,
             .destination_port = found->destination_port,
             .received_ns = static_cast<std::uint64_t>(header->ts.tv_sec) * 1'000'000'000 +
                            static_cast<std::uint64_t>(header->ts.tv_usec)});
    }
    return file;
}

}  // namespace flow::test
