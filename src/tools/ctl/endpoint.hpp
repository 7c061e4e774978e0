// SPDX-License-Identifier: BSD-3-Clause
// Where flowd may answer: what was asked for, or the usual places in order. Main thread, at start.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "log/failure.hpp"
#include "tools/ctl/options.hpp"

namespace flowd::ctl {

struct Endpoint {
    std::string socket;  ///< a path; empty: TCP
    std::string url;     ///< scheme, host and port, without a slash at its end

    /// For a sentence.
    [[nodiscard]] const std::string& name() const { return socket.empty() ? url : socket; }
};

/// The environment: a variable's text, empty when there is none.
using Environment = std::function<std::string(const char*)>;
using Exists = std::function<bool(const std::string&)>;

/// At least one, in the order in which they are tried.
[[nodiscard]] Outcome<std::vector<Endpoint>> endpoints_of(const Options& options,
                                                          const Environment& environment,
                                                          const Exists& exists);
/// Of the option, the file or the environment; empty: none.
[[nodiscard]] Outcome<std::string> token_of(const Options& options, const Environment& environment);

}  // namespace flowd::ctl
