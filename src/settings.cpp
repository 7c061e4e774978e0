// SPDX-License-Identifier: BSD-3-Clause
// The order of the rows is that of -print-config.
#include "settings.hpp"

#include <iterator>
#include <utility>
#include <vector>

namespace flowd {

config::Schema make_schema(Settings& settings) {
    std::vector<config::Row> all = config::rows(settings.general);
    const auto append = [&all](std::vector<config::Row> more) {
        all.insert(all.end(), std::make_move_iterator(more.begin()),
                   std::make_move_iterator(more.end()));
    };
    append(dpdk::rows(settings.dpdk));
    append(udp::rows(settings.udp));
    append(rows(settings.transports.single));
    append(capture::rows(settings.capture));
    append(http::rows(settings.http));
    config::Schema schema{std::move(all)};
    schema.allow_array(settings.dpdk.ports.array());
    schema.allow_array(settings.transports.array());
    return schema;
}

Outcome<Checked> check(const Settings& settings, const config::Loaded& loaded) {
    if (Failure failure = dpdk::check(settings.dpdk.ports); failed(failure)) return failure;
    return check_outputs(settings.general, settings.transports, loaded);
}

}  // namespace flowd
