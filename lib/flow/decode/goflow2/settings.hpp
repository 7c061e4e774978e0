// SPDX-License-Identifier: BSD-3-Clause
// What the strict decoders of a shard are made with.
#pragma once

#include <cstdint>

#include "flow/model/dialect.hpp"
#include "flow/model/template.hpp"

namespace flow::goflow2 {

struct Settings {
    Dialect dialect = Dialect::goflow2_v1;  ///< never standard
    std::uint32_t templates_max = 0;        ///< of the template store: its slots are below
    std::uint32_t sampling_rates_max = 65536;
    TemplateSlot netflow5_slot = 0;  ///< where the sink keeps NetFlow v5's built-in template
    TemplateSlot empty_slot = 0;     ///< and that of a record without fields
    std::uint64_t hash_seed = 0;
};

}  // namespace flow::goflow2
