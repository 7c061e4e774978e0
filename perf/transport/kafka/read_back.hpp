// SPDX-License-Identifier: BSD-3-Clause
// What a topic holds, read by a consumer of its own: the answers of the Kafka benchmarks.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "flow/model/batch.hpp"

namespace flow::perf {

/// Flows as texts, key first, in no order. Sorted they can be compared.
using Flows = std::vector<std::string>;

void add_flows(Flows& to, const Batch& page);

/// Reads what is produced from its making on.
class Reader {
public:
    Reader(const std::string& brokers, const std::string& topic);
    Reader(const Reader&) = delete;
    Reader& operator=(const Reader&) = delete;
    ~Reader();

    /// Of packed messages, too; fewer when no more come for seconds.
    [[nodiscard]] Flows read(std::size_t count);

private:
    void* client_;
};

}  // namespace flow::perf
