// SPDX-License-Identifier: BSD-3-Clause
// Domain: one stream of an exporter. Template ids, sampling rates and sequence numbers mean
// something only inside of it (RFC 7011 §3.1: observation domain; RFC 3954 §5.1: source id).
#pragma once

#include <cstdint>

#include "flow/base/hash.hpp"
#include "flow/model/flow_type.hpp"
#include "flow/model/origin.hpp"

namespace flow {

struct Domain {
    ExporterIndex exporter = 0;
    /// Observation domain, source id; engine type and id of NetFlow v5; sub-agent of sFlow.
    std::uint32_t id = 0;
    std::uint8_t version = 0;  ///< of the protocol: 5, 7, 8, 9, 10, or sflow_domain_version

    [[nodiscard]] bool operator==(const Domain&) const noexcept = default;
};

/// `which` tells the things of a domain apart: a template id.
[[nodiscard]] constexpr std::uint64_t hash(const Domain& domain, std::uint16_t which,
                                           std::uint64_t seed) noexcept {
    return hash_words(std::uint64_t{domain.exporter} << 32 | domain.id,
                      std::uint64_t{domain.version} << 16 | which, seed);
}

}  // namespace flow
