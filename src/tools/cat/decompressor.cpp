// SPDX-License-Identifier: BSD-3-Clause
// The three libraries behind one interface: zlib, libzstd and liblz4's frames.
#include "tools/cat/decompressor.hpp"

#include <lz4frame.h>
#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <limits>
#include <string>

namespace flowd::cat {

namespace {

class Gzip : public Decompressor {
public:
    Gzip() { good_ = inflateInit2(&stream_, gzip_window_bits) == Z_OK; }
    ~Gzip() override { inflateEnd(&stream_); }

    Failure run(flow::Bytes& in, std::span<std::uint8_t>& out) override {
        if (!good_) return {"gzip: out of memory"};
        constexpr std::size_t size_max = std::numeric_limits<uInt>::max();
        stream_.next_in = const_cast<Bytef*>(in.data());
        stream_.avail_in = static_cast<uInt>(std::min(in.size(), size_max));
        stream_.next_out = out.data();
        stream_.avail_out = static_cast<uInt>(std::min(out.size(), size_max));
        if (!in.empty()) between_ = false;
        const int result = inflate(&stream_, Z_NO_FLUSH);
        in = in.subspan(static_cast<std::size_t>(stream_.next_in - in.data()));
        out = out.subspan(static_cast<std::size_t>(stream_.next_out - out.data()));
        if (result == Z_STREAM_END) {
            between_ = true;
            inflateReset(&stream_);
            return {};
        }
        if (result == Z_OK || result == Z_BUF_ERROR) return {};
        return {"gzip: " + std::string{stream_.msg == nullptr ? "broken" : stream_.msg}};
    }
    bool is_between() const noexcept override { return between_; }

private:
    static constexpr int gzip_window_bits = 15 + 16;  // the largest; 16: with gzip's header

    z_stream stream_{};
    bool good_ = false;
    bool between_ = true;
};

class Zstd : public Decompressor {
public:
    ~Zstd() override { ZSTD_freeDStream(stream_); }

    Failure run(flow::Bytes& in, std::span<std::uint8_t>& out) override {
        if (stream_ == nullptr) return {"zstd: out of memory"};
        ZSTD_inBuffer from{in.data(), in.size(), 0};
        ZSTD_outBuffer to{out.data(), out.size(), 0};
        const std::size_t result = ZSTD_decompressStream(stream_, &to, &from);
        in = in.subspan(from.pos);
        out = out.subspan(to.pos);
        if (ZSTD_isError(result) != 0) return {std::string{"zstd: "} + ZSTD_getErrorName(result)};
        if (from.pos != 0 || to.pos != 0) between_ = result == 0;
        return {};
    }
    bool is_between() const noexcept override { return between_; }

private:
    ZSTD_DStream* stream_ = ZSTD_createDStream();
    bool between_ = true;
};

class Lz4 : public Decompressor {
public:
    Lz4() { good_ = LZ4F_isError(LZ4F_createDecompressionContext(&context_, LZ4F_VERSION)) == 0; }
    ~Lz4() override { LZ4F_freeDecompressionContext(context_); }

    Failure run(flow::Bytes& in, std::span<std::uint8_t>& out) override {
        if (!good_) return {"lz4: out of memory"};
        std::size_t taken = in.size();
        std::size_t given = out.size();
        const std::size_t result =
            LZ4F_decompress(context_, out.data(), &given, in.data(), &taken, nullptr);
        if (LZ4F_isError(result) != 0) return {std::string{"lz4: "} + LZ4F_getErrorName(result)};
        in = in.subspan(taken);
        out = out.subspan(given);
        if (taken != 0 || given != 0) between_ = result == 0;
        return {};
    }
    bool is_between() const noexcept override { return between_; }

private:
    LZ4F_dctx* context_ = nullptr;
    bool good_ = false;
    bool between_ = true;
};

}  // namespace

std::unique_ptr<Decompressor> decompressor_of(std::string_view path) {
    if (path.ends_with(".gz")) return std::make_unique<Gzip>();
    if (path.ends_with(".zst")) return std::make_unique<Zstd>();
    if (path.ends_with(".lz4")) return std::make_unique<Lz4>();
    return nullptr;
}

}  // namespace flowd::cat
