// SPDX-License-Identifier: BSD-3-Clause
// Config: the daemon's general settings. Those of a driver are in the driver's options.hpp. Filled
// at start by the main thread, read-only from then on.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "config/goflow2.hpp"
#include "config/row.hpp"
#include "log/failure.hpp"

namespace flowd::config {

/// A capture played through the collector. At most one of `loops` and `seconds` ends it, and at
/// most one of `as_fast`, `pps` and `timed` paces it; without any it is as fast as possible.
struct Replay {
    std::string path;  ///< empty: no replay
    std::int64_t loops = 1;
    std::int64_t seconds = 0;  ///< 0: ended by `loops`
    bool as_fast = false;
    std::int64_t pps = 0;  ///< datagrams a second; 0: not paced by this
    bool timed = false;    ///< at the capture's own times
    std::string on_full = "wait";
};

/// What is learnt from exporters: where it is kept over a restart, and how it is told apart.
struct Learnt {
    std::string path;  ///< empty: see state_path()
    std::int64_t interval_ms = 10'000;
    std::string goflow2_store = "memory";  ///< -netflow.templates
    std::string goflow2_path = "./templates.json";
    std::string template_key = "address";
    std::int64_t park_bytes = 4 * 1024 * 1024;
    std::int64_t park_age_ms = 60'000;
};

struct Sampling {
    std::vector<std::string> fallback;  ///< see parse_fallback()
    bool across_domains = false;        ///< -samplingrate.fallback
};

/// What the process may do.
struct Process {
    std::string user;            ///< empty: who it was started as
    std::string seccomp = "on";  ///< of RX workers: "on", "kill" or "off"
};

/// When exporters move from one RX worker to another.
struct Balance {
    std::int64_t interval_ms = 1'000;  ///< 0: never
    // Shares of a worker's time.
    std::int64_t busy_permille = 500;
    std::int64_t spread_permille = 250;
    std::int64_t overloaded_permille = 800;
};

/// What can change while flowd runs, by a reload. All else is sealed at the start.
struct Live {
    std::string log_level = "info";
    std::string log_format = "normal";
    Balance balance;
};

struct Config {
    std::string file;

    std::string listen = "sflow://:6343,netflow://:2055";
    std::string ingress = "udp";
    std::string idle = "adaptive";
    std::int64_t rx_workers = 0;    ///< 0: one per queue or socket
    std::string rx_cores = "auto";  ///< a list of CPUs, or wherever the kernel puts them
    std::string kernel = "auto";
    Replay replay;
    std::string summary_path;  ///< empty: no summary file

    std::string produce = "sample";
    std::string format = "json";
    std::string profile = "goflow2-v1";
    std::string columns;   ///< flowd's own columns to put out, comma-separated
    std::string selector;  ///< columns of JSON and text lines, comma-separated; empty: all
    std::string tag;       ///< "json": snake_case keys
    std::string hash = "SamplerAddress";  ///< columns of a message's key, comma-separated
    std::string mapping_path;             ///< empty: no mapping file
    bool strict = false;
    bool protobuf_fixedlen = false;  ///< goflow2's name: a varint length before each message

    std::int64_t batch_max_age_ms = 50;
    std::int64_t batch_count = 256;
    std::int64_t stop_patience_ms = 10'000;
    std::int64_t exporters_max = 16'384;
    std::int64_t templates_max = 16'384;
    std::int64_t templates_per_exporter_max = 1'024;
    std::int64_t domains_max = 32'768;

    Learnt learnt;
    Sampling sampling;

    Process process;

    Live live;

    bool check = false;
    bool connect = false;
    bool probe = false;  ///< explain the machine
    bool probe_json = false;
    bool print_config = false;
    std::string print_docs = "none";  ///< "keys", "flags" or "bash"
    bool version = false;
    bool help = false;

    Goflow2 goflow2;
};

/// The rows borrow `config`.
[[nodiscard]] std::vector<Row> rows(Config& config);

/// The file that keeps what was learnt; empty: none. A path given as such wins over goflow2 v1's
/// `-netflow.templates=file`.
[[nodiscard]] std::string state_path(const Config& config);

/// What no single row can say: settings that exclude or need each other, and the listen URIs.
[[nodiscard]] Failure validate(const Config& config);

}  // namespace flowd::config
