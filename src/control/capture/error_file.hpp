// SPDX-License-Identifier: BSD-3-Clause
// ErrorFile: datagrams that could not be decoded, kept as captures in a folder: errors.pcapng, and
// errors.1.pcapng with those from before. What a vendor gets wrong becomes a test case by it.
// Bounded in size. One thread adds, or several one after the other; one thread writes, and what it
// waits for holds up nobody who adds.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "log/failure.hpp"
#include "metrics/counter.hpp"
#include "worker/tap.hpp"

namespace flowd {

class ErrorFile {
public:
    /// What waits to be written, at most: some seconds' worth while a disk takes nothing.
    static constexpr std::size_t pending_max = std::size_t{4} << 20;

    /// `bytes_max` for each of the two files; after `patience` a file that could not be opened is
    /// tried again: opening walks over what is there.
    ErrorFile(std::string folder, std::uint64_t bytes_max,
              std::chrono::milliseconds patience = std::chrono::seconds{10});
    ~ErrorFile();
    ErrorFile(const ErrorFile&) = delete;
    ErrorFile& operator=(const ErrorFile&) = delete;

    /// Makes the folder where it is not there. A file of an earlier run is gone on with. A failure
    /// is what a person has to mend: rights, a path that is something else, another flowd that
    /// writes there. What passes, such as a full disk, is warned about and tried again.
    [[nodiscard]] Failure open();

    // Who adds.
    void add(const TappedDatagram& datagram);
    /// What was added since, for write().
    [[nodiscard]] std::string take_pending() { return std::exchange(pending_, {}); }

    // Who writes.
    /// A failure is logged once, until writing works again.
    void write(std::string_view blocks);
    /// Both, where one thread does both.
    void flush() { write(take_pending()); }

    /// Any thread: how many of the two there are, as of the last time that one was opened.
    [[nodiscard]] std::uint64_t files() const noexcept { return files_.get(); }
    [[nodiscard]] std::uint64_t datagrams() const noexcept { return datagrams_.get(); }
    /// Any thread: errors for which there was no room, as the disk was too slow.
    [[nodiscard]] std::uint64_t skipped() const noexcept { return skipped_.get(); }
    [[nodiscard]] std::uint64_t failed_writes() const noexcept { return failed_writes_.get(); }

private:
    /// Why something did not work.
    struct Trouble {
        Failure failure{};
        int error = 0;  ///< errno; 0: it is not the system's
    };

    [[nodiscard]] std::string path(const char* name) const { return folder_ + "/" + name; }
    [[nodiscard]] Trouble open_file();
    /// Of the file that has just been opened.
    [[nodiscard]] Trouble check_file(const std::string& name) const;
    [[nodiscard]] Trouble begin_section(const std::string& name);
    [[nodiscard]] Trouble turn_over();
    void count_files();
    /// False: the rest of what was to be written is lost.
    [[nodiscard]] bool write_part(std::string_view blocks);
    void complain(const Failure& failure);
    [[nodiscard]] bool may_try() const;

    std::string folder_;
    std::uint64_t bytes_max_;
    std::chrono::milliseconds patience_;
    // Who writes.
    std::uint64_t size_ = 0;
    int file_ = -1;
    bool failing_ = false;
    std::chrono::steady_clock::time_point try_again_{};  ///< not before that
    Counter files_;
    Counter failed_writes_;
    // Who adds.
    std::string pending_;
    Counter datagrams_;
    Counter skipped_;
};

}  // namespace flowd
