// SPDX-License-Identifier: BSD-3-Clause
// Whoever may open the file may change flowd: the mode is set before anybody can connect.
#include "http/unix_socket.hpp"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "log/escape.hpp"
#include "log/reason.hpp"

namespace flowd::http {

namespace {

constexpr mode_t mode = 0660;
constexpr int backlog = 16;

Failure failure(const std::string& path, const std::string& why) {
    return {"http.socket: " + log::one_line(path) + ": " + why};
}

/// Zero: the place is free now.
Failure clear(const std::string& path, const sockaddr_un& address) {
    struct stat found {};
    if (::lstat(path.c_str(), &found) != 0) {
        return errno == ENOENT ? Failure{} : failure(path, reason(errno));
    }
    if (!S_ISSOCK(found.st_mode)) return failure(path, "is there and is no socket");
    const Descriptor probe{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)};
    if (!probe) return failure(path, reason(errno));
    const auto* const there = reinterpret_cast<const sockaddr*>(&address);
    if (::connect(probe.number(), there, sizeof address) == 0 || errno == EAGAIN) {
        return failure(path, "another flowd answers there");
    }
    if (errno != ECONNREFUSED) return failure(path, reason(errno));
    return ::unlink(path.c_str()) == 0 ? Failure{} : failure(path, reason(errno));
}

std::string folder_of(const std::string& path) {
    const std::size_t slash = path.rfind('/');
    if (slash == path.npos) return ".";
    return slash == 0 ? "/" : path.substr(0, slash);
}

}  // namespace

Outcome<UnixSocket> UnixSocket::listen_at(const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof address.sun_path) {
        return failure(path, "is longer than the " + std::to_string(sizeof address.sun_path - 1) +
                                 " bytes that the name of a socket has");
    }
    std::memcpy(address.sun_path, path.data(), path.size());
    if (Failure there = clear(path, address); failed(there)) return there;

    UnixSocket made;
    made.socket_ = Descriptor{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)};
    if (!made.socket_) return failure(path, reason(errno));
    if (::bind(made.number(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
        return failure(path, reason(errno));
    }
    made.path_ = path;
    struct stat file {};
    struct stat folder {};
    if (::lstat(path.c_str(), &file) == 0) {
        made.device_ = file.st_dev;
        made.inode_ = file.st_ino;
    }
    // Nobody can connect before listen(). The group stays flowd's own where it may not be changed.
    bool is_safe = ::chmod(path.c_str(), mode) == 0;
    if (::stat(folder_of(path).c_str(), &folder) == 0 && folder.st_gid != file.st_gid) {
        if (::lchown(path.c_str(), static_cast<uid_t>(-1), folder.st_gid) != 0) errno = 0;
    }
    is_safe = is_safe && ::listen(made.number(), backlog) == 0;
    if (!is_safe) {
        Failure why = failure(path, reason(errno));
        made.remove();
        return why;
    }
    return made;
}

void UnixSocket::remove() noexcept {
    struct stat found {};
    if (!path_.empty() && ::lstat(path_.c_str(), &found) == 0 && found.st_dev == device_ &&
        found.st_ino == inode_) {
        ::unlink(path_.c_str());
    }
    path_.clear();
    socket_ = {};
}

}  // namespace flowd::http
