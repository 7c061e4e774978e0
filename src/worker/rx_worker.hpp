// SPDX-License-Identifier: BSD-3-Clause
// RxWorker: one thread that takes datagrams from its ingress, runs its pipeline on them and passes
// batches on. It shares nothing with other RX workers. Nothing here allocates, locks, logs or
// throws while it runs.
#pragma once

#include <atomic>
#include <memory>
#include <string_view>

#include "flow/pipeline/pipeline.hpp"
#include "flow/pipeline/raw_pipeline.hpp"
#include "ingress/ingress.hpp"
#include "ingress/sharding.hpp"
#include "metrics/counter.hpp"
#include "worker/cut_mailbox.hpp"
#include "worker/handover_mailbox.hpp"
#include "worker/handover_steps.hpp"
#include "worker/huge_pages.hpp"
#include "worker/learnt_mailbox.hpp"
#include "worker/near_memory.hpp"
#include "worker/outlet.hpp"
#include "worker/span.hpp"
#include "worker/tap.hpp"

namespace flowd {

/// What other threads may read of a running RX worker.
struct alignas(64) RxProgress {
    Counter datagrams;
    Counter flows;
    Counter learnt;            ///< changes of what is worth saving; see LearntMailbox
    Counter handover_refused;  ///< of what other workers had learnt: no room here
    // A polling thread takes all of its CPU's time; these tell how much of it was work.
    Counter cycles;       ///< of the time stamp counter, since the start
    Counter busy_cycles;  ///< of these, in bursts that had something
};

/// How another thread ends the workers. Two steps: stop, then hurry.
struct StopFlags {
    std::atomic<bool> stop{false};   ///< take what has arrived, then end
    std::atomic<bool> hurry{false};  ///< end now
};

struct RxSettings {
    flow::PipelineLimits limits;
    flow::produce::Settings produce;  ///< its schema is the format's
    flow::KeySettings key;            ///< of messages, where a transport has keys
    FullPolicy on_full = FullPolicy::drop;
    std::uint64_t batch_age_max_ns = 0;
    bool drain_on_stop = true;  ///< take what has arrived; a replay's rest has not
};

/// The format picks the instantiation at start; the daemon holds workers by this.
class RxWorker {
public:
    RxWorker(const RxWorker&) = delete;
    RxWorker& operator=(const RxWorker&) = delete;
    virtual ~RxWorker() = default;

    /// The thread's body. Ends when the ingress is exhausted or when told to.
    virtual void run() noexcept = 0;
    /// Any thread.
    [[nodiscard]] const RxProgress& progress() const noexcept { return progress_; }
    /// Any thread: run() has returned, and all batches are in the ring.
    [[nodiscard]] bool done() const noexcept {
        return done_.load(std::memory_order_acquire);  // pairs with the release store in run()
    }

    /// For a worker whose thread could not be started: others must not wait for it.
    void give_up() noexcept { done_.store(true, std::memory_order_release); }

    /// Before run(): what an earlier run has learnt. Returns how many entries there was no room
    /// for, or that made no sense.
    [[nodiscard]] virtual std::size_t restore(const flow::LearntState& learnt,
                                              std::uint32_t when_seconds) noexcept = 0;
    /// For the main thread, while run() runs.
    [[nodiscard]] LearntMailbox& mailbox() noexcept { return mailbox_; }
    /// The same for another thread, which shows what was learnt.
    [[nodiscard]] LearntMailbox& observed() noexcept { return observed_; }
    [[nodiscard]] HandoverMailbox& handover() noexcept { return handover_; }
    /// Where a thread that wants to see datagrams puts its tap.
    [[nodiscard]] TapPlace& tap() noexcept { return tap_place_; }
    /// For one other thread, while run() runs.
    [[nodiscard]] CutMailbox& cuts() noexcept { return cuts_; }
    /// Any thread, at any time.
    [[nodiscard]] virtual const flow::Ledger& ledger() const noexcept = 0;
    /// How exporters behave, by the rows of the ledger: copy() is for any thread.
    [[nodiscard]] virtual const flow::TraitsTable& traits() const noexcept = 0;
    /// False: what it has learnt cannot be another's.
    [[nodiscard]] virtual bool can_hand_over() const noexcept = 0;

    // After run() has returned.
    [[nodiscard]] virtual RxCut final_cut() const = 0;
    [[nodiscard]] virtual const flow::ShardState& state() const noexcept = 0;
    [[nodiscard]] const WorkSpan& span() const noexcept { return span_; }
    [[nodiscard]] virtual const flow::PipelineStats& pipeline_stats() const noexcept = 0;
    [[nodiscard]] virtual const Outlet& outlet() const noexcept = 0;
    [[nodiscard]] virtual const IngressStats& ingress_stats() const noexcept = 0;

protected:
    RxWorker() = default;

