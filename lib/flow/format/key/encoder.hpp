// SPDX-License-Identifier: BSD-3-Clause
// The key of a message, as goflow2 makes it out of columns: v1's is a text, v2's the hash of one.
// Kafka's partitioners hash the key again, so its bytes decide which partition a flow goes to. One
// instance per shard; never changes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "flow/model/columns.hpp"
#include "flow/model/flow.hpp"
#include "flow/model/schema.hpp"

namespace flow::key {

/// Writes the keys of one configuration.
class Encoder {
public:
    /// Size of every key in goflow2 v2.
    static constexpr std::size_t hash_size = 4;

    /// `columns` may be custom, in the order of `schema.customs()`, and may come twice.
    Encoder(const Schema& schema, std::span<const Column> columns);

    /// False: messages have no key (Kafka's null), which is what goflow2 v2 sends when no column is
    /// named. v1's key is then empty, but it is there.
    [[nodiscard]] bool has_key() const noexcept;

    /// Room that `write` needs. Stores overshoot the key, never this.
    [[nodiscard]] std::size_t size_max(const Flow& flow) const noexcept;

    /// Puts the key at `to`, where the caller has `size_max(flow)` bytes, and returns its end.
    [[nodiscard]] std::uint8_t* write(const Flow& flow, std::uint8_t* to) const noexcept;

private:
    /// A column, with what its text depends on.
    struct Item {
        Column column;
        Kind kind;
        bool array;  ///< of a custom one: all its values count, not the last
    };

    [[nodiscard]] static std::size_t text_size_max(const Item& item, const Flow& flow) noexcept;

    Profile profile_;
    std::vector<Item> items_;
};

}  // namespace flow::key
