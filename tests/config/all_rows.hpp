// SPDX-License-Identifier: BSD-3-Clause
// Every setting of flowd with its drivers, for tests that look at the whole. A new driver's options
// get a member and a line here, as they do in the daemon.
#pragma once

#include <utility>
#include <vector>

#include "config/config.hpp"
#include "config/schema.hpp"
#include "ingress/dpdk/options.hpp"
#include "ingress/udp/options.hpp"
#include "transport/file/options.hpp"
#include "transport/kafka/options.hpp"

namespace flowd::config {

struct AllSettings {
    Config config;
    udp::Options udp;
    dpdk::Options dpdk;
    file::Options file;
    kafka::Options kafka;

    [[nodiscard]] Schema schema() {
        std::vector<Row> all = rows(config);
        for (Row& row : udp::rows(udp)) all.push_back(std::move(row));
        for (Row& row : dpdk::rows(dpdk)) all.push_back(std::move(row));
        for (Row& row : file::rows(file)) all.push_back(std::move(row));
        for (Row& row : kafka::rows(kafka)) all.push_back(std::move(row));
        return Schema{std::move(all)};
    }
};

}  // namespace flowd::config
