// SPDX-License-Identifier: BSD-3-Clause
// Nothing is cut but the beginning of one batch: a file that holds something else keeps it.
#include "transport/file/recovery.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <filesystem>
#include <system_error>
#include <vector>

#include "log/log.hpp"
#include "log/reason.hpp"
#include "transport/file/part.hpp"
#include "transport/file/writer.hpp"

namespace flowd::file {

namespace {

/// A file's bytes, read-only, for as long as this lives.
class Mapped {
public:
    Mapped(int descriptor, std::size_t size)
        : at_{::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, descriptor, 0)}, size_{size} {}
    ~Mapped() {
        if (works()) ::munmap(at_, size_);
    }
    Mapped(const Mapped&) = delete;
    Mapped& operator=(const Mapped&) = delete;
    [[nodiscard]] bool works() const noexcept { return at_ != MAP_FAILED; }
    [[nodiscard]] flow::Bytes bytes() const noexcept {
        return {static_cast<const std::uint8_t*>(at_), size_};
    }

private:
    void* at_;
    std::size_t size_;
};

/// A descriptor that is closed at the end.
struct Descriptor {
    explicit Descriptor(int opened) : number{opened} {}
    ~Descriptor() {
        if (number >= 0) ::close(number);
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    int number;
};

[[nodiscard]] std::string place(const std::string& path) { return "transport.file.path: " + path; }

enum class Owner : std::uint8_t {
    us,       ///< nobody else makes files of that name
    unknown,  ///< any file may have been named: one without a whole message is not cut
};

/// Cuts the torn tail of a file of `size` bytes. False: it has to stay as it is. `whole` is set to
/// what is left.
[[nodiscard]] bool cut(const std::string& path, Owner owner, int readable, int writable,
                       std::size_t size, const Layout& layout, std::size_t& whole) {
    Tail tail;
    {
        const Mapped file{readable, size};
        if (!file.works()) return false;
        tail = find_tail(layout, file.bytes());
    }
    whole = tail.whole;
    if (whole == size) return true;
    if (!tail.torn_only || (whole == 0 && owner == Owner::unknown)) {
        log::warn(place(path) + ": no end of a message where one should be, after " +
                  std::to_string(whole) + " of " + std::to_string(size) +
                  " bytes: it stays as it is");
        return false;
    }
    if (::ftruncate(writable, static_cast<off_t>(whole)) != 0) {
        log::warn(place(path) + ": cannot cut it: " + reason(errno));
        return false;
    }
    log::warn(place(path) + ": cut at the end of its last whole message; " +
              std::to_string(size - whole) + " bytes of a half one removed");
    return true;
}

/// One hidden file, which `file` is to be called.
void recover(const Name& name, const Layout& layout, const std::string& file) {
    const std::string path = name.path(part_name(file));
    const Descriptor part{::open(path.c_str(), O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)};
    struct stat status {};
    if (part.number < 0) {
        log::warn(place(path) + ": cannot open what was not finished: " + reason(errno));
        return;
    }
    if (::fstat(part.number, &status) != 0 || !S_ISREG(status.st_mode)) return;
    if (::flock(part.number, LOCK_EX | LOCK_NB) != 0) return;  // it is being written
    std::size_t whole = 0;
    if (status.st_size > 0) {
        if (!layout.can_be_cut()) {
            log::warn(place(path) +
                      ": not finished, and its format does not show where a message "
                      "ends: it stays as it is");
            return;
        }
        const auto size = static_cast<std::size_t>(status.st_size);
        if (!cut(path, Owner::us, part.number, part.number, size, layout, whole)) return;
    }
    if (whole == 0) {
        ::unlink(path.c_str());
        return;
    }
    unsigned number = 0;
    const std::string stem{*name.stem_of(file)};
    if (const int error = publish(name, path, stem, number); error != 0) {
        log::warn(place(path) + ": cannot finish it: " + reason(error));
        return;
    }
    log::info(place(name.path(name.file(stem, number))) +
              ": finished; a run that ended early had "
              "left it");
}

}  // namespace

void lock_and_cut(const std::string& path, int descriptor, const Layout& layout) {
    struct stat status {};
    if (::fstat(descriptor, &status) != 0 || !S_ISREG(status.st_mode)) return;
    const bool first = ::flock(descriptor, LOCK_EX | LOCK_NB) == 0;
    if (first && status.st_size > 0 && layout.can_be_cut()) {
        const Descriptor readable{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
        struct stat same {};
        const auto size = static_cast<std::size_t>(status.st_size);
        if (readable.number >= 0 && ::fstat(readable.number, &same) == 0 &&
            same.st_ino == status.st_ino && same.st_dev == status.st_dev) {
            std::size_t whole = 0;
            static_cast<void>(
                cut(path, Owner::unknown, readable.number, descriptor, size, layout, whole));
        }
    }
    ::flock(descriptor, LOCK_SH | LOCK_NB);
}

void recover_parts(const Name& name, const Layout& layout) {
    namespace fs = std::filesystem;
    std::error_code error;
    std::vector<std::string> files;
    for (fs::directory_iterator at{name.folder(), error}, end; !error && at != end;
         at.increment(error)) {
        const std::string entry = at->path().filename().string();
        const auto file = file_of_part(entry);
        if (file && name.stem_of(*file)) files.emplace_back(*file);
    }
    for (const std::string& file : files) recover(name, layout, file);
}

}  // namespace flowd::file
