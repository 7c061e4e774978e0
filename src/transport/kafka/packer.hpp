// SPDX-License-Identifier: BSD-3-Clause
// Packer: packed messages with a key while they are being filled, one for each of the keys seen
// last. Knows nothing of Kafka; the transport sends what is full, old or in the way. The TX
// worker's.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "flow/base/bytes.hpp"
#include "transport/transport.hpp"

namespace flowd::kafka {

/// What is known of a packed message besides its bytes, until its delivery report.
struct Parcel {
    Ticket* ticket = nullptr;
    std::vector<std::uint32_t> ends;  ///< of its flows
    std::vector<OwnerRun> runs;       ///< whose they are

    void add(std::size_t end, Owner owner);
};

/// One more message of this owner.
void extend(std::vector<OwnerRun>& runs, Owner owner);

class Packer {
public:
    using Clock = std::chrono::steady_clock;

    struct Open {
        std::vector<std::uint8_t> key;
        std::uint32_t key_hash = 0;
        std::vector<std::uint8_t> bytes;
        std::vector<std::uint32_t> ends;  ///< empty: unused
        std::vector<OwnerRun> runs;
        Clock::time_point since{};
        std::uint64_t used = 0;  ///< when last, counted in appends

        [[nodiscard]] bool empty() const noexcept { return ends.empty(); }
        [[nodiscard]] bool fits(std::size_t size, std::size_t size_max) const noexcept {
            return empty() || bytes.size() + size <= size_max;
        }
        void clear() noexcept {
            bytes.clear();
            ends.clear();
            runs.clear();
        }
    };

    Packer(std::size_t open_max, std::size_t size_max) : size_max_{size_max}, open_(open_max) {}

    /// The one with this key; else an unused one; else the one used longest ago, which the caller
    /// sends and clears before it is filled. Never null.
    [[nodiscard]] Open& find(flow::Bytes key) noexcept;
    [[nodiscard]] static bool is_of(const Open& open, flow::Bytes key) noexcept;
    [[nodiscard]] bool fits(const Open& open, std::size_t size) const noexcept {
        return open.fits(size, size_max_);
    }
    /// Adds a flow to an open message of this key, or begins it.
    void append(Open& open, flow::Bytes key, flow::Bytes flow, Owner owner, Clock::time_point now);

    [[nodiscard]] std::vector<Open>& all() noexcept { return open_; }

private:
    std::size_t size_max_;
    std::vector<Open> open_;
    std::uint64_t appends_ = 0;
};

}  // namespace flowd::kafka
