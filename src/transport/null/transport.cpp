// SPDX-License-Identifier: BSD-3-Clause
// The null transport. Runs on a TX worker; touches nothing but the head of the batch.
#include "transport/null/transport.hpp"

namespace flowd::null {

namespace {

class NullTransport final : public Transport {
public:
    Delivery deliver(const flow::Batch& batch) noexcept override {
        if (state_ == TransportState::closed) return {};
        return {.messages = batch.message_count(), .bytes = batch.bytes().size()};
    }
    Failure close() noexcept override {
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
