// SPDX-License-Identifier: BSD-3-Clause
// LearntUnion: what all RX workers have learnt, put together from their pages. Every worker has
// restored everything, but an exporter sends to one of them: what that one has heard in this run
// counts, whatever the others still remember of earlier ones. Main thread.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <tuple>

#include "flow/model/learnt_state.hpp"
#include "worker/learnt_page.hpp"

namespace flowd {

class LearntUnion {
public:
    void add(const LearntPage& page);
    [[nodiscard]] const flow::LearntState& state() const noexcept { return state_; }

private:
    /// An address and its size, port, version, domain; template id, or 0 for sampling rates.
    using Key = std::tuple<std::array<std::uint8_t, 16>, unsigned, std::uint16_t, std::uint8_t,
                           std::uint32_t, std::uint16_t>;
    struct Place {
        std::size_t index;
        bool confirmed;
    };

    [[nodiscard]] static Key key_of(const flow::StateKey& key, std::uint16_t id) noexcept;
    /// The entry to fill; null when what is there counts more.
    template <class Entry>
    [[nodiscard]] Entry* claim(std::vector<Entry>& entries, const Key& key, bool confirmed);

    flow::LearntState state_;
    std::map<Key, Place> places_;
};

}  // namespace flowd
