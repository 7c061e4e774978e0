// SPDX-License-Identifier: BSD-3-Clause
// Xray: how an exporter behaves, inferred from what was observed of it. Plain data; diagnosis.hpp
// makes it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace flowd {

struct Xray {
    /// A way in which the exporter departs from its protocol.
    struct Deviating {
        std::string code;  ///< flow::deviation_name(), or "time_" and flow::time_fault_name()
        std::uint64_t count = 0;
        std::string sentence;
    };
    struct FlowSeconds {
        std::uint64_t samples = 0;
        double median = 0;
        double most = 0;
    };

    std::optional<double> active_timeout_seconds;    ///< a flow is reported at least so often
    std::optional<double> inactive_timeout_seconds;  ///< a silent flow is reported after so long
    FlowSeconds flow_seconds;                        ///< how long sampled flows lasted
    std::optional<double> template_refresh_seconds;  ///< the longest of its templates
    std::uint16_t payload_size_max = 0;
    std::uint64_t reassembled = 0;
    std::uint64_t impossible_times = 0;  ///< of sampled flows
    std::uint64_t restarts = 0;
    /// Of all its domains. Else there is a finding that says why, and its loss is not known.
    bool sequence_trusted = true;
    std::vector<Deviating> deviations;  ///< the most frequent first
};

}  // namespace flowd
