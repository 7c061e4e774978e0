// SPDX-License-Identifier: BSD-3-Clause
// Small helpers for reading what people write and for answering them: quoting, splitting, wrapping
// and the nearest known name. Cold; main thread.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace flowd::config {

/// `"text"`, on one line and shortened when it is very long: for use in a sentence.
[[nodiscard]] std::string in_quotes(std::string_view text);

[[nodiscard]] std::string lower(std::string_view text);
[[nodiscard]] std::string_view trimmed(std::string_view text) noexcept;
[[nodiscard]] std::string joined(std::span<const std::string_view> parts, std::string_view between);
/// Every part, the empty ones too: `a,,b` has three, `` has one.
[[nodiscard]] std::vector<std::string_view> split(std::string_view text, char at);

/// The known name that a typing error away from `name` means; empty when none is near.
[[nodiscard]] std::string_view nearest(std::string_view name,
                                       std::span<const std::string_view> known);

/// `text` in lines of at most `width` columns, each starting with `prefix` and ending in a newline.
[[nodiscard]] std::string wrapped(std::string_view text, std::string_view prefix,
                                  std::size_t width);

}  // namespace flowd::config
