// SPDX-License-Identifier: BSD-3-Clause
// The rules of when a file ends. Sizes are those in the file: compressed ones, if they are.
#include "transport/file/rotation.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <ctime>

#include "log/log.hpp"
#include "log/reason.hpp"
#include "transport/file/retention.hpp"
#include "transport/file/writer.hpp"

namespace flowd::file {

using std::chrono::milliseconds;

int Rotation::make_ready(std::size_t size) {
    tick();
    const auto most = static_cast<std::uint64_t>(options_.rotate_bytes);
    if (most > 0 && bytes_ > 0 && bytes_ + size > most) finish();
    if (part_.is_open()) return 0;
    const WallClock::time_point now = WallClock::now();
    std::time_t named = WallClock::to_time_t(now);
    if (options_.rotate_interval_ms > 0) {
        interval_ = interval_of(now);
        named = interval_ * options_.rotate_interval_ms / 1000;
    }
    bytes_ = 0;
    return part_.begin(named);
}

void Rotation::tick() {
    if (options_.rotate_interval_ms == 0) return;
    const std::int64_t now = interval_of(WallClock::now());
    if (now == interval_) return;
    interval_ = now;
    const bool had_file = part_.is_open();
    finish();
    if (!had_file) retain();  // others grow older all the same
}

bool Rotation::finish() {
    if (!part_.is_open()) return true;
    const int error = part_.finish(options_.sync != "none");
    bytes_ = 0;
    if (error != 0) {
        log::error("transport.file.path: " + options_.path + ": cannot finish a file: " +
                   reason(error) + "; it keeps its hidden name until the next start");
        return false;
    }
    retain();
    return true;
}

void Rotation::retain() {
    const Keep keep{static_cast<std::uint64_t>(options_.keep_bytes),
                    milliseconds{options_.keep_age_ms}};
    const Failure failure = file::retain(part_.name(), keep, WallClock::now());
    if (failed(failure) && !retain_failed_) log::warn(failure.sentence);
    retain_failed_ = failed(failure);
}

Failure check_folder(const Name& name) {
    const std::string& folder = name.folder();
    const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    const int error = errno;
    if (descriptor >= 0) ::close(descriptor);
    const int access_mode = W_OK | X_OK;
    if (descriptor >= 0 && ::faccessat(AT_FDCWD, folder.c_str(), access_mode, AT_EACCESS) == 0) {
        return {};
    }
    return {"transport.file.path: " + folder +
            ": cannot create files there: " + reason(descriptor < 0 ? error : errno)};
}

}  // namespace flowd::file
