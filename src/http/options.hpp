// SPDX-License-Identifier: BSD-3-Clause
// The HTTP server's settings, [http] and [metrics]. Read by the main thread at start, sealed.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "config/load.hpp"
#include "config/row.hpp"
#include "log/failure.hpp"

namespace flowd::http {

inline constexpr std::string_view listen_default = ":8080";

struct Options {
    std::string listen{listen_default};  ///< comma-separated host:port; empty: no port
    std::string metrics_path = "/metrics";
    std::string templates_path = "/templates";  ///< empty: not served
    std::string socket;                         ///< empty: see socket_path()
    std::vector<std::string> allow;             ///< networks that see the page and the API
    std::vector<std::string> names;             ///< by which browsers may call flowd
    std::string token;
    std::string token_file;
    std::string tls_certificate;
    std::string tls_key;
    std::int64_t connections_max = 64;
    std::int64_t threads = 4;

    std::string metrics_goflow2 = "auto";
    std::int64_t metrics_exporters_max = 1'000;
};

/// The rows borrow `options`.
[[nodiscard]] std::vector<config::Row> rows(Options& options);

/// What no single row can say.
[[nodiscard]] Failure validate(const Options& options);

/// http.socket, or flowd.sock in the folder that the service manager made ($RUNTIME_DIRECTORY).
/// Empty: none.
[[nodiscard]] std::string socket_path(const Options& options);

/// http.token or what is in http.token_file; empty: none.
[[nodiscard]] Outcome<std::string> read_token(const Options& options);

/// Did a person choose the address? Then a start without it is a failure, and a replay serves, too.
/// The default in a file, where -print-config has put it, is no choice.
[[nodiscard]] bool listen_chosen(const Options& options, const config::Loaded& loaded);

/// Are metrics served under goflow2's names, too? `auto`: when the address came by one of its
/// flags.
[[nodiscard]] bool wants_goflow2_metrics(const Options& options, const config::Loaded& loaded);

}  // namespace flowd::http
