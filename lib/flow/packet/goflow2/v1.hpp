// SPDX-License-Identifier: BSD-3-Clause
// A sampled frame as goflow2 1.3.7 reads it: one pass over a fixed layout, faults included. Only
// with `-strict`. Where it read past the sample, or ended the process, the sample ends here.
#pragma once

#include "flow/base/bytes.hpp"
#include "flow/packet/dissect.hpp"
#include "flow/packet/layers.hpp"

namespace flow::packet::goflow2 {

/// `headers` and `layers` are clear; the stack stays empty, the places of mappings are filled.
/// goflow2 writes all columns of IP, transport and MPLS with what `headers` holds, zeros too,
/// whatever has_mpls, has_ip and has_ports say; those of VLAN and ICMP only if they are there.
void read_v1(Bytes frame, Headers& headers, Layers& layers) noexcept;

}  // namespace flow::packet::goflow2
