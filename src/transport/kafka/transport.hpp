// SPDX-License-Identifier: BSD-3-Clause
// The Kafka transport: messages of batches become Kafka messages, one each or many in one, and are
// delivered once a broker has acknowledged them. Each instance has a producer of its own and
// belongs to one TX worker.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "log/failure.hpp"
#include "transport/kafka/options.hpp"
#include "transport/kafka/properties.hpp"
#include "transport/transport.hpp"

namespace flowd::kafka {

/// Starts a producer, which connects when it can: a broker that is away is no failure.
[[nodiscard]] Outcome<std::unique_ptr<Transport>> open(const Options& options, Partition partition);

/// Whether open() would find anything wrong that needs no network. Returns what to warn of.
[[nodiscard]] Outcome<std::vector<std::string>> check(const Options& options, Partition partition);

/// Connects, waits for the cluster's answer, and says in a few lines what it offers.
[[nodiscard]] Outcome<std::string> probe(const Options& options);

}  // namespace flowd::kafka
