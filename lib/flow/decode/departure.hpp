// SPDX-License-Identifier: BSD-3-Clause
// Departure: what becomes of a thing in a table that a walk of a handover has come to.
#pragma once

#include <cstdint>

namespace flow {

enum class Departure : std::uint8_t {
    stays,
    leaves,   ///< it has been copied: the table forgets it
    no_room,  ///< for a copy: the walk ends here, and goes on with it
};

}  // namespace flow
