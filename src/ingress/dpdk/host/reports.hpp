// SPDX-License-Identifier: BSD-3-Clause
// The frames of IGMP and MLD that a member sends, in every version.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "ingress/dpdk/host/frame_writer.hpp"
#include "ingress/dpdk/host/headers.hpp"
#include "ingress/dpdk/host/state.hpp"

namespace flowd::dpdk::host {

/// Record types, RFC 3376 §4.2.12 and RFC 3810 §5.2.12. Excluding nobody: any source is wanted.
enum class Record : std::uint8_t { is_member = 2, leaves = 3, joins = 4 };

/// The frame of the newest protocol holds several groups, one of an older protocol the first only.
struct Report {
    std::span<const flow::Address> groups{};
    Record record = Record::is_member;
    std::uint8_t version = 0;  ///< 0: the newest
};

/// How many of the groups one frame takes: no more than fit into 1,280 bytes.
[[nodiscard]] std::size_t groups_of_frame(std::uint8_t version) noexcept;
void write_igmp_report(FrameWriter& out, const State& state, const Report& report,
                       const Tag& tag) noexcept;
void write_mld_report(FrameWriter& out, const State& state, const Report& report,
                      const Tag& tag) noexcept;

}  // namespace flowd::dpdk::host
