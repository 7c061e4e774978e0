// SPDX-License-Identifier: BSD-3-Clause
// ErrorFile: datagrams that could not be decoded, kept as captures in a folder: errors.pcapng, and
// errors.1.pcapng with those from before. What a vendor gets wrong becomes a test case by it.
// Bounded in size. One thread's.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "log/failure.hpp"
#include "metrics/counter.hpp"
#include "worker/tap.hpp"

namespace flowd {

class ErrorFile {
public:
    /// `bytes_max` for each of the two files.
    ErrorFile(std::string folder, std::uint64_t bytes_max);
    ~ErrorFile();
    ErrorFile(const ErrorFile&) = delete;
    ErrorFile& operator=(const ErrorFile&) = delete;

    /// Makes the folder where it is not there. A file of an earlier run is gone on with; that of
    /// another process that runs is a failure.
    [[nodiscard]] Failure open();
    void add(const TappedDatagram& datagram);
    /// Writes what was added. A failure is logged once, until writing works again.
    void flush();

    /// Any thread: how many of the two there are.
    [[nodiscard]] std::uint64_t files() const;
    [[nodiscard]] std::uint64_t datagrams() const noexcept { return datagrams_.get(); }
    [[nodiscard]] std::uint64_t failed_writes() const noexcept { return failed_writes_.get(); }

private:
    [[nodiscard]] std::string path(const char* name) const { return folder_ + "/" + name; }
    [[nodiscard]] Failure open_file();
    [[nodiscard]] Failure turn_over();
    void complain(const Failure& failure);
    [[nodiscard]] bool may_try() const;

    std::string folder_;
    std::uint64_t bytes_max_;
    std::uint64_t size_ = 0;
    int file_ = -1;
    std::string pending_;
    bool failing_ = false;
    std::chrono::steady_clock::time_point try_again_{};  ///< not before that
    Counter datagrams_;
    Counter failed_writes_;
};

}  // namespace flowd
