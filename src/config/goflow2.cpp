// SPDX-License-Identifier: BSD-3-Clause
// One row for each flag of goflow2 that does nothing here. The help says why; it ends the sentence
// that is logged once when the flag is given.
#include "config/goflow2.hpp"

#include <limits>
#include <utility>

namespace flowd::config {

namespace {

Row accepted(std::string_view flag, Target target, std::string_view why,
             std::string_view unit = {}) {
    return {.key = {},
            .flag = flag,
            .target = target,
            .help = why,
            .unit = unit,
            .min = std::numeric_limits<std::int64_t>::min(),
            .effect = Effect::accepted};
}

std::vector<Row> general_rows(Goflow2& goflow2) {
    return {
        accepted("reuseport", &goflow2.reuseport,
                 "several sockets on a port are asked for with ?count= in -listen"),
        accepted("workers", &goflow2.workers,
                 "each socket of -listen has a worker of its own; see ?count="),
        accepted("err.cnt", &goflow2.error_count,
                 "errors in datagrams are counted, never logged one by one"),
        accepted("err.int", &goflow2.error_interval_ms,
                 "errors in datagrams are counted, never logged one by one", "ms"),
    };
}

std::vector<Row> template_rows(Goflow2::Templates& templates) {
    return {
        accepted("templates.ttl", &templates.ttl_ms, "templates do not expire in this build", "ms"),
        accepted("templates.sweep-interval", &templates.sweep_interval_ms,
                 "templates do not expire in this build", "ms"),
        accepted("templates.ttl.extend-on-access", &templates.extend_on_access,
                 "templates do not expire in this build"),
    };
}

}  // namespace

std::vector<Row> rows(Goflow2& goflow2) {
    std::vector<Row> all = general_rows(goflow2);
    for (Row& row : template_rows(goflow2.templates)) all.push_back(std::move(row));
    return all;
}

}  // namespace flowd::config
