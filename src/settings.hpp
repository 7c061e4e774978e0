// SPDX-License-Identifier: BSD-3-Clause
// Settings: all of flowd's, the daemon's own and the drivers'. Filled at start by the main thread;
// only what is live changes afterwards, by a reload on the main thread.
#pragma once

#include "config/config.hpp"
#include "config/load.hpp"
#include "config/schema.hpp"
#include "control/capture/options.hpp"
#include "http/options.hpp"
#include "ingress/dpdk/options.hpp"
#include "ingress/udp/options.hpp"
#include "log/failure.hpp"
#include "outputs.hpp"

namespace flowd {

struct Settings {
    config::Config general;
    dpdk::Options dpdk;
    udp::Options udp;
    TransportTables transports;
    capture::Options capture;
    http::Options http;

    /// Live ports of DPDK.
    [[nodiscard]] bool owns_ports() const noexcept {
        return general.ingress == "dpdk" && !is_replay();
    }
    [[nodiscard]] bool is_replay() const noexcept { return !general.replay.path.empty(); }
};

/// Borrows `settings`.
[[nodiscard]] config::Schema make_schema(Settings& settings);

/// What drivers would refuse at the start, without opening anything unless -connect says so. Logs
/// nothing.
[[nodiscard]] Outcome<Checked> check(const Settings& settings, const config::Loaded& loaded);

}  // namespace flowd
