// SPDX-License-Identifier: BSD-3-Clause
// From properties to a running producer, and librdkafka's complaints in our words.
#include "transport/kafka/client.hpp"

#include <array>
#include <utility>

#include "log/escape.hpp"

namespace flowd::kafka {

namespace {

using ErrorText = std::array<char, 512>;

Failure refused(const std::string& name, rd_kafka_conf_res_t result, const ErrorText& text) {
    if (result == RD_KAFKA_CONF_UNKNOWN) {
        return {"transport.kafka.properties: \"" + log::one_line(name) +
                "\" is no property of librdkafka " + rd_kafka_version_str()};
    }
    const std::string why =
        is_secret(name) ? "its value is refused" : log::one_line(std::string{text.data()});
    return {"transport.kafka.properties: " + name + ": " + why};
}

}  // namespace

Outcome<Conf> make_conf(const Properties& properties) {
    Conf conf{rd_kafka_conf_new()};
    ErrorText text{};
    for (const auto& [name, value] : properties.values) {
        const rd_kafka_conf_res_t result =
            rd_kafka_conf_set(conf.get(), name.c_str(), value.c_str(), text.data(), text.size());
        if (result != RD_KAFKA_CONF_OK) return refused(name, result, text);
    }
    return conf;
}

Outcome<Client> make_client(const Properties& properties) {
    Outcome<Conf> conf = make_conf(properties);
    if (!conf) return conf.error();
    rd_kafka_conf_set_events(conf->get(),
                             RD_KAFKA_EVENT_DR | RD_KAFKA_EVENT_ERROR | RD_KAFKA_EVENT_LOG);
    ErrorText text{};
    rd_kafka_conf_set(conf->get(), "log.queue", "true", text.data(), text.size());
    Client client;
    client.handle.reset(
        rd_kafka_new(RD_KAFKA_PRODUCER, conf->get(), text.data(), text.size()));
    if (!client) return Failure{"transport.kafka: " + log::one_line(std::string{text.data()})};
    static_cast<void>(conf->release());  // the producer's now
    client.events.reset(rd_kafka_queue_get_main(client.handle.get()));
    rd_kafka_set_log_queue(client.handle.get(), nullptr);  // the main queue
    return client;
}

std::string text_of(rd_kafka_resp_err_t error) { return rd_kafka_err2str(error); }

}  // namespace flowd::kafka
