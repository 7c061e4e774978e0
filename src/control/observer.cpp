// SPDX-License-Identifier: BSD-3-Clause
// Asking, waiting for answers for a while, and putting them together.
#include "control/observer.hpp"

#include <pthread.h>

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "metrics/strangers.hpp"
#include "worker/clock.hpp"

namespace flowd {

namespace {

constexpr std::uint64_t ms = 1'000'000;
constexpr std::uint64_t second = 1000 * ms;

constexpr std::uint64_t walk_interval_ns = 5 * second;
constexpr std::uint64_t walk_step_ns = 5 * ms;  // an idle RX worker looks every 10 ms
/// RX workers answer between two bursts, or every 10 ms. One that does not is waited for so long.
constexpr std::uint64_t answer_most_ns = 100 * ms;
constexpr std::chrono::microseconds answer_step{500};
constexpr std::size_t history_points = 600;

std::vector<int> cpus_of(const ObserverSettings& settings, std::size_t workers) {
    std::vector<int> cpus = settings.cpus;
    cpus.resize(workers, -1);
    return cpus;
}

std::vector<std::size_t> outputs_of(const Observer::TxWorkers& workers) {
    std::vector<std::size_t> outputs;
    for (const auto& worker : workers) outputs.push_back(worker->output());
    return outputs;
}

std::uint64_t magnitude(std::int64_t imbalance) noexcept {
    return static_cast<std::uint64_t>(std::llabs(imbalance));
}

/// What only rows know.
void add_kinds(Totals& to, const Totals& what) noexcept {
    for (std::size_t i = 0; i < to.sets.size(); ++i) {
        to.sets[i] += what.sets[i];
        to.set_records[i] += what.set_records[i];
    }
    for (std::size_t i = 0; i < to.samples.size(); ++i) to.samples[i] += what.samples[i];
}

/// Of several producers: the sum, and of what is the worst of each (`_max`), the worst.
void add(NamedNumbers& to, const NamedNumbers& what) {
    for (const auto& [name, number] : what) {
        const auto known = std::find_if(to.begin(), to.end(),
                                        [&](const auto& each) { return each.first == name; });
        if (known == to.end()) {
            to.emplace_back(name, number);
        } else if (name.ends_with("_max")) {
            known->second = std::max(known->second, number);
        } else {
            known->second += number;
        }
    }
}

}  // namespace

Observer::Observer(ObserverSettings settings, const RxWorkers& rx, const TxWorkers& tx,
                   const Rings& rings)
    : settings_{std::move(settings)},
      rx_{rx},
      tx_{tx},
      rings_{rings},
      started_at_ns_{read_clock_ns(CLOCK_REALTIME)},
      directory_{rx.size(), tx.size(), settings_.limits},
      box_{settings_.outputs, cpus_of(settings_, rx.size()), outputs_of(tx)},
      problems_{rx.size(), settings_.outputs.size()},
      walk_{rx, book_},
      examinations_{settings_.keeps_templates},
      answers_(rx.size()),
      unanswered_seconds_(rx.size()) {
    const auto page = pool_.take();
    write_facts(page->observation);
    box_.write(page->observation, directory_.clock());
    write_rings(page->observation);
    publish(page);
}

void Observer::start() {
    thread_ = std::thread{[this] { run(); }};
    pthread_setname_np(thread_.native_handle(), "flowd-observer");
}

void Observer::stop() {
    if (!thread_.joinable()) return;
    {
        const std::lock_guard lock{mutex_};
        stop_ = true;
    }
    wake_.notify_all();
    thread_.join();
}

void Observer::set_health(Health health, std::string reason) {
    const std::lock_guard lock{mutex_};
    health_ = health;
    health_reason_ = std::move(reason);
}

std::pair<Health, std::string> Observer::health() const {
    const std::lock_guard lock{mutex_};
    if (health_ == Health::collecting && latest_->health == Health::failing) {
        return {latest_->health, latest_->health_reason};
    }
    return {health_, health_reason_};
}

void Observer::run() {
    const auto interval_ns =
        static_cast<std::uint64_t>(std::chrono::nanoseconds{settings_.interval}.count());
    std::uint64_t next_ns = monotonic_ns();
    for (Answer& each : answers_) each.answered_ns = next_ns;
    do {
        observe();
        // What took too long is left out, not made up for.
        next_ns = std::max(next_ns + interval_ns, monotonic_ns());
    } while (wait_until(next_ns));
    const auto ended = [](const auto& worker) { return worker->done(); };
    if (std::all_of(rx_.begin(), rx_.end(), ended)) walk_.finish();
    observe();
}

/// False: to be stopped.
bool Observer::wait_until(std::uint64_t when_ns) {
    for (;;) {
        const std::uint64_t now = monotonic_ns();
        const std::uint64_t left = when_ns - std::min(now, when_ns);
        const std::chrono::nanoseconds step{walk_.is_under_way() ? std::min(left, walk_step_ns)
                                                                 : left};
        {
            std::unique_lock lock{mutex_};
            if (wake_.wait_for(lock, step, [this] { return stop_; })) return false;
        }
        walk_.go_on();
        if (left == 0) return true;
    }
}

void Observer::observe() {
    const std::uint64_t now = monotonic_ns();
    if (walked_ns_ == 0 || now - walked_ns_ >= walk_interval_ns) {
        walked_ns_ = now;
        walk_.begin();
    }
    ++serial_;
    collect(now);
    const auto page = pool_.take();
    Observation& observation = page->observation;
    write_facts(observation);
    box_.write(observation, directory_.clock());
    write_rings(observation);
    write_statistics(observation);
    write_exporters(observation);
    write_templates(*page);
    examinations_.fill(rx_, observation);
    if (settings_.ports) settings_.ports(observation.ports, observation.mempools);
    write_history(observation);
    problems_.find(observation, directory_.clock(), unanswered_seconds_);
    write_health(observation);
    publish(page);
}

/// TX workers first.
void Observer::collect(std::uint64_t now_ns) {
    for (std::size_t i = 0; i < tx_.size(); ++i) box_.take_tx(i, tx_[i]->cut());
    copies_.take(tx_);
    ask();
    copies_.take(rx_);
    await_answers();
    directory_.begin(now_ns);
    copies_.give(directory_);
}

void Observer::ask() {
    for (std::size_t i = 0; i < rx_.size(); ++i) {
        CutMailbox& mailbox = rx_[i]->cuts();
        // An answer to the question of a second ago is better than none, and older than a new one.
        static_cast<void>(take_answer(i));
        answers_[i].open = true;
        if (mailbox.idle() && !rx_[i]->done()) mailbox.ask();
    }
}

void Observer::await_answers() {
    const std::uint64_t deadline = monotonic_ns() + answer_most_ns;
    for (;;) {
        bool all = true;
        for (std::size_t i = 0; i < rx_.size(); ++i) {
            if (answers_[i].open && take_answer(i)) answers_[i].open = false;
            all = all && !answers_[i].open;
        }
        if (all || monotonic_ns() >= deadline) break;
        std::this_thread::sleep_for(answer_step);
    }
    const std::uint64_t now = monotonic_ns();
    for (std::size_t i = 0; i < rx_.size(); ++i) {
        const std::uint64_t silent_ns = now - std::min(now, answers_[i].answered_ns);
        unanswered_seconds_[i] =
            answers_[i].open ? static_cast<double>(silent_ns) / static_cast<double>(second) : 0;
    }
}

bool Observer::take_answer(std::size_t worker) {
    RxWorker& from = *rx_[worker];
    if (from.done()) {
        box_.take_rx(worker, from.final_cut());
    } else {
        const RxCut* const cut = from.cuts().cut();
        if (cut == nullptr) return false;
        box_.take_rx(worker, *cut);
        from.cuts().done();
    }
    answers_[worker].answered_ns = monotonic_ns();
    return true;
}

void Observer::publish(const std::shared_ptr<ObservationPool::Page>& page) {
    // The one before may be let go of here: not while others wait for the lock.
    std::shared_ptr<const Observation> latest{page, &page->observation};
    const std::lock_guard lock{mutex_};
    latest_.swap(latest);
}

void Observer::write_facts(Observation& observation) const {
    observation.serial = serial_;
    observation.taken_at_ns = read_clock_ns(CLOCK_REALTIME);
    observation.started_at_ns = started_at_ns_;
    observation.version = settings_.version;
    observation.ingress = settings_.ingress;
    observation.shard_moves = shard_moves_.load(std::memory_order_relaxed);
    observation.shard_splits = shard_splits_.load(std::memory_order_relaxed);
}

void Observer::write_rings(Observation& observation) const {
    const std::size_t outputs = observation.transports.size();
    for (std::size_t output = 0; output < outputs; ++output) {
        std::vector<RingView>& views = observation.transports[output].rings;
        views.resize(rx_.size());
        for (std::size_t rx = 0; rx < rx_.size(); ++rx) {
            const BatchRing& ring = *rings_[rx * outputs + output];
            views[rx] = {static_cast<std::uint32_t>(rx), ring.waiting(), ring.batch_count()};
        }
    }
}

void Observer::write_statistics(Observation& observation) const {
    for (TransportView& each : observation.transports) each.statistics.clear();
    for (const auto& worker : tx_) {
        add(observation.transports[worker->output()].statistics, worker->statistics());
    }
}

void Observer::write_exporters(Observation& observation) {
    directory_.add_nameless(box_.nameless());
    directory_.end();
    directory_.write(observation.exporters, observation.other);
    observation.other.findings =
        findings_of(box_.strangers(), static_cast<std::uint32_t>(observation.taken_at_ns / second));
    observation.exporters_forgotten = directory_.exporters().forgotten_count();
    const auto weigh = [&observation](const Totals& totals) {
        add_kinds(observation.box, totals);
        std::uint64_t& datagrams = observation.datagram_imbalance;
        std::uint64_t& flows = observation.flow_imbalance;
        datagrams = std::max(datagrams, magnitude(totals.datagram_imbalance()));
        flows = std::max(flows, magnitude(totals.flow_imbalance()));
    };
    for (const ExporterView& each : observation.exporters) weigh(each.totals);
    weigh(observation.other.totals);
}

/// And what is made of them: X-rays and findings.
void Observer::write_templates(ObservationPool::Page& page) {
    book_.annotate(page.observation.exporters);
    if (page.templates_edition != book_.edition()) {
        page.observation.templates = book_.templates();
        page.templates_edition = book_.edition();
    }
}

void Observer::write_history(Observation& observation) {
    History::Point point{
        .time = static_cast<std::uint32_t>(observation.taken_at_ns / second),
        .rates = pace_.take(directory_.clock(), observation.box),
    };
    // Those of the box, too: findings, which say what can be trusted, are there by now.
    const double trusted = trusted_share_of_loss(observation);
    observation.rates.sequence_lost *= trusted;
    point.rates.sequence_lost *= trusted;
    for (const RxView& each : observation.rx) {
        point.busy = std::max(point.busy, static_cast<float>(each.busy));
    }
    const auto in_ring = std::max<std::int64_t>(observation.box.in_ring, 0);
    point.in_flight =
        static_cast<std::uint64_t>(in_ring) + observation.box.in_flight + observation.box.spooled;
    if (history_.size() == history_points) history_.erase(history_.begin());
    history_.push_back(point);
    observation.history.points = history_;
}

void Observer::write_health(Observation& observation) {
    {
        const std::lock_guard lock{mutex_};
        observation.health = health_;
        observation.health_reason = health_reason_;
    }
    if (observation.health != Health::collecting) return;
    observation.health_reason = failure(observation);
    if (!observation.health_reason.empty()) observation.health = Health::failing;
}

/// Why flowd does not do what it is there for; empty: it does.
std::string Observer::failure(const Observation& observation) const {
    for (std::size_t i = 0; i < unanswered_seconds_.size(); ++i) {
        if (unanswered_seconds_[i] <= Problems::unanswered_most) continue;
        return "RX worker " + std::to_string(i) + " does not answer.";
    }
    const auto works = [](const TransportView& each) {
        return each.state != "dropping" && each.state != "closed";
    };
    const auto& transports = observation.transports;
    if (transports.empty() || std::any_of(transports.begin(), transports.end(), works)) return {};
    return "No transport delivers: " + transports.front().name + " is " + transports.front().state +
           '.';
}

}  // namespace flowd
