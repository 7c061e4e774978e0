// SPDX-License-Identifier: BSD-3-Clause
// Why a system call failed, for a sentence: the C library's words and the number.
#pragma once

#include <string>
#include <system_error>

namespace flowd {

/// "No space left on device (errno 28)".
[[nodiscard]] inline std::string reason(int error) {
    return std::generic_category().message(error) + " (errno " + std::to_string(error) + ")";
}

}  // namespace flowd
