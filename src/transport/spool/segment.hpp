// SPDX-License-Identifier: BSD-3-Clause
// Segment: one file of a spool. A header (magic, version, where reading resumes), then records.
// Appended to until it is sealed, read from its front; the file is open while it needs to be.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "flow/model/batch.hpp"
#include "transport/spool/codec.hpp"
#include "transport/spool/holdings.hpp"
#include "transport/transport.hpp"

namespace flowd::spool {

class Segment {
public:
    static constexpr std::size_t header_size = 32;

    /// A file that is not there yet.
    Segment(const std::string& folder, std::uint64_t number);
    Segment(const Segment&) = delete;
    Segment& operator=(const Segment&) = delete;
    ~Segment() { close(); }

    /// What a file that is there is.
    enum class Found : std::uint8_t { messages, nothing, not_a_segment, unreadable };
    /// Makes the file. 0, or an errno.
    [[nodiscard]] int create() noexcept;
    /// Counts the messages of an existing file by its records' headers; cuts a torn tail.
    [[nodiscard]] Found scan() noexcept;
    /// Adds a record, or nothing: 0, or an errno.
    [[nodiscard]] int append(flow::Bytes record, std::uint64_t messages) noexcept;
    /// Nothing more is appended.
    void seal(bool sync) noexcept;

    enum class Read : std::uint8_t { batch, nothing, try_later };
    struct Next {
        Read read = Read::nothing;
        std::size_t first = 0;   ///< messages of it that an earlier process has finished with
        std::uint64_t lost = 0;  ///< damaged messages before it
        std::uint32_t source = 0;
    };
    /// The next batch. Its messages count as unread until handed() says otherwise.
    [[nodiscard]] Next next(Codec& codec, flow::Batch& batch) noexcept;
    /// So many messages of that batch have been handed on.
    void handed(std::uint64_t messages) noexcept { unread_ -= messages; }
    /// A later start resumes at message `first` of the batch that was read last, or behind it.
    void checkpoint(std::optional<std::size_t> first) noexcept;
    void remove() noexcept;

    [[nodiscard]] std::uint64_t number() const noexcept { return number_; }
    [[nodiscard]] std::uint64_t size() const noexcept { return size_; }
    [[nodiscard]] std::uint64_t unread() const noexcept { return unread_; }
    [[nodiscard]] bool sealed() const noexcept { return sealed_; }
    /// Bytes that scan() took off the end because they are no whole record.
    [[nodiscard]] std::uint64_t cut() const noexcept { return cut_; }
    [[nodiscard]] const std::string& path() const noexcept { return path_; }

    Ticket ticket{.pending = 0, .counted = true};
    /// Whose the unread messages are; and the damaged ones, as long as it has others: what is left
    /// when it has none is theirs.
    Holdings holdings;
    std::uint64_t damaged = 0;  ///< how many of those
    /// Some of its messages came back at the end: the file stays.
    bool kept = false;

private:
    [[nodiscard]] int open_file() noexcept;
    void close() noexcept;
    [[nodiscard]] Found read_file_header(std::uint64_t file_size) noexcept;
    [[nodiscard]] int write_file_header(std::uint64_t resume_at, std::uint32_t first) noexcept;
    [[nodiscard]] std::optional<RecordHeader> header_at(std::uint64_t offset) noexcept;
    [[nodiscard]] std::uint64_t lose_rest() noexcept;

    std::string path_;
    std::uint64_t number_;
    std::uint64_t size_ = 0;     ///< where the sound records end
    std::uint64_t read_at_ = 0;  ///< the next record to read
    std::uint64_t last_at_ = 0;  ///< the record that was read last
    std::uint64_t unread_ = 0;   ///< messages not handed on
    std::uint64_t cut_ = 0;
    std::size_t resume_first_ = 0;  ///< messages of the next record that are finished with
    int file_ = -1;
    bool sealed_ = false;
    bool restored_ = false;  ///< of an earlier process, whose accounts were others
};

}  // namespace flowd::spool
