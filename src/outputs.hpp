// SPDX-License-Identifier: BSD-3-Clause
// Outputs: the transports that the configuration asks for, and what RX workers must know of them.
// Main thread, at start.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "config/config.hpp"
#include "config/shape.hpp"
#include "log/failure.hpp"
#include "transport/file/options.hpp"
#include "transport/kafka/options.hpp"
#include "transport/transport.hpp"

namespace flowd {

struct Outputs {
    std::string terminator;                              ///< behind each message
    bool keys_wanted = false;                            ///< does the transport have keys?
    std::vector<std::unique_ptr<Transport>> transports;  ///< one per TX worker
};

/// Opens files and starts producers. Logs what to beware of.
[[nodiscard]] Outcome<Outputs> open_outputs(const config::Config& config, const file::Options& file,
                                            const kafka::Options& kafka,
                                            const config::OutputShape& shape);

/// What open_outputs() would refuse without touching files or network; with `connect` also what the
/// destination says. The text is for standard output.
[[nodiscard]] Outcome<std::string> check_outputs(const config::Config& config,
                                                 const file::Options& file,
                                                 const kafka::Options& kafka,
                                                 const config::OutputShape& shape, bool connect);

}  // namespace flowd
