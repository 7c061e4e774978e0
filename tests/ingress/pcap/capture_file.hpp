// SPDX-License-Identifier: BSD-3-Clause
// CaptureFile: a capture in a temporary file, put together from little-endian bytes. pcap:
// draft-ietf-opsawg-pcap; pcapng: draft-ietf-opsawg-pcapng. The file goes with the object.
#pragma once

#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>

namespace flowd::test {

class CaptureFile {
public:
    enum Precision : std::uint8_t { microseconds, nanoseconds };

    /// `name` may hold what device arguments cannot: commas, brackets, spaces.
    explicit CaptureFile(const std::string& name = "capture") {
        const char* base = std::getenv("TMPDIR");
        folder_ = std::string{base ? base : "/tmp"} + "/flowd_capture_XXXXXX";
        if (mkdtemp(folder_.data()) == nullptr) std::abort();
        path_ = folder_ + "/" + name;
    }
    CaptureFile(const CaptureFile&) = delete;
    CaptureFile& operator=(const CaptureFile&) = delete;
    ~CaptureFile() {
        std::remove(path_.c_str());
        rmdir(folder_.c_str());
    }

    [[nodiscard]] const std::string& path() const { return path_; }

    /// Replaces what the file held.
    void write(const std::string& bytes) const {
        std::ofstream{path_, std::ios::binary | std::ios::trunc} << bytes;
    }

    static std::string u16(std::uint32_t value) {
        return {static_cast<char>(value & 0xff), static_cast<char>(value >> 8 & 0xff)};
    }
    static std::string u32(std::uint32_t value) { return u16(value & 0xffff) + u16(value >> 16); }

    static std::string header(std::uint32_t link, Precision precision = microseconds) {
        return u32(precision == nanoseconds ? 0xa1b23c4d : 0xa1b2c3d4) + u16(2) + u16(4) + u32(0) +
               u32(0) + u32(262'144) + u32(link);
    }
    /// `fraction` counts in the header's precision.
    static std::string packet(std::uint32_t seconds, std::uint32_t fraction,
                              const std::string& frame) {
        const auto size = static_cast<std::uint32_t>(frame.size());
        return u32(seconds) + u32(fraction) + u32(size) + u32(size) + frame;
    }

    /// A section and one interface.
    static std::string ng_header(std::uint32_t link, Precision precision = microseconds) {
        const std::string section =
            u32(0x1a2b3c4d) + u16(1) + u16(0) + u32(0xffffffff) + u32(0xffffffff);
        std::string interface = u16(link) + u16(0) + u32(262'144);
        if (precision == nanoseconds) {
            interface += u16(9) + u16(1) + u32(9);  // if_tsresol: 10^-9, padded
            interface += u16(0) + u16(0);           // end of options
        }
        return ng_block(0x0a0d0d0a, section) + ng_block(1, interface);
    }
    /// `time` counts in the interface's precision.
    static std::string ng_packet(std::uint64_t time, std::string frame) {
        const auto size = static_cast<std::uint32_t>(frame.size());
        frame.resize((frame.size() + 3) / 4 * 4);
        return ng_block(6, u32(0) + u32(static_cast<std::uint32_t>(time >> 32)) +
                               u32(static_cast<std::uint32_t>(time)) + u32(size) + u32(size) +
                               frame);
    }

private:
    static std::string ng_block(std::uint32_t type, const std::string& body) {
        const auto size = static_cast<std::uint32_t>(body.size() + 12);
        return u32(type) + u32(size) + body + u32(size);
    }

    std::string folder_;
    std::string path_;
};

}  // namespace flowd::test
