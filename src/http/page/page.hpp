// SPDX-License-Identifier: BSD-3-Clause
// The status page as one piece of HTML: made from the files of this folder when flowd is built.
#pragma once

#include <string_view>

namespace flowd::http {

/// UTF-8, nothing outside is needed. Holds no numbers of its own: it asks /api for them, so
/// everybody may have it.
extern const std::string_view page;

/// The value of Content-Security-Policy that the page goes out with: its own style and scripts by
/// their hashes, requests to its own origin, nothing else.
extern const std::string_view page_policy;

}  // namespace flowd::http
