// SPDX-License-Identifier: BSD-3-Clause
// A slow, obvious model of RX and TX workers with their ledgers, driven by a random walk:
// datagrams, batches, deliveries, rows that get new owners, exporters that move. It knows the truth
// of each exporter.
#pragma once

#include <deque>
#include <map>
#include <random>
#include <vector>

#include "control/directory.hpp"
#include "metrics/totals.hpp"

namespace flowd::test {

class LedgerModel {
public:
    struct Settings {
        std::size_t workers = 2;
        std::size_t lanes = 1;
        std::uint32_t rows = 8;  ///< of a worker, row 0 included
        std::uint32_t exporters = 20;
        std::uint32_t active = 20;  ///< of the exporters, at a time
    };

    LedgerModel(const Settings& settings, unsigned seed) : settings_{settings}, random_{seed} {
        for (std::size_t i = 0; i < settings.workers; ++i) {
            rx_.emplace_back(settings.rows);
            home_of_.emplace_back();
        }
        for (std::size_t i = 0; i < settings.lanes; ++i) {
            lanes_.emplace_back(settings.workers, std::vector<TxAccount>(settings.rows));
            rings_.emplace_back(settings.workers);
            used_.emplace_back(settings.workers, std::vector<bool>(settings.rows));
            flying_.emplace_back(settings.workers);
        }
    }

    static flow::AccountName name_of(std::uint32_t exporter) {
        flow::AccountName name;
        name.exporter = flow::Address::from(std::vector<std::uint8_t>{
            10, 0, static_cast<std::uint8_t>(exporter >> 8), static_cast<std::uint8_t>(exporter)});
        name.version = exporter % 3 == 0 ? 0 : 10;
        name.domain = exporter % 3 == 0 ? 0 : exporter;
        return name;
    }

    std::uint32_t pick(std::uint32_t below) {
        return std::uniform_int_distribution<std::uint32_t>{0, below - 1}(random_);
    }

    /// A datagram of an exporter, at a worker: decoded, dropped or parked, with some flows.
    void send(std::size_t worker, std::uint32_t exporter) {
        const std::uint32_t row = row_of(worker, exporter);
        flow::Account& account = rx_[worker][row];
        const std::uint32_t flows = pick(5);
        ++account.counts.datagrams;
        ++truth_[exporter].datagrams;
        account.counts.payload_bytes += 100;
        account.last_seen = ++now_;
        if (account.first_seen == 0) account.first_seen = now_;
        const std::uint32_t fate = pick(10);
        if (fate == 0) {
            ++account.counts.drops[1];
        } else if (fate == 1) {
            ++account.counts.parked;
        } else {
            ++account.counts.decoded;
        }
        account.counts.flows += flows;
        truth_[exporter].flows += flows;
        const std::uint64_t offered = flows * settings_.lanes;
        account.counts.offered += offered;
        account.counts.published += offered;
        for (auto& lane : rings_) {
            for (std::uint32_t i = 0; i < flows; ++i) lane[worker].push_back({row, account.epoch});
        }
    }
    /// Something that waited for a template is decoded or dropped.
    void unpark(std::size_t worker) {
        flow::Account& account = rx_[worker][pick(settings_.rows)];
        if (account.counts.parked == 0) return;
        --account.counts.parked;
        ++(pick(2) == 0 ? account.counts.decoded : account.counts.drops[2]);
    }
    /// A TX worker takes what waits, up to `most` messages.
    void take(std::size_t lane, std::size_t worker, std::size_t most) {
        auto& ring = rings_[lane][worker];
        for (; most > 0 && !ring.empty(); --most) {
            const auto [row, epoch] = ring.front();
            ring.pop_front();
            TxAccount& account = lanes_[lane][worker][row];
            if (row != 0 && used_[lane][worker][row] && account.epoch != epoch) {
                lanes_[lane][worker][0].add(account);
                account = {};
            }
            used_[lane][worker][row] = true;
            account.epoch = epoch;
            ++account.taken;
            ++account.in_flight;
            flying_[lane][worker].push_back({row, epoch});
        }
    }
    /// A report on the oldest message in flight.
    void report(std::size_t lane, std::size_t worker) {
        auto& flying = flying_[lane][worker];
        if (flying.empty()) return;
        const auto [row, epoch] = flying.front();
        flying.pop_front();
        const bool is_mine = row != 0 && lanes_[lane][worker][row].epoch == epoch;
        TxAccount& account = lanes_[lane][worker][is_mine ? row : 0];
        --account.in_flight;
        ++(pick(10) == 0 ? account.lost[0] : account.delivered);
    }
    /// The row is free: whoever comes next gets it.
    void evict(std::size_t worker, std::uint32_t row) {
        std::erase_if(home_of_[worker], [row](const auto& each) { return each.second == row; });
    }

