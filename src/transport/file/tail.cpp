// SPDX-License-Identifier: BSD-3-Clause
// Lines are searched from the end, length-prefixed messages and frames walked from the front. Every
// frame is decompressed: its checksum is the only proof that the disk has all of it.
#include "transport/file/tail.hpp"

#include <lz4frame.h>
#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <vector>

#include "transport/file/compressor.hpp"

namespace flowd::file {

namespace {

using flow::Bytes;

constexpr std::size_t message_size_max = flow::Batch::page_size;
/// More than any frame that we write: the libraries add less than this to what they cannot shrink.
constexpr std::size_t frame_size_max = Compressor::content_size_max + 4096;

[[nodiscard]] std::string_view text_of(Bytes bytes) noexcept {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

[[nodiscard]] Tail lines(Bytes file, std::string_view terminator) noexcept {
    const std::size_t near = std::min(file.size(), message_size_max + terminator.size());
    const std::size_t skipped = file.size() - near;
    const std::size_t at = text_of(file.subspan(skipped)).rfind(terminator);
    if (at == std::string_view::npos) return {0, skipped == 0};
    return {skipped + at + terminator.size(), true};
}

/// A varint of at most three bytes, which is more than a message may have. The size of the varint;
/// 0: it is cut short, or larger.
[[nodiscard]] std::size_t read_length(Bytes from, std::size_t& length) noexcept {
    constexpr std::size_t varint_size_max = 3;
    length = 0;
    for (std::size_t i = 0; i < std::min(from.size(), varint_size_max); ++i) {
        length |= static_cast<std::size_t>(from[i] & 0x7FU) << (7 * i);
        if (from[i] < 0x80) return i + 1;
    }
    return 0;
}

[[nodiscard]] Tail prefixed(Bytes file, std::string_view terminator) noexcept {
    std::size_t whole = 0;
    while (whole < file.size()) {
        const Bytes rest = file.subspan(whole);
        std::size_t length = 0;
        const std::size_t prefix = read_length(rest, length);
        if (prefix == 0) return {whole, rest.size() < 3};
        if (length == 0 || length > message_size_max) return {whole, false};
        const std::size_t size = prefix + length + terminator.size();
        if (rest.size() < size) return {whole, true};
        if (text_of(rest.subspan(prefix + length, terminator.size())) != terminator) {
            return {whole, false};
        }
        whole += size;
    }
    return {whole, true};
}

/// Says how long the whole and undamaged frame at the front is; 0: there is none.
class Frames {
public:
    explicit Frames(Compression compression) : compression_{compression} {
        constexpr int gzip_window = 15 + 16;
        if (compression == Compression::gzip) ::inflateInit2(&gzip_, gzip_window);
        if (compression == Compression::zstd) zstd_ = ::ZSTD_createDCtx();
        if (compression == Compression::lz4) {
            ::LZ4F_createDecompressionContext(&lz4_, LZ4F_VERSION);
        }
    }
    ~Frames() {
        if (compression_ == Compression::gzip) ::inflateEnd(&gzip_);
        ::ZSTD_freeDCtx(zstd_);
        ::LZ4F_freeDecompressionContext(lz4_);
    }
    Frames(const Frames&) = delete;
    Frames& operator=(const Frames&) = delete;

    [[nodiscard]] std::size_t size(Bytes from) noexcept {
        switch (compression_) {
            case Compression::gzip: return gzip_size(from);
            case Compression::zstd: return zstd_size(from);
            case Compression::lz4: return lz4_size(from);
            case Compression::none: break;
        }
        return 0;
    }

    /// Does a frame begin like this?
    [[nodiscard]] bool begins(Bytes from) const noexcept {
        static constexpr std::array<std::string_view, 4> magics{"", "\x1F\x8B", "\x28\xB5\x2F\xFD",
                                                                "\x04\x22\x4D\x18"};
        const std::string_view magic = magics[static_cast<std::size_t>(compression_)];
        return text_of(from).substr(0, magic.size()) == magic.substr(0, from.size());
    }

private:
    [[nodiscard]] std::size_t gzip_size(Bytes from) noexcept {
        if (::inflateReset(&gzip_) != Z_OK) return 0;
        gzip_.next_in = const_cast<Bytef*>(from.data());
        // A frame is short; a longer one of another writer is taken for damage.
        gzip_.avail_in = static_cast<uInt>(std::min<std::size_t>(from.size(), UINT32_MAX));
        int result = Z_OK;
        while (result == Z_OK) {
            gzip_.next_out = out_.data();
            gzip_.avail_out = static_cast<uInt>(out_.size());
            result = ::inflate(&gzip_, Z_NO_FLUSH);
        }
        return result == Z_STREAM_END ? gzip_.total_in : 0;
    }

    [[nodiscard]] std::size_t zstd_size(Bytes from) noexcept {
        ::ZSTD_DCtx_reset(zstd_, ZSTD_reset_session_only);
        ZSTD_inBuffer in{from.data(), from.size(), 0};
        for (;;) {
            ZSTD_outBuffer out{out_.data(), out_.size(), 0};
            const std::size_t before = in.pos;
            const std::size_t result = ::ZSTD_decompressStream(zstd_, &out, &in);
            if (result == 0) return in.pos;
            if (::ZSTD_isError(result) != 0 || (in.pos == before && out.pos == 0)) return 0;
        }
    }

    [[nodiscard]] std::size_t lz4_size(Bytes from) noexcept {
        ::LZ4F_resetDecompressionContext(lz4_);
        std::size_t at = 0;
        for (;;) {
            std::size_t in = from.size() - at;
            std::size_t out = out_.size();
            const std::size_t result =
                ::LZ4F_decompress(lz4_, out_.data(), &out, from.data() + at, &in, nullptr);
            at += in;
            if (result == 0) return at;
            if (::LZ4F_isError(result) != 0 || (in == 0 && out == 0)) return 0;
        }
    }

    Compression compression_;
    z_stream gzip_{};
    ZSTD_DCtx* zstd_ = nullptr;
    LZ4F_dctx* lz4_ = nullptr;
    std::vector<std::uint8_t> out_ = std::vector<std::uint8_t>(Compressor::content_size_max);
};

[[nodiscard]] Tail frames(Bytes file, Compression compression) {
    Frames frames{compression};
    std::size_t whole = 0;
    while (whole < file.size()) {
        const Bytes rest = file.subspan(whole);
        const std::size_t size = frames.size(rest);
        if (size == 0) return {whole, rest.size() < frame_size_max && frames.begins(rest)};
        whole += size;
    }
    return {whole, true};
}

}  // namespace

Tail find_tail(const Layout& layout, Bytes file) {
    if (layout.compression != Compression::none) return frames(file, layout.compression);
    if (layout.framing == Framing::lines) return lines(file, layout.terminator);
    if (layout.framing == Framing::length_prefixed) return prefixed(file, layout.terminator);
    return {file.size(), true};
}

}  // namespace flowd::file
