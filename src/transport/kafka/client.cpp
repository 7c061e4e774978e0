// SPDX-License-Identifier: BSD-3-Clause
// From properties to a running producer, and librdkafka's complaints in our words.
#include "transport/kafka/client.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
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

/// What is most often wrong with a certificate, by OpenSSL's number (x509_vfy.h).
const char* word_for(int x509_error) noexcept {
    switch (x509_error) {
        case 9: return "is not valid yet";
        case 10: return "has expired";
        case 18: return "is signed by itself";
        case 19:
        case 20: return "is not signed by a certificate that tls.ca, or the system, knows";
        case 23: return "has been revoked";
        default: return "is refused";
    }
}

/// On librdkafka's threads. Changes nothing but the words: "certificate verify failed" alone does
/// not say what to do.
int explain_certificate(rd_kafka_t* /*client*/, const char* /*broker*/, std::int32_t /*id*/,
                        int* x509_error, int /*depth*/, const char* /*der*/, std::size_t /*size*/,
                        char* text, std::size_t text_size, void* /*opaque*/) {
    if (*x509_error == 0) return 1;
    std::snprintf(text, text_size, "the certificate %s (X509 error %d)", word_for(*x509_error),
                  *x509_error);
    return 0;
}

[[nodiscard]] bool verifies(const Properties& properties) {
    return std::none_of(properties.values.begin(), properties.values.end(), [](const auto& each) {
        return each.first == "enable.ssl.certificate.verification" && each.second == "false";
    });
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
    rd_kafka_conf_set_events(conf->get(), RD_KAFKA_EVENT_DR | RD_KAFKA_EVENT_ERROR |
                                              RD_KAFKA_EVENT_LOG | RD_KAFKA_EVENT_STATS);
    if (verifies(properties)) {
        rd_kafka_conf_set_ssl_cert_verify_cb(conf->get(), explain_certificate);
    }
    ErrorText text{};
    rd_kafka_conf_set(conf->get(), "log.queue", "true", text.data(), text.size());
    Client client;
    client.handle.reset(rd_kafka_new(RD_KAFKA_PRODUCER, conf->get(), text.data(), text.size()));
    if (!client) return Failure{"transport.kafka: " + log::one_line(std::string{text.data()})};
    static_cast<void>(conf->release());  // the producer's now
    client.events.reset(rd_kafka_queue_get_main(client.handle.get()));
    rd_kafka_set_log_queue(client.handle.get(), nullptr);  // the main queue
    return client;
}

LogLine log_line_of(rd_kafka_event_t* event) noexcept {
    const char* facility = "";
    const char* text = "";
    LogLine line;
    if (rd_kafka_event_log(event, &facility, &text, &line.level) != 0) return line;
    line.facility = facility;
    line.text = text;
    const std::size_t thread_end = line.text.find("]: ");
    if (line.text.starts_with('[') && thread_end != line.text.npos) {
        line.text.remove_prefix(thread_end + 3);
    }
    return line;
}

Loss loss_of(rd_kafka_resp_err_t error) noexcept {
    switch (error) {
        case RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE: return Loss::message_too_large;
        case RD_KAFKA_RESP_ERR__MSG_TIMED_OUT: return Loss::timed_out;
        case RD_KAFKA_RESP_ERR__PURGE_QUEUE:
        case RD_KAFKA_RESP_ERR__PURGE_INFLIGHT: return Loss::given_up;
        default: return Loss::transport_failed;
    }
}

std::string text_of(rd_kafka_resp_err_t error) { return rd_kafka_err2str(error); }

}  // namespace flowd::kafka
