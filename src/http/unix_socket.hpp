// SPDX-License-Identifier: BSD-3-Clause
// The UNIX socket that flowctl talks to: for the user and the group of its folder only. Main
// thread.
#pragma once

#include <sys/types.h>

#include <string>

#include "http/descriptor.hpp"
#include "log/failure.hpp"

namespace flowd::http {

class UnixSocket {
public:
    UnixSocket() = default;
    UnixSocket(UnixSocket&&) = default;
    UnixSocket& operator=(UnixSocket&&) = default;

    /// Takes the place of a socket at which nobody answers, never that of a running flowd or of
    /// another kind of file.
    [[nodiscard]] static Outcome<UnixSocket> listen_at(const std::string& path);

    [[nodiscard]] int number() const noexcept { return socket_.number(); }
    [[nodiscard]] explicit operator bool() const noexcept { return static_cast<bool>(socket_); }
    /// Takes the file away, unless another has taken its place.
    void remove() noexcept;

private:
    Descriptor socket_;
    std::string path_;
    dev_t device_ = 0;
    ino_t inode_ = 0;
};

}  // namespace flowd::http
