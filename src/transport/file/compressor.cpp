// SPDX-License-Identifier: BSD-3-Clause
// Three libraries behind one function. Frames carry a checksum of their content.
#include "transport/file/compressor.hpp"

#include <lz4frame.h>
#include <zlib.h>
#include <zstd.h>

#include <cstdint>
#include <utility>
#include <vector>

namespace flowd::file {

namespace {

class Gzip final : public Compressor {
public:
    explicit Gzip(int level) {
        constexpr int gzip_window = 15 + 16;  // the largest window; 16: gzip's header and trailer
        constexpr int memory_level = 8;
        works_ = ::deflateInit2(&stream_, level == 0 ? Z_DEFAULT_COMPRESSION : level, Z_DEFLATED,
                                gzip_window, memory_level, Z_DEFAULT_STRATEGY) == Z_OK;
        if (works_) frame_.resize(::deflateBound(&stream_, content_size_max));
    }
    ~Gzip() override {
        if (works_) ::deflateEnd(&stream_);
    }
    [[nodiscard]] bool works() const noexcept { return works_; }

    [[nodiscard]] flow::Bytes frame(flow::Bytes content) noexcept override {
        if (::deflateReset(&stream_) != Z_OK) return {};
        stream_.next_in = const_cast<Bytef*>(content.data());  // zlib does not write there
        stream_.avail_in = static_cast<uInt>(content.size());
        stream_.next_out = frame_.data();
        stream_.avail_out = static_cast<uInt>(frame_.size());
        if (::deflate(&stream_, Z_FINISH) != Z_STREAM_END) return {};
        return {frame_.data(), frame_.size() - stream_.avail_out};
    }

private:
    z_stream stream_{};
    bool works_ = false;
    std::vector<std::uint8_t> frame_;
};

class Zstd final : public Compressor {
public:
    explicit Zstd(int level)
        : context_{::ZSTD_createCCtx()}, frame_(::ZSTD_compressBound(content_size_max)) {
        if (context_ == nullptr) return;
        ::ZSTD_CCtx_setParameter(context_, ZSTD_c_compressionLevel,
                                 level == 0 ? ZSTD_CLEVEL_DEFAULT : level);
        ::ZSTD_CCtx_setParameter(context_, ZSTD_c_checksumFlag, 1);
    }
    ~Zstd() override { ::ZSTD_freeCCtx(context_); }
    [[nodiscard]] bool works() const noexcept { return context_ != nullptr; }

    [[nodiscard]] flow::Bytes frame(flow::Bytes content) noexcept override {
        const std::size_t size = ::ZSTD_compress2(context_, frame_.data(), frame_.size(),
                                                  content.data(), content.size());
        if (::ZSTD_isError(size) != 0) return {};
        return {frame_.data(), size};
    }

private:
    ZSTD_CCtx* context_;
    std::vector<std::uint8_t> frame_;
};

class Lz4 final : public Compressor {
public:
    explicit Lz4(int level) {
        preferences_.compressionLevel = level;
        preferences_.frameInfo.contentChecksumFlag = LZ4F_contentChecksumEnabled;
        frame_.resize(::LZ4F_compressFrameBound(content_size_max, &preferences_));
    }
    [[nodiscard]] static bool works() noexcept { return true; }

    [[nodiscard]] flow::Bytes frame(flow::Bytes content) noexcept override {
        preferences_.frameInfo.contentSize = content.size();
        const std::size_t size = ::LZ4F_compressFrame(frame_.data(), frame_.size(), content.data(),
                                                      content.size(), &preferences_);
        if (::LZ4F_isError(size) != 0) return {};
        return {frame_.data(), size};
    }

private:
    LZ4F_preferences_t preferences_{};
    std::vector<std::uint8_t> frame_;
};

template <class Kind>
[[nodiscard]] Outcome<std::unique_ptr<Compressor>> made(int level) {
    auto compressor = std::make_unique<Kind>(level);
    if (!compressor->works()) {
        return Failure{"transport.file.compression: the library cannot be started"};
    }
    return std::unique_ptr<Compressor>{std::move(compressor)};
}

}  // namespace

Outcome<std::unique_ptr<Compressor>> Compressor::make(Compression compression, int level) {
    switch (compression) {
        case Compression::gzip: return made<Gzip>(level);
        case Compression::zstd: return made<Zstd>(level);
        case Compression::lz4: return made<Lz4>(level);
        case Compression::none: break;
    }
    return std::unique_ptr<Compressor>{};
}

}  // namespace flowd::file
