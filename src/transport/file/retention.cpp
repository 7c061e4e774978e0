// SPDX-License-Identifier: BSD-3-Clause
// One pass over the folder; files sorted by their last write, then by name.
#include "transport/file/retention.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <string>
#include <system_error>
#include <tuple>
#include <vector>

#include "log/log.hpp"
#include "log/reason.hpp"
#include "transport/file/writer.hpp"

namespace flowd::file {

namespace {

using Clock = std::chrono::system_clock;

struct Finished {
    Clock::time_point written;
    std::string path;
    std::uint64_t size = 0;
};

[[nodiscard]] Clock::time_point time_of(const timespec& time) noexcept {
    return Clock::time_point{std::chrono::duration_cast<Clock::duration>(
        std::chrono::seconds{time.tv_sec} + std::chrono::nanoseconds{time.tv_nsec})};
}

/// The finished files of `name`, the oldest first.
[[nodiscard]] std::vector<Finished> finished_files(const Name& name) {
    namespace fs = std::filesystem;
    std::vector<Finished> files;
    std::error_code error;
    for (fs::directory_iterator at{name.folder(), error}, end; !error && at != end;
         at.increment(error)) {
        const std::string file = at->path().filename().string();
        struct stat status {};
        if (!name.stem_of(file) || ::lstat(name.path(file).c_str(), &status) != 0 ||
            !S_ISREG(status.st_mode)) {
            continue;
        }
        files.push_back(
            {time_of(status.st_mtim), name.path(file), static_cast<std::uint64_t>(status.st_size)});
    }
    std::sort(files.begin(), files.end(), [](const Finished& a, const Finished& b) {
        return std::tie(a.written, a.path) < std::tie(b.written, b.path);
    });
    return files;
}

}  // namespace

Failure retain(const Name& name, const Keep& keep, Clock::time_point now) {
    if (keep.all()) return {};
    const std::vector<Finished> files = finished_files(name);
    std::uint64_t bytes = 0;
    for (const Finished& file : files) bytes += file.size;
    for (std::size_t i = 0; i < files.size(); ++i) {
        const Finished& file = files[i];
        const bool too_old = keep.age.count() > 0 && now - file.written > keep.age;
        const bool too_many = keep.bytes > 0 && bytes > keep.bytes && i + 1 < files.size();
        if (!too_old && !too_many) break;
        // ENOENT: another worker was faster.
        if (::unlink(file.path.c_str()) != 0 && errno != ENOENT) {
            return {"transport.file.path: " + file.path + ": cannot remove it: " + reason(errno)};
        }
        bytes -= file.size;
        if (log::enabled(log::Level::debug)) {
            log::debug("transport.file.path: " + file.path + ": removed, " +
                       (too_old ? "it was too old" : "there were too many bytes"));
        }
    }
    return {};
}

}  // namespace flowd::file
