// SPDX-License-Identifier: BSD-3-Clause
// The other direction: what librdkafka reports, what becomes of the topic, and the end. Runs on the
// TX worker, but for the sticky partitioner.
#include <algorithm>
#include <string>
#include <system_error>
#include <utility>

#include "log/escape.hpp"
#include "log/log.hpp"
#include "transport/kafka/producer.hpp"
#include "transport/kafka/topic.hpp"

namespace flowd::kafka {

namespace {

[[nodiscard]] bool was_purged(rd_kafka_resp_err_t error) noexcept {
    return error == RD_KAFKA_RESP_ERR__PURGE_QUEUE || error == RD_KAFKA_RESP_ERR__PURGE_INFLIGHT;
}

}  // namespace

Producer::~Producer() {
    if (asking_.valid()) asking_.wait();
    if (client_) give_up_the_rest(nullptr);
    topic_.reset();
}

bool Producer::topic_is_ready() {
    if (fatal_) start_anew();
    if (topic_) return true;
    if (!client_) return false;
    if (!asking_.valid()) {
        if (Clock::now() < ask_again_) return false;
        try {
            asking_ = std::async(std::launch::async, [this] { return find_topic(); });
        } catch (const std::system_error& error) {  // no more threads: later, then
            ask_again_ = Clock::now() + std::chrono::seconds{1};
            health_.unreachable(std::string{"the topic cannot be asked for: "} + error.what());
            return false;
        }
    }
    if (asking_.wait_for(std::chrono::seconds{0}) != std::future_status::ready) return false;
    const Failure failure = asking_.get();
    ask_again_ = Clock::now() + std::chrono::seconds{1};
    if (!failed(failure)) {
        open_topic();
    } else {
        take_events(std::chrono::milliseconds{0});  // may know a better reason
        health_.unreachable(failure.sentence);
    }
    return topic_ != nullptr;
}

Failure Producer::find_topic() const {
    constexpr std::chrono::milliseconds most{1'000};
    const Outcome<Cluster> cluster = ask_cluster(client_, options_.topic, most);
    if (!cluster) return {"no broker answers: " + cluster.error().sentence};
    if (cluster->has_topic) return {};
    if (options_.topic_missing != "create") {
        return {
            "the topic does not exist, or is not for this user; create it, or set "
            "transport.kafka.topic_missing to create"};
    }
    constexpr std::chrono::milliseconds creation_most{5'000};
    Failure failure = create_topic(client_, options_, creation_most);
    if (!failed(failure)) log::info(health_.name() + ": created");
    return failure;
}

void Producer::open_topic() {
    rd_kafka_topic_conf_t* const conf = rd_kafka_default_topic_conf_dup(client_.handle.get());
    rd_kafka_topic_conf_set_opaque(conf, this);
    const auto& passed = options_.properties;
    if (partition_ == Partition::sticky && passed.find("partitioner") == passed.end()) {
        rd_kafka_topic_conf_set_partitioner_cb(conf, choose_sticky);
    }
    topic_.reset(rd_kafka_topic_new(client_.handle.get(), options_.topic.c_str(), conf));
    if (topic_) return health_.reached();
    rd_kafka_topic_conf_destroy(conf);
    health_.unreachable("librdkafka refuses the topic: " + text_of(rd_kafka_last_error()));
}

/// One partition for all messages of a batch, then the next that has a leader.
std::int32_t Producer::choose_sticky(const rd_kafka_topic_t* topic, const void* /*key*/,
                                     std::size_t /*key_size*/, std::int32_t partition_count,
                                     void* producer, void* /*message*/) {
    auto& self = *static_cast<Producer*>(producer);
    const std::uint32_t turn = self.turn_.load(std::memory_order_relaxed);
    const auto count = static_cast<std::uint32_t>(partition_count);
    auto chosen = static_cast<std::int32_t>(turn % count);
    for (std::uint32_t i = 0; i < count; ++i) {
        const auto partition = static_cast<std::int32_t>((turn + i) % count);
        if (rd_kafka_topic_partition_available(topic, partition) == 0) continue;
        chosen = partition;
        break;
    }
    self.chosen_.store(chosen, std::memory_order_relaxed);
    return chosen;
}

void Producer::wait(std::chrono::milliseconds most) noexcept {
    send_old();
    take_events(most);
}

std::chrono::milliseconds Producer::idle() noexcept {
    const bool anything = counts().in_flight.get() > 0;
    if ((topic_ || anything || fatal_) && topic_is_ready()) send_old();
    take_events(std::chrono::milliseconds{0});
    return std::chrono::milliseconds{anything ? 10 : 200};
}

void Producer::take_events(std::chrono::milliseconds most) noexcept {
    constexpr int events_max = 1'000;  // at a time: the caller has other work, too
    if (!client_) return;
    int most_ms = static_cast<int>(most.count());
    for (int i = 0; i < events_max; ++i) {
        const Event event = client_.poll(most_ms);
        if (!event) return;
        most_ms = 0;
        switch (rd_kafka_event_type(event.get())) {
            case RD_KAFKA_EVENT_DR: take_reports(event.get()); break;
            case RD_KAFKA_EVENT_ERROR: take_error(event.get()); break;
            case RD_KAFKA_EVENT_LOG: take_log(event.get()); break;
            case RD_KAFKA_EVENT_STATS: statistics_.put(rd_kafka_event_stats(event.get())); break;
            default: break;
        }
    }
}

void Producer::take_reports(rd_kafka_event_t* event) {
    std::uint64_t delivered = 0;
    std::uint64_t bytes = 0;
    // Neighbours have mostly one mark: they are booked together.
    const void* opaque = nullptr;
    std::size_t run = 0;
    const auto book_run = [&] {
        if (run > 0) book(Mark::of(opaque), Place::delivered, std::exchange(run, 0));
    };
    while (const rd_kafka_message_t* const report = rd_kafka_event_message_next(event)) {
        const bool plain = report->err == RD_KAFKA_RESP_ERR_NO_ERROR && !options_.is_packed();
        if (!plain) {
            take_report(*report);
            continue;
        }
        if (report->_private != opaque) {
            book_run();
            opaque = report->_private;
        }
        ++run;
        ++delivered;
        bytes += report->len;
    }
    book_run();
    if (delivered > 0) settle(RD_KAFKA_RESP_ERR_NO_ERROR, delivered, bytes, "");
}

void Producer::book(const Mark& mark, Place to, std::size_t messages) noexcept {
    tickets_.release(mark.ticket, messages);
    ledger().move(mark.owner, Place::in_flight, to, messages);
}

void Producer::book(const Parcel& parcel, Place to) noexcept {
    if (parcel.ticket != nullptr) parcel.ticket->pending -= parcel.ends.size();
    for (const OwnerRun& run : parcel.runs) {
        ledger().move(run.owner, Place::in_flight, to, run.count);
    }
}

/// Of a packed message, or of a single one that was not delivered.
void Producer::take_report(const rd_kafka_message_t& report) {
    if (options_.is_packed()) return take_parcel(report);
    const Mark mark = Mark::of(report._private);
    if (was_purged(report.err) && leftovers_ != nullptr) {
        Ticket* const ticket = tickets_.ticket(mark.ticket);
        tickets_.release(mark.ticket, 1);
        Parcel parcel;
        parcel.add(report.len, mark.owner);
        parcel.ticket = ticket;
        return give_back(parcel, report);
    }
    book(mark, place_of(loss_of(report.err)), 1);
    settle(report.err, 1, report.len, rd_kafka_err2str(report.err));
}

void Producer::take_parcel(const rd_kafka_message_t& report) {
    const std::unique_ptr<Parcel> parcel{static_cast<Parcel*>(report._private)};
    const std::size_t messages = parcel->ends.size();
    if (was_purged(report.err) && leftovers_ != nullptr) {
        if (parcel->ticket != nullptr) parcel->ticket->pending -= messages;
        return give_back(*parcel, report);
    }
    const bool delivered = report.err == RD_KAFKA_RESP_ERR_NO_ERROR;
    book(*parcel, delivered ? Place::delivered : place_of(loss_of(report.err)));
    settle(report.err, messages, report.len, rd_kafka_err2str(report.err));
}

void Producer::give_back(const Parcel& parcel, const rd_kafka_message_t& report) {
    const flow::Bytes bytes{static_cast<const std::uint8_t*>(report.payload), report.len};
    const flow::Bytes key{static_cast<const std::uint8_t*>(report.key), report.key_len};
    give_back(bytes, parcel, report.key != nullptr ? &key : nullptr, leftovers_);
}

/// Messages in flight, to whom they came from. What does not fit there, or has nobody, is lost.
/// Their ticket is not held any more.
void Producer::give_back(flow::Bytes bytes, const Parcel& parcel, const flow::Bytes* key,
                         Leftovers* leftovers) {
    counts().in_flight.subtract(parcel.ends.size());
    auto end = parcel.ends.begin();
    std::size_t begin = 0;
    for (const OwnerRun& run : parcel.runs) {
        for (std::uint32_t i = 0; i < run.count; ++i, ++end) {
            const flow::Bytes message = bytes.subspan(begin, *end - begin);
            begin = *end;
            if (leftovers != nullptr && leftovers->take(message, key, parcel.ticket, run.owner)) {
                continue;
            }
            counts().lose(Loss::given_up, 1);
            ledger().move(run.owner, Place::in_flight, place_of(Loss::given_up), 1);
        }
    }
}

void Producer::settle(rd_kafka_resp_err_t error, std::uint64_t messages, std::uint64_t bytes,
                      const char* why) {
    counts().in_flight.subtract(messages);
    const auto now = Clock::now();
    if (error == RD_KAFKA_RESP_ERR_NO_ERROR) {
        counts().delivered.add(messages);
        counts().bytes.add(bytes);
        return health_.delivered(messages, now);
    }
    const Loss loss = loss_of(error);
    counts().lose(loss, messages);
    if (loss == Loss::message_too_large) return health_.refused(messages, why, now);
    if (loss == Loss::given_up) return;
    health_.lost(messages, why, now);
    const bool gone = error == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART ||
                      error == RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC;
    if (gone) topic_.reset();  // asked for anew before the next message
}

void Producer::take_error(rd_kafka_event_t* event) {
    const rd_kafka_resp_err_t error = rd_kafka_event_error(event);
    const char* const text = rd_kafka_event_error_string(event);
    switch (error) {
        case RD_KAFKA_RESP_ERR__FATAL:
            fatal_ = true;
            log::error(health_.name() + ": librdkafka gives up: " +
                       log::one_line(text != nullptr ? text : "") + "; starting a new producer");
            return;
        case RD_KAFKA_RESP_ERR__AUTHENTICATION:
        case RD_KAFKA_RESP_ERR__SSL:
            health_.unreachable(text != nullptr ? text : text_of(error));
            return;
        case RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN:
            health_.unreachable((text != nullptr ? text : text_of(error)) + last_failure_);
            return;
        default:
            // Single connections come and go; librdkafka tries again.
            last_failure_ = text != nullptr ? std::string{": "} + text : std::string{};
            if (options_.log_errors) {
                log::warn(health_.name() + ": " + log::one_line(text != nullptr ? text : ""));
            }
    }
}

void Producer::take_log(rd_kafka_event_t* event) {
    const LogLine line = log_line_of(event);
    if (line.is_of_certificate()) health_.unreachable(line.text);
    constexpr int warning = 4;  // of syslog
    const bool wanted = options_.log_errors && line.level <= warning;
    if (!wanted && !log::enabled(log::Level::debug)) return;
    log::write(wanted ? log::Level::warn : log::Level::debug,
               "librdkafka: " + std::string{line.facility} + ": " + log::one_line(line.text));
}

/// After a fatal error of the idempotent producer, which nothing else cures. What it still had may
/// or may not have arrived; it counts as lost. What it had not been given yet goes to the new one.
void Producer::start_anew() {
    if (asking_.valid()) asking_.wait();
    asking_ = {};
    purge(nullptr);
    topic_.reset();
    Outcome<Client> fresh = make_client(properties_);
    if (!fresh) return health_.unreachable(fresh.error().sentence);
    client_.events.reset();  // before its client
    client_ = std::move(*fresh);
    fatal_ = false;
}

Failure Producer::close(const Ending& ending) noexcept {
    if (!client_) return {};
    await_acknowledgements(ending);
    if (asking_.valid()) asking_.wait();
    const std::uint64_t before = counts().lost_sum();
    give_up_the_rest(ending.leftovers);
    topic_.reset();
    client_.events.reset();  // before its client
    client_.handle.reset();
    if (const std::uint64_t unheard = counts().in_flight.get();
        unheard > 0 && ending.leftovers == nullptr) {
        counts().in_flight.subtract(unheard);
        counts().lose(Loss::given_up, unheard);
        ledger().sweep(Place::in_flight, place_of(Loss::given_up), unheard);
    }
    const std::uint64_t given_up = counts().lost_sum() - before;
    Failure failure;
    if (given_up > 0) {
        failure.sentence = health_.name() + ": " + std::to_string(given_up) +
                           " messages were not acknowledged in time, and are given up";
        log::error(failure.sentence);
    } else if (health_.state() == TransportState::dropping) {
        failure.sentence = health_.name() + ": " + std::to_string(health_.lost_messages()) +
                           " messages were lost: " + health_.last_reason();
    }
    return failure;
}

void Producer::await_acknowledgements(const Ending& ending) {
    constexpr std::chrono::milliseconds step{20};
    const auto deadline = Clock::now() + ending.patience;
    while (counts().in_flight.get() > 0 && Clock::now() < deadline &&
           !ending.hurry.load(std::memory_order_relaxed)) {
        if (!topic_is_ready()) {
            take_events(step);
            continue;
        }
        if (send_all_open()) rd_kafka_flush(client_.handle.get(), 1);  // ends the linger
        take_events(step);
    }
}

/// Takes everything out of librdkafka, and its reports.
void Producer::purge(Leftovers* leftovers) {
    leftovers_ = leftovers;
    const int everything =
        RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT | RD_KAFKA_PURGE_F_NON_BLOCKING;
    rd_kafka_purge(client_.handle.get(), everything);
    constexpr std::chrono::seconds silence_max{5};
    auto deadline = Clock::now() + silence_max;
    int waiting = rd_kafka_outq_len(client_.handle.get());
    while (waiting > 0 && Clock::now() < deadline) {
        take_events(std::chrono::milliseconds{20});
        const int now_waiting = rd_kafka_outq_len(client_.handle.get());
        if (now_waiting < waiting) deadline = Clock::now() + silence_max;
        waiting = now_waiting;
    }
    leftovers_ = nullptr;
}

void Producer::give_up_the_rest(Leftovers* leftovers) {
    purge(leftovers);
    for (Packer::Open& open : packer_.all()) {
        if (open.empty()) continue;
        const flow::Bytes key{open.key};
        const Parcel parcel{delivery_.ticket, open.ends, open.runs};
        if (parcel.ticket != nullptr) parcel.ticket->pending -= parcel.ends.size();
        give_back(flow::Bytes{open.bytes}, parcel, &key, leftovers);
        open.clear();
    }
}

}  // namespace flowd::kafka
