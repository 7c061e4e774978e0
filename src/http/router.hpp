// SPDX-License-Identifier: BSD-3-Clause
// Routes: which handler answers a method and a path, and for whom. Filled at start, read-only from
// then on; any thread.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "http/access.hpp"
#include "http/request.hpp"

namespace flowd::http {

using Handler = std::function<Response(const Request&)>;

struct Route {
    std::string method;  ///< GET serves HEAD as well
    std::string path;    ///< `/api/exporters/{address}`: a part in braces stands for any
    Audience audience = Audience::viewers;
    Handler handler;
    bool waits = false;  ///< may take seconds: never on all threads at once
};

class Router {
public:
    explicit Router(Access access) : access_{std::move(access)} {}

    void add(Route route) { routes_.push_back(std::move(route)); }
    [[nodiscard]] const std::vector<Route>& routes() const noexcept { return routes_; }

    [[nodiscard]] bool waits(const Request& request) const;
    /// Never throws: a handler that does is a 500.
    [[nodiscard]] Response handle(Request request) const noexcept;

private:
    /// The arguments are what stands for the parts in braces.
    [[nodiscard]] const Route* find(const Request& request,
                                    std::vector<std::string>& arguments) const;
    [[nodiscard]] Response answer(Request& request) const;
    [[nodiscard]] Response no_route(const Request& request) const;

    Access access_;
    std::vector<Route> routes_;
};

}  // namespace flowd::http
