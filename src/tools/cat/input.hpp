// SPDX-License-Identifier: BSD-3-Clause
// Input: a file or stdin, decompressed by its name. Main thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "flow/base/bytes.hpp"
#include "log/failure.hpp"
#include "tools/cat/decompressor.hpp"

namespace flowd::cat {

class Input {
public:
    /// "-" is stdin. Sentences are without the name.
    [[nodiscard]] Failure open(const std::string& path);
    Input() = default;
    Input(const Input&) = delete;
    Input& operator=(const Input&) = delete;
    ~Input();

    /// How many bytes; 0 is the end. Waits when a pipe has none.
    [[nodiscard]] Outcome<std::size_t> read(std::span<std::uint8_t> to);
    /// Whether read() may wait for someone: what is printed should be out by then.
    [[nodiscard]] bool may_wait() const noexcept { return may_wait_; }

private:
    [[nodiscard]] Outcome<std::size_t> read_raw(std::span<std::uint8_t> to);

    int file_ = -1;
    bool may_wait_ = false;
    std::unique_ptr<Decompressor> decompressor_;
    std::vector<std::uint8_t> compressed_;
    flow::Bytes left_;  ///< of compressed_
};

}  // namespace flowd::cat
