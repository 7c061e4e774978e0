// SPDX-License-Identifier: BSD-3-Clause
// A sampled frame as goflow2 2.2.6 reads it: a chain of parsers, faults included. Only with
// `-strict`. Its lists are bounded here: 32 layers, 32 labels.
#pragma once

#include <span>

#include "flow/base/bytes.hpp"
#include "flow/packet/dissect.hpp"
#include "flow/packet/layers.hpp"

namespace flow::packet::goflow2 {

/// `headers` and `layers` are clear. Only `ports` says what follows a port: none is known by
/// itself.
void read_v2(Bytes frame, std::span<const PortRule> ports, Headers& headers,
             Layers& layers) noexcept;

}  // namespace flow::packet::goflow2
