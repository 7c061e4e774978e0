// SPDX-License-Identifier: BSD-3-Clause
// Direct while the store is empty: one more virtual call per batch. Replays in bounded steps from
// every call that the TX worker makes.
#include "transport/spool/transport.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include "log/log.hpp"
#include "transport/spool/bucket.hpp"
#include "transport/spool/leftovers.hpp"
#include "transport/spool/store.hpp"

namespace flowd::spool {

namespace {

using std::chrono::milliseconds;

// Two for one: a spool empties while messages come, when the destination takes them.
constexpr std::size_t batches_per_delivery = 2;
constexpr std::size_t batches_per_rest = 16;

[[nodiscard]] std::uint64_t bytes_of(const flow::Batch& batch, std::size_t first,
                                     std::size_t count) noexcept {
    std::uint64_t bytes = 0;
    for (std::size_t i = 0; i < count; ++i) bytes += batch.message(first + i).size();
    return bytes;
}

class SpoolTransport final : public Transport {
public:
    SpoolTransport(const Options& options, std::string folder, std::unique_ptr<Transport> inner,
                   std::unique_ptr<Store> store, Clock clock)
        : folder_{std::move(folder)},
          inner_{std::move(inner)},
          store_{std::move(store)},
          clock_{clock},
          bucket_{options.replay_rate},
          patience_ns_{static_cast<std::uint64_t>(options.slow_ms) * 1'000'000},
          spooling_{store_->unread() > 0} {}

    std::size_t deliver(const flow::Batch& batch, std::size_t first,
                        const Delivery& delivery) noexcept override;
    void wait(milliseconds most) noexcept override;
    milliseconds idle() noexcept override;
    [[nodiscard]] bool has_backlog() const noexcept override { return store_->unread() > 0; }
    void reopen() noexcept override { inner_->reopen(); }
    Failure close(const Ending& ending) noexcept override;
    [[nodiscard]] TransportState state() const noexcept override;
    [[nodiscard]] TransportCounts& counts() noexcept override { return inner_->counts(); }
    [[nodiscard]] TxLedger& ledger() noexcept override { return inner_->ledger(); }
    [[nodiscard]] NamedNumbers statistics() const override { return inner_->statistics(); }

private:
    [[nodiscard]] bool still_patient(bool all) noexcept;
    void spool(const flow::Batch& batch, std::size_t first, std::uint32_t source) noexcept;
    bool replay(std::size_t batches_max) noexcept;
    void announce() noexcept;

