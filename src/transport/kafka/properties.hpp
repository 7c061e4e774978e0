// SPDX-License-Identifier: BSD-3-Clause
// From the options to librdkafka's properties: names and values, checked as far as that goes
// without librdkafka. Main thread, at start.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "log/failure.hpp"
#include "transport/kafka/options.hpp"

namespace flowd::kafka {

/// How messages find their partitions.
enum class Partition : std::uint8_t {
    sticky,  ///< one after the other, a batch of messages each
    by_key,  ///< as sarama's hash partitioner does: equal keys share a partition
};

struct Properties {
    std::vector<std::pair<std::string, std::string>> values;  ///< in the order to be set
    std::vector<std::string> warnings;                        ///< for the log, once
};

/// Reads the files of secrets and the environment. Fails on what contradicts itself, on a version
/// or compression that does not exist, on secrets that are not there.
[[nodiscard]] Outcome<Properties> make_properties(const Options& options, Partition partition);

}  // namespace flowd::kafka
