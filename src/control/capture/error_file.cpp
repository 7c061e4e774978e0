// SPDX-License-Identifier: BSD-3-Clause
// Whole blocks only stay in the file: what a full disk or a crash has cut is cut off, and each run
// adds a section of its own.
#include "control/capture/error_file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <utility>

#include "control/capture/pcapng.hpp"
#include "flow/base/error.hpp"
#include "log/log.hpp"
#include "log/reason.hpp"

namespace flowd {

namespace {

Failure failure_of(const std::string& path) {
    return {"capture.errors_path: " + path + ": " + reason(errno)};
}

constexpr std::chrono::seconds patience{10};  // opening walks over what is there

bool write_all(int file, std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t written = ::write(file, bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
}

/// Bytes of whole blocks: each says its length behind its type.
std::uint64_t whole_size(int file, std::uint64_t file_size) {
    std::uint64_t at = 0;
    std::array<std::uint32_t, 2> head{};
    while (at + 12 <= file_size) {
        const ssize_t got = ::pread(file, head.data(), sizeof head, static_cast<off_t>(at));
        if (got != sizeof head || head[1] < 12 || head[1] > file_size - at) break;
        at += head[1];
    }
    return at;
}

}  // namespace

ErrorFile::ErrorFile(std::string folder, std::uint64_t bytes_max)
    : folder_{std::move(folder)}, bytes_max_{bytes_max} {}

ErrorFile::~ErrorFile() {
    flush();
    if (file_ >= 0) ::close(file_);
}

Failure ErrorFile::open() {
    if (::mkdir(folder_.c_str(), 0750) != 0 && errno != EEXIST) return failure_of(folder_);
    return open_file();
}

Failure ErrorFile::open_file() {
    const std::string name = path("errors.pcapng");
    file_ = ::open(name.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0640);
    if (file_ < 0) return failure_of(name);
    if (::flock(file_, LOCK_EX | LOCK_NB) != 0) {
        ::close(std::exchange(file_, -1));
        return {"capture.errors_path: " + name + ": another flowd writes there"};
    }
    struct stat status {};
    if (::fstat(file_, &status) == 0) {
        size_ = whole_size(file_, static_cast<std::uint64_t>(status.st_size));
    }
    std::string head;
    pcapng::begin(head, "flowd");
    const bool ready = ::ftruncate(file_, static_cast<off_t>(size_)) == 0;
    if (!ready || !write_all(file_, head)) {
        const Failure failure = failure_of(name);
        ::close(std::exchange(file_, -1));
        return failure;
    }
    size_ += head.size();
    return {};
}

void ErrorFile::add(const TappedDatagram& datagram) {
    const std::string reason = "flowd: " + std::string{flow::error_name(datagram.outcome)};
    pcapng::append(pending_, datagram, reason);
    datagrams_.add(1);
    constexpr std::uint64_t enough = 1 << 20;
    if (pending_.size() > std::min(enough, bytes_max_ / 4)) flush();
}

void ErrorFile::flush() {
    if (pending_.empty()) return;
    if (!may_try()) return pending_.clear();
    Failure failure = file_ < 0 ? open_file() : Failure{};
    if (!failed(failure) && size_ + pending_.size() > bytes_max_) failure = turn_over();
    if (failed(failure)) {
        try_again_ = std::chrono::steady_clock::now() + patience;
        return complain(failure);
    }
    if (!write_all(file_, pending_)) {
        failure = failure_of(path("errors.pcapng"));
        static_cast<void>(::ftruncate(file_, static_cast<off_t>(size_)) == 0);  // else at the start
        return complain(failure);
    }
    if (failing_) log::info("capture.errors_path: " + folder_ + ": written again");
    failing_ = false;
    size_ += pending_.size();
    pending_.clear();
}

std::uint64_t ErrorFile::files() const {
    struct stat status {};
    std::uint64_t count = 0;
    for (const char* const name : {"errors.pcapng", "errors.1.pcapng"}) {
        if (::stat(path(name).c_str(), &status) == 0) ++count;
    }
    return count;
}

Failure ErrorFile::turn_over() {
    const std::string from = path("errors.pcapng");
    const std::string to = path("errors.1.pcapng");
    if (std::rename(from.c_str(), to.c_str()) != 0) return failure_of(to);
    ::close(std::exchange(file_, -1));
    return open_file();
}

void ErrorFile::complain(const Failure& failure) {
    failed_writes_.add(1);
    if (!failing_) log::error(failure.sentence + "; datagrams with errors are not kept");
    failing_ = true;
    pending_.clear();
}

bool ErrorFile::may_try() const { return std::chrono::steady_clock::now() >= try_again_; }

}  // namespace flowd
