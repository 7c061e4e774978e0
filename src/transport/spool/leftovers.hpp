// SPDX-License-Identifier: BSD-3-Clause
// SpoolLeftovers: takes back what a transport could not deliver. What came from a segment is still
// there; all else goes to the disk where its order wants it.
#pragma once

#include <memory>
#include <vector>

#include "flow/model/batch.hpp"
#include "transport/spool/store.hpp"
#include "transport/transport.hpp"

namespace flowd::spool {

class SpoolLeftovers final : public Leftovers {
public:
    explicit SpoolLeftovers(Store& store)
        : store_{store},
          batch_{std::make_unique<flow::Batch>()},
          place_{store.begin()},
          into_{store.end()} {}

    [[nodiscard]] bool take(flow::Bytes message, const flow::Bytes* key, Ticket* ticket,
                            Owner owner) noexcept override;
    /// Writes what take() has gathered.
    void flush() noexcept;

private:
    [[nodiscard]] bool fits(flow::Bytes message, const flow::Bytes* key) const noexcept;

    Store& store_;
    std::unique_ptr<flow::Batch> batch_;  // its messages are older than `place_`
    std::vector<Owner> owners_;
    Store::Position place_;
    Store::Position into_;
};

}  // namespace flowd::spool
