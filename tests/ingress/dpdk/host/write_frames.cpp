// SPDX-License-Identifier: BSD-3-Clause
// Writes a capture of what a host sends: its announcements, and replies to one request of each
// kind, untagged and tagged. For judges that are not ours. Usage: host-frames FILE
#include <cstdio>
#include <vector>

#include "ingress/dpdk/host/requests.hpp"

namespace {

using namespace flowd::test;

void put32(std::FILE* file, std::uint32_t value) { std::fwrite(&value, sizeof value, 1, file); }

void write_capture(std::FILE* file, const std::vector<Frame>& frames) {
    put32(file, 0xa1b2c3d4);
    put32(file, 0x00040002);
    for (const std::uint32_t value : {0U, 0U, 65'535U, 1U}) put32(file, value);
    std::uint32_t seconds = 1;
    for (const Frame& frame : frames) {
        put32(file, seconds++);
        put32(file, 0);
        put32(file, static_cast<std::uint32_t>(frame.size()));
        put32(file, static_cast<std::uint32_t>(frame.size()));
        std::fwrite(frame.data(), 1, frame.size(), file);
    }
}

Frame tagged(const Frame& frame) {
    return part(frame, 0, 12) + hex("88a8 0064 8100 000a") + part(frame, 12, frame.size() - 12);
}

std::vector<Frame> everything() {
    auto who = identity();
    who.gateways = {address(peer_ipv4), address(peer_ipv6)};
    who.groups = {address(hex("e9fc0001")), address(hex("ff0e0000 00000000 00000000 000000f1"))};
    TestHost us{who};
    std::vector<Frame> frames = us.pass(10 * second);
    for (const Frame& request :
         {arp_request(our_ipv4), ping(), ping(Frame(1001, 0x5a)), ping6(), ping6(Frame(1001, 0x5a)),
          neighbour_request(), duplicate_question()}) {
        frames.push_back(us.answer(request));
        frames.push_back(us.answer(tagged(request)));
    }
    for (;;) {
        Frame out(flowd::dpdk::host::announcement_size_max);
        out.resize(us.host.farewell(out));
        if (out.empty()) return frames;
        frames.push_back(out);
    }
}

}  // namespace

int main(int count, char** arguments) {
    std::FILE* file = count == 2 ? std::fopen(arguments[1], "wb") : nullptr;
    if (file == nullptr) {
        std::fprintf(stderr, "usage: host-frames FILE, which can be written\n");
        return 2;
    }
    write_capture(file, everything());
    return std::fclose(file) == 0 ? 0 : 1;
}
