// SPDX-License-Identifier: BSD-3-Clause
// Datagrams cut into Ethernet frames, and the buffers that hold them: one EAL without hugepages and
// one pool per process.
#pragma once

#include <rte_eal.h>
#include <rte_mbuf.h>

#include <array>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "flow/base/bytes.hpp"

namespace flowd::test {

inline flow::Bytes bytes_of(const std::string& text) {
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

/// Bytes that tell where they stand, and whose they are.
inline std::string text(std::size_t size, std::size_t salt = 0) {
    std::string made(size, '\0');
    for (std::size_t i = 0; i < size; ++i) {
        made[i] = static_cast<char>(i * 7 + (i >> 8) * 13 + salt * 31);
    }
    return made;
}

/// The ones' complement sum; 0xffff over a header whose checksum is right.
inline std::uint16_t sum(const std::string& words) {
    std::uint32_t total = 0;
    for (std::size_t i = 0; i + 1 < words.size(); i += 2) {
        total += flow::load_be16(bytes_of(words).data() + i);
    }
    while (total >> 16 != 0) total = (total & 0xffff) + (total >> 16);
    return static_cast<std::uint16_t>(total);
}

class Pool {
public:
    static constexpr std::size_t buffer_size = 4096;

    static Pool& get() {
        static Pool pool;
        return pool;
    }

    [[nodiscard]] rte_mbuf* mbuf(const std::string& frame) { return chain(frame, frame.size()); }
    /// The frame in pieces of `piece_size`.
    [[nodiscard]] rte_mbuf* chain(const std::string& frame, std::size_t piece_size) {
        rte_mbuf* first = nullptr;
        for (std::size_t at = 0; at < frame.size(); at += piece_size) {
            const std::string piece = frame.substr(at, piece_size);
            rte_mbuf* mbuf = rte_pktmbuf_alloc(pool_);
            if (mbuf == nullptr) std::abort();
            char* room = rte_pktmbuf_append(mbuf, static_cast<std::uint16_t>(piece.size()));
            if (room == nullptr) std::abort();
            std::memcpy(room, piece.data(), piece.size());
            if (first == nullptr) {
                first = mbuf;
            } else if (rte_pktmbuf_chain(first, mbuf) != 0) {
                std::abort();
            }
        }
        return first;
    }
    [[nodiscard]] unsigned in_use() const { return rte_mempool_in_use_count(pool_); }

private:
    Pool() {
        std::array<std::string, 7> words{"test",           "--no-huge", "--no-pci", "--no-shconf",
                                         "--no-telemetry", "-m",        "64"};
        std::array<char*, 7> arguments{};
        for (std::size_t i = 0; i < words.size(); ++i) arguments[i] = words[i].data();
        if (rte_eal_init(static_cast<int>(arguments.size()), arguments.data()) < 0) std::abort();
        pool_ = rte_pktmbuf_pool_create("test", 4095, 0, 0, buffer_size, SOCKET_ID_ANY);
        if (pool_ == nullptr) std::abort();
    }

    rte_mempool* pool_ = nullptr;
};

inline std::string read(const rte_mbuf* mbuf) {
    std::string bytes(mbuf->pkt_len, '\0');
    const void* from = rte_pktmbuf_read(mbuf, 0, mbuf->pkt_len, bytes.data());
    if (from == nullptr) std::abort();
    if (from != bytes.data()) std::memcpy(bytes.data(), from, bytes.size());
    return bytes;
}

/// The bytes of a segment that go into one part.
struct Cut {
    std::size_t from;
    std::size_t to;
    bool more;
};

/// Numbers go into frames in network order.
inline std::string be(std::uint64_t value, std::size_t size) {
    std::string made(size, '\0');
    for (std::size_t i = 0; i < size; ++i) {
        made[size - 1 - i] = static_cast<char>(value >> 8 * i);
    }
    return made;
}

/// From 192.0.2.N or 2001:db8::N.
struct Datagram {
    bool six = false;
    unsigned exporter = 1;
    std::uint32_t id = 1;
    std::string payload{};
    std::size_t tags = 0;
    std::size_t padding = 0;
    bool extra_headers = false;  ///< options, or extension headers, in each part
    bool wrong_header_checksum = false;

    [[nodiscard]] std::string segment() const {
        return be(50'000, 2) + be(2055, 2) + be(payload.size() + 8, 2) + be(0, 2) + payload;
    }

    /// `cut` may lie beyond the segment: bytes of zero.
    [[nodiscard]] std::string part(const std::string& segment, const Cut& cut) const {
        std::string bytes = cut.from < segment.size() ? segment.substr(cut.from) : "";
        bytes.resize(cut.to - cut.from);
        std::string frame(12, '\x02');
        for (std::size_t i = 0; i < tags; ++i) frame += be(0x8100, 2) + be(i, 2);
        frame += be(six ? 0x86dd : 0x0800, 2);
        frame += six ? ipv6(cut, bytes.size()) : ipv4(cut, bytes.size());
        return frame + bytes + std::string(padding, '\xee');
    }

    /// Into parts of `size` bytes, a multiple of 8, and a rest.
    [[nodiscard]] std::vector<std::string> cut(std::size_t size) const {
        const std::string whole = segment();
        std::vector<std::string> frames;
        for (std::size_t at = 0; at < whole.size(); at += size) {
            const std::size_t end = std::min(at + size, whole.size());
            frames.push_back(part(whole, {at, end, end < whole.size()}));
        }
        return frames;
    }

private:
    [[nodiscard]] std::string ipv4(const Cut& cut, std::size_t size) const {
        const std::string options(extra_headers ? 8 : 0, '\x01');
        const std::size_t header_size = 20 + options.size();
        std::string header = be(0x40 | header_size / 4, 1) + be(0, 1) + be(header_size + size, 2) +
                             be(id, 2) + be((cut.more ? 0x2000U : 0U) | cut.from / 8, 2) +
                             be(64, 1) + be(17, 1) + be(0, 2) + be(0xc0000200 | exporter, 4) +
                             be(0xc6336401, 4) + options;
        const std::string checksum = be(static_cast<std::uint16_t>(~sum(header)), 2);
        header.replace(10, 2, checksum);
        if (wrong_header_checksum) header[10] = static_cast<char>(header[10] ^ 1);
        return header;
    }

    [[nodiscard]] std::string ipv6(const Cut& cut, std::size_t size) const {
        // Destination options of 16 bytes, all padding.
        const std::string options =
            extra_headers ? be(44, 1) + be(1, 1) + be(1, 1) + be(12, 1) + std::string(12, '\0')
                          : "";
        const std::string host = be(0x20010db8, 4) + std::string(8, '\0');
        return be(0x60000000, 4) + be(options.size() + 8 + size, 2) +
               be(extra_headers ? 60 : 44, 1) + be(64, 1) + host + be(exporter, 4) + host +
               be(99, 4) + options + be(17, 1) + be(0, 1) + be(cut.from | (cut.more ? 1U : 0U), 2) +
               be(id, 4);
    }
};

}  // namespace flowd::test
