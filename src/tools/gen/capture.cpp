// SPDX-License-Identifier: BSD-3-Clause
// libpcap reads both kinds of file.
#include "tools/gen/capture.hpp"

#include <pcap/pcap.h>

#include <algorithm>
#include <array>
#include <memory>

namespace flowd::gen {

Outcome<Capture> Capture::read(const std::string& path) {
    std::array<char, PCAP_ERRBUF_SIZE> said{};
    const std::unique_ptr<pcap_t, decltype(&pcap_close)> file{
        pcap_open_offline(path.c_str(), said.data()), pcap_close};
    if (!file) return Failure{"-read: " + std::string{said.data()}};
    if (pcap_datalink(file.get()) != DLT_EN10MB) {
        return Failure{"-read: " + path + ": link type " +
                       std::to_string(pcap_datalink(file.get())) + " is not Ethernet"};
    }
    Capture capture;
    pcap_pkthdr* header = nullptr;
    const std::uint8_t* bytes = nullptr;
    int result = 0;
    while ((result = pcap_next_ex(file.get(), &header, &bytes)) == 1) {
        if (header->caplen < header->len) {
            return Failure{"-read: " + path + ": frame " +
                           std::to_string(capture.frame_count() + 1) + " was cut to " +
                           std::to_string(header->caplen) + " of " + std::to_string(header->len) +
                           " bytes"};
        }
        capture.bytes_.insert(capture.bytes_.end(), bytes, bytes + header->caplen);
        capture.ends_.push_back(capture.bytes_.size());
        capture.frame_size_max_ = std::max<std::size_t>(capture.frame_size_max_, header->caplen);
    }
    if (result != PCAP_ERROR_BREAK) {
        return Failure{"-read: " + path + ": " + pcap_geterr(file.get())};
    }
    if (capture.ends_.empty()) return Failure{"-read: " + path + ": no frame"};
    return capture;
}

}  // namespace flowd::gen
