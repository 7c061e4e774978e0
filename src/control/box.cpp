// SPDX-License-Identifier: BSD-3-Clause
// Sums.
#include "control/box.hpp"

#include <algorithm>
#include <cstdlib>
#include <numeric>
#include <utility>

#include "metrics/totals.hpp"

namespace flowd {

namespace {

template <class Array>
void add_each(Array& to, const Array& what) noexcept {
    for (std::size_t i = 0; i < to.size(); ++i) to[i] += what[i];
}

std::uint64_t magnitude(std::int64_t imbalance) noexcept {
    return static_cast<std::uint64_t>(std::llabs(imbalance));
}

}  // namespace

std::int64_t imbalance(const TransportView& transport) noexcept {
    const std::uint64_t lost =
        std::accumulate(transport.lost.begin(), transport.lost.end(), std::uint64_t{0});
    const std::uint64_t elsewhere = transport.delivered + transport.too_large +
                                    transport.ring_full + lost + transport.in_flight +
                                    transport.spooled;
    return static_cast<std::int64_t>(transport.offered + transport.restored - elsewhere) -
           transport.in_ring;
}

Box::Box(std::vector<ObservedOutput> outputs, std::vector<int> cpus,
         const std::vector<std::size_t>& tx_outputs)
    : outputs_{std::move(outputs)},
      delivered_(outputs_.size(), RateWindow<1>{RateClock{}}),
      rates_{RateClock{}} {
    for (const int cpu : cpus) {
        Rx rx{.cpu = cpu, .window = RateWindow<2>{RateClock{}}};
        rx.cut.lanes.resize(outputs_.size());
        rx_.push_back(std::move(rx));
    }
    for (const std::size_t output : tx_outputs) tx_.push_back({.output = output});
}

void Box::choose_tx_cuts() {
    for (std::size_t output = 0; output < outputs_.size(); ++output) {
        std::uint64_t published = 0;
        std::uint64_t taken = 0;
        for (const Rx& each : rx_) published += each.cut.lanes[output].published;
        for (const Tx& each : tx_) taken += each.output == output ? each.latest.taken : 0;
        if (taken > published) continue;
        for (Tx& each : tx_) {
            if (each.output == output) each.cut = each.latest;
        }
    }
}

void Box::write(Observation& observation, const RateClock& clock) {
    Totals& box = observation.box;
    box = nameless_ = {};
    observation.samples_counter = observation.samples_discarded = observation.samples_other = 0;
    for (const Rx& each : rx_) {
        add_rx(box, each.cut);
        observation.samples_counter += each.cut.pipeline.counter_samples;
        observation.samples_discarded += each.cut.pipeline.discarded_samples;
        observation.samples_other += each.cut.pipeline.other_samples;
    }
    choose_tx_cuts();
    for (const Tx& each : tx_) add_tx(box, each.cut);
    observation.rates = rates_.take(clock, box);
    observation.rx.resize(rx_.size());
    for (std::size_t i = 0; i < rx_.size(); ++i) write(rx_[i], observation.rx[i], clock);
    observation.datagram_imbalance = magnitude(box.datagram_imbalance());
    observation.flow_imbalance = magnitude(box.flow_imbalance());
    observation.transports.resize(outputs_.size());
    for (std::size_t i = 0; i < outputs_.size(); ++i) {
        TransportView& transport = observation.transports[i];
        write(i, transport, clock);
        observation.flow_imbalance =
            std::max(observation.flow_imbalance, magnitude(imbalance(transport)));
    }
}

std::vector<flow::Stranger> Box::strangers() const {
    std::vector<flow::Stranger> all;
    for (const Rx& each : rx_) {
        all.insert(all.end(), each.cut.strangers.begin(), each.cut.strangers.end());
    }
    return all;
}

void Box::add_rx(Totals& box, const RxCut& cut) {
    Totals frames;
    frames.datagrams = cut.ingress.missed;
    frames.missed = cut.ingress.missed;
    for (std::size_t i = 0; i < frames.drops.size(); ++i) {
        frames.drops[i] = cut.ingress.drops[i];
        frames.datagrams += cut.ingress.drops[i];
    }
    add(nameless_, frames);

    const flow::PipelineStats& pipeline = cut.pipeline;
    // What arrived is the ingress's count, what became of it the pipeline's.
    box.datagrams += cut.ingress.datagrams + cut.ingress.missed;
    box.missed += cut.ingress.missed;
    add_each(box.drops, cut.ingress.drops);
    add_each(box.drops, pipeline.datagram_drops);
    box.payload_bytes += pipeline.payload_bytes;
    box.decoded += pipeline.decoded;
    box.parked += pipeline.parked_datagrams + pipeline.handed_on - pipeline.adopted;
    box.flows += pipeline.flows;
    for (const LaneCut& lane : cut.lanes) {
        box.offered += lane.offered;
        box.too_large += lane.too_large;
        box.ring_full += lane.ring_full;
        box.in_ring += static_cast<std::int64_t>(lane.published);
    }
    box.sets_parked += pipeline.sets_parked;
    box.sets_unparked += pipeline.sets_unparked;
    box.sets_expired += pipeline.sets_expired;
    box.sequence.lost += pipeline.sequence_lost;
    box.sequence.late += pipeline.sequence_late;
    box.sequence.duplicates += pipeline.sequence_duplicates;
    box.sequence.resets += pipeline.sequence_resets;
    box.sequence.unchecked += pipeline.sequence_unchecked;
}

void Box::add_tx(Totals& box, const TxCut& cut) {
    box.in_ring -= static_cast<std::int64_t>(cut.taken);
    box.restored += cut.spool_restored;
    box.delivered += cut.delivered;
    box.in_flight += cut.in_flight;
    box.spooled += cut.spooled;
    add_each(box.lost, cut.lost);
}

void Box::write(Rx& worker, RxView& view, const RateClock& clock) {
    const RxCut& cut = worker.cut;
    const std::uint64_t cycles = cut.cycles - std::exchange(worker.cycles, cut.cycles);
    const std::uint64_t busy = cut.busy_cycles - std::exchange(worker.busy_cycles, cut.busy_cycles);
    // Who runs and does not answer is in one burst all the time.
    const bool is_stuck = !std::exchange(worker.is_new, false) && cut.cycles != 0;
    view.busy = is_stuck ? 1 : 0;
    if (cycles != 0) view.busy = static_cast<double>(busy) / static_cast<double>(cycles);
    view.cpu = worker.cpu;
    view.datagrams = cut.ingress.datagrams + cut.ingress.missed;
    view.flows = cut.pipeline.flows;
    const auto rates = worker.window.take(clock, {view.datagrams, view.flows});
    view.datagrams_per_second = rates[0];
    view.flows_per_second = rates[1];
    view.forwarded = cut.ingress.forwarded;
    view.held = cut.ingress.held;
    view.fragments = cut.ingress.fragments;
    view.reassembled = cut.ingress.reassembled;
    view.checksums_bad = cut.ingress.checksums_bad;
    view.missed = cut.ingress.missed;
    view.exporters = cut.exporter_count;
    view.domains = cut.domain_count;
    view.templates = cut.template_count;
    view.exporters_evicted = cut.pipeline.exporters_evicted;
    view.domains_evicted = cut.pipeline.domains_evicted;
    view.templates_evicted = cut.pipeline.templates_evicted;
    view.templates_learnt = cut.pipeline.templates_learnt;
}

void Box::write(std::size_t output, TransportView& view, const RateClock& clock) {
    view.name = outputs_[output].name;
    view.kind = outputs_[output].kind;
    view.offered = view.published = view.too_large = view.ring_full = 0;
    for (const Rx& each : rx_) {
        const LaneCut& lane = each.cut.lanes[output];
        view.offered += lane.offered;
        view.published += lane.published;
        view.too_large += lane.too_large;
        view.ring_full += lane.ring_full;
    }
    view.taken = view.delivered = view.bytes = view.in_flight = view.spooled = 0;
    view.restored = view.spool_damaged = 0;
    view.lost = {};
    TransportState worst = TransportState::up;
    for (const Tx& each : tx_) {
        if (each.output != output) continue;
        const TxCut& cut = each.cut;
        worst = std::max(worst, each.latest.state);
        view.taken += cut.taken;
        view.delivered += cut.delivered;
        view.bytes += cut.bytes;
        view.in_flight += cut.in_flight;
        view.spooled += cut.spooled;
        view.restored += cut.spool_restored;
        view.spool_damaged += cut.spool_damaged;
        add_each(view.lost, cut.lost);
    }
    view.state = state_name(worst);
    view.in_ring = static_cast<std::int64_t>(view.published - view.taken);
    view.delivered_per_second = delivered_[output].take(clock, {view.delivered})[0];
}

}  // namespace flowd
