// SPDX-License-Identifier: BSD-3-Clause
// The topic before the first message: is it there, and if not, who makes it? Blocks for as long as
// it is told; runs on the TX worker.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "log/failure.hpp"
#include "transport/kafka/client.hpp"
#include "transport/kafka/options.hpp"

namespace flowd::kafka {

/// What a cluster says of itself.
struct Cluster {
    struct Broker {
        std::int32_t id = 0;
        std::string place;  ///< host:port
    };
    std::vector<Broker> brokers;
    std::size_t topic_count = 0;
    bool has_topic = false;  ///< visible to this user
    std::size_t partition_count = 0;
    std::size_t partitions_without_leader = 0;
    std::size_t replica_count = 0;  ///< of the first partition
};

/// Asks any broker. Creates no topic.
[[nodiscard]] Outcome<Cluster> ask_cluster(const Client& client, const std::string& topic,
                                           std::chrono::milliseconds most);

/// Success also when somebody else has created it meanwhile.
[[nodiscard]] Failure create_topic(const Client& client, const Options& options,
                                   std::chrono::milliseconds most);

}  // namespace flowd::kafka
