// SPDX-License-Identifier: BSD-3-Clause
// Client: librdkafka's handles with their lifetimes, made from properties. With topic.hpp and
// transport.cpp the only door to librdkafka. One per TX worker.
#pragma once

#include <librdkafka/rdkafka.h>

#include <memory>
#include <string>
#include <string_view>

#include "log/failure.hpp"
#include "metrics/loss.hpp"
#include "transport/kafka/properties.hpp"

namespace flowd::kafka {

struct Destroy {
    void operator()(rd_kafka_conf_t* conf) const noexcept { rd_kafka_conf_destroy(conf); }
    void operator()(rd_kafka_topic_conf_t* conf) const noexcept {
        rd_kafka_topic_conf_destroy(conf);
    }
    void operator()(rd_kafka_t* client) const noexcept { rd_kafka_destroy(client); }
    void operator()(rd_kafka_topic_t* topic) const noexcept { rd_kafka_topic_destroy(topic); }
    void operator()(rd_kafka_queue_t* queue) const noexcept { rd_kafka_queue_destroy(queue); }
    void operator()(rd_kafka_event_t* event) const noexcept { rd_kafka_event_destroy(event); }
};
using Conf = std::unique_ptr<rd_kafka_conf_t, Destroy>;
using Event = std::unique_ptr<rd_kafka_event_t, Destroy>;
using Queue = std::unique_ptr<rd_kafka_queue_t, Destroy>;
using TopicHandle = std::unique_ptr<rd_kafka_topic_t, Destroy>;
using ClientHandle = std::unique_ptr<rd_kafka_t, Destroy>;

/// librdkafka's configuration. Touches no network. Fails on a property that does not exist or does
/// not take its value, in a sentence without secrets.
[[nodiscard]] Outcome<Conf> make_conf(const Properties& properties);

/// Members in the order in which they are made; destroyed from the bottom up.
struct Client {
    ClientHandle handle;
    Queue events;  ///< delivery reports, errors, logs

    [[nodiscard]] explicit operator bool() const noexcept { return handle != nullptr; }
    /// What happened, when anything does within `most_ms`.
    [[nodiscard]] Event poll(int most_ms) const noexcept {
        return Event{rd_kafka_queue_poll(events.get(), most_ms)};
    }
};

/// A producer. Starts librdkafka's threads, which connect by themselves. Fails on certificates and
/// keys that cannot be read, on properties that contradict each other.
[[nodiscard]] Outcome<Client> make_client(const Properties& properties);

/// What librdkafka logs: who says it, how severe (syslog's numbers), what.
struct LogLine {
    std::string_view facility;
    int level = 0;
    std::string_view text;  ///< without the thread's name; borrowed from the event

    /// A broker's certificate and what is wrong with it, which the error that follows does not say.
    [[nodiscard]] bool is_of_certificate() const noexcept { return facility == "SSLCERTVRFY"; }
};
[[nodiscard]] LogLine log_line_of(rd_kafka_event_t* event) noexcept;

/// What a message is lost by when this is its error.
[[nodiscard]] Loss loss_of(rd_kafka_resp_err_t error) noexcept;

/// librdkafka's word for an error, behind its name: "Broker: Unknown topic or partition".
[[nodiscard]] std::string text_of(rd_kafka_resp_err_t error);

}  // namespace flowd::kafka
