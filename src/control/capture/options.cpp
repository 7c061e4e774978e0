// SPDX-License-Identifier: BSD-3-Clause
// Nothing is kept unless asked for: datagrams are other people's.
#include "control/capture/options.hpp"

#include "config/keep_limits.hpp"

namespace flowd::capture {

std::vector<config::Row> rows(Options& options) {
    return {
        {.key = "capture.errors_path",
         .flag = "capture.errors",
         .target = &options.errors_path,
         .help = "Folder for datagrams that cannot be decoded, as captures with the reason: "
                 "errors.pcapng, and errors.1.pcapng from before. A few a second of each exporter "
                 "and reason. Empty: they are counted only."},
        {.key = "capture.errors_bytes_max",
         .flag = "capture.errors-bytes",
         .target = &options.errors_bytes,
         .help = "Size of each of the two files.",
         .unit = "bytes",
         .min = 262'144,
         .max = 1'099'511'627'776},
        {.key = "capture.seconds",
         .flag = "capture.seconds",
         .target = &options.seconds,
         .help = "Keep the last datagrams of all exporters for so long, for flowctl capture to "
                 "show; 0: only when flowctl asks for it.",
         .unit = "seconds",
         .min = 0,
         .max = config::keep_seconds_max},
        {.key = "capture.bytes_max",
         .flag = "capture.bytes",
         .target = &options.bytes,
         .help = "Memory for the datagrams that are kept; without room the oldest goes.",
         .unit = "bytes",
         .min = config::keep_bytes_min,
         .max = config::keep_bytes_max},
    };
}

}  // namespace flowd::capture
