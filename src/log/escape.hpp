// SPDX-License-Identifier: BSD-3-Clause
// Text from outside (an argument, a file, a message) made safe to show: on one line, valid UTF-8,
// and legal between the quotes of JSON (RFC 8259 §7) and of TOML alike. Any thread.
#pragma once

#include <string>
#include <string_view>

namespace flowd::log {

/// Legal inside a JSON string: quotes, backslashes and control characters are escaped, bytes that
/// are not UTF-8 become U+FFFD. A TOML basic string reads it the same way.
[[nodiscard]] std::string json_escaped(std::string_view text);

/// Control characters are escaped, so that one message is one line and moves no terminal.
[[nodiscard]] std::string one_line(std::string_view text);

}  // namespace flowd::log
