// SPDX-License-Identifier: BSD-3-Clause
// Dialect: by whose reading datagrams become flows. `standard` follows the RFCs; the others follow
// goflow2, faults included (`-strict`), so that two collectors can be compared line by line.
// Crashes, endless loops and amplification are in none of them.
#pragma once

#include <cstdint>

namespace flow {

enum class Dialect : std::uint8_t {
    standard,
    goflow2_v1,  ///< 1.3.7
    goflow2_v2,  ///< 2.2.6
};

}  // namespace flow
