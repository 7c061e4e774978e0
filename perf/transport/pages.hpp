// SPDX-License-Identifier: BSD-3-Clause
// Batches as an RX worker fills them, made before any clock runs: what the transports' benchmarks
// deliver. Different flows of 20 fields as length-prefixed protobuf, out of a whole pipeline.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "flow/model/batch.hpp"

namespace flow::perf {

struct PagesOptions {
    std::size_t datagram_count = 10'000;  ///< of 19 flows; all pages together do not fit an L2
    bool keyed = false;
    std::size_t key_count = 200;  ///< exporters
    std::size_t run_length = 30;  ///< flows of one exporter before another's turn, in no order
};

struct Pages {
    std::vector<std::unique_ptr<Batch>> batches;
    std::uint64_t flow_count = 0;
    std::uint64_t byte_count = 0;  ///< of messages, keys not
};

[[nodiscard]] Pages make_pages(const PagesOptions& options);

}  // namespace flow::perf
