// SPDX-License-Identifier: BSD-3-Clause
// Daemon: opens what the configuration asks for, wires ingress, workers, rings and transports
// together, runs them, and stops them in reverse. Start in named stages: open the panel and the
// ingress, give up privileges, open transports, make workers, restore, launch. The main thread's.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "config/load.hpp"
#include "control/notify.hpp"
#include "control/observer.hpp"
#include "control/rebalancer.hpp"
#include "control/state_keeper.hpp"
#include "control/stuck_output.hpp"
#include "control/summary.hpp"
#include "ingress/dpdk/opened.hpp"
#include "ingress/dpdk/port_numbers.hpp"
#include "ingress/dpdk/port_watch.hpp"
#include "log/failure.hpp"
#include "outputs.hpp"
#include "panel.hpp"
#include "reloader.hpp"
#include "ring/batch_ring.hpp"
#include "settings.hpp"
#include "worker/rx_worker.hpp"
#include "worker/tx_worker.hpp"

namespace flowd {

class Daemon {
public:
    /// `reloader` is of `settings`; `version`: flowd's. All outlive it.
    Daemon(const Settings& settings, const config::Loaded& loaded, Reloader& reloader,
           std::string version);
    ~Daemon();
    Daemon(const Daemon&) = delete;
    Daemon& operator=(const Daemon&) = delete;

    /// Everything up to running threads. After a failure nothing runs.
    [[nodiscard]] Failure start();
    /// Until a signal, the end of the replay, or the end of the reader. Returns the process's exit
    /// status.
    [[nodiscard]] int run();

private:
    [[nodiscard]] Failure open_panel() { return panel_.open(); }
    [[nodiscard]] Failure start_panel() { return panel_.start(); }
    [[nodiscard]] Failure show();
    [[nodiscard]] Failure open_transports();
    [[nodiscard]] Failure open_ingress();
    [[nodiscard]] Failure open_dpdk();
    [[nodiscard]] Failure open_replay();
    [[nodiscard]] dpdk::WorkerOptions worker_options(std::size_t rx_workers) const;
    [[nodiscard]] Failure check_machine(std::size_t workers) const;
    [[nodiscard]] Failure choose_cores();
    [[nodiscard]] std::size_t rx_worker_count() const;
    [[nodiscard]] Failure give_up_privileges();
    [[nodiscard]] Failure make_workers();
    [[nodiscard]] Outcome<RxSettings> rx_settings();
    [[nodiscard]] Failure make_rx_workers(const RxSettings& settings);
    void make_tx_workers();
    void make_rebalancer();
    void make_observer();
    [[nodiscard]] std::size_t tx_worker_count() const noexcept;
    [[nodiscard]] Failure restore();
    [[nodiscard]] Failure launch();
    void pin_rx_thread(std::size_t worker) const noexcept;
    void wait_for_end();
    void do_what_takes_long();
    [[nodiscard]] Outcome<config::Reload> reload();
    void begin_to_stop(bool again);
    void give_up_if_stuck();
    void join() noexcept;
    [[nodiscard]] int report();
    [[nodiscard]] std::vector<std::string> output_names() const;
    [[nodiscard]] bool finished() const noexcept;
    /// A reason to stop that is not a signal: the reader has gone, or a replay cannot be delivered.
    [[nodiscard]] bool output_lost() const noexcept;

    const Settings& settings_;
    const config::Loaded& loaded_;
    Reloader& reloader_;
    const std::string version_;
    StopFlags flags_;
    Notifier notifier_;
    StuckOutput stuck_;
    bool reload_wanted_ = false;  ///< by a signal; not done yet

    std::vector<unsigned> cores_;  ///< of the RX workers, in turn; none: any

    // Destroyed from the bottom up: threads have been joined by then.
    dpdk::Opened dpdk_;
    std::unique_ptr<dpdk::PortWatch> watch_;           ///< null: there are no ports
    std::unique_ptr<dpdk::PortNumbers> port_numbers_;  ///< null: there are no ports
    std::vector<std::unique_ptr<Ingress>> udp_;
    std::vector<Ingress*> ingresses_;
    std::vector<std::unique_ptr<BatchRing>> rings_;
    std::vector<flow::SamplingFallback> fallbacks_;  // borrowed by the RX workers
    std::vector<Output> outputs_;  // their transports are the TX workers', once these are made
    std::vector<std::unique_ptr<RxWorker>> rx_workers_;
    std::vector<std::unique_ptr<TxWorker>> tx_workers_;
    std::unique_ptr<Rebalancer> rebalancer_;  ///< null: exporters stay where they are
    std::unique_ptr<StateKeeper> state_;
    std::vector<std::thread> threads_;
    std::unique_ptr<Observer> observer_;
    Panel panel_;
};

}  // namespace flowd
