// SPDX-License-Identifier: BSD-3-Clause
// Numbers and names without anything to escape: JSON by hand.
#include "tools/gen/report.hpp"

#include <arpa/inet.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

namespace flowd::gen {

namespace {

std::string entry(std::string_view name, std::uint64_t value) {
    return "\"" + std::string{name} + "\":" + std::to_string(value);
}

std::string counts_of(const QueueCounts& counts) {
    return entry("frames", counts.frames) + "," + entry("bytes", counts.bytes) + "," +
           entry("refused", counts.refused) + "," + entry("dropped", counts.dropped);
}

std::string_view name_of(Protocol protocol) noexcept {
    switch (protocol) {
        case Protocol::netflow5: return "v5";
        case Protocol::netflow9: return "v9";
        case Protocol::ipfix: return "ipfix";
        case Protocol::sflow: return "sflow";
    }
    return "";
}

std::string address_text(const Fleet& fleet, std::uint32_t exporter) {
    std::array<std::uint8_t, 16> address{};
    const bool is_v6 = fleet.address_of(exporter, address) == 16;
    std::array<char, INET6_ADDRSTRLEN> text{};
    inet_ntop(is_v6 ? AF_INET6 : AF_INET, address.data(), text.data(), text.size());
    return text.data();
}

}  // namespace

std::string summary_line(const Totals& totals, std::string_view spread,
                         std::span<const QueueCounts> queues) {
    QueueCounts sum;
    std::string each;
    for (const QueueCounts& counts : queues) {
        sum.frames += counts.frames;
        sum.bytes += counts.bytes;
        sum.refused += counts.refused;
        sum.dropped += counts.dropped;
        each += (each.empty() ? "{" : ",{") + counts_of(counts) + "}";
    }
    std::array<char, 32> seconds{};
    std::snprintf(seconds.data(), seconds.size(), "%.6f", totals.seconds);
    return "{" + entry("datagrams", totals.datagrams) + "," + entry("flows", totals.flows) + "," +
           counts_of(sum) + ",\"seconds\":" + seconds.data() + ",\"spread\":\"" +
           std::string{spread} + "\",\"queues\":[" + each + "]}\n";
}

std::string truth_lines(const Fleet& fleet) {
    std::string lines;
    for (const Domain& domain : fleet.domains()) {
        if (domain.datagrams == 0) continue;
        lines += "{\"exporter\":\"" + address_text(fleet, domain.exporter) + "\"," +
                 entry("number", domain.exporter) + "," + entry("domain", domain.number) +
                 ",\"protocol\":\"" + std::string{name_of(fleet.protocol_of(domain.exporter))} +
                 "\"," + entry("flows", domain.flows) + "," + entry("datagrams", domain.datagrams) +
                 "," + entry("templates", domain.templates) + "}\n";
    }
    return lines;
}

Failure write_file(const std::string& path, std::string_view text) {
    std::FILE* file = std::fopen(path.c_str(), "w");
    bool good = file != nullptr && std::fwrite(text.data(), 1, text.size(), file) == text.size();
    if (file != nullptr) good = std::fclose(file) == 0 && good;
    if (good) return {};
    return {"-truth: " + path + ": " + std::strerror(errno)};
}

}  // namespace flowd::gen
