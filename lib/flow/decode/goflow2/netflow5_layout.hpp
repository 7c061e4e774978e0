// SPDX-License-Identifier: BSD-3-Clause
// NetFlow v5's record as a template of NetFlow v9 (RFC 3954 §8).
#pragma once

#include <array>
#include <cstdint>

#include "flow/model/template.hpp"

namespace flow::goflow2 {

inline constexpr std::uint16_t netflow5_record_size = 48;

/// srcaddr, dstaddr, nexthop, input, output, dPkts, dOctets, First, Last, srcport, dstport, pad1,
/// tcp_flags, prot, tos, src_as, dst_as, src_mask, dst_mask, pad2; 210 is padding.
inline constexpr std::array<TemplateField, 20> netflow5_fields{{
    {8, 4},  {12, 4},  {15, 4}, {10, 2}, {14, 2}, {2, 4},  {1, 4},  {22, 4}, {21, 4}, {7, 2},
    {11, 2}, {210, 1}, {6, 1},  {4, 1},  {5, 1},  {16, 2}, {17, 2}, {9, 1},  {13, 1}, {210, 2},
}};

}  // namespace flow::goflow2
