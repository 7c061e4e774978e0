// SPDX-License-Identifier: BSD-3-Clause
// The standard reading of a packet's layers: by the RFCs, through tunnels. Per sample, for those
// who want layers; who wants the outermost headers only needs none of this.
#pragma once

#include <span>

#include "flow/base/bytes.hpp"
#include "flow/packet/dissect.hpp"
#include "flow/packet/layers.hpp"

namespace flow::packet {

/// Adds the layers of `sampled` to `layers`, which is clear. A layer whose header the sample cuts
/// off, or that is not what was announced, ends the walk and is not in the stack; so does a
/// fragment that is not the first. At most 64 KiB.
void walk(Bytes sampled, FirstLayer first, std::span<const PortRule> ports,
          Layers& layers) noexcept;

}  // namespace flow::packet
