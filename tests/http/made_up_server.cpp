// SPDX-License-Identifier: BSD-3-Clause
// The server as a program of its own, over a made-up observation: for tests that speak HTTP from
// outside. Prints a line with its port once it serves, and ends when its input does.
//   made-up-server [EXPORTERS [FLAG=VALUE...]]
// The flags are flowd's: -http.token=..., -http.socket=... By default it listens at 127.0.0.1:0.
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "config/flags.hpp"
#include "config/schema.hpp"
#include "http/made_up.hpp"
#include "http/routes.hpp"
#include "http/server.hpp"

namespace {

int fail(const std::string& sentence) {
    std::fprintf(stderr, "made-up-server: %s\n", sentence.c_str());
    return 1;
}

}  // namespace

int main(int count, char** arguments) {
    using namespace flowd;
    http::Options options;
    options.listen = "127.0.0.1:0";
    const config::Schema schema{http::rows(options)};
    const std::vector<const char*> rest(arguments + (count > 1 ? 2 : 1), arguments + count);
    const auto flags = config::parse_flags(rest, schema);
    if (!flags) return fail(flags.error().sentence);
    for (const config::FlagValue& flag : *flags) {
        if (const Failure failure = config::apply_flag(flag); failed(failure)) {
            return fail(failure.sentence);
        }
    }
    if (const Failure failure = http::validate(options); failed(failure)) {
        return fail(failure.sentence);
    }
    auto access = http::make_access(options);
    if (!access) return fail(access.error().sentence);
    const std::size_t exporters = count > 1 ? std::strtoul(arguments[1], nullptr, 10) : 20;
    made_up::Source source{made_up::observation(exporters)};
    made_up::Actions actions;
    const http::Pages pages{
        .metrics = [](const Observation&) { return std::string{"made_up 1\n"}; },
        .page = "<!doctype html><title>made up</title>",
        .page_policy = "default-src 'none'"};
    http::Server server{{.listen = options.listen,
                         .listen_given = true,
                         .socket = http::socket_path(options),
                         .socket_given = true,
                         .tls_certificate = options.tls_certificate,
                         .tls_key = options.tls_key,
                         .connections_max = static_cast<std::size_t>(options.connections_max),
                         .threads = static_cast<std::size_t>(options.threads)},
                        http::make_router(options, std::move(*access), source, actions, pages)};
    if (const Failure failure = server.open(); failed(failure)) return fail(failure.sentence);
    if (const Failure failure = server.start(); failed(failure)) return fail(failure.sentence);
    std::printf("%u\n", unsigned{server.port()});
    std::fflush(stdout);
    while (std::getchar() != EOF) {
    }
    return 0;
}
