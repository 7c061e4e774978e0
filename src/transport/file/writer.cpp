// SPDX-License-Identifier: BSD-3-Clause
// Calls are repeated after EINTR; short writes go on where they stopped.
#include "transport/file/writer.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace flowd::file {

std::size_t write_all(int descriptor, flow::Bytes bytes, int& error) noexcept {
    std::size_t written = 0;
    while (written < bytes.size()) {
        const ssize_t count = ::write(descriptor, bytes.data() + written, bytes.size() - written);
        if (count > 0) {
            written += static_cast<std::size_t>(count);
        } else if (count < 0 && errno == EAGAIN) {
            pollfd room{.fd = descriptor, .events = POLLOUT, .revents = 0};
            ::poll(&room, 1, -1);
        } else if (count == 0 || errno != EINTR) {
            error = count == 0 ? EIO : errno;  // a write of nothing would loop for ever
            return written;
        }
    }
    return written;
}

bool take_back(int descriptor, std::size_t size) noexcept {
    struct stat status {};
    if (::fstat(descriptor, &status) != 0 || !S_ISREG(status.st_mode)) return true;
    const off_t end = ::lseek(descriptor, 0, SEEK_CUR);
    if (end != status.st_size || end < static_cast<off_t>(size)) return false;
    const off_t end_of_messages = end - static_cast<off_t>(size);
    if (::ftruncate(descriptor, end_of_messages) != 0) return false;
    ::lseek(descriptor, end_of_messages,
            SEEK_SET);  // without O_APPEND (stdout) a hole would follow
    return true;
}

int sync_file(int descriptor) noexcept {
    // EINVAL and EROFS: a pipe, a terminal, which have nothing to sync.
    return ::fdatasync(descriptor) == 0 || errno == EINVAL || errno == EROFS ? 0 : errno;
}

int sync_folder(const std::string& folder) noexcept {
    const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0) return errno;
    const int error = ::fsync(descriptor) == 0 || errno == EINVAL ? 0 : errno;
    ::close(descriptor);
    return error;
}

}  // namespace flowd::file
