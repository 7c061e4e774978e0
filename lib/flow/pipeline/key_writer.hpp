// SPDX-License-Identifier: BSD-3-Clause
// KeyWriter: the keys of a pipeline's messages, for transports that have such. One per shard.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <utility>

#include "flow/base/bytes.hpp"
#include "flow/format/key/encoder.hpp"
#include "flow/model/columns.hpp"
#include "flow/model/flow.hpp"
#include "flow/model/schema.hpp"

namespace flow {

/// What a message's key is made of.
struct KeySettings {
    bool wanted = false;                ///< does any transport ask for keys?
    std::span<const Column> columns{};  ///< see key::Encoder; outlive the pipeline
};

class KeyWriter {
public:
    /// A flow whose key may be larger is lost, and counted as too large.
    static constexpr std::size_t key_size_max = 8 * 1024;

    KeyWriter(const Schema& schema, const KeySettings& settings)
        : of_datagram_{std::all_of(
              settings.columns.begin(), settings.columns.end(),
              [](Column column) { return !is_custom(column) && is_of_datagram(column); })} {
        if (!settings.wanted) return;
        key::Encoder encoder{schema, settings.columns};
        if (!encoder.has_key()) return;
        encoder_ = std::move(encoder);
        room_ = std::make_unique<std::uint8_t[]>(key_size_max);
    }

    [[nodiscard]] bool wanted() const noexcept { return encoder_.has_value(); }
    /// Has every flow of a datagram the same key? (Records that say their own value are plain.)
    [[nodiscard]] bool of_datagram() const noexcept { return of_datagram_; }
    [[nodiscard]] bool fits(const Flow& flow) const noexcept {
        return encoder_->size_max(flow) <= key_size_max;
    }
    /// Of a flow that fits. Valid until the next call.
    [[nodiscard]] Bytes key(const Flow& flow) noexcept {
        const std::uint8_t* const end = encoder_->write(flow, room_.get());
        return {room_.get(), static_cast<std::size_t>(end - room_.get())};
    }

private:
    std::optional<key::Encoder> encoder_;
    std::unique_ptr<std::uint8_t[]> room_;
    bool of_datagram_;
};

}  // namespace flow
