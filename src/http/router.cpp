// SPDX-License-Identifier: BSD-3-Clause
// Finding routes; a dozen of them needs no index.
#include "http/router.hpp"

#include <algorithm>
#include <exception>

#include "http/message.hpp"

namespace flowd::http {

namespace {

std::string_view next_part(std::string_view& path) noexcept {
    path.remove_prefix(std::min<std::size_t>(1, path.size()));
    const std::size_t end = std::min(path.find('/'), path.size());
    const std::string_view part = path.substr(0, end);
    path.remove_prefix(end);
    return part;
}

bool matches(std::string_view pattern, std::string_view path, std::vector<std::string>& arguments) {
    arguments.clear();
    while (!pattern.empty() && !path.empty()) {
        const std::string_view wanted = next_part(pattern);
        const std::string_view part = next_part(path);
        if (wanted.starts_with('{')) {
            if (part.empty()) return false;
            arguments.emplace_back(part);
        } else if (wanted != part) {
            return false;
        }
    }
    return pattern.empty() && path.empty();
}

std::string_view method_of(const Request& request) noexcept {
    return request.method == "HEAD" ? std::string_view{"GET"} : request.method;
}

}  // namespace

const Route* Router::find(const Request& request, std::vector<std::string>& arguments) const {
    for (const Route& each : routes_) {
        if (each.method != method_of(request)) continue;
        if (matches(each.path, request.path, arguments)) return &each;
    }
    return nullptr;
}

bool Router::waits(const Request& request) const {
    std::vector<std::string> arguments;
    const Route* const route = find(request, arguments);
    return route != nullptr && route->waits;
}

Response Router::no_route(const Request& request) const {
    std::string methods;
    std::vector<std::string> arguments;
    for (const Route& each : routes_) {
        if (!matches(each.path, request.path, arguments)) continue;
        if (!methods.empty()) methods += ", ";
        methods += each.method == "GET" ? "GET, HEAD" : each.method;
    }
    if (methods.empty()) return refusal(request.path, 404, "there is nothing at this path");
    Response response = refusal(request.path, 405, "this path takes " + methods + " only");
    response.headers.push_back({"Allow", methods});
    return response;
}

Response Router::answer(Request& request) const {
    const Route* const route = find(request, request.arguments);
    if (route == nullptr) return no_route(request);
    const std::string_view why_not = access_.refusal(request, route->audience);
    if (!why_not.empty()) return refusal(request.path, 403, why_not);
    return route->handler(request);
}

Response Router::handle(Request request) const noexcept {
    try {
        return answer(request);
    } catch (const std::exception&) {
        return {.status = 500, .body = "flowd could not answer; its memory is short\n"};
    }
}

}  // namespace flowd::http
