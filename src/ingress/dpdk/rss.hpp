// SPDX-License-Identifier: BSD-3-Clause
// RSS on addresses only: an exporter's datagrams must meet in one queue whatever their ports, and
// fragments have none. Cold; main thread.
#pragma once

#include <rte_ethdev.h>

#include <cstdint>
#include <string>

#include "ingress/dpdk/rss_table.hpp"

namespace flowd::dpdk {

/// Before rte_eth_dev_configure. Afterwards `config` points to a copy of the key that stays.
void ask_for_rss(rte_eth_conf& config, const RssChoice& choice) noexcept;

/// What a started port really does.
struct RssOutcome {
    bool spreads_by_address = false;  ///< several queues make sense
    bool key_taken = false;           ///< it hashes with rss_key()
    bool surprises = false;           ///< the line is a warning: the driver did not do as asked
    std::string line{};               ///< for the log
};

/// After rte_eth_dev_start: installs the rules and reads back what was accepted. The rules go with
/// the port. `name` is the port's in the line.
[[nodiscard]] RssOutcome settle_rss(std::uint16_t port_id, const RssChoice& choice,
                                    const std::string& name);

}  // namespace flowd::dpdk
