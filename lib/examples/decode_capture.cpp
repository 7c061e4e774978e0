// SPDX-License-Identifier: BSD-3-Clause
// Prints the flows of one datagram as JSON: of the file named as argument (the bytes of a UDP
// payload), or of the NetFlow v5 datagram below. Uses the installed library and nothing else:
//   g++ decode_capture.cpp $(pkg-config --cflags --libs flow) -o decode_capture
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <vector>

#include "flow/format/json/formatter.hpp"
#include "flow/pipeline/pipeline.hpp"

/// Where the pipeline writes messages: one buffer that is printed at once.
class PrintingSink {
public:
    std::uint8_t* reserve(std::size_t size) noexcept {
        buffer_.resize(size);
        begin_ = buffer_.data();
        return buffer_.data();
    }
    void commit(const std::uint8_t* end, flow::AccountTag) noexcept {
        std::printf("%.*s\n", static_cast<int>(end - begin_),
                    reinterpret_cast<const char*>(begin_));
        begin_ = end;
    }

private:
    std::vector<std::uint8_t> buffer_;
    const std::uint8_t* begin_ = nullptr;
};

int main(int argc, char** argv) {
    // clang-format off
    std::vector<std::uint8_t> bytes{
        0, 5, 0, 1, 0, 1, 0x86, 0xa0,                          // one record; uptime of 100 s
        0x65, 0x53, 0xf1, 0, 0, 0, 0, 0, 0, 0, 0, 7,           // time; sequence number
        0, 0, 0, 100,                                          // one packet in 100 is looked at
        10, 0, 0, 1, 10, 0, 0, 2, 10, 0, 0, 254,               // source, destination, next hop
        0, 1, 0, 2, 0, 0, 0, 5, 0, 0, 2, 0x4e,                 // interfaces, packets, bytes
        0, 1, 0x5f, 0x90, 0, 1, 0x75, 0x0c, 4, 0, 1, 0xbb,     // first, last; ports
        0, 0x1b, 6, 0, 0xfb, 0xf4, 0xfb, 0xf5, 24, 16, 0, 0};  // flags, TCP; systems, prefixes
    // clang-format on
    if (argc > 1) {
        std::ifstream file{argv[1], std::ios::binary};
        bytes.assign(std::istreambuf_iterator<char>{file}, {});
    }
    const std::uint8_t exporter[] = {192, 0, 2, 1};
    const flow::json::Formatter json{flow::Schema::all(flow::Profile::goflow2_v1)};
    PrintingSink sink;
    flow::Pipeline pipeline{json, sink, flow::PipelineLimits{}};
    const flow::Error outcome =
        pipeline.process({.payload = bytes, .source = flow::Address::from(exporter)});
    if (!flow::failed(outcome)) return 0;
    std::fprintf(stderr, "decode_capture: %s\n", flow::error_name(outcome).data());
    return 1;
}
