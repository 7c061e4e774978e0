// SPDX-License-Identifier: BSD-3-Clause
// Codec: batches to records and back, compressed. Owns the memory and the contexts that this
// takes, so that nothing is allocated per batch. One per store; the only door to lz4 and zstd.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "transport/spool/record.hpp"

struct ZSTD_CCtx_s;
struct ZSTD_DCtx_s;

namespace flowd::spool {

/// "none", "lz4" or "zstd".
[[nodiscard]] Compression compression_named(std::string_view name) noexcept;

class Codec {
public:
    explicit Codec(Compression compression);
    Codec(const Codec&) = delete;
    Codec& operator=(const Codec&) = delete;
    ~Codec();

    /// A record, header included, of the messages from `first` on, of which there is at least one.
    /// Valid until the next call.
    [[nodiscard]] flow::Bytes encode(const flow::Batch& batch, std::size_t first,
                                     std::uint32_t source) noexcept;

    /// Where the stored messages of a record go before decode(): `packed_size_max` bytes.
    [[nodiscard]] std::uint8_t* stored() noexcept { return stored_.data(); }
    /// The messages that stored() holds. Returns their source; nothing when they are not what
    /// `header` says; then `batch` is empty.
    [[nodiscard]] std::optional<std::uint32_t> decode(const RecordHeader& header, Accounts accounts,
                                                      flow::Batch& batch) noexcept;

private:
    [[nodiscard]] std::size_t compress(std::size_t packed_size) noexcept;
    [[nodiscard]] bool decompress(const RecordHeader& header) noexcept;

    Compression compression_;
    std::vector<std::uint8_t> packed_;
    std::vector<std::uint8_t> stored_;
    std::vector<std::uint8_t> record_;
    ZSTD_CCtx_s* compressor_ = nullptr;
    ZSTD_DCtx_s* decompressor_;  // what is found on disk may be of another compression
};

}  // namespace flowd::spool
