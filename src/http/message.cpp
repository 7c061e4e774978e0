// SPDX-License-Identifier: BSD-3-Clause
// What is said about every response.
#include "http/message.hpp"

#include <algorithm>
#include <utility>

#include "log/escape.hpp"

namespace flowd::http {

std::vector<Header> response_headers(const Response& response) {
    std::vector<Header> headers{{"Cache-Control", "no-store"},
                                {"X-Content-Type-Options", "nosniff"},
                                {"X-Frame-Options", "DENY"},
                                {"Referrer-Policy", "no-referrer"},
                                {"Cross-Origin-Resource-Policy", "same-origin"}};
    constexpr std::string_view policy = "Content-Security-Policy";
    const bool has_policy =
        std::any_of(response.headers.begin(), response.headers.end(),
                    [](const Header& each) { return same_word(each.name, policy); });
    if (!has_policy) {
        headers.push_back({std::string{policy}, "default-src 'none'; frame-ancestors 'none'"});
    }
    headers.insert(headers.end(), response.headers.begin(), response.headers.end());
    return headers;
}

Response error_response(int status, std::string_view sentence) {
    return {.status = status,
            .type = "application/json",
            .body = "{\"error\":\"" + log::json_escaped(sentence) + "\"}\n"};
}

Response text_response(int status, std::string text) {
    return {.status = status, .body = std::move(text)};
}

Response refusal(std::string_view path, int status, std::string_view sentence) {
    if (path == "/api" || path.starts_with("/api/")) return error_response(status, sentence);
    return text_response(status, std::string{sentence} + '\n');
}

}  // namespace flowd::http
