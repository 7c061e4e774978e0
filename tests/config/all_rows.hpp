// SPDX-License-Identifier: BSD-3-Clause
// Every setting of flowd with its drivers, for tests that look at the whole. A new driver's options
// get a member and a line here, as they do in the daemon.
#pragma once

#include <utility>
#include <vector>

#include "config/config.hpp"
#include "config/schema.hpp"
#include "control/capture/options.hpp"
#include "http/options.hpp"
#include "ingress/dpdk/options.hpp"
#include "ingress/udp/options.hpp"
#include "outputs.hpp"

namespace flowd::config {

struct AllSettings {
    Config config;
    udp::Options udp;
    dpdk::Options dpdk;
    TransportTables transports;
    capture::Options capture;
    http::Options http;

    [[nodiscard]] Schema schema() {
        std::vector<Row> all = rows(config);
        for (Row& row : udp::rows(udp)) all.push_back(std::move(row));
        for (Row& row : dpdk::rows(dpdk)) all.push_back(std::move(row));
        for (Row& row : flowd::rows(transports.single)) all.push_back(std::move(row));
        for (Row& row : capture::rows(capture)) all.push_back(std::move(row));
        for (Row& row : http::rows(http)) all.push_back(std::move(row));
        Schema schema{std::move(all)};
        schema.allow_array(dpdk.ports.array());
        schema.allow_array(transports.array());
        return schema;
    }
};

}  // namespace flowd::config
