// SPDX-License-Identifier: BSD-3-Clause
// Frames, read back by the libraries' simplest decompressors.
#include "transport/file/compressor.hpp"

#include <gtest/gtest.h>
#include <lz4frame.h>
#include <zlib.h>
#include <zstd.h>

#include <string>

#include "transport/file/scratch.hpp"

namespace flowd::file {
namespace {

std::string decompressed(Compression compression, flow::Bytes frame) {
    std::string text(Compressor::content_size_max, '\0');
    std::size_t size = text.size();
    if (compression == Compression::gzip) {
        z_stream stream{};
        EXPECT_EQ(::inflateInit2(&stream, 31), Z_OK);
        stream.next_in = const_cast<Bytef*>(frame.data());
        stream.avail_in = static_cast<uInt>(frame.size());
        stream.next_out = reinterpret_cast<Bytef*>(text.data());
        stream.avail_out = static_cast<uInt>(text.size());
        EXPECT_EQ(::inflate(&stream, Z_FINISH), Z_STREAM_END);
        size = stream.total_out;
        ::inflateEnd(&stream);
    } else if (compression == Compression::zstd) {
        size = ::ZSTD_decompress(text.data(), text.size(), frame.data(), frame.size());
        EXPECT_FALSE(::ZSTD_isError(size));
    } else {
        LZ4F_dctx* context = nullptr;
        ::LZ4F_createDecompressionContext(&context, LZ4F_VERSION);
        std::size_t in = frame.size();
        EXPECT_EQ(::LZ4F_decompress(context, text.data(), &size, frame.data(), &in, nullptr), 0U);
        ::LZ4F_freeDecompressionContext(context);
    }
    text.resize(size);
    return text;
}

TEST(FileCompressor, EveryLevelGivesBackWhatItGot) {
    std::string noise;
    for (std::uint32_t i = 0, x = 1; i < Compressor::content_size_max; ++i) {
        x = x * 1'664'525 + 1'013'904'223;
        noise += static_cast<char>(x >> 24);
    }
    for (const auto& [kind, level_max] :
         {std::pair{Compression::gzip, 9}, std::pair{Compression::zstd, 19},
          std::pair{Compression::lz4, 12}}) {
        for (const int level : {0, 1, level_max}) {
            const auto compressor = Compressor::make(kind, level);
            ASSERT_TRUE(compressor);
            for (const std::string& text :
                 {std::string{"x"}, std::string(60'000, 'a'), noise, std::string{"again"}}) {
                const flow::Bytes frame = (*compressor)->frame(bytes_of(text));
                ASSERT_FALSE(frame.empty());
                EXPECT_TRUE(decompressed(kind, frame) == text) << text.size();
            }
        }
    }
}

TEST(FileCompressor, NoneIsNoCompressor) {
    const auto compressor = Compressor::make(Compression::none, 0);
    ASSERT_TRUE(compressor);
    EXPECT_EQ(*compressor, nullptr);
}

}  // namespace
}  // namespace flowd::file
