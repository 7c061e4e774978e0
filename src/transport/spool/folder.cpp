// SPDX-License-Identifier: BSD-3-Clause
// flock(2) on a file beside the segments. Other files in the folder are none of our business.
#include "transport/spool/folder.hpp"
#include "log/reason.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <filesystem>
#include <string_view>
#include <system_error>

namespace flowd::spool {

namespace {

namespace fs = std::filesystem;

[[nodiscard]] Failure refuse(const std::string& path, const std::string& why) {
    return {"transport.spool.path: " + path + ": " + why};
}

/// False: this is not the name of a segment.
[[nodiscard]] bool read_number(std::string_view name, std::uint64_t& number) noexcept {
    constexpr std::size_t digits = 16;
    if (name.size() != digits + 4 || name.substr(digits) != ".seg") return false;
    const auto [end, error] = std::from_chars(name.data(), name.data() + digits, number, 16);
    return error == std::errc{} && end == name.data() + digits;
}

}  // namespace

Folder::~Folder() {
    if (lock_ >= 0) ::close(lock_);
}

void Folder::make() const noexcept {
    std::error_code error;
    fs::create_directories(path_, error);
}

Failure Folder::lock() {
    std::error_code error;
    fs::create_directories(path_, error);
    if (error) return refuse(path_, "cannot be made: " + reason(error.value()));
    lock_ = ::open((path_ + "/lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0640);
    if (lock_ < 0) return refuse(path_, "cannot be written to: " + reason(errno));
    if (::flock(lock_, LOCK_EX | LOCK_NB) == 0) return {};
    return refuse(path_, errno == EWOULDBLOCK ? "is in use by another process"
                                              : "cannot be locked: " + reason(errno));
}

Outcome<std::vector<std::uint64_t>> Folder::segments() const {
    std::vector<std::uint64_t> numbers;
    std::error_code error;
    fs::directory_iterator at{path_, error};
    for (; !error && at != fs::directory_iterator{}; at.increment(error)) {
        std::uint64_t number = 0;
        if (read_number(at->path().filename().native(), number)) numbers.push_back(number);
    }
    if (error) return refuse(path_, "cannot be read: " + reason(error.value()));
    std::sort(numbers.begin(), numbers.end());
    return numbers;
}

}  // namespace flowd::spool
