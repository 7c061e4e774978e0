// SPDX-License-Identifier: BSD-3-Clause
// Judged by tshark, which reads the file, checks both checksums and shows the comment.
#include "control/capture/pcapng.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <vector>

namespace flowd {
namespace {

std::string output_of(const std::string& command) {
    std::string output;
    std::FILE* const pipe = popen(command.c_str(), "r");
    if (pipe == nullptr) return output;
    for (int byte = std::fgetc(pipe); byte != EOF; byte = std::fgetc(pipe)) {
        output.push_back(static_cast<char>(byte));
    }
    pclose(pipe);
    return output;
}

/// What tshark says of the file: a line a packet.
std::string tshark(const std::string& file) {
    const std::string path = testing::TempDir() + "pcapng_" + std::to_string(getpid());
    std::ofstream{path, std::ios::binary} << file;
    std::string lines = output_of(
        "tshark -r " + path +
        " -o ip.check_checksum:TRUE -o udp.check_checksum:TRUE -T fields -E separator=, "
        "-e frame.time_epoch -e ip.src -e ipv6.src -e udp.srcport -e udp.dstport -e udp.length "
        "-e ip.checksum.status -e udp.checksum.status -e frame.comment 2>&1 | grep -v Running");
    std::remove(path.c_str());
    return lines;
}

TappedDatagram datagram_of(const std::vector<std::uint8_t>& source,
                           const std::vector<std::uint8_t>& payload) {
    return {.received_ns = 1'700'000'000'123'456'789,
            .source = flow::Address::from(source),
            .source_port = 50'000,
            .destination_port = 2055,
            .outcome = flow::Error::none,
            .payload = payload};
}

TEST(Pcapng, IsReadByTsharkWithRightChecksums) {
    if (output_of("tshark --version 2>/dev/null").empty()) GTEST_SKIP() << "tshark is not there";
    std::string file;
    pcapng::begin(file, "flowd");
    const std::vector<std::uint8_t> odd{1, 2, 3, 4, 5};
    const std::vector<std::uint8_t> long_one(1400, 0xab);
    pcapng::append(file, datagram_of({192, 0, 2, 1}, odd), "flowd: bad_length");
    pcapng::append(file, datagram_of({0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}, odd),
                   {});
    pcapng::append(file, datagram_of({192, 0, 2, 2}, long_one), {});
    pcapng::append(file, datagram_of({192, 0, 2, 3}, {}), {});
    EXPECT_EQ(tshark(file),
              "1700000000.123456789,192.0.2.1,,50000,2055,13,1,1,flowd: bad_length\n"
              "1700000000.123456789,,2001:db8::1,50000,2055,13,,1,\n"
              "1700000000.123456789,192.0.2.2,,50000,2055,1408,1,1,\n"
              "1700000000.123456789,192.0.2.3,,50000,2055,8,1,1,\n");
}

TEST(Pcapng, EveryBlockIsAMultipleOfFourBytes) {
    for (std::size_t size = 0; size < 9; ++size) {
        std::string file;
        pcapng::begin(file, "flowd");
        const std::vector<std::uint8_t> payload(size);
        pcapng::append(file, datagram_of({192, 0, 2, 1}, payload), std::string(size, 'x'));
        EXPECT_EQ(file.size() % 4, 0u) << size;
    }
}

}  // namespace
}  // namespace flowd
