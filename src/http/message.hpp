// SPDX-License-Identifier: BSD-3-Clause
// Responses as handlers make them, and the headers that all of them have.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "http/request.hpp"

namespace flowd::http {

/// The response's own and those that every response has: what a browser must not do with it.
[[nodiscard]] std::vector<Header> response_headers(const Response& response);

/// {"error": sentence}
[[nodiscard]] Response error_response(int status, std::string_view sentence);
[[nodiscard]] Response text_response(int status, std::string text);
/// As text or, for paths of the API, as JSON.
[[nodiscard]] Response refusal(std::string_view path, int status, std::string_view sentence);

}  // namespace flowd::http
