// SPDX-License-Identifier: BSD-3-Clause
// Whole blocks only stay in the file: what a full disk or a crash has cut is cut off, and each run
// adds a section of its own.
#include "control/capture/error_file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <optional>
#include <utility>

#include "control/capture/pcapng.hpp"
#include "flow/base/error.hpp"
#include "log/log.hpp"
#include "log/reason.hpp"

namespace flowd {

namespace {

constexpr std::uint64_t block_size_min = 12;

Failure failure_of(const std::string& path, const std::string& why) {
    return {"capture.errors_path: " + path + ": " + why};
}

/// What a disk does for a while, and no person has to mend before flowd can start.
bool passes(int error) noexcept {
    return error == ENOSPC || error == EDQUOT || error == EIO || error == EFBIG;
}

bool write_all(int file, std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t written = ::write(file, bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
}

/// Bytes of whole blocks: each says its length behind its type. Nothing, with errno, when the disk
/// cannot read them: they may be there all the same.
std::optional<std::uint64_t> whole_size(int file, std::uint64_t file_size) {
    std::uint64_t at = 0;
    std::array<std::uint32_t, 2> head{};
    while (at + block_size_min <= file_size) {
        const ssize_t got = ::pread(file, head.data(), sizeof head, static_cast<off_t>(at));
        if (got < 0) return {};
        if (got != sizeof head || head[1] < block_size_min || head[1] > file_size - at) break;
        at += head[1];
    }
    return at;
}

/// The whole blocks of `blocks` that fit into so many bytes, one at least.
std::string_view part_of(std::string_view blocks, std::uint64_t bytes_max) {
    std::size_t at = 0;
    while (at + block_size_min <= blocks.size()) {
        std::uint32_t size = 0;
        std::memcpy(&size, blocks.data() + at + sizeof size, sizeof size);
        if (at != 0 && at + size > bytes_max) break;
        at += size;
    }
    return blocks.substr(0, at);
}

}  // namespace

ErrorFile::ErrorFile(std::string folder, std::uint64_t bytes_max,
                     std::chrono::milliseconds patience)
    : folder_{std::move(folder)}, bytes_max_{bytes_max}, patience_{patience} {}

ErrorFile::~ErrorFile() {
    flush();
    if (file_ >= 0) ::close(file_);
}

Failure ErrorFile::open() {
    Trouble trouble = open_file();
    if (!failed(trouble.failure)) return {};
    if (!passes(trouble.error)) return std::move(trouble.failure);
    log::warn(trouble.failure.sentence +
              "; it is tried again, and until then datagrams with errors are not kept");
    failing_ = true;
    try_again_ = std::chrono::steady_clock::now() + patience_;
    return {};
}

ErrorFile::Trouble ErrorFile::open_file() {
    const auto trouble_at = [](const std::string& path, int error) {
        return Trouble{failure_of(path, reason(error)), error};
    };
    if (::mkdir(folder_.c_str(), 0750) != 0 && errno != EEXIST) return trouble_at(folder_, errno);
    const std::string name = path("errors.pcapng");
    // Where others may write, a link or a pipe may lie there: neither is followed or waited for.
    constexpr int flags = O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK;
    file_ = ::open(name.c_str(), flags, 0640);
    if (file_ < 0) {
        const int error = errno;
        struct stat status {};
        const bool other = ::lstat(name.c_str(), &status) == 0 && !S_ISREG(status.st_mode);
        if (other) return {failure_of(name, "is no regular file")};
        return trouble_at(name, error);
    }
    Trouble trouble = check_file(name);
    if (!failed(trouble.failure)) trouble = begin_section(name);
    if (failed(trouble.failure)) ::close(std::exchange(file_, -1));
    count_files();
    return trouble;
}

/// Nothing of it is changed before it is known to be flowd's.
ErrorFile::Trouble ErrorFile::check_file(const std::string& name) const {
    struct stat status {};
    if (::fstat(file_, &status) != 0) {
        const int error = errno;
        return {failure_of(name, reason(error)), error};
    }
    if (!S_ISREG(status.st_mode)) return {failure_of(name, "is no regular file")};
    if (::flock(file_, LOCK_EX | LOCK_NB) != 0) {
        const int error = errno;
        if (error == EWOULDBLOCK) return {failure_of(name, "another flowd writes there")};
        return {failure_of(name, reason(error)), error};
    }
    std::array<char, block_size_min> head{};
    const ssize_t got = ::pread(file_, head.data(), head.size(), 0);
    if (got < 0) {
        const int error = errno;
        return {failure_of(name, reason(error)), error};
    }
    // Less is a beginning that a full disk has cut.
    if (got == static_cast<ssize_t>(head.size()) &&
        !pcapng::is_section({head.data(), head.size()})) {
        return {failure_of(name, "is there and is no capture of flowd's")};
    }
    return {};
}

ErrorFile::Trouble ErrorFile::begin_section(const std::string& name) {
    struct stat status {};
    std::optional<std::uint64_t> size;
    if (::fstat(file_, &status) == 0) {
        size = whole_size(file_, static_cast<std::uint64_t>(status.st_size));
    }
    if (!size) {
        const int error = errno;
        return {failure_of(name, reason(error)), error};
    }
    size_ = *size;
    std::string head;
    pcapng::begin(head, "flowd");
    const auto whole = static_cast<off_t>(size_);
    if (::ftruncate(file_, whole) != 0 || !write_all(file_, head)) {
        const int error = errno;
        static_cast<void>(::ftruncate(file_, whole) == 0);  // else when it is tried again
        return {failure_of(name, reason(error)), error};
    }
    size_ += head.size();
    return {};
}

void ErrorFile::add(const TappedDatagram& datagram) {
    if (pending_.size() > pending_max) return skipped_.add(1);
    const std::string reason = "flowd: " + std::string{flow::error_name(datagram.outcome)};
    pcapng::append(pending_, datagram, reason);
    datagrams_.add(1);
}

void ErrorFile::write(std::string_view blocks) {
    while (!blocks.empty()) {
        if (!may_try()) return;
        const std::string_view part = part_of(blocks, bytes_max_ / 4);
        if (part.empty() || !write_part(part)) return;
        blocks.remove_prefix(part.size());
    }
}

bool ErrorFile::write_part(std::string_view blocks) {
    Trouble trouble = file_ < 0 ? open_file() : Trouble{};
    if (!failed(trouble.failure) && size_ + blocks.size() > bytes_max_) trouble = turn_over();
    if (failed(trouble.failure)) {
        try_again_ = std::chrono::steady_clock::now() + patience_;
        complain(trouble.failure);
        return false;
    }
    if (!write_all(file_, blocks)) {
        const int error = errno;
        static_cast<void>(::ftruncate(file_, static_cast<off_t>(size_)) == 0);  // else at the start
        complain(failure_of(path("errors.pcapng"), reason(error)));
        return false;
    }
    if (failing_) log::info("capture.errors_path: " + folder_ + ": written again");
    failing_ = false;
    size_ += blocks.size();
    return true;
}

void ErrorFile::count_files() {
    struct stat status {};
    std::uint64_t count = 0;
    for (const char* const name : {"errors.pcapng", "errors.1.pcapng"}) {
        if (::lstat(path(name).c_str(), &status) == 0) ++count;
    }
    files_.set(count);
}

ErrorFile::Trouble ErrorFile::turn_over() {
    const std::string from = path("errors.pcapng");
    const std::string to = path("errors.1.pcapng");
    if (std::rename(from.c_str(), to.c_str()) != 0) {
        const int error = errno;
        return {failure_of(to, reason(error)), error};
    }
    ::close(std::exchange(file_, -1));
    return open_file();
}

void ErrorFile::complain(const Failure& failure) {
    failed_writes_.add(1);
    if (!failing_) log::error(failure.sentence + "; datagrams with errors are not kept");
    failing_ = true;
}

bool ErrorFile::may_try() const { return std::chrono::steady_clock::now() >= try_again_; }

}  // namespace flowd
