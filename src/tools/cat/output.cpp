// SPDX-License-Identifier: BSD-3-Clause
// write(2) until all is out. The caller ignores SIGPIPE.
#include "tools/cat/output.hpp"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace flowd::cat {

namespace {

constexpr std::size_t buffer_size = std::size_t{256} << 10;

}  // namespace

std::uint8_t* Output::room(std::size_t size) {
    if (size_ - used_ < size) flush();
    if (size_ < size) {
        size_ = std::max(size, buffer_size);
        buffer_.reset(new std::uint8_t[size_]);  // not cleared: most of it is never touched
    }
    return buffer_.get() + used_;
}

void Output::flush() {
    const std::uint8_t* from = buffer_.get();
    std::size_t left = used_;
    used_ = 0;
    while (left > 0 && good()) {
        const ssize_t written = ::write(file_, from, left);
        if (written >= 0) {
            from += written;
            left -= static_cast<std::size_t>(written);
        } else if (errno == EPIPE) {
            closed_ = true;
        } else if (errno != EINTR) {
            failure_ = {std::strerror(errno)};
        }
    }
}

}  // namespace flowd::cat
