// SPDX-License-Identifier: BSD-3-Clause
// Outputs: the transports that the configuration asks for, [transport] or several [[transport]],
// and what RX workers must know of them. Main thread, at start.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "config/config.hpp"
#include "config/load.hpp"
#include "config/schema.hpp"
#include "log/failure.hpp"
#include "transport/file/options.hpp"
#include "transport/kafka/options.hpp"
#include "transport/spool/options.hpp"
#include "transport/transport.hpp"
#include "worker/lane_filter.hpp"

namespace flowd {

/// One transport's settings: those of its kind count.
struct TransportSettings {
    std::string name{};  ///< empty: the kind's
    std::string kind = "file";
    std::int64_t workers = 1;
    std::vector<std::string> listeners{};  ///< URIs of -listen; empty: all
    std::vector<std::string> exporters{};  ///< networks; empty: all
    file::Options file{};
    kafka::Options kafka{};
    spool::Options spool{};

    [[nodiscard]] const std::string& label() const noexcept { return name.empty() ? kind : name; }
};

[[nodiscard]] std::vector<config::Row> rows(TransportSettings& settings);

/// All transports. Elements stay where they are, as rows point to them.
struct TransportTables {
    TransportSettings single;                 ///< [transport] and the flags
    std::deque<TransportSettings> several{};  ///< [[transport]]; when there are any, they count

    [[nodiscard]] std::vector<const TransportSettings*> in_use() const;
    /// For the schema: makes one of `several`.
    [[nodiscard]] config::TableArray array();
};

struct Output {
    std::string name;
    std::string terminator;  ///< behind each message
    bool keyed = false;
    LaneFilter filter;
    std::vector<std::unique_ptr<Transport>> workers;  ///< one per TX worker
};

/// Opens files, spools and producers. Logs what to beware of.
[[nodiscard]] Outcome<std::vector<Output>> open_outputs(const config::Config& config,
                                                        const TransportTables& transports,
                                                        const config::Loaded& loaded);

struct Checked {
    std::string text{};                   ///< what destinations say, for standard output
    std::vector<std::string> warnings{};  ///< that open_outputs() would log
};

/// What open_outputs() would refuse without touching files or network; with config.connect also
/// what the destinations say. Logs nothing.
[[nodiscard]] Outcome<Checked> check_outputs(const config::Config& config,
                                             const TransportTables& transports,
                                             const config::Loaded& loaded);

}  // namespace flowd
