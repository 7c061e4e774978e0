// SPDX-License-Identifier: BSD-3-Clause
// Strangers: who sent last what no decoder takes. Such a sender has no row in the ledger, for
// anybody can send from any address; a few places are enough to name one that is there for real. Of
// one shard, its thread's.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include "flow/base/error.hpp"
#include "flow/model/address.hpp"
#include "flow/model/datagram.hpp"

namespace flow {

struct Stranger {
    Address source{};
    std::uint16_t port = 0;  ///< that it sends to
    Error reason = Error::none;
    std::uint32_t last_seen = 0;  ///< UNIX seconds, by receive times; 0: nobody
    std::uint64_t datagrams = 0;  ///< since it has its place
};

class Strangers {
public:
    static constexpr std::size_t places = 8;
    using Places = std::array<Stranger, places>;

    /// Takes the place of who was silent longest, unless it has one.
    [[gnu::cold]] void note(const Datagram& datagram, Error reason) noexcept {
        const auto is_it = [&](const Stranger& each) {
            return each.last_seen != 0 && each.port == datagram.destination_port &&
                   each.reason == reason && each.source == datagram.source;
        };
        auto at = std::find_if(places_.begin(), places_.end(), is_it);
        if (at == places_.end()) {
            at = std::min_element(
                places_.begin(), places_.end(),
                [](const Stranger& a, const Stranger& b) { return a.last_seen < b.last_seen; });
            *at = {.source = datagram.source, .port = datagram.destination_port, .reason = reason};
        }
        at->last_seen = std::max(1U, static_cast<std::uint32_t>(datagram.received_ns / second_ns));
        ++at->datagrams;
    }
    [[nodiscard]] const Places& all() const noexcept { return places_; }

private:
    static constexpr std::uint64_t second_ns = 1'000'000'000;

    Places places_{};
};

/// Whether one who sends only such datagrams is a stranger.
[[nodiscard]] constexpr bool is_strange(Error reason) noexcept {
    return reason == Error::unknown_protocol || reason == Error::protocol_not_here ||
           reason == Error::empty;
}

}  // namespace flow
