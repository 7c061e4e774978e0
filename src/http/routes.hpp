// SPDX-License-Identifier: BSD-3-Clause
// All that flowd serves, by path. Made once at start.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "http/access.hpp"
#include "http/options.hpp"
#include "http/router.hpp"
#include "http/source.hpp"
#include "log/failure.hpp"

namespace flowd::http {

/// What others make: the metrics' text and the status page.
struct Pages {
    std::function<std::string(const Observation&)> metrics{};
    std::string_view metrics_type = "text/plain; version=0.0.4; charset=utf-8";
    std::string_view page{};         ///< HTML; empty: there is none
    std::string_view page_policy{};  ///< its Content-Security-Policy
};

/// Who may: reads the token's file, and asks for this machine's name.
[[nodiscard]] Outcome<Access> make_access(const Options& options);

/// `source`, `actions` and what `pages` borrows outlive the router.
[[nodiscard]] Router make_router(const Options& options, Access access, const Source& source,
                                 Actions& actions, Pages pages);

}  // namespace flowd::http
