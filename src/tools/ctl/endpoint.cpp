// SPDX-License-Identifier: BSD-3-Clause
// Options before environment before the usual places.
#include "tools/ctl/endpoint.hpp"

#include <algorithm>
#include <cerrno>
#include <fstream>

#include "config/text.hpp"
#include "log/reason.hpp"

namespace flowd::ctl {

namespace {

constexpr const char* usual_socket = "/run/flowd/flowd.sock";
constexpr const char* usual_url = "http://localhost:8080";
constexpr std::size_t path_max = 107;  // sun_path, with its zero

Outcome<Endpoint> at_socket(const std::string& path, const std::string& from) {
    if (path.size() <= path_max) return Endpoint{path, "http://localhost"};
    return Failure{from + ": " + config::in_quotes(path) + " is longer than the " +
                   std::to_string(path_max) + " bytes that a UNIX socket's path may have"};
}

Outcome<Endpoint> at_url(std::string url, const std::string& from) {
    if (url.find("://") == std::string::npos) url.insert(0, "http://");
    while (url.ends_with('/')) url.pop_back();
    const bool known = url.starts_with("http://") || url.starts_with("https://");
    const std::string host = url.substr(std::min(url.size(), url.find("://") + 3));
    const bool blank = url.find_first_of(" \t\r\n") != std::string::npos;
    if (known && !host.empty() && !blank) return Endpoint{{}, url};
    return Failure{from + ": " + config::in_quotes(url) + " is not http://host:port"};
}

}  // namespace

Outcome<std::vector<Endpoint>> endpoints_of(const Options& options, const Environment& environment,
                                            const Exists& exists) {
    if (!options.socket.empty() && !options.url.empty()) {
        return Failure{"--socket and --url: one of them"};
    }
    std::vector<Endpoint> found;
    const auto take = [&found](Outcome<Endpoint> endpoint) -> Failure {
        if (!endpoint) return endpoint.error();
        found.push_back(std::move(*endpoint));
        return {};
    };
    Failure failure;
    if (!options.socket.empty()) {
        failure = take(at_socket(options.socket, "--socket"));
    } else if (!options.url.empty()) {
        failure = take(at_url(options.url, "--url"));
    } else if (const std::string path = environment("FLOWCTL_SOCKET"); !path.empty()) {
        failure = take(at_socket(path, "FLOWCTL_SOCKET"));
    } else if (const std::string url = environment("FLOWCTL_URL"); !url.empty()) {
        failure = take(at_url(url, "FLOWCTL_URL"));
    }
    if (failed(failure)) return failure;
    if (!found.empty()) return found;

    // systemd lists several folders with colons between them; flowd takes the first.
    const std::string folders = environment("RUNTIME_DIRECTORY");
    const std::string own = folders.substr(0, folders.find(':')) + "/flowd.sock";
    for (const std::string& path :
         {folders.empty() ? std::string{} : own, std::string{usual_socket}}) {
        if (path.empty() || path.size() > path_max || !exists(path)) continue;
        if (!found.empty() && found.back().socket == path) continue;
        found.push_back({path, "http://localhost"});
    }
    found.push_back({{}, usual_url});
    return found;
}

Outcome<std::string> token_of(const Options& options, const Environment& environment) {
    std::string token = options.token;
    if (token.empty() && !options.token_file.empty()) {
        std::ifstream file{options.token_file};
        if (!file) {
            return Failure{"--token-file: " + config::in_quotes(options.token_file) + ": " +
                           reason(errno)};
        }
        std::getline(file, token);
        token = config::trimmed(token);
        if (token.empty()) {
            return Failure{"--token-file: " + config::in_quotes(options.token_file) +
                           ": its first line is empty"};
        }
    }
    if (token.empty()) token = environment("FLOWCTL_TOKEN");
    // A header ends at a line's end: what comes behind it would be another one.
    const bool printable = std::all_of(token.begin(), token.end(), [](char each) {
        return static_cast<unsigned char>(each) > 0x20 && each != 0x7f;
    });
    if (printable) return token;
    return Failure{"the token has blanks or control characters in it"};
}

}  // namespace flowd::ctl
