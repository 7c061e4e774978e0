// SPDX-License-Identifier: BSD-3-Clause
// Record: one batch in a segment. A header of fixed size with a checksum of its own, and packed
// messages with theirs. Numbers are little-endian. What is read is hostile until proven.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "flow/base/bytes.hpp"
#include "flow/model/batch.hpp"

namespace flowd::spool {

/// Numbers on disk: never reused.
enum class Compression : std::uint32_t { none = 0, lz4 = 1, zstd = 2 };

struct RecordHeader {
    static constexpr std::size_t size = 28;

    std::uint32_t message_count = 0;  ///< at least 1
    std::uint32_t stored_size = 0;    ///< of the messages as they are on disk
    std::uint32_t packed_size = 0;    ///< of the messages once decompressed
    Compression compression = Compression::none;
    std::uint32_t checksum = 0;  ///< of the messages as they are on disk
    bool has_accounts = true;    ///< packed messages say whose they are; false: of an older flowd
};

/// A packed message costs less than its slot in a batch does, so a batch bounds both; a record
/// says in front of them where they came from.
inline constexpr std::size_t packed_size_max = flow::Batch::page_size + sizeof(std::uint16_t);
inline constexpr std::size_t messages_max = flow::Batch::page_size / sizeof(flow::MessageSlot);

[[nodiscard]] std::uint32_t checksum_of(flow::Bytes bytes) noexcept;

/// Numbers of any size as they are on disk and in memory: flowd runs on little-endian machines.
template <class T>
void store(std::uint8_t* to, T value) noexcept {
    std::memcpy(to, &value, sizeof value);
}
template <class T>
[[nodiscard]] T load(const std::uint8_t* from) noexcept {
    T value;
    std::memcpy(&value, from, sizeof value);
    return value;
}

void write(const RecordHeader& header, std::span<std::uint8_t, RecordHeader::size> to) noexcept;
/// The header, when its checksum and all its limits are right.
[[nodiscard]] std::optional<RecordHeader> read_header(
    std::span<const std::uint8_t, RecordHeader::size> from) noexcept;

/// Writes messages of `batch`, from `first` on, with their keys to `to`, which has room for
/// `packed_size_max` bytes. Returns how many it wrote. `source` is that of all of them.
[[nodiscard]] std::size_t pack(const flow::Batch& batch, std::size_t first, std::uint32_t source,
                               std::uint8_t* to) noexcept;

/// Whose messages are, as a record says it: of use to the process that wrote it, nothing to others.
enum class Accounts : std::uint8_t { kept, forgotten };

/// The opposite, into an empty batch. Returns the source; nothing when these bytes are not the
/// messages of which `header` speaks; then the batch is empty. Forgotten accounts and sources are
/// 0.
[[nodiscard]] std::optional<std::uint32_t> unpack(flow::Bytes packed, const RecordHeader& header,
                                                  Accounts accounts, flow::Batch& batch) noexcept;

}  // namespace flowd::spool
