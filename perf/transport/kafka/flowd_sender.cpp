// SPDX-License-Identifier: BSD-3-Clause
// flowd's transport, as its TX worker calls it.
#include "perf/support/require.hpp"
#include "perf/transport/kafka/sender.hpp"
#include "transport/kafka/transport.hpp"

namespace flow::perf {

namespace {

class FlowdSender final : public Sender {
public:
    explicit FlowdSender(std::unique_ptr<flowd::Transport> transport)
        : transport_{std::move(transport)} {}

    std::size_t deliver(const Batch& page, std::size_t first) override {
        return transport_->deliver(page, first, {});
    }
    void wait(std::chrono::milliseconds most) override { transport_->wait(most); }
    [[nodiscard]] std::uint64_t acknowledged() const override {
        return transport_->counts().delivered.get();
    }
    [[nodiscard]] std::uint64_t lost() const override { return transport_->counts().lost_sum(); }

private:
    std::unique_ptr<flowd::Transport> transport_;
};

}  // namespace

std::unique_ptr<Sender> make_flowd_sender(const flowd::kafka::Options& options,
                                          flowd::kafka::Partition partition) {
    auto opened = flowd::kafka::open(options, partition);
    require(static_cast<bool>(opened), opened ? "" : opened.error().sentence);
    return std::make_unique<FlowdSender>(std::move(*opened));
}

}  // namespace flow::perf
