// SPDX-License-Identifier: BSD-3-Clause
// Taking messages: from batches into librdkafka's queue, by copy, as many as it has room for.
#include "transport/kafka/producer.hpp"

#include <algorithm>
#include <utility>

namespace flowd::kafka {

namespace {

/// librdkafka's interface is not const; it copies what it is given.
void* as_payload(flow::Bytes bytes) noexcept { return const_cast<std::uint8_t*>(bytes.data()); }

/// A key that is there and empty must not look like none.
const void* as_key(flow::Bytes key) noexcept {
    static constexpr std::uint8_t nothing = 0;
    return key.empty() ? &nothing : key.data();
}

}  // namespace

Producer::Producer(const Options& options, Properties properties, Partition partition,
                   Client client)
    : options_{options},
      properties_{std::move(properties)},
      partition_{partition},
      client_{std::move(client)},
      health_{"transport.kafka: topic " + options.topic},
      packer_{static_cast<std::size_t>(options.open_messages),
              static_cast<std::size_t>(options.packed_bytes)} {}

std::size_t Producer::deliver(const flow::Batch& batch, std::size_t first,
                              const Delivery& delivery) noexcept {
    take_events(std::chrono::milliseconds{0});
    if (!topic_is_ready()) return 0;
    if (delivery.ticket != delivery_.ticket && !send_all_open()) return 0;
    delivery_ = delivery;
    turn_.fetch_add(1, std::memory_order_relaxed);  // nothing is ordered by it
    const std::size_t count = batch.message_count();
    if (first >= count) return 0;
    const std::size_t taken = !options_.is_packed()  ? deliver_singly(batch, first)
                              : batch.has_key(first) ? deliver_keyed(batch, first)
                                                     : deliver_packed(batch, first);
    const auto now = Clock::now();
    if (first + taken < count) {
        health_.no_room(counts().in_flight.get(), now);
    } else {
        health_.has_room(now);
    }
    return taken;
}

void Producer::hold(const flow::Batch& batch, std::size_t first, std::size_t count) noexcept {
    counts().take(count, delivery_);
    counts().in_flight.add(count);
    ledger().move(batch, first, count, delivery_.source, delivery_.place(), Place::in_flight);
}

std::size_t Producer::deliver_singly(const flow::Batch& batch, std::size_t first) {
    const auto ticket = tickets_.number_of(delivery_.ticket);
    if (!ticket) return 0;
    const auto mark_of = [&](std::size_t index) {
        return Mark{.owner = {delivery_.source, batch.slot(index).account}, .ticket = *ticket};
    };
    std::size_t at = first;
    std::int32_t partition = RD_KAFKA_PARTITION_UA;
    chosen_.store(partition, std::memory_order_relaxed);  // a hint: any choice is a good one
    while (at < batch.message_count() && topic_) {
        const bool leads = at == first && partition_ == Partition::sticky;
        const std::size_t count = leads ? 1 : std::min(chunk, batch.message_count() - at);
        for (std::size_t i = 0; i < count; ++i) {
            rd_kafka_message_t& message = messages_[i];
            const flow::Bytes bytes = batch.message(at + i);
            message = {};
            message.payload = as_payload(bytes);
            message.len = bytes.size();
            if (batch.has_key(at + i)) {
                const flow::Bytes key = batch.key(at + i);
                message.key = const_cast<void*>(as_key(key));
                message.key_len = key.size();
            }
            message._private = mark_of(at + i).opaque();
        }
        const int queued = rd_kafka_produce_batch(topic_.get(), partition, RD_KAFKA_MSG_F_COPY,
                                                  messages_.data(), static_cast<int>(count));
        // Messages with a partition cost librdkafka fewer locks: all of the batch follow the first.
        if (leads) partition = chosen_.load(std::memory_order_relaxed);
        const bool has_gone = !leads && partition != RD_KAFKA_PARTITION_UA && queued == 0 &&
                              messages_[0].err == RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION;
        if (has_gone) {
            partition = RD_KAFKA_PARTITION_UA;
            continue;
        }
        if (queued == static_cast<int>(count)) {
            hold(batch, at, count);
            tickets_.hold(*ticket, count);
            at += count;
            continue;
        }
        // What is behind the first that finds the queue full has found it full, too.
        for (std::size_t i = 0; i < count; ++i, ++at) {
            const rd_kafka_resp_err_t error = messages_[i].err;
            if (error == RD_KAFKA_RESP_ERR__QUEUE_FULL) return at - first;
            hold(batch, at, 1);
            tickets_.hold(*ticket, 1);
            if (error != RD_KAFKA_RESP_ERR_NO_ERROR) {
                book(mark_of(at), place_of(loss_of(error)), 1);
                settle(error, 1, 0, rd_kafka_err2str(error));
            }
        }
    }
    return at - first;
}

/// Messages without a key: as many as fit, as they lie in the batch.
std::size_t Producer::deliver_packed(const flow::Batch& batch, std::size_t first) {
    const auto size_max = static_cast<std::size_t>(options_.packed_bytes);
    const std::size_t count = batch.message_count();
    std::size_t at = first;
    while (at < count) {
        const std::uint8_t* const begin = batch.message(at).data();
        auto parcel = std::make_unique<Parcel>();
        parcel->ticket = delivery_.ticket;
        std::size_t next = at;
        std::size_t size = 0;
        for (; next < count; ++next) {
            const flow::Bytes message = batch.message(next);
            const auto end = static_cast<std::size_t>(message.data() - begin) + message.size();
            if (next > at && end > size_max) break;
            size = end;
            parcel->add(end, {delivery_.source, batch.slot(next).account});
        }
        const rd_kafka_resp_err_t error = send({begin, size}, nullptr, parcel);
        if (error == RD_KAFKA_RESP_ERR__QUEUE_FULL) return at - first;
        hold(batch, at, next - at);
        if (delivery_.ticket != nullptr) delivery_.ticket->pending += next - at;
        if (error != RD_KAFKA_RESP_ERR_NO_ERROR) {
            book(*parcel, place_of(loss_of(error)));
            settle(error, next - at, 0, rd_kafka_err2str(error));
        }
        at = next;
    }
    return at - first;
}

std::size_t Producer::deliver_keyed(const flow::Batch& batch, std::size_t first) {
    const auto now = Clock::now();
    const std::size_t count = batch.message_count();
    Packer::Open* open = nullptr;
    std::uint16_t last_key = flow::MessageSlot::no_key;
    std::size_t held = first;
    const auto hold_until = [&](std::size_t end) {
        hold(batch, held, end - held);
        if (delivery_.ticket != nullptr) delivery_.ticket->pending += end - held;
        held = end;
    };
    for (std::size_t at = first; at < count; ++at) {
        const flow::Bytes key = batch.key(at);
        if (open == nullptr || batch.slot(at).key != last_key) {
            open = &packer_.find(key);
            last_key = batch.slot(at).key;
        }
        const flow::Bytes message = batch.message(at);
        const bool in_the_way =
            !open->empty() && (!Packer::is_of(*open, key) || !packer_.fits(*open, message.size()));
        if (in_the_way) {
            hold_until(at);
            if (!send(*open)) return at - first;
        }
        packer_.append(*open, key, message, {delivery_.source, batch.slot(at).account}, now);
    }
    hold_until(count);
    send_old();
    return count - first;
}

bool Producer::send(Packer::Open& open) {
    auto parcel = std::make_unique<Parcel>(Parcel{delivery_.ticket, open.ends, open.runs});
    const flow::Bytes key{open.key};
    const rd_kafka_resp_err_t error = send(flow::Bytes{open.bytes}, &key, parcel);
    if (error == RD_KAFKA_RESP_ERR__QUEUE_FULL) return false;
    if (error != RD_KAFKA_RESP_ERR_NO_ERROR) {
        book(*parcel, place_of(loss_of(error)));
        settle(error, open.ends.size(), 0, rd_kafka_err2str(error));
    }
    open.clear();
    return true;
}

rd_kafka_resp_err_t Producer::send(flow::Bytes bytes, const flow::Bytes* key,
                                   std::unique_ptr<Parcel>& parcel) {
    // It has gone with the message before.
    if (!topic_) return RD_KAFKA_RESP_ERR__QUEUE_FULL;
    const int result = rd_kafka_produce(
        topic_.get(), RD_KAFKA_PARTITION_UA, RD_KAFKA_MSG_F_COPY, as_payload(bytes), bytes.size(),
        key != nullptr ? as_key(*key) : nullptr, key != nullptr ? key->size() : 0, parcel.get());
    if (result != 0) return rd_kafka_last_error();
    static_cast<void>(parcel.release());  // the delivery report's
    return RD_KAFKA_RESP_ERR_NO_ERROR;
}

bool Producer::send_all_open() {
    if (topic_ == nullptr) return true;
    for (Packer::Open& open : packer_.all()) {
        if (!open.empty() && !send(open)) return false;
    }
    return true;
}

void Producer::send_old() {
    const auto born_before = Clock::now() - std::chrono::milliseconds{options_.linger_ms};
    for (Packer::Open& open : packer_.all()) {
        if (!open.empty() && open.since <= born_before && !send(open)) return;
    }
}

}  // namespace flowd::kafka
