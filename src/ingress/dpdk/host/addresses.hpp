// SPDX-License-Identifier: BSD-3-Clause
// The addresses of a port and how far each of them is: claimed, in use, or someone else's.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "flow/base/bytes.hpp"
#include "flow/model/address.hpp"
#include "ingress/dpdk/host/identity.hpp"

namespace flowd::dpdk::host {

inline constexpr std::uint64_t never = UINT64_MAX;

enum class Claim : std::uint8_t {
    probing,  ///< not answered for: the link is being asked whether someone has it
    ready,    ///< answered for
    refused,  ///< someone has it: not answered for, asked again after a while
};

struct OwnAddress {
    flow::Address address{};
    std::uint8_t bits = 0;
    Claim claim = Claim::probing;
    bool verifying = true;  ///< probes are out, or will be; may also be so while it is in use

    // The schedule of its announcements (claims.hpp).
    std::uint8_t step = 0;
    std::size_t segment = 0;
    std::uint64_t due_ns = 0;
    std::uint64_t defended_ns = 0;
};

/// A link-local address of IPv6 (RFC 4291 §2.5.6).
[[nodiscard]] bool is_link_local(flow::Bytes address) noexcept;
/// A group of either family.
[[nodiscard]] bool is_group(flow::Bytes address) noexcept;
/// The solicited-node group of an IPv6 address (RFC 4291 §2.7.1).
[[nodiscard]] flow::Address solicited_node_of(flow::Bytes address) noexcept;
/// A host, on this link or behind a router, that a reply may go to.
[[nodiscard]] bool is_host(flow::Bytes address) noexcept;

class Addresses {
public:
    /// Where any IPv6 is configured without a link-local address, the one made from the MAC address
    /// (RFC 4291, appendix A) is added.
    explicit Addresses(const Identity& identity);

    [[nodiscard]] std::span<OwnAddress> all() noexcept { return all_; }
    [[nodiscard]] std::span<const OwnAddress> all() const noexcept { return all_; }
    /// By 4 or 16 bytes as on the wire, in whatever state; null: not ours.
    [[nodiscard]] OwnAddress* find(flow::Bytes wire) noexcept;
    [[nodiscard]] bool is_ready(flow::Bytes wire) noexcept {
        const OwnAddress* const own = find(wire);
        return own != nullptr && own->claim == Claim::ready;
    }
    /// Whether some address of ours, in whatever state, listens to this group of IPv6.
    [[nodiscard]] bool is_solicited_node(flow::Bytes group) const noexcept;
    /// The last address of an IPv4 subnet of ours, or its first: a broadcast.
    [[nodiscard]] bool is_broadcast(flow::Bytes wire) const noexcept;
    /// A ready address in the subnet that `target` is in too; null: there is none.
    [[nodiscard]] const OwnAddress* source_for(const flow::Address& target) const noexcept;
    /// The first ready one of IPv4, or the ready link-local one of IPv6; null: there is none.
    [[nodiscard]] const OwnAddress* source_for_reports(std::uint8_t size) const noexcept;

private:
    std::vector<OwnAddress> all_;
};

}  // namespace flowd::dpdk::host
