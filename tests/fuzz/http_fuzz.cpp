// SPDX-License-Identifier: BSD-3-Clause
// Fuzz target of what flowd does with a request that the HTTP library has read. The input is
// [method and client: 1 byte][route: 1 byte] and lines: the target (or what is put behind the
// route's path), headers, an empty line, the body. Besides the sanitizers, these facts hold: what
// comes without rights changes nothing, and every answer is a response.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "http/made_up.hpp"
#include "http/message.hpp"
#include "http/routes.hpp"

namespace {

using namespace flowd;
using namespace flowd::http;

void require(bool fact) {
    if (!fact) std::abort();
}

const Router& router() {
    static made_up::Source source{made_up::observation(5)};
    static made_up::Actions actions;
    static const Options options;
    static const Router made = make_router(options, *make_access(options), source, actions, {});
    return made;
}

std::string_view next_line(std::string_view& rest) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    const std::string_view line = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    return line;
}

void ask(Request request) {
    const bool is_socket = request.client.is_socket;
    const std::string method = request.method;
    request.given_up = [] { return true; };
    static_cast<void>(router().waits(request));
    const Response response = router().handle(std::move(request));
    require(response.status >= 200 && response.status < 600);
    require(!response.type.empty() && !response_headers(response).empty());
    if (!is_socket && method == "POST") require(response.status != 200);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 2) return 0;
    std::string_view rest{reinterpret_cast<const char*>(data) + 2, size - 2};
    Request request;
    request.method = (data[0] & 1) != 0 ? "POST" : (data[0] & 2) != 0 ? "HEAD" : "GET";
    request.client.is_socket = (data[0] & 4) != 0;
    request.client.is_loopback = (data[0] & 8) != 0;
    std::string target{next_line(rest)};
    if (data[1] != 0) {
        target.insert(0, router().routes()[data[1] % router().routes().size()].path);
    }
    const bool good = set_target(request, target);
    require(good == !request.path.empty());
    if (!good) return 0;
    require(request.path.starts_with('/'));
    while (!rest.empty()) {
        const std::string_view line = next_line(rest);
        if (line.empty()) break;
        const std::size_t colon = std::min(line.find(':'), line.size());
        request.headers.push_back({std::string{line.substr(0, colon)},
                                   std::string{line.substr(std::min(colon + 1, line.size()))}});
    }
    request.body = rest;
    ask(std::move(request));
    return 0;
}
