// SPDX-License-Identifier: BSD-3-Clause
// Output: lines gathered in memory, written to a descriptor. Main thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "log/failure.hpp"

namespace flowd::cat {

class Output {
public:
    explicit Output(int file) noexcept : file_{file} {}

    /// Room for so many bytes; flushes, and grows only for a line longer than any before.
    [[nodiscard]] std::uint8_t* room(std::size_t size);
    /// The room is used up to here.
    void filled(const std::uint8_t* end) noexcept {
        used_ = static_cast<std::size_t>(end - buffer_.get());
    }
    void flush();

    /// What went wrong; nothing is written from then on.
    [[nodiscard]] const Failure& failure() const noexcept { return failure_; }
    /// The reader has closed its end: no failure, and no reason to go on.
    [[nodiscard]] bool closed() const noexcept { return closed_; }
    [[nodiscard]] bool good() const noexcept { return !closed_ && !failed(failure_); }

private:
    int file_;
    std::unique_ptr<std::uint8_t[]> buffer_;
    std::size_t size_ = 0;
    std::size_t used_ = 0;
    Failure failure_;
    bool closed_ = false;
};

}  // namespace flowd::cat
