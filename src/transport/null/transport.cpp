// SPDX-License-Identifier: BSD-3-Clause
// The null transport. Runs on a TX worker; touches nothing of a batch but its head and its slots.
#include "transport/null/transport.hpp"

namespace flowd::null {

namespace {

class NullTransport final : public Transport {
public:
    std::size_t deliver(const flow::Batch& batch, std::size_t first,
                        const Delivery& delivery) noexcept override {
        if (state_ == TransportState::closed) return 0;
        const std::size_t messages = batch.message_count() - first;
        counts().take(messages, delivery);
        counts().delivered.add(messages);
        ledger().move(batch, first, messages, delivery.source, delivery.place(), Place::delivered);
        counts().bytes.add(batch.bytes().size());
        return messages;
    }
    Failure close(const Ending& /*ending*/) noexcept override {
        state_ = TransportState::closed;
        return {};
    }
    [[nodiscard]] TransportState state() const noexcept override { return state_; }

private:
    TransportState state_ = TransportState::up;
};

}  // namespace

std::unique_ptr<Transport> open() { return std::make_unique<NullTransport>(); }

}  // namespace flowd::null
