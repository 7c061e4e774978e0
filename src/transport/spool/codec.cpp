// SPDX-License-Identifier: BSD-3-Clause
// What does not become smaller is stored as it is.
#include "transport/spool/codec.hpp"

#include <lz4.h>
#include <zstd.h>

#include <span>

namespace flowd::spool {

namespace {

constexpr int zstd_level = 1;  // messages come faster than higher ones compress

}  // namespace

Compression compression_named(std::string_view name) noexcept {
    if (name == "zstd") return Compression::zstd;
    return name == "lz4" ? Compression::lz4 : Compression::none;
}

Codec::Codec(Compression compression)
    : compression_{compression},
      packed_(packed_size_max),
      stored_(packed_size_max),
      record_(RecordHeader::size + packed_size_max),
      decompressor_{ZSTD_createDCtx()} {
    if (compression == Compression::zstd) compressor_ = ZSTD_createCCtx();
}

Codec::~Codec() {
    ZSTD_freeCCtx(compressor_);
    ZSTD_freeDCtx(decompressor_);
}

/// Into the record, behind its header. Returns the size, 0: not smaller than before.
std::size_t Codec::compress(std::size_t packed_size) noexcept {
    std::uint8_t* const to = record_.data() + RecordHeader::size;
    if (packed_size < 2) return 0;
    const std::size_t room = packed_size - 1;
    if (compression_ == Compression::lz4) {
        const int size = LZ4_compress_default(
            reinterpret_cast<const char*>(packed_.data()), reinterpret_cast<char*>(to),
            static_cast<int>(packed_size), static_cast<int>(room));
        return size > 0 ? static_cast<std::size_t>(size) : 0;
    }
    if (compressor_ != nullptr) {
        const std::size_t size =
            ZSTD_compressCCtx(compressor_, to, room, packed_.data(), packed_size, zstd_level);
        return ZSTD_isError(size) != 0 ? 0 : size;
    }
    return 0;
}

flow::Bytes Codec::encode(const flow::Batch& batch, std::size_t first,
                          std::uint32_t source) noexcept {
    const std::size_t packed_size = pack(batch, first, source, packed_.data());
    const std::size_t compressed_size = compress(packed_size);
    const std::size_t stored_size = compressed_size > 0 ? compressed_size : packed_size;
    std::uint8_t* const payload = record_.data() + RecordHeader::size;
    if (compressed_size == 0) std::memcpy(payload, packed_.data(), packed_size);
    const RecordHeader header{
        .message_count = static_cast<std::uint32_t>(batch.message_count() - first),
        .stored_size = static_cast<std::uint32_t>(stored_size),
        .packed_size = static_cast<std::uint32_t>(packed_size),
        .compression = compressed_size > 0 ? compression_ : Compression::none,
        .checksum = checksum_of({payload, stored_size})};
    write(header, std::span<std::uint8_t, RecordHeader::size>{record_.data(), RecordHeader::size});
    return {record_.data(), RecordHeader::size + stored_size};
}

bool Codec::decompress(const RecordHeader& header) noexcept {
    switch (header.compression) {
        case Compression::none:
            if (header.stored_size != header.packed_size) return false;
            packed_.swap(stored_);
            return true;
        case Compression::lz4: {
            const int size = LZ4_decompress_safe(reinterpret_cast<const char*>(stored_.data()),
                                                 reinterpret_cast<char*>(packed_.data()),
                                                 static_cast<int>(header.stored_size),
                                                 static_cast<int>(header.packed_size));
            return size >= 0 && static_cast<std::uint32_t>(size) == header.packed_size;
        }
        case Compression::zstd:
            return decompressor_ != nullptr &&
                   ZSTD_decompressDCtx(decompressor_, packed_.data(), header.packed_size,
                                       stored_.data(), header.stored_size) == header.packed_size;
    }
    return false;
}

std::optional<std::uint32_t> Codec::decode(const RecordHeader& header, Accounts accounts,
                                           flow::Batch& batch) noexcept {
    batch.clear();
    const bool sound =
        checksum_of({stored_.data(), header.stored_size}) == header.checksum && decompress(header);
    if (!sound) return std::nullopt;
    return unpack({packed_.data(), header.packed_size}, header, accounts, batch);
}

}  // namespace flowd::spool
