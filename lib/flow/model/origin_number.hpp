// SPDX-License-Identifier: BSD-3-Clause
// The numbers that an Origin gives to the columns of the datagram (columns.hpp, is_of_datagram).
#pragma once

#include <cstdint>

#include "flow/model/columns.hpp"
#include "flow/model/origin.hpp"

namespace flow {

/// 0 for other columns; the sampler's address is no number.
[[nodiscard]] constexpr std::uint64_t origin_number(Column column, const Origin& origin) noexcept {
    switch (column) {
        case Column::type: return static_cast<std::uint64_t>(origin.type);
        case Column::time_received: return origin.received_ns / 1'000'000'000;
        case Column::time_received_ns: return origin.received_ns;
        case Column::sequence_num: return origin.sequence;
        case Column::sampling_rate: return origin.sampling_rate;
        case Column::observation_domain_id: return origin.observation_domain;
        default: return 0;
    }
}

}  // namespace flow
