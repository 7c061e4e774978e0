// SPDX-License-Identifier: BSD-3-Clause
// A copy of bytes in heap memory of exactly their size, so that AddressSanitizer sees a read behind
// them.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "flow/base/bytes.hpp"

namespace flow::test {

class ExactBytes {
public:
    explicit ExactBytes(Bytes from) : memory_{new std::uint8_t[from.size()]}, size_{from.size()} {
        std::copy(from.begin(), from.end(), memory_.get());
    }

    [[nodiscard]] Bytes bytes() const { return {memory_.get(), size_}; }

private:
    std::unique_ptr<std::uint8_t[]> memory_;
    std::size_t size_;
};

}  // namespace flow::test