    void step() {
        ++steps_;
        const std::size_t worker = pick(static_cast<std::uint32_t>(settings_.workers));
        const std::size_t lane = pick(static_cast<std::uint32_t>(settings_.lanes));
        switch (pick(8)) {
            case 0: return unpark(worker);
            case 1: return take(lane, worker, pick(20));
            case 2:
            case 3:
            case 4:  // fast enough: a tag is not to meet its like, 256 owners later
                for (std::uint32_t i = pick(20); i > 0; --i) report(lane, worker);
                return;
            default:
                return send(worker, (steps_ / 2000 + pick(settings_.active)) % settings_.exporters);
        }
    }
    /// All that is under way arrives.
    void drain() {
        for (std::size_t worker = 0; worker < settings_.workers; ++worker) {
            for (flow::Account& each : rx_[worker]) {
                each.counts.drops[2] += each.counts.parked;
                each.counts.parked = 0;
            }
            for (std::size_t lane = 0; lane < settings_.lanes; ++lane) {
                take(lane, worker, SIZE_MAX);
                while (!flying_[lane][worker].empty()) report(lane, worker);
            }
        }
    }

    /// `between` happens after the TX workers' copies and before those of the RX workers.
    template <class Between>
    void observe(Directory& directory, std::uint64_t now_ns, Between between) {
        const auto lanes = lanes_;
        between();
        directory.begin(now_ns);
        copied_ = {};
        for (std::size_t worker = 0; worker < settings_.workers; ++worker) {
            for (std::uint32_t row = 0; row < settings_.rows; ++row) {
                const flow::Account& account = rx_[worker][row];
                if (row != 0 && account.name.exporter.size == 0) continue;
                directory.add(worker, row, account);
                add_up(account.counts);
            }
        }
        for (std::size_t lane = 0; lane < settings_.lanes; ++lane) {
            for (std::size_t worker = 0; worker < settings_.workers; ++worker) {
                for (std::uint32_t row = 0; row < settings_.rows; ++row) {
                    if (row != 0 && !used_[lane][worker][row]) continue;
                    directory.add(lane, worker, row, lanes[lane][worker][row]);
                    add_up(lanes[lane][worker][row]);
                }
            }
        }
        directory.end();
    }

    /// The sum of the copies of the last observation.
    [[nodiscard]] const Totals& copied() const { return copied_; }
    /// Datagrams and flows of an exporter.
    [[nodiscard]] const Totals& truth(std::uint32_t exporter) { return truth_[exporter]; }

private:
    struct Tag {
        std::uint32_t row;
        std::uint8_t epoch;
    };

    /// The exporter's; a new one displaces whoever has it.
    std::uint32_t row_of(std::size_t worker, std::uint32_t exporter) {
        auto& homes = home_of_[worker];
        if (const auto known = homes.find(exporter); known != homes.end()) return known->second;
        const std::uint32_t row = pick(settings_.rows);
        if (row == 0) return 0;  // no room this time
        evict(worker, row);
        homes[exporter] = row;
        flow::Account& account = rx_[worker][row];
        const flow::AccountName name = name_of(exporter);
        if (account.name == name) return row;
        if (account.name.exporter.size != 0) fold(worker, row);
        const bool owned = account.name.exporter.size != 0;
        account.name = name;
        account.epoch = static_cast<std::uint8_t>(account.epoch + (owned ? 1 : 0));
        account.first_seen = account.last_seen = 0;
        return row;
    }
    void fold(std::size_t worker, std::uint32_t row) {
        flow::AccountCounts& from = rx_[worker][row].counts;
        flow::AccountCounts& to = rx_[worker][0].counts;
        auto* const sums = reinterpret_cast<std::uint64_t*>(&to);
        const auto* const counts = reinterpret_cast<const std::uint64_t*>(&from);
        for (std::size_t i = 0; i < sizeof from / sizeof *sums; ++i) sums[i] += counts[i];
        from = {};
    }
    void add_up(const flow::AccountCounts& counts) {
        copied_.datagrams += counts.datagrams;
        copied_.payload_bytes += counts.payload_bytes;
        copied_.decoded += counts.decoded;
        copied_.parked += counts.parked;
        for (std::size_t i = 0; i < counts.drops.size(); ++i) copied_.drops[i] += counts.drops[i];
        copied_.flows += counts.flows;
        copied_.offered += counts.offered;
        copied_.in_ring += static_cast<std::int64_t>(counts.published);
    }
    void add_up(const TxAccount& account) {
        copied_.in_ring -= static_cast<std::int64_t>(account.taken);
        copied_.in_flight += account.in_flight;
        copied_.delivered += account.delivered;
        for (std::size_t i = 0; i < loss_count; ++i) copied_.lost[i] += account.lost[i];
    }

    Settings settings_;
    std::mt19937 random_;
    std::uint32_t now_ = 1000;
    std::uint32_t steps_ = 0;
    std::vector<std::vector<flow::Account>> rx_;                   ///< by worker and row
    std::vector<std::map<std::uint32_t, std::uint32_t>> home_of_;  ///< exporter's row, by worker
    std::vector<std::vector<std::vector<TxAccount>>> lanes_;       ///< by lane, worker and row
    std::vector<std::vector<std::vector<bool>>> used_;
    std::vector<std::vector<std::deque<Tag>>> rings_;
    std::vector<std::vector<std::deque<Tag>>> flying_;
    std::map<std::uint32_t, Totals> truth_;
    Totals copied_{};
};

}  // namespace flowd::test
