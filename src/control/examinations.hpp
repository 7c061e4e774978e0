// SPDX-License-Identifier: BSD-3-Clause
// Examinations: what the examiner has found about each exporter, kept for the observations between
// two examinations: with thousands of exporters one of them costs more than all the rest of an
// observation. The observer's thread.
#pragma once

#include <cstdint>
#include <vector>

#include "control/examiner.hpp"
#include "metrics/observation.hpp"

namespace flowd {

class Examinations {
public:
    explicit Examinations(bool keeps_templates) : examiner_{keeps_templates} {}

    /// As Examiner::examine(), every observation with a few exporters, every sixth with 10,000. Who
    /// is new in between has nothing yet.
    void fill(const Examiner::Workers& workers, Observation& observation);

private:
    /// An observation more between two examinations for so many exporters.
    static constexpr std::size_t exporters_per_observation = 2000;

    struct DomainSkew {
        std::uint8_t version = 0;
        std::uint32_t id = 0;
        ClockSkew skew{};
    };
    struct Entry {
        flow::Address address{};
        std::uint16_t port = 0;
        std::uint16_t payload_size_max = 0;
        std::uint64_t reassembled = 0;
        ClockSkew skew{};
        std::vector<DomainSkew> domains{};
        Xray xray{};
        std::vector<Finding> findings{};
    };

    static void keep(const ExporterView& view, Entry& entry);
    static void give(const Entry& entry, ExporterView& view);

    Examiner examiner_;
    std::vector<Entry> entries_;  ///< by address
    std::size_t until_next_ = 0;  ///< observations
};

}  // namespace flowd
