// SPDX-License-Identifier: BSD-3-Clause
// The stages of the start, the wait for an end, and the report. Runs on the main thread only.
#include "daemon.hpp"

#include <pthread.h>
#include <sched.h>
#include <sys/random.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <system_error>

#include "config/cores.hpp"
#include "config/fallback.hpp"
#include "config/shape.hpp"
#include "control/confine.hpp"
#include "control/move_grace.hpp"
#include "control/privileges.hpp"
#include "control/progress.hpp"
#include "control/signals.hpp"
#include "flow/format/json/formatter.hpp"
#include "flow/format/protobuf/formatter.hpp"
#include "flow/format/text/formatter.hpp"
#include "ingress/clock.hpp"
#include "ingress/dpdk/live.hpp"
#include "ingress/dpdk/machine_check.hpp"
#include "ingress/dpdk/probe.hpp"
#include "ingress/dpdk/replay.hpp"
#include "ingress/udp/ingress.hpp"
#include "log/log.hpp"
#include "worker/limits.hpp"
#include "worker/near_memory.hpp"

namespace flowd {

namespace {

/// CPUs that this process may run on.
std::size_t usable_cpus() noexcept {
    cpu_set_t cpus;
    CPU_ZERO(&cpus);
    if (sched_getaffinity(0, sizeof cpus, &cpus) != 0) return 1;
    return static_cast<std::size_t>(std::max(1, CPU_COUNT(&cpus)));
}

std::uint64_t random_seed() noexcept {
    std::uint64_t seed = 0;
    if (getrandom(&seed, sizeof seed, 0) != sizeof seed) seed = monotonic_ns();
    return seed;
}

dpdk::Idle idle_policy(std::string_view name) noexcept {
    if (name == "pause") return dpdk::Idle::pause;
    if (name == "spin") return dpdk::Idle::spin;
    return dpdk::Idle::adaptive;
}

dpdk::ReplayOptions replay_options(const config::Replay& replay) {
    using Pace = dpdk::ReplayOptions::Pace;
    dpdk::ReplayOptions options;
    options.path = replay.path;
    options.loops = static_cast<std::uint64_t>(replay.loops);
    options.seconds = static_cast<std::uint64_t>(replay.seconds);
    options.pps = static_cast<std::uint64_t>(replay.pps);
    options.pace = replay.timed ? Pace::timed : replay.pps > 0 ? Pace::pps : Pace::as_fast;
    return options;
}

/// Whether this CPU has it.
Failure check_kernel(const std::string& name) {
    if (name == "auto" || flow::protobuf::find_kernel(name) != nullptr) return {};
    return {"cpu.kernel: this CPU cannot run " + name + "; the fastest that it can is " +
            flow::protobuf::kernels().back().name};
}

BalanceSettings balance_settings(const config::Balance& balance) {
    constexpr double whole = 1000;
    BalanceSettings settings;
    // The other thresholds are parts of the spread; they stay so.
    const double scale = static_cast<double>(balance.spread_permille) / whole / settings.spread_max;
    settings.busy_enough = static_cast<double>(balance.busy_permille) / whole;
    settings.overloaded = static_cast<double>(balance.overloaded_permille) / whole;
    settings.spread_max *= scale;
    settings.overloaded_spread_max *= scale;
    settings.spread_settled *= scale;
    settings.gain_min *= scale;
    return settings;
}

std::uint64_t balance_interval_ns(const config::Balance& balance) {
    return static_cast<std::uint64_t>(balance.interval_ms) * 1'000'000;
}

/// The worker of the configured format.
std::unique_ptr<RxWorker> make_rx_worker(const config::Config& config, Ingress& ingress,
                                         std::span<const LaneSettings> lanes,
                                         const RxSettings& settings, const StopFlags& flags) {
    const flow::Schema& schema = settings.produce.schema;
    if (config.produce == "raw") {
        using flow::raw::Shape;
        return std::make_unique<RawRxWorker>(config.format == "text" ? Shape::text : Shape::json,
                                             ingress, lanes, settings, flags);
    }
    if (config.format == "text") {
        return std::make_unique<FormattingRxWorker<flow::text::Formatter>>(
            flow::text::Formatter{schema}, ingress, lanes, settings, flags);
    }
    if (config.format == "pb" || config.format == "bin") {
        using flow::protobuf::Framing;
        const Framing framing =
            config::is_length_prefixed(config) ? Framing::length_prefixed : Framing::bare;
        const flow::protobuf::RunProgram kernel = config.kernel == "auto"
                                                      ? flow::protobuf::choose_kernel()
                                                      : flow::protobuf::find_kernel(config.kernel);
        return std::make_unique<FormattingRxWorker<flow::protobuf::Formatter>>(
            flow::protobuf::Formatter{schema, framing, kernel}, ingress, lanes, settings, flags);
    }
    return std::make_unique<FormattingRxWorker<flow::json::Formatter>>(
        flow::json::Formatter{schema}, ingress, lanes, settings, flags);
}

}  // namespace

Daemon::Daemon(const Settings& settings, const config::Loaded& loaded, Reloader& reloader,
               std::string version)
    : settings_{settings},
      loaded_{loaded},
      reloader_{reloader},
      version_{std::move(version)},
      stuck_{std::chrono::milliseconds{settings.general.stop_patience_ms}},
      panel_{settings,
             loaded,
             reloader.schema(),
             version_,
             {.reload = [this] { return reload(); },
              .set_log_level =
                  [this](std::string_view level) {
                      Outcome<std::string> before = reloader_.set_log_level(level);
                      panel_.note_settings();
                      return before;
                  }}} {}

Daemon::~Daemon() {
    panel_.stop();
    flags_.stop.store(true, std::memory_order_relaxed);
    flags_.hurry.store(true, std::memory_order_relaxed);
    join();
}

Failure Daemon::start() {
    // Panel and ingress first: what they open may need root, all others belong to who flowd
    // becomes.
    for (const auto stage :
         {&Daemon::open_panel, &Daemon::open_ingress, &Daemon::give_up_privileges,
          &Daemon::start_panel, &Daemon::open_transports, &Daemon::make_workers, &Daemon::restore,
          &Daemon::show, &Daemon::launch}) {
        if (Failure failure = (this->*stage)(); failed(failure)) return failure;
    }
    observer_->set_health(Health::collecting);
    panel_.say_places();
    notifier_.ready(settings_.is_replay() ? "replaying" : "collecting");
    return {};
}

Failure Daemon::show() {
    return panel_.show(*observer_, rx_workers_, settings_.owns_ports() && settings_.dpdk.telemetry);
}

Failure Daemon::give_up_privileges() {
    const bool owns_ports = settings_.owns_ports();
    Duties duties{.maps_memory = owns_ports, .owns_xdp = owns_ports};
    const Failure failure = become_user(settings_.general.process.user, needed_for(duties));
    if (failed(failure)) return failure;
    duties.opens_files = true;
    return keep_only(needed_for(duties));
}

Failure Daemon::open_transports() {
    Outcome<std::vector<Output>> outputs =
        open_outputs(settings_.general, settings_.transports, loaded_);
    if (!outputs) return outputs.error();
    outputs_ = std::move(*outputs);
    return {};
}

std::size_t Daemon::tx_worker_count() const noexcept {
    std::size_t count = 0;
    for (const TransportSettings* each : settings_.transports.in_use()) {
        count += static_cast<std::size_t>(each->workers);
    }
    return count;
}

Failure Daemon::open_ingress() {
    const config::Config& config = settings_.general;
    if (Failure failure = choose_cores(); failed(failure)) return failure;
    std::size_t rx_count = 1;
    for (const config::Listener& listener : loaded_.listeners) {
        rx_count = std::max<std::size_t>(rx_count, listener.count);
    }
    if (settings_.is_replay()) return open_replay();
    if (config.ingress == "dpdk") return open_dpdk();
    auto opened = udp::open(settings_.udp, loaded_.listeners, rx_count);
    if (!opened) return opened.error();
    udp_ = std::move(*opened);
    for (const auto& ingress : udp_) ingresses_.push_back(ingress.get());
    return {};
}

Failure Daemon::open_dpdk() {
    const std::size_t asked = rx_worker_count();
    const std::size_t workers = asked != 0 ? asked : dpdk::queue_count(settings_.dpdk);
    const dpdk::WorkerOptions worker = worker_options(workers);
    if (Failure failure = check_machine(workers); failed(failure)) return failure;
    auto opened = dpdk::open({.dpdk = settings_.dpdk,
                              .listeners = loaded_.listeners,
                              .worker = worker,
                              .workers = static_cast<std::uint32_t>(asked),
                              .seed = random_seed()});
    if (!opened) return opened.error();
    dpdk_ = std::move(*opened);
    for (const auto& queue : dpdk_.queues) ingresses_.push_back(queue.get());
    watch_ = std::make_unique<dpdk::PortWatch>(dpdk_);
    port_numbers_ = std::make_unique<dpdk::PortNumbers>(dpdk_);
    return {};
}

Failure Daemon::open_replay() {
    const auto listeners =
        loaded_.was_given("listen") ? loaded_.listeners : std::vector<config::Listener>{};
    auto opened = dpdk::open_replay(replay_options(settings_.general.replay), settings_.dpdk,
                                    listeners, worker_options(1));
    if (!opened) return opened.error();
    dpdk_ = std::move(*opened);
    for (const auto& queue : dpdk_.queues) ingresses_.push_back(queue.get());
    return {};
}

dpdk::WorkerOptions Daemon::worker_options(std::size_t rx_workers) const {
    return {.idle = idle_policy(settings_.general.idle),
            .burst = static_cast<std::uint16_t>(settings_.dpdk.burst),
            .shares_cpu = rx_workers + tx_worker_count() > usable_cpus()};
}

/// What stands in the way is said before anything is touched.
Failure Daemon::check_machine(std::size_t workers) const {
    const auto count = static_cast<std::uint32_t>(workers);
    const dpdk::StartPlan plan =
        dpdk::start_plan(settings_.dpdk, cores_, count, dpdk::buffer_bytes(settings_.dpdk, count));
    for (const dpdk::Complaint& each : dpdk::complaints(dpdk::read_machine(), plan)) {
        if (each.fatal) return {each.sentence};
        log::warn(each.sentence);
    }
    if (worker_options(workers).shares_cpu) {
        log::warn("rx: " + std::to_string(workers) + " RX and " +
                  std::to_string(tx_worker_count()) + " TX workers share " +
                  std::to_string(usable_cpus()) + " CPUs: they give way to each other, slower");
    }
    return {};
}

/// rx.cores, which this process may use.
Failure Daemon::choose_cores() {
    const auto cores = config::parse_cores(settings_.general.rx_cores);
    if (!cores) return {"rx.cores: " + cores.error().sentence};
    cores_ = *cores;
    cpu_set_t usable;
    CPU_ZERO(&usable);
    if (sched_getaffinity(0, sizeof usable, &usable) != 0) return {};
    for (const unsigned core : cores_) {
        if (CPU_ISSET(core, &usable)) continue;
        return {"rx.cores: CPU " + std::to_string(core) +
                " is not there, or this process may not use it (taskset -p shows which it may)"};
    }
    return {};
}

/// Of -ingress dpdk; 0: as many as there are queues.
std::size_t Daemon::rx_worker_count() const {
    const config::Config& config = settings_.general;
    if (config.rx_workers != 0) return static_cast<std::size_t>(config.rx_workers);
    return cores_.size();
}

Failure Daemon::make_workers() {
    if (Failure failure = check_kernel(settings_.general.kernel); failed(failure)) return failure;
    const Outcome<RxSettings> settings = rx_settings();
    if (!settings) return settings.error();
    if (Failure failure = make_rx_workers(*settings); failed(failure)) return failure;
    make_tx_workers();
    make_rebalancer();
    make_observer();
    return {};
}

Outcome<RxSettings> Daemon::rx_settings() {
    const config::Config& config = settings_.general;
    const config::OutputShape& shape = loaded_.shape;
    RxSettings settings;
    settings.produce = {.schema = shape.schema,
                        .dialect = shape.dialect,
                        .mapping = shape.mapping.empty() ? nullptr : &shape.mapping};
    auto fallbacks = config::parse_fallback(config.sampling.fallback);
    if (!fallbacks) return fallbacks.error();
    fallbacks_ = std::move(*fallbacks);
    settings.limits =
        pipeline_limits(config, shape.dialect, loaded_.was_given("templates.key"), fallbacks_);
    settings.limits.hash_seed = random_seed();
    settings.key.columns = shape.key;
    settings.key.wanted = std::any_of(outputs_.begin(), outputs_.end(),
                                      [](const Output& output) { return output.keyed; });
    settings.on_full = settings_.is_replay() && config.replay.on_full == "wait" ? FullPolicy::wait
                                                                                : FullPolicy::drop;
    settings.batch_age_max_ns = static_cast<std::uint64_t>(config.batch_max_age_ms) * 1'000'000;
    settings.drain_on_stop = !settings_.is_replay();
    return settings;
}

/// A ring for each RX worker and transport: rings_[rx * outputs + output].
Failure Daemon::make_rx_workers(const RxSettings& settings) {
    const config::Config& config = settings_.general;
    for (Ingress* const ingress : ingresses_) {
        const NearMemory near{ingress->numa_node()};
        std::vector<LaneSettings> lanes;
        for (const Output& output : outputs_) {
            auto ring = BatchRing::create(static_cast<std::size_t>(config.batch_count));
            if (!ring) return ring.error();
            rings_.push_back(std::move(*ring));
            lanes.push_back({.ring = rings_.back().get(),
                             .terminator = output.terminator,
                             .keyed = output.keyed,
                             .filter = output.filter});
        }
        rx_workers_.push_back(make_rx_worker(config, *ingress, lanes, settings, flags_));
    }
    return {};
}

/// The workers of a transport share its rings.
void Daemon::make_tx_workers() {
    const std::chrono::milliseconds stop_patience{settings_.general.stop_patience_ms};
    // As the ledgers of RX workers have them: one for each, and one for all the others.
    const auto account_rows = static_cast<std::size_t>(settings_.general.exporters_max +
                                                       settings_.general.domains_max + 1);
    for (std::size_t output = 0; output < outputs_.size(); ++output) {
        const std::size_t worker_count = outputs_[output].workers.size();
        for (std::size_t worker = 0; worker < worker_count; ++worker) {
            std::vector<BatchRing*> rings;
            std::vector<const RxWorker*> sources;
            AccountPlan accounts{.row_count = account_rows};
            for (std::size_t rx = worker; rx < rx_workers_.size(); rx += worker_count) {
                rings.push_back(rings_[rx * outputs_.size() + output].get());
                sources.push_back(rx_workers_[rx].get());
                accounts.rx_workers.push_back(static_cast<std::uint32_t>(rx));
            }
            tx_workers_.push_back(std::make_unique<TxWorker>(
                std::move(rings), std::move(sources), std::move(outputs_[output].workers[worker]),
                flags_, stop_patience, output, std::move(accounts)));
        }
    }
}

void Daemon::make_rebalancer() {
    if (!dpdk_.table) return;
    const bool able = std::all_of(rx_workers_.begin(), rx_workers_.end(),
                                  [](const auto& worker) { return worker->can_hand_over(); });
    const config::Balance& balance = settings_.general.live.balance;
    rebalancer_ = std::make_unique<Rebalancer>(
        *dpdk_.table, rx_workers_, rings_, balance_settings(balance), balance_interval_ns(balance));
    if (!able) rebalancer_->never_move();
    // A rate of one domain counts for the others then.
    if (settings_.general.sampling.across_domains) rebalancer_->never_split();
}

void Daemon::make_observer() {
    const config::Config& config = settings_.general;
    ObserverSettings settings{.version = version_,
                              .ingress = settings_.is_replay() ? "replay" : config.ingress};
    for (const TransportSettings* each : settings_.transports.in_use()) {
        settings.outputs.push_back({each->label(), each->kind});
    }
    for (std::size_t i = 0; i < rx_workers_.size() && !cores_.empty(); ++i) {
        settings.cpus.push_back(static_cast<int>(cores_[i % cores_.size()]));
    }
    settings.limits = {.exporters_max = static_cast<std::uint32_t>(config.exporters_max),
                       .domains_max = static_cast<std::uint32_t>(2 * config.domains_max),
                       .hash_seed = random_seed()};
    settings.keeps_templates = !config::state_path(config).empty();
    if (port_numbers_) {
        settings.ports = [this](auto& ports, auto& mempools) {
            dpdk::PortNumbers::Copy copy = port_numbers_->copy();
            ports = std::move(copy.ports);
            mempools = std::move(copy.mempools);
        };
    }
    observer_ = std::make_unique<Observer>(std::move(settings), rx_workers_, tx_workers_, rings_);
}

Failure Daemon::restore() {
    const config::Config& config = settings_.general;
    state_ = std::make_unique<StateKeeper>(
        config::state_path(config),
        static_cast<std::uint64_t>(config.learnt.interval_ms) * 1'000'000, rx_workers_);
    return state_->restore();
}

Failure Daemon::launch() {
    try {
        const auto start = [&](const char* name, std::size_t index, auto& worker, auto confine) {
            threads_.emplace_back([&worker, confine] {
                confine();
                worker.run();
            });
            const std::string label = "flowd-" + std::string{name} + std::to_string(index);
            pthread_setname_np(threads_.back().native_handle(), label.c_str());
        };
        for (std::size_t i = 0; i < tx_workers_.size(); ++i) {
            start("tx", i, *tx_workers_[i], confine_tx_thread);
        }
        for (std::size_t i = 0; i < rx_workers_.size(); ++i) {
            start("rx", i, *rx_workers_[i], [this, i] {
                pin_rx_thread(i);
                confine_rx_thread(settings_.general.process.seccomp);
            });
        }
        observer_->start();
    } catch (const std::system_error& error) {
        // Workers that did start wait for those that did not: let them all go.
        for (const auto& worker : rx_workers_) worker->give_up();
        return {std::string{"worker threads: "} + error.what()};
    }
    if (!settings_.is_replay()) {
        for (const config::Listener& listener : loaded_.listeners) {
            log::info("collecting on " + listener.uri);
        }
    }
    return {};
}

/// On the thread. The list has been checked.
void Daemon::pin_rx_thread(std::size_t worker) const noexcept {
    if (cores_.empty()) return;
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(cores_[worker % cores_.size()], &set);
    if (const int error = pthread_setaffinity_np(pthread_self(), sizeof set, &set)) {
        log::warn("rx.cores: worker " + std::to_string(worker) + ": " + std::strerror(error));
    }
}

int Daemon::run() {
    wait_for_end();
    panel_.stop();
    join();
    observer_->stop();
    return report();
}

void Daemon::wait_for_end() {
    constexpr std::uint32_t poll_ms = 10;
    constexpr std::uint64_t moving_poll_ns = 20'000;
    Progress progress{settings_.is_replay(), rx_workers_, tx_workers_};
    MoveGrace grace;
    while (!finished()) {
        // Datagrams wait while an exporter moves.
        const bool moving = rebalancer_ && rebalancer_->tick();
        if (moving) sleep_ns(moving_poll_ns);
        const Signal signal = wait_signal(moving ? 0 : poll_ms);
        if (signal == Signal::stop) {
            const bool again = flags_.stop.exchange(true, std::memory_order_relaxed);
            flags_.hurry.store(again, std::memory_order_relaxed);
            begin_to_stop(again);
        }
        reload_wanted_ |= signal == Signal::reopen;
        if (output_lost()) {
            panel_.begin_to_stop();
            flags_.stop.store(true, std::memory_order_relaxed);
            flags_.hurry.store(true, std::memory_order_relaxed);
        }
        progress.tick();
        if (!grace.tick(moving, monotonic_ns())) do_what_takes_long();
        if (watch_) watch_->tick(monotonic_ns());
        if (port_numbers_) port_numbers_->tick(monotonic_ns());
        if (rebalancer_) {
            const Mover& mover = rebalancer_->mover();
            observer_->set_shard_counts(mover.moves(), mover.splits());
        }
        notifier_.tick(monotonic_ns());
        give_up_if_stuck();
    }
}

/// Reads files, writes the state file to the disk, answers who asked over HTTP.
void Daemon::do_what_takes_long() {
    if (std::exchange(reload_wanted_, false)) {
        notifier_.reloading();
        static_cast<void>(reload().error());  // logged
        notifier_.ready("collecting");
    }
    panel_.tick();
    state_->tick();
}

/// Output files are opened anew, and what may change while flowd runs is read again.
Outcome<config::Reload> Daemon::reload() {
    for (const auto& worker : tx_workers_) worker->request_reopen();
    Outcome<config::Reload> reload = reloader_.reload();
    if (!reload) return reload.error();
    if (rebalancer_) {
        rebalancer_->configure(balance_settings(reloader_.live().balance),
                               balance_interval_ns(reloader_.live().balance));
    }
    panel_.note_settings();
    return reload;
}

void Daemon::begin_to_stop(bool again) {
    if (rebalancer_) rebalancer_->wind_up();
    if (again) return;
    panel_.begin_to_stop();
    observer_->set_health(Health::draining);
    notifier_.stopping("delivering what has arrived");
    log::info("stopping: delivering what has arrived; a second signal hurries");
}

/// There is no way to get the thread back. What it holds is lost, and the process ends.
void Daemon::give_up_if_stuck() {
    std::uint64_t moves = 0;
    for (const auto& worker : tx_workers_) moves += worker->counts().moves();
    if (!stuck_.tick(monotonic_ns(), moves, flags_.stop.load(std::memory_order_relaxed),
                     flags_.hurry.load(std::memory_order_relaxed))) {
        return;
    }
    log::error("the output takes nothing any more: ending without it");
    const auto ended = [](const auto& worker) { return worker->done(); };
    if (std::all_of(rx_workers_.begin(), rx_workers_.end(), ended)) static_cast<void>(report());
    std::_Exit(1);
}

bool Daemon::finished() const noexcept {
    return std::all_of(tx_workers_.begin(), tx_workers_.end(),
                       [](const auto& worker) { return worker->done(); });
}

bool Daemon::output_lost() const noexcept {
    return std::any_of(tx_workers_.begin(), tx_workers_.end(), [this](const auto& worker) {
        return worker->closed() ||
               (settings_.is_replay() && worker->counts().lost_by(Loss::transport_failed) > 0);
    });
}

void Daemon::join() noexcept {
    for (std::thread& thread : threads_) thread.join();
    threads_.clear();
}

std::vector<std::string> Daemon::output_names() const {
    std::vector<std::string> names;
    for (const Output& output : outputs_) names.push_back(output.name);
    return names;
}

int Daemon::report() {
    Summary summary = summarize(rx_workers_, tx_workers_, output_names());
    if (rebalancer_) {
        add_counter(summary, "shard_moves", rebalancer_->mover().moves());
        add_counter(summary, "shard_splits", rebalancer_->mover().splits());
    }
    const bool reader_left = std::any_of(tx_workers_.begin(), tx_workers_.end(),
                                         [](const auto& worker) { return worker->closed(); });
    if (!reader_left) std::fputs(to_text(summary).c_str(), stderr);
    int status = 0;
    if (const Failure failure = state_->finish(); failed(failure)) {
        log::error(failure.sentence);
        status = 1;
    }
    if (!settings_.general.summary_path.empty()) {
        const Failure failure = write_summary(summary, settings_.general.summary_path);
        if (failed(failure)) {
            log::error(failure.sentence);
            status = 1;
        }
    }
    for (const auto& worker : tx_workers_) {
        if (failed(worker->failure()) && !worker->closed()) status = 1;
        if (worker->gave_up() > 0) {
            log::error("transport " + outputs_[worker->output()].name + ": " +
                       std::to_string(worker->gave_up()) +
                       " messages found no room there until the stop's patience was over");
            status = 1;
        }
    }
    return status;
}

}  // namespace flowd
