// SPDX-License-Identifier: BSD-3-Clause
// What a shard's producer is made with: the columns that are wanted, by whose reading, and what the
// user maps besides.
#pragma once

#include "flow/model/dialect.hpp"
#include "flow/model/mapping.hpp"
#include "flow/model/schema.hpp"
#include "flow/produce/elements.hpp"

namespace flow::produce {

struct Settings {
    Schema schema = Schema::all(Profile::goflow2_v1);
    Dialect dialect = Dialect::standard;
    const Mapping* mapping = nullptr;  ///< nullptr: none. Read-only; outlives the producer

    [[nodiscard]] Readings reading() const noexcept {
        return readings::of(schema.profile(), dialect);
    }
};

}  // namespace flow::produce