    RxProgress progress_;
    LearntMailbox mailbox_;
    LearntMailbox observed_;
    HandoverMailbox handover_;
    TapPlace tap_place_;
    CutMailbox cuts_;
    WorkSpan span_;
    std::atomic<bool> done_{false};
};

/// `Pipeline` is made from `Format`, or from what stands for one.
template <class Format, class Pipeline = flow::Pipeline<Format, Outlet>>
class FormattingRxWorker final : public RxWorker {
public:
    /// A lane for each transport.
    FormattingRxWorker(const Format& format, Ingress& ingress, std::span<const LaneSettings> lanes,
                       const RxSettings& settings, const StopFlags& flags) noexcept
        : ingress_{ingress},
          flags_{flags},
          batch_age_max_ns_{settings.batch_age_max_ns},
          drain_on_stop_{settings.drain_on_stop},
          outlet_{lanes, settings.on_full, flags.hurry},
          pipeline_{format, settings.produce, outlet_, settings.limits, settings.key} {
        cuts_.set_lane_count(outlet_.lane_count());
        pipeline_.visit_tables(prefer_huge_pages);
    }

    void run() noexcept override {
        const NearMemory near{ingress_.numa_node()};  // for tables that grow later
        ingress_.attach();
        started_ = last_ = cycles();
        while (!flags_.stop.load(std::memory_order_relaxed)) {  // nothing is ordered by it
            serve();
            if (timed_turn()) continue;
            if (ingress_.exhausted()) break;
            ingress_.wait(working_ ? idle_after_ns : wait_max_ns);
            last_ = cycles();
        }
        drain();
        close();
        pipeline_.finish();
        outlet_.flush();
        if (span_.used() && working_) span_.end();
        publish_progress();
        ingress_.detach();
        done_.store(true, std::memory_order_release);  // pairs with the acquire load in done()
        outlet_.tell();                                // that there will be no more
    }

    [[nodiscard]] std::size_t restore(const flow::LearntState& learnt,
                                      std::uint32_t when_seconds) noexcept override {
        std::size_t refused = 0;
        for (const flow::LearntTemplate& each : learnt.templates) {
            if (flow::failed(pipeline_.restore(each, when_seconds))) ++refused;
        }
        for (const flow::LearntSampling& each : learnt.sampling) {
            if (!pipeline_.restore(each, when_seconds)) ++refused;
        }
        publish_progress();
        return refused;
    }
    [[nodiscard]] bool can_hand_over() const noexcept override { return pipeline_.can_hand_over(); }
    [[nodiscard]] const flow::ShardState& state() const noexcept override {
        return pipeline_.state();
    }
    [[nodiscard]] const flow::TraitsTable& traits() const noexcept override {
        return pipeline_.traits();
    }
    [[nodiscard]] const flow::Ledger& ledger() const noexcept override {
        return pipeline_.ledger();
    }
    [[nodiscard]] RxCut final_cut() const override {
        RxCut cut;
        cut.lanes.resize(outlet_.lane_count());
        fill(cut);
        return cut;
    }
    [[nodiscard]] const flow::PipelineStats& pipeline_stats() const noexcept override {
        return pipeline_.stats();
    }
    [[nodiscard]] const Outlet& outlet() const noexcept override { return outlet_; }
    [[nodiscard]] const IngressStats& ingress_stats() const noexcept override {
        return ingress_.stats();
    }

private:
    /// A stop takes what has arrived by then, but not for ever: senders do not stop.
    static constexpr std::uint64_t drain_max_ns = 1'000'000'000;
    /// A worker that has nothing to do looks at its flags this often.
    static constexpr std::uint64_t wait_max_ns = 10'000'000;
    /// An empty queue for so long is silence. Between the bursts of a busy exporter it is empty
    /// too, and waking the TX worker each time costs more than all else.
    static constexpr std::uint64_t idle_after_ns = 5'000'000;
    static constexpr std::uint64_t idle_look_every_ns = 500'000'000;

    /// What the main thread wants to know, or to be done.
    void serve() noexcept {
        mailbox_.serve(pipeline_.state());
        observed_.serve(pipeline_.state());
        tap_ = tap_place_.refresh();
        cuts_.serve([this](RxCut& cut) { fill(cut); });
        if (sharding_ != nullptr) steps_.serve(handover_, *sharding_, pipeline_, outlet_);
    }

    /// One burst, and how long it took.
    bool timed_turn() noexcept {
        const bool worked = turn();
        const std::uint64_t now = cycles();
        if (worked) progress_.busy_cycles.add(now - last_);
        progress_.cycles.set(now - started_);
        last_ = now;
        return worked;
    }

    /// One burst. False when there was nothing. A function of its own: the gate counts what it
    /// costs.
    [[gnu::noinline]] bool turn() noexcept {
        const std::span<const flow::Datagram> burst = ingress_.receive();
        if (burst.empty()) {
            ingress_.release();
            rest();
            return !ingress_.idle();
        }
        span_.begin();
        working_ = true;
        empty_since_ns_ = 0;
        if (tap_ == nullptr) [[likely]] {
            process(burst, [](const flow::Datagram&, flow::Error) {});  // all is counted inside
        } else {
            process_tapped(burst);
        }
        ingress_.release();
        publish_progress();
        flush_if_old();
        outlet_.give_way();
        return true;
    }

