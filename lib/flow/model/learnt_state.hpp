// SPDX-License-Identifier: BSD-3-Clause
// What a shard has learnt from its exporters, copied out: it survives a restart. Plain values, no
// references into the shard.
#pragma once

#include <cstdint>
#include <vector>

#include "flow/model/address.hpp"
#include "flow/model/origin.hpp"
#include "flow/model/template.hpp"
#include "flow/model/template_history.hpp"

namespace flow {

/// Whose template ids, rates and sequence numbers these are.
struct StateKey {
    Address exporter;
    std::uint16_t port = 0;  ///< only where templates are keyed by address and port
    std::uint8_t version = 0;
    std::uint32_t domain = 0;

    [[nodiscard]] bool operator==(const StateKey&) const noexcept = default;
};

struct LearntTemplate {
    StateKey key;
    std::uint16_t id = 0;
    bool options = false;
    std::uint16_t scope_count = 0;
    std::vector<TemplateField> fields{};
    TemplateHistory history{};  ///< of this run: a state file does not have it
};

struct LearntSampling {
    StateKey key;
    std::uint64_t rate = 0;  ///< of the domain; 0: only its samplers have some
    std::vector<SamplerRate> samplers{};
};

struct LearntState {
    std::vector<LearntTemplate> templates;
    std::vector<LearntSampling> sampling;
};

}  // namespace flow
