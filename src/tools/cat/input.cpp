// SPDX-License-Identifier: BSD-3-Clause
// read(2), and a decompressor behind it where the name asks for one.
#include "tools/cat/input.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace flowd::cat {

namespace {

constexpr std::size_t compressed_size = std::size_t{64} << 10;

}  // namespace

Failure Input::open(const std::string& path) {
    file_ = path == "-" ? STDIN_FILENO : ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (file_ < 0) return {std::strerror(errno)};
    struct stat status {};
    if (::fstat(file_, &status) != 0) return {std::strerror(errno)};
    may_wait_ = !S_ISREG(status.st_mode);
    decompressor_ = decompressor_of(path);
    if (decompressor_) compressed_.resize(compressed_size);
    return {};
}

Input::~Input() {
    if (file_ > STDIN_FILENO) ::close(file_);
}

Outcome<std::size_t> Input::read_raw(std::span<std::uint8_t> to) {
    while (true) {
        const ssize_t size = ::read(file_, to.data(), to.size());
        if (size >= 0) return static_cast<std::size_t>(size);
        if (errno != EINTR) return Failure{std::strerror(errno)};
    }
}

Outcome<std::size_t> Input::read(std::span<std::uint8_t> to) {
    if (!decompressor_) return read_raw(to);
    std::span<std::uint8_t> out = to;
    while (true) {
        // What the library holds back comes out before the next bytes go in.
        if (Failure failure = decompressor_->run(left_, out); failed(failure)) return failure;
        if (out.size() < to.size()) return to.size() - out.size();
        if (!left_.empty()) continue;
        const auto size = read_raw(compressed_);
        if (!size) return size;
        left_ = {compressed_.data(), *size};
        if (*size != 0) continue;
        if (decompressor_->is_between()) return std::size_t{0};
        return Failure{"the compressed data end in the middle"};
    }
}

}  // namespace flowd::cat
