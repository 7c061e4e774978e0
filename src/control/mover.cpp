// SPDX-License-Identifier: BSD-3-Clause
// The stages of a move.
#include "control/mover.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

#include "worker/clock.hpp"

namespace flowd {

void Mover::move(std::uint16_t bucket, std::uint32_t from, std::uint32_t to) {
    start({ShardMove::Kind::bucket, bucket}, from, {to});
}

void Mover::split(std::uint16_t bucket, std::uint32_t from) {
    table_.deal_out();  // so that every domain has its owner before it is asked for
    std::vector<std::uint32_t> others;
    for (std::uint32_t worker = 0; worker < workers_.size(); ++worker) {
        if (worker != from) others.push_back(worker);
    }
    start({ShardMove::Kind::split, bucket}, from, std::move(others));
}

void Mover::start(const ShardMove& move, std::uint32_t from, std::vector<std::uint32_t> receivers) {
    assert(!busy());
    if (over_) return;
    started_ns_ = monotonic_ns();
    move_ = move;
    from_ = from;
    receivers_ = std::move(receivers);
    table_.set_moving(true);
    table_.set_waiting_for_rings(true);
    ask_all(HandoverRequest::Kind::hold);
    stage_ = Stage::holding;
}

void Mover::tick() {
    if (!busy()) return;
    if (anyone_ended()) {  // the run is over; nothing is waited for any more
        over_ = true;
        return end();
    }
    // Workers that wait for room in each other's rings may wait for ever where the one that would
    // take from them holds too much: then what finds no room is dropped, and counted, as always.
    if (monotonic_ns() - started_ns_ > rings_patience_ns) table_.set_waiting_for_rings(false);
    switch (stage_) {
        case Stage::idle: return;
        case Stage::holding:
            if (all_answered()) turn_table();
            return;
        case Stage::turning:
            if (!table_.all_saw(epoch_)) return;
            receiver_ = 0;
            return ask_for_page(true);
        case Stage::giving:
            if (workers_[from_]->handover().answered()) hand_on();
            return;
        case Stage::taking:
            if (workers_[receivers_[receiver_]]->handover().answered()) give_next();
            return;
        case Stage::delivering:
            if (!delivered()) return;
            ask_all(HandoverRequest::Kind::let_go);
            stage_ = Stage::letting_go;
            return;
        case Stage::letting_go:
            if (all_answered()) end();
            return;
    }
}

void Mover::turn_table() {
    if (move_.kind == ShardMove::Kind::bucket) {
        table_.set_owner(move_.bucket, receivers_.front());
    } else {
        table_.split(move_.bucket);
    }
    epoch_ = table_.publish();
    stage_ = Stage::turning;
}

void Mover::ask_for_page(bool first) {
    workers_[from_]->handover().post({.kind = HandoverRequest::Kind::give,
                                      .move = move_,
                                      .to = receivers_[receiver_],
                                      .first = first,
                                      .page = page_.get()});
    stage_ = Stage::giving;
}

void Mover::hand_on() {
    workers_[receivers_[receiver_]]->handover().post(
        {.kind = HandoverRequest::Kind::take, .move = move_, .page = page_.get()});
    stage_ = Stage::taking;
}

void Mover::give_next() {
    if (!page_->last) return ask_for_page(false);
    if (++receiver_ < receivers_.size()) return ask_for_page(true);
    wait_for_delivery();
}

/// What the old owner has decoded comes out before what the new one will: transports keep the order
/// in which they get it.
void Mover::wait_for_delivery() {
    const std::size_t outputs = rings_.size() / workers_.size();
    published_.clear();
    for (std::size_t i = 0; i < outputs; ++i) {
        published_.push_back(rings_[from_ * outputs + i]->published());
    }
    delivering_since_ns_ = monotonic_ns();
    stage_ = Stage::delivering;
}

bool Mover::delivered() const {
    if (monotonic_ns() - delivering_since_ns_ > patience_ns_) return true;
    for (std::size_t i = 0; i < published_.size(); ++i) {
        if (rings_[from_ * published_.size() + i]->returned() < published_[i]) return false;
    }
    return true;
}

void Mover::end() {
    if (stage_ == Stage::letting_go) {
        ++(move_.kind == ShardMove::Kind::bucket ? moves_ : splits_);
    }
    table_.set_waiting_for_rings(false);
    table_.set_moving(false);
    stage_ = Stage::idle;
}

void Mover::ask_all(HandoverRequest::Kind kind) {
    for (const std::uint32_t receiver : receivers_) {
        workers_[receiver]->handover().post({.kind = kind, .move = move_, .to = receiver});
    }
}

bool Mover::all_answered() const {
    return std::all_of(receivers_.begin(), receivers_.end(), [this](std::uint32_t receiver) {
        return workers_[receiver]->handover().answered();
    });
}

bool Mover::anyone_ended() const {
    return std::any_of(workers_.begin(), workers_.end(),
                       [](const auto& worker) { return worker->done(); });
}

}  // namespace flowd
