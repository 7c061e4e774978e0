// SPDX-License-Identifier: BSD-3-Clause
// Rows, and the checks between them.
#include "http/options.hpp"

#include <array>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string_view>
#include <utility>

#include "config/network.hpp"
#include "config/text.hpp"
#include "http/listen.hpp"
#include "log/escape.hpp"

namespace flowd::http {

namespace {

constexpr std::size_t token_size_min = 16;
constexpr std::size_t token_size_max = 1'024;

bool always(std::string_view) noexcept { return true; }

std::vector<config::Row> address_rows(Options& options) {
    return {
        {.key = "http.listen",
         .flag = "http.listen",
         .target = &options.listen,
         .help = "Where metrics, health, the API and the status page are served: host:port, "
                 "[IPv6]:port or :port for every address, comma-separated; empty: nowhere. A "
                 "replay serves at an address other than the default only."},
        {.key = "",
         .flag = "metrics.addr",
         .target = &options.listen,
         .help = "goflow2 v1's name of -http.listen."},
        {.key = "",
         .flag = "addr",
         .target = &options.listen,
         .help = "goflow2 v2's name of -http.listen."},
        {.key = "http.metrics_path",
         .flag = "metrics.path",
         .target = &options.metrics_path,
         .help = "Path of the metrics."},
        {.key = "http.templates_path",
         .flag = "templates.path",
         .target = &options.templates_path,
         .help = "Path of all templates in goflow2's JSON; empty: not served."},
        {.key = "http.socket",
         .flag = "http.socket",
         .target = &options.socket,
         .help = "UNIX socket for flowctl, which may also change things there; empty: flowd.sock "
                 "in $RUNTIME_DIRECTORY, where the service manager sets it."},
    };
}

std::vector<config::Row> access_rows(Options& options) {
    return {
        {.key = "http.allow",
         .flag = "http.allow",
         .target = &options.allow,
         .help = "Networks whose clients see the status page and the API; the machine's own "
                 "always do. Metrics, health and templates are for everyone."},
        {.key = "http.names",
         .flag = "http.names",
         .target = &options.names,
         .help = "Names by which browsers may reach the status page, besides IP addresses, "
                 "localhost and the machine's own name. Any other is refused: it could be a "
                 "foreign page's."},
        {.key = "http.token",
         .flag = "",
         .target = &options.token,
         .help = "Who sends it (Authorization: Bearer ...) sees everything and may change things; "
                 "16 characters or more; empty: nobody. http.token_file keeps it out of this file.",
         .is_secret = &always},
        {.key = "http.token_file",
         .flag = "http.token-file",
         .target = &options.token_file,
         .help = "File that holds the token, in place of http.token.",
         .names_file = true},
        {.key = "http.tls_certificate",
         .flag = "http.tls-certificate",
         .target = &options.tls_certificate,
         .help = "PEM file with the certificate and its chain: http.listen speaks TLS; empty: "
                 "plain HTTP.",
         .names_file = true},
        {.key = "http.tls_key",
         .flag = "http.tls-key",
         .target = &options.tls_key,
         .help = "PEM file with the certificate's private key.",
         .names_file = true},
    };
}

std::vector<config::Row> size_rows(Options& options) {
    return {
        {.key = "http.connections_max",
         .flag = "http.connections-max",
         .target = &options.connections_max,
         .help = "Most connections at once; of one address three quarters of them.",
         .min = 4,
         .max = 4'096},
        {.key = "http.threads",
         .flag = "http.threads",
         .target = &options.threads,
         .help = "Threads that answer requests.",
         .min = 2,
         .max = 64},
        {.key = "metrics.goflow2",
         .flag = "metrics.goflow2",
         .target = &options.metrics_goflow2,
         .help = "Metrics under goflow2's names as well; auto: when the address came by one of "
                 "goflow2's flags, -metrics.addr or -addr.",
         .choices = {"auto", "on", "off"}},
        {.key = "metrics.exporters_max",
         .flag = "metrics.exporters-max",
         .target = &options.metrics_exporters_max,
         .help = "Most exporters with metrics of their own, those with most flows; the rest is "
                 "added up as \"other\".",
         .min = 0,
         .max = 100'000},
    };
}

Failure check_path(std::string_view key, const std::string& path) {
    const auto failure = [&](const std::string& why) {
        return Failure{std::string{key} + ": " + config::in_quotes(path) + why};
    };
    if (path.empty() || path.front() != '/') return failure(" does not start with /");
    if (path.find_first_of("?#%{} \t\r\n") != path.npos) {
        return failure(" has a character that a path cannot have");
    }
    if (path == "/" || path == "/__health" || path == "/api" || path.starts_with("/api/")) {
        return failure(" is the path of something else");
    }
    return {};
}

}  // namespace

std::vector<config::Row> rows(Options& options) {
    std::vector<config::Row> all = address_rows(options);
    for (auto* part : {&access_rows, &size_rows}) {
        for (config::Row& row : part(options)) all.push_back(std::move(row));
    }
    return all;
}

Failure validate(const Options& options) {
    if (const auto parsed = parse_addresses(options.listen); !parsed) return parsed.error();
    if (Failure failure = check_path("http.metrics_path", options.metrics_path); failed(failure)) {
        return failure;
    }
    if (!options.templates_path.empty()) {
        Failure failure = check_path("http.templates_path", options.templates_path);
        if (failed(failure)) return failure;
        if (options.templates_path == options.metrics_path) {
            return {"http.templates_path: it is also that of the metrics"};
        }
    }
    for (const std::string& network : options.allow) {
        const auto parsed = config::parse_network(network);
        if (!parsed) return {"http.allow: " + parsed.error().sentence};
    }
    if (options.tls_certificate.empty() != options.tls_key.empty()) {
        return {"http.tls_certificate and http.tls_key: one is of no use without the other"};
    }
    if (!options.token.empty() && !options.token_file.empty()) {
        return {"http.token and http.token_file: one of them says it"};
    }
    if (options.token_file.empty()) {
        if (const auto token = read_token(options); !token) return token.error();
    }
    return {};
}

std::string socket_path(const Options& options) {
    if (!options.socket.empty()) return options.socket;
    const char* const folder = std::getenv("RUNTIME_DIRECTORY");
    if (folder == nullptr || *folder == '\0') return {};
    // Several folders are separated by colons; flowd's unit has one.
    const std::string_view first = config::split(folder, ':').front();
    return std::string{first} + "/flowd.sock";
}

Outcome<std::string> read_token(const Options& options) {
    std::string token = options.token;
    std::string place = "http.token";
    if (!options.token_file.empty()) {
        place = "http.token_file: " + log::one_line(options.token_file);
        std::ifstream file{options.token_file, std::ios::binary};
        if (!file) return Failure{place + ": cannot be read"};
        token.assign(std::istreambuf_iterator<char>{file}, {});
        while (!token.empty() && (token.back() == '\n' || token.back() == '\r')) token.pop_back();
        if (token.empty()) return Failure{place + ": is empty"};
    }
    if (token.empty()) return token;
    if (token.size() < token_size_min || token.size() > token_size_max) {
        return Failure{place + ": " + std::to_string(token.size()) +
                       " characters are not between 16 and 1024"};
    }
    for (const char c : token) {
        if (c <= ' ' || c > '~') {
            return Failure{place + ": has a space or a character that is not ASCII"};
        }
    }
    return token;
}

bool listen_chosen(const Options& options, const config::Loaded& loaded) {
    return options.listen != listen_default || loaded.was_given("metrics.addr") ||
           loaded.was_given("addr");
}

bool wants_goflow2_metrics(const Options& options, const config::Loaded& loaded) {
    if (options.metrics_goflow2 != "auto") return options.metrics_goflow2 == "on";
    return loaded.was_given("metrics.addr") || loaded.was_given("addr");
}

}  // namespace flowd::http
