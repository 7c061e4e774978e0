// SPDX-License-Identifier: BSD-3-Clause
// Summary: what a run has done, added up from its workers after they have ended. Cold; the main
// thread's.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "log/failure.hpp"
#include "worker/rx_worker.hpp"
#include "worker/tx_worker.hpp"

namespace flowd {

/// Every datagram and flow is in exactly one place: `datagrams = decoded + Σ datagram_drops`, and
/// `flows = delivered + Σ flow_drops` where there is one transport without a filter. With several
/// each of them has its own equation: `offered = delivered + Σ drops`, and `delivered` and
/// `flow_drops` are their sums. What a spool holds is in neither: `+ spool_left - spool_restored`.
struct Summary {
    using Counts = std::vector<std::pair<std::string, std::uint64_t>>;  ///< by name, without zeros

    std::uint64_t datagrams = 0;  ///< arrived, `missed` included
    std::uint64_t decoded = 0;    ///< of these: nothing was wrong
    std::uint64_t bytes_in = 0;   ///< UDP payload
    std::uint64_t flows = 0;      ///< decoded
    std::uint64_t delivered = 0;
    std::uint64_t bytes_out = 0;
    double seconds = 0;           ///< from the first datagram to the last delivered message
    double rx_cpu_seconds = 0;    ///< of the RX threads, in that time
    double tx_cpu_seconds = 0;    ///< of the TX threads
    std::vector<double> rx_busy;  ///< by RX worker: the part of its time in which it had work
    Counts datagram_drops;
    Counts flow_drops;
    struct Transport {
        std::string name;
        std::uint64_t offered = 0;  ///< flows that were meant for it
        std::uint64_t delivered = 0;
        std::uint64_t bytes_out = 0;
        std::uint64_t spool_restored = 0;
        std::uint64_t spool_left = 0;
        Counts drops;
    };
    std::vector<Transport> transports;
    Counts counters;  ///< what else was counted, by the names of flow::PipelineStats
};

/// RX workers have ended. What TX workers hold that have not is `given_up`.
[[nodiscard]] Summary summarize(const std::vector<std::unique_ptr<RxWorker>>& rx,
                                const std::vector<std::unique_ptr<TxWorker>>& tx,
                                const std::vector<std::string>& transport_names);

/// What somebody else has counted; nothing when it is 0.
void add_counter(Summary& summary, std::string_view name, std::uint64_t count);

/// One JSON object, newline at the end.
[[nodiscard]] std::string to_json(const Summary& summary);
/// For a person: a few lines.
[[nodiscard]] std::string to_text(const Summary& summary);

[[nodiscard]] Failure write_summary(const Summary& summary, const std::string& path);

}  // namespace flowd