    template <class Tell>
    void process(std::span<const flow::Datagram> burst, Tell tell) noexcept {
        if constexpr (requires { pipeline_.process(burst, tell); }) {
            pipeline_.process(burst, tell);
        } else {
            for (const flow::Datagram& datagram : burst)
                tell(datagram, pipeline_.process(datagram));
        }
    }
    [[gnu::noinline]] void process_tapped(std::span<const flow::Datagram> burst) noexcept {
        process(burst, [this](const flow::Datagram& datagram, flow::Error outcome) {
            tap_->offer(datagram, outcome);
        });
    }

    /// The queue is empty. When it stays so, nobody should wait for what has been decoded.
    void rest() noexcept {
        if (!working_) return stay_idle();
        const std::uint64_t now = monotonic_ns();
        if (empty_since_ns_ == 0) {
            empty_since_ns_ = now;
            span_.end();
        }
        if (now - empty_since_ns_ < idle_after_ns) return;
        working_ = false;
        outlet_.flush();
        batch_since_ns_ = 0;
        idle_look_ns_ = now + idle_look_every_ns;
    }

    /// Nobody is to wait for a template for ever because nothing else comes.
    void stay_idle() noexcept {
        if (empty_since_ns_ == 0) return;  // nothing ever came
        const std::uint64_t now = coarse_ns();
        if (now < idle_look_ns_) return;
        idle_look_ns_ = now + idle_look_every_ns;
        pipeline_.stay_idle(now - empty_since_ns_);
        publish_progress();
    }

    void flush_if_old() noexcept {
        if (!outlet_.untold()) return;
        const std::uint64_t now = coarse_ns();
        if (batch_since_ns_ == 0) batch_since_ns_ = now;
        if (now - batch_since_ns_ < batch_age_max_ns_) return;
        outlet_.flush();
        batch_since_ns_ = 0;
    }

    void drain() noexcept {
        if (!drain_on_stop_) return;
        const std::uint64_t deadline = monotonic_ns() + drain_max_ns;
        while (!flags_.hurry.load(std::memory_order_relaxed) && turn()) {
            if (monotonic_ns() > deadline) return;
            serve();
        }
    }

    /// What other workers have received for this one still comes.
    void close() noexcept {
        if (sharding_ == nullptr) return;
        sharding_->close();
        // Peers may take as long as drain() before they close; then what they forward must be
        // taken.
        const std::uint64_t deadline = monotonic_ns() + 2 * drain_max_ns;
        while (!sharding_->closed() && !flags_.hurry.load(std::memory_order_relaxed) &&
               monotonic_ns() < deadline) {
            serve();
            if (!turn()) ingress_.wait(wait_max_ns);
        }
    }

    /// Copies; nothing that asks the kernel.
    void fill(RxCut& cut) const noexcept {
        cut.ingress = ingress_.stats();
        cut.waiting = ingress_.waiting();
        cut.pipeline = pipeline_.stats();
        for (std::size_t i = 0; i < cut.lanes.size(); ++i) {
            const flow::SinkCounts counts = outlet_.counts(i);
            cut.lanes[i] = {counts.offered, counts.published, counts.ring_full, counts.too_large};
        }
        const flow::ShardState& state = pipeline_.state();
        cut.strangers = state.strangers.all();
        cut.exporter_count = state.exporters.size();
        cut.domain_count = state.domains.size();
        cut.template_count = state.templates.size();
        cut.cycles = progress_.cycles.get();
        cut.busy_cycles = progress_.busy_cycles.get();
    }

    void publish_progress() noexcept {
        progress_.datagrams.set(pipeline_.stats().datagrams);
        progress_.flows.set(pipeline_.stats().flows);
        progress_.learnt.set(pipeline_.state().changes());
        progress_.handover_refused.set(steps_.refused());
    }

    Ingress& ingress_;
    const StopFlags& flags_;
    std::uint64_t batch_age_max_ns_;
    std::uint64_t batch_since_ns_ = 0;
    bool drain_on_stop_;
    std::uint64_t empty_since_ns_ = 0;  ///< 0: it is not, or nobody asked
    std::uint64_t idle_look_ns_ = 0;    ///< when stay_idle() looks next
    bool working_ = false;              ///< since the last silence
    Tap* tap_ = nullptr;                ///< null: nobody wants to see datagrams
    Sharding* sharding_ = ingress_.sharding();
    HandoverSteps steps_;
    std::uint64_t started_ = 0;  ///< cycles
    std::uint64_t last_ = 0;     ///< cycles, at the end of the last turn
    Outlet outlet_;
    Pipeline pipeline_;
};

/// Raw messages instead of flows.
using RawRxWorker = FormattingRxWorker<flow::raw::Shape, flow::RawPipeline<Outlet>>;

}  // namespace flowd
