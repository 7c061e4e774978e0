// SPDX-License-Identifier: BSD-3-Clause
// What switches put into sFlow: the first bytes of packets, and counters of interfaces.
#pragma once

#include <cstddef>

#include "perf/support/inputs.hpp"
#include "perf/support/random.hpp"
#include "tests/support/byte_builder.hpp"

namespace flow::perf {

/// A flow sample with one raw header of 128 bytes, as the input says.
[[nodiscard]] test::ByteBuilder packet_sample(Input input, Random& random);

/// A counter sample with the generic counters of an interface.
[[nodiscard]] test::ByteBuilder counter_sample(Random& random);

void add_random_bytes(test::ByteBuilder& out, std::size_t size, Random& random);

}  // namespace flow::perf
