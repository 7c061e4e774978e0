// SPDX-License-Identifier: BSD-3-Clause
// The rows of the disk spool. Runs at start, on the main thread.
#include "transport/spool/options.hpp"

namespace flowd::spool {

std::vector<config::Row> rows(Options& options) {
    return {
        {.key = "transport.spool.path",
         .flag = "transport.spool.path",
         .target = &options.path,
         .help = "Folder that keeps messages while the destination does not take them; empty: "
                 "none."},
        {.key = "transport.spool.bytes",
         .flag = "transport.spool.bytes",
         .target = &options.bytes,
         .help = "Most that the spool of one TX worker takes; when full, its oldest segment goes.",
         .unit = "bytes",
         .min = 1 << 20},
        {.key = "transport.spool.segment_bytes",
         .flag = "transport.spool.segment-bytes",
         .target = &options.segment_bytes,
         .help = "Size at which a new segment begins; at most a quarter of transport.spool.bytes "
                 "is used.",
         .unit = "bytes",
         .min = 64 << 10,
         .max = 1 << 30},
        {.key = "transport.spool.compression",
         .flag = "transport.spool.compression",
         .target = &options.compression,
         .help = "How batches are compressed on disk.",
         .choices = {"none", "lz4", "zstd"}},
        {.key = "transport.spool.replay_rate",
         .flag = "transport.spool.replay-rate",
         .target = &options.replay_rate,
         .help = "Most that one TX worker replays; 0: as fast as the destination takes it.",
         .unit = "bytes/s"},
        {.key = "transport.spool.slow_ms",
         .flag = "transport.spool.slow-ms",
         .target = &options.slow_ms,
         .help = "How long the destination may take less than comes before spooling begins.",
         .unit = "ms",
         .max = 3'600'000},
        {.key = "transport.spool.sync",
         .flag = "transport.spool.sync",
         .target = &options.sync,
         .help = "When segments are forced to disk: none survives the end of the process, "
                 "segment also that of the machine, but for the last segment.",
         .choices = {"none", "segment"}},
    };
}

std::string folder_of(const Options& options, std::size_t worker_index) {
    return options.path + "/" + std::to_string(worker_index);
}

}  // namespace flowd::spool
