// SPDX-License-Identifier: BSD-3-Clause
// Client: one request after the other to flowd's HTTP server, over its UNIX socket or TCP. The door
// to libcurl. One thread at a time.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "log/failure.hpp"
#include "tools/ctl/endpoint.hpp"

namespace flowd::ctl {

struct Request {
    std::string target;  ///< "/api/status?history=0"
    bool post = false;
    std::string body{};  ///< JSON of a POST
    double timeout_seconds = 10;
    /// Gets the body of a 200 in pieces, instead of `Answer::body`; false ends the transfer.
    std::function<bool(std::string_view)> sink{};
    /// Called about once a second while it waits; false ends the transfer.
    std::function<bool()> tick{};
};

struct Answer {
    long status = 0;
    std::string body;
    std::map<std::string, std::string> headers;  ///< names in small letters
};

class Client {
public:
    Client(std::vector<Endpoint> endpoints, std::string token, std::string ca);
    ~Client();
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;

    /// Tries one endpoint after the other until one answers, and stays with it. The failure says
    /// what was tried.
    [[nodiscard]] Outcome<Answer> ask(const Request& request);
    [[nodiscard]] const Endpoint& endpoint() const { return endpoints_.front(); }

private:
    struct Handle;
    [[nodiscard]] Failure try_one(const Endpoint& endpoint, const Request& request, Answer& answer);

    std::vector<Endpoint> endpoints_;
    std::string token_;
    std::string ca_;
    std::unique_ptr<Handle> handle_;
};

/// A text in a query, or between slashes.
[[nodiscard]] std::string url_encoded(std::string_view text);

}  // namespace flowd::ctl