    std::string folder_;
    std::unique_ptr<Transport> inner_;
    std::unique_ptr<Store> store_;
    Clock clock_;
    Bucket bucket_;
    std::uint64_t patience_ns_;
    std::uint64_t slow_since_ns_ = 0;
    bool slow_ = false;     // it has not taken a batch at once since slow_since_ns_
    bool waiting_ = false;  // the caller has a batch that was not taken whole
    bool spooling_;         // as the log knows it
    std::uint64_t replayed_ = 0;
};

/// What goes to the disk is settled for who lent the ticket.
std::size_t SpoolTransport::deliver(const flow::Batch& batch, std::size_t first,
                                    const Delivery& delivery) noexcept {
    const std::size_t count = batch.message_count() - first;
    if (store_->unread() > 0) {
        inner_->wait(milliseconds{0});
        replay(batches_per_delivery);
    } else if (!store_->empty()) {
        store_->settle();
    }
    std::size_t taken = 0;
    if (store_->unread() == 0) {
        taken = inner_->deliver(batch, first, delivery);
        if (inner_->state() == TransportState::closed) return taken;
        if (taken == count && store_->failing()) store_->forgive();
        if (still_patient(taken == count)) return taken;
    }
    if (taken < count) spool(batch, first + taken, delivery.source);
    return count;
}

/// False: what the transport has not taken goes to the disk now.
bool SpoolTransport::still_patient(bool all) noexcept {
    const bool retry = std::exchange(waiting_, !all);
    if (all) {
        if (!retry) slow_ = false;
        return true;
    }
    const std::uint64_t now = clock_();
    if (!std::exchange(slow_, true)) slow_since_ns_ = now;
    return now - slow_since_ns_ < patience_ns_;
}

void SpoolTransport::spool(const flow::Batch& batch, std::size_t first,
                           std::uint32_t source) noexcept {
    waiting_ = slow_ = false;
    counts().taken.add(batch.message_count() - first);
    store_->append(batch, first, source);
    announce();
}

/// True: there is more, and the transport takes it.
bool SpoolTransport::replay(std::size_t batches_max) noexcept {
    bool more = false;
    if (inner_->state() == TransportState::closed) return more;
    for (std::size_t i = 0; i < batches_max && store_->unread() > 0; ++i) {
        more = false;
        if (!bucket_.open(clock_())) break;
        const Store::Front front = store_->front();
        if (front.batch == nullptr) break;
        const std::size_t taken = inner_->deliver(*front.batch, front.first, front.delivery);
        more = front.first + taken == front.batch->message_count();
        bucket_.spend(bytes_of(*front.batch, front.first, taken));
        replayed_ += taken;
        store_->handed(taken);
        if (!more) break;
    }
    store_->settle();
    announce();
    return more && store_->unread() > 0;
}

/// Once per change.
void SpoolTransport::announce() noexcept {
    const bool spooling = store_->unread() > 0;
    if (std::exchange(spooling_, spooling) == spooling) return;
    const std::string where = "transport.spool.path: " + folder_ + ": ";
    if (spooling) {
        log::warn(where + "spooling: the destination takes less than comes");
    } else {
        log::info(where + "spool empty again: " + std::to_string(std::exchange(replayed_, 0)) +
                  " messages were replayed");
    }
}

void SpoolTransport::wait(milliseconds most) noexcept {
    inner_->wait(most);
    replay(batches_per_rest);
}

milliseconds SpoolTransport::idle() noexcept {
    constexpr milliseconds soon{1};
    constexpr milliseconds later{10};
    const milliseconds most = inner_->idle();
    const bool more = replay(batches_per_rest);
    if (store_->unread() == 0) return most;
    return std::min(most, more ? soon : later);
}

TransportState SpoolTransport::state() const noexcept {
    const TransportState inner = inner_->state();
    if (inner == TransportState::closed) return inner;
    if (store_->failing()) return TransportState::dropping;
    return store_->unread() > 0 ? TransportState::spooling : inner;
}

Failure SpoolTransport::close(const Ending& ending) noexcept {
    SpoolLeftovers leftovers{*store_};
    Failure failure = inner_->close(
        {.patience = ending.patience, .hurry = ending.hurry, .leftovers = &leftovers});
    leftovers.flush();
    store_->close();
    if (const std::uint64_t unheard = counts().in_flight.get(); unheard > 0) {
        counts().in_flight.subtract(unheard);
        counts().lose(Loss::given_up, unheard);
        ledger().sweep(Place::in_flight, place_of(Loss::given_up), unheard);
        if (!failed(failure)) {
            failure.sentence = "transport.spool.path: " + folder_ + ": " + std::to_string(unheard) +
                               " messages are given up: the transport "
                               "did not say what became of them";
            log::error(failure.sentence);
        }
    }
    if (const std::uint64_t left = counts().spooled.get(); left > 0) {
        log::info("transport.spool.path: " + folder_ + ": " + std::to_string(left) +
                  " messages stay there for the next start");
    }
    return failure;
}

}  // namespace

std::uint64_t steady_ns() noexcept {
    return static_cast<std::uint64_t>(
        std::chrono::nanoseconds{std::chrono::steady_clock::now().time_since_epoch()}.count());
}

Outcome<std::unique_ptr<Transport>> open(const Options& options, const std::string& folder,
                                         std::unique_ptr<Transport> inner, Clock clock) {
    const auto bytes = static_cast<std::uint64_t>(options.bytes);
    const Limits limits{
        .bytes_max = bytes,
        .segment_bytes = std::min(static_cast<std::uint64_t>(options.segment_bytes), bytes / 4),
        .compression = compression_named(options.compression),
        .sync = options.sync == "segment"};
    auto store = Store::open(limits, folder, inner->counts(), inner->ledger());
    if (!store) return store.error();
    return std::unique_ptr<Transport>{std::make_unique<SpoolTransport>(
        options, folder, std::move(inner), std::move(*store), clock)};
}

}  // namespace flowd::spool
