// SPDX-License-Identifier: BSD-3-Clause
// A name is taken when a finished or a hidden file has it. The hidden one is created exclusively
// and the rename refuses to replace, so two writers never get the same.
#include "transport/file/part.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <utility>

#include "transport/file/writer.hpp"

namespace flowd::file {

namespace {

constexpr unsigned number_max = 99'999'999;  // eight digits, as name.cpp reads them

[[nodiscard]] bool exists(const std::string& path) noexcept {
    struct stat status {};
    return ::lstat(path.c_str(), &status) == 0;
}

/// A rename that fails with EEXIST rather than replace. Not every file system can; then a second
/// link does it.
[[nodiscard]] int rename_to_free(const std::string& from, const std::string& to) noexcept {
    if (::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) == 0) return 0;
    if (errno != EINVAL && errno != ENOSYS) return errno;
    if (::link(from.c_str(), to.c_str()) != 0) return errno;
    return ::unlink(from.c_str()) == 0 ? 0 : errno;
}

/// Created, locked, and still there: between the two another start may have removed it as empty.
[[nodiscard]] int create_locked(const std::string& path) noexcept {
    const int descriptor =
        ::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    if (descriptor < 0) return -1;
    struct stat status {};
    ::flock(descriptor, LOCK_EX | LOCK_NB);  // without locks (some network file systems): as it is
    if (::fstat(descriptor, &status) == 0 && status.st_nlink > 0) return descriptor;
    ::close(descriptor);
    errno = EEXIST;
    return -1;
}

}  // namespace

int Part::begin(std::time_t time) {
    std::string stem = name_.stem(time);
    number_ = stem == stem_ ? number_ + 1 : 0;
    stem_ = std::move(stem);
    for (; number_ <= number_max; ++number_) {
        const std::string file = name_.file(stem_, number_);
        if (exists(name_.path(file))) continue;
        path_ = name_.path(part_name(file));
        descriptor_ = create_locked(path_);
        if (descriptor_ >= 0) return 0;
        if (const int error = errno; error != EEXIST) {
            stem_.clear();  // its number was not used
            return error;
        }
    }
    return EEXIST;
}

int Part::finish(bool sync) {
    if (!is_open()) return 0;
    struct stat status {};
    const bool empty = ::fstat(descriptor_, &status) == 0 && status.st_size == 0;
    if (empty) {
        ::unlink(path_.c_str());
        drop();
        stem_.clear();
        return 0;
    }
    int error = sync ? sync_file(descriptor_) : 0;
    // Before the lock goes with the descriptor.
    if (error == 0) error = publish(name_, path_, stem_, number_);
    if (::close(std::exchange(descriptor_, -1)) != 0 && errno != EINTR && error == 0) error = errno;
    if (sync && error == 0) error = sync_folder(name_.folder());
    return error;
}

void Part::drop() noexcept {
    if (is_open()) ::close(std::exchange(descriptor_, -1));
}

int publish(const Name& name, const std::string& part, const std::string& stem, unsigned& number) {
    for (; number <= number_max; ++number) {
        const int error = rename_to_free(part, name.path(name.file(stem, number)));
        if (error != EEXIST) return error;
    }
    return EEXIST;
}

}  // namespace flowd::file
