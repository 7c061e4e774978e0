// SPDX-License-Identifier: BSD-3-Clause
// Whole records only: what cannot be written whole is taken back. Nothing read is used unchecked.
#include "transport/spool/segment.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <utility>

namespace flowd::spool {

namespace {

// Offsets in the file's header; the last four bytes are its checksum.
constexpr std::uint64_t magic = 0x6c6f6f7073776c66;  // "flwspool"
constexpr std::uint32_t version = 2;
constexpr std::uint32_t oldest_version = 1;  // its records say nothing of accounts
constexpr std::size_t version_at = 8;
constexpr std::size_t first_at = 12;
constexpr std::size_t resume_at_at = 16;
constexpr std::size_t checksum_at = Segment::header_size - 4;

[[nodiscard]] std::string file_name(std::uint64_t number) {
    std::array<char, 32> name{};
    std::snprintf(name.data(), name.size(), "%016llx.seg", static_cast<unsigned long long>(number));
    return name.data();
}

/// 0, or an errno.
[[nodiscard]] int write_at(int file, flow::Bytes bytes, std::uint64_t offset) noexcept {
    while (!bytes.empty()) {
        const ssize_t count =
            ::pwrite(file, bytes.data(), bytes.size(), static_cast<off_t>(offset));
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) return count == 0 ? EIO : errno;
        bytes = bytes.subspan(static_cast<std::size_t>(count));
        offset += static_cast<std::uint64_t>(count);
    }
    return 0;
}

/// All of `bytes`, or false.
[[nodiscard]] bool read_at(int file, std::span<std::uint8_t> bytes, std::uint64_t offset) noexcept {
    while (!bytes.empty()) {
        const ssize_t count = ::pread(file, bytes.data(), bytes.size(), static_cast<off_t>(offset));
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) return false;
        bytes = bytes.subspan(static_cast<std::size_t>(count));
        offset += static_cast<std::uint64_t>(count);
    }
    return true;
}

}  // namespace

Segment::Segment(const std::string& folder, std::uint64_t number)
    : path_{folder + "/" + file_name(number)}, number_{number} {}

int Segment::open_file() noexcept {
    if (file_ >= 0) return 0;
    file_ = ::open(path_.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW);
    return file_ >= 0 ? 0 : errno;
}

void Segment::close() noexcept {
    if (file_ >= 0) ::close(std::exchange(file_, -1));
}

int Segment::write_file_header(std::uint64_t resume_at, std::uint32_t first) noexcept {
    std::array<std::uint8_t, header_size> header{};
    store(header.data(), magic);
    store(header.data() + version_at, version);
    store(header.data() + first_at, first);
    store(header.data() + resume_at_at, resume_at);
    store(header.data() + checksum_at, checksum_of({header.data(), checksum_at}));
    return write_at(file_, header, 0);
}

int Segment::create() noexcept {
    file_ = ::open(path_.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0640);
    if (file_ < 0) return errno;
    if (const int error = write_file_header(header_size, 0); error != 0) {
        remove();
        return error;
    }
    size_ = read_at_ = last_at_ = header_size;
    return 0;
}

Segment::Found Segment::read_file_header(std::uint64_t file_size) noexcept {
    std::array<std::uint8_t, header_size> header{};
    if (file_size < header.size()) return Found::nothing;  // its process ended while it began
    if (!read_at(file_, header, 0)) return Found::unreadable;
    const auto file_version = load<std::uint32_t>(header.data() + version_at);
    if (load<std::uint64_t>(header.data()) != magic || file_version < oldest_version ||
        file_version > version ||
        load<std::uint32_t>(header.data() + checksum_at) !=
            checksum_of({header.data(), checksum_at})) {
        return Found::not_a_segment;
    }
    read_at_ = load<std::uint64_t>(header.data() + resume_at_at);
    resume_first_ = load<std::uint32_t>(header.data() + first_at);
    return read_at_ >= header_size && read_at_ <= file_size ? Found::messages
                                                            : Found::not_a_segment;
}

Segment::Found Segment::scan() noexcept {
    sealed_ = restored_ = true;
    if (open_file() != 0) return Found::unreadable;
    struct stat about {};
    if (::fstat(file_, &about) != 0 || !S_ISREG(about.st_mode)) return Found::unreadable;
    const auto file_size = static_cast<std::uint64_t>(about.st_size);
    if (const Found found = read_file_header(file_size); found != Found::messages) {
        close();
        return found;
    }
    size_ = last_at_ = read_at_;
    while (size_ + RecordHeader::size <= file_size) {
        const auto header = header_at(size_);
        if (!header) break;
        const std::uint64_t end = size_ + RecordHeader::size + header->stored_size;
        if (end > file_size) break;
        if (size_ == read_at_)
            resume_first_ = std::min<std::size_t>(resume_first_, header->message_count);
        unread_ += header->message_count;
        size_ = end;
    }
    unread_ -= std::min<std::uint64_t>(unread_, resume_first_);
    // A tail that cannot be cut is not read either.
    cut_ = file_size - size_;
    if (cut_ > 0) static_cast<void>(::ftruncate(file_, static_cast<off_t>(size_)) == 0);
    close();
    return unread_ > 0 ? Found::messages : Found::nothing;
}

int Segment::append(flow::Bytes record, std::uint64_t messages) noexcept {
    if (const int error = open_file(); error != 0) return error;
    if (const int error = write_at(file_, record, size_); error != 0) {
        // If this fails too, the next record overwrites it, or a scan finds it torn.
        static_cast<void>(::ftruncate(file_, static_cast<off_t>(size_)) == 0);
        return error;
    }
    size_ += record.size();
    unread_ += messages;
    return 0;
}

void Segment::seal(bool sync) noexcept {
    if (sealed_) return;
    sealed_ = true;
    if (sync && file_ >= 0) static_cast<void>(::fsync(file_) == 0);
    close();
}

std::optional<RecordHeader> Segment::header_at(std::uint64_t offset) noexcept {
    std::array<std::uint8_t, RecordHeader::size> bytes{};
    return read_at(file_, bytes, offset) ? read_header(bytes) : std::nullopt;
}

/// Where the next record begins is not known: the rest of the segment is lost.
std::uint64_t Segment::lose_rest() noexcept {
    read_at_ = size_;
    return std::exchange(unread_, 0);
}

Segment::Next Segment::next(Codec& codec, flow::Batch& batch) noexcept {
    Next result;
    while (read_at_ < size_) {
        if (const int error = open_file(); error != 0) {
            if (error != ENOENT) return {.read = Read::try_later, .lost = result.lost};
            break;
        }
        const auto header = header_at(read_at_);
        if (!header || header->message_count - std::uint64_t{resume_first_} > unread_) break;
        const std::uint64_t payload_at = read_at_ + RecordHeader::size;
        if (payload_at + header->stored_size > size_) break;
        last_at_ = read_at_;
        read_at_ = payload_at + header->stored_size;
        result.first = std::exchange(resume_first_, 0);
        if (result.first == header->message_count) continue;
        std::optional<std::uint32_t> source;
        if (read_at(file_, {codec.stored(), header->stored_size}, payload_at)) {
            source = codec.decode(*header, restored_ ? Accounts::forgotten : Accounts::kept, batch);
        }
        if (source) {
            result.read = Read::batch;
            result.source = *source;
            return result;
        }
        const std::uint64_t messages = header->message_count - result.first;
        result.lost += messages;
        unread_ -= messages;
    }
    result.lost += lose_rest();
    if (sealed_) close();
    return result;
}

void Segment::checkpoint(std::optional<std::size_t> first) noexcept {
    if (read_at_ == last_at_) return;  // nothing has been read
    if (open_file() != 0) return;      // then it is replayed whole
    const std::uint64_t resume_at = first ? last_at_ : read_at_;
    const std::size_t message = first ? *first : resume_first_;
    static_cast<void>(write_file_header(resume_at, static_cast<std::uint32_t>(message)));
    close();
}

void Segment::remove() noexcept {
    close();
    ::unlink(path_.c_str());
}

}  // namespace flowd::spool
