// SPDX-License-Identifier: BSD-3-Clause
// A consumer without a group, and length-prefixed messages taken apart.
#include "perf/transport/kafka/read_back.hpp"

#include <librdkafka/rdkafka.h>

#include <array>

#include "perf/support/require.hpp"

namespace flow::perf {

namespace {

constexpr int patience_ms = 10'000;

std::string flow_text(Bytes key, Bytes flow) {
    std::string text{reinterpret_cast<const char*>(key.data()), key.size()};
    text += '|';
    text.append(reinterpret_cast<const char*>(flow.data()), flow.size());
    return text;
}

/// One flow or many, each behind a varint of its length.
void add_message(Flows& to, Bytes key, Bytes value) {
    while (!value.empty()) {
        std::size_t length = 0;
        std::size_t prefix = 0;
        bool more = true;
        while (more && prefix < value.size()) {
            length |= static_cast<std::size_t>(value[prefix] & 0x7fU) << (7 * prefix);
            more = (value[prefix++] & 0x80U) != 0;
        }
        require(prefix + length <= value.size(), "a flow is cut");
        to.push_back(flow_text(key, value.first(prefix + length)));
        value = value.subspan(prefix + length);
    }
}

rd_kafka_t* client_of(void* client) { return static_cast<rd_kafka_t*>(client); }

rd_kafka_t* make_consumer(const std::string& brokers) {
    rd_kafka_conf_t* const conf = rd_kafka_conf_new();
    std::array<char, 512> text{};
    rd_kafka_conf_set(conf, "bootstrap.servers", brokers.c_str(), text.data(), text.size());
    rd_kafka_conf_set(conf, "group.id", "perf", text.data(), text.size());
    rd_kafka_conf_set(conf, "enable.auto.commit", "false", text.data(), text.size());
    rd_kafka_t* const client = rd_kafka_new(RD_KAFKA_CONSUMER, conf, text.data(), text.size());
    require(client != nullptr, std::string{"no consumer: "} + text.data());
    rd_kafka_poll_set_consumer(client);
    return client;
}

}  // namespace

void add_flows(Flows& to, const Batch& page) {
    for (std::size_t i = 0; i < page.message_count(); ++i) {
        to.push_back(flow_text(page.has_key(i) ? page.key(i) : Bytes{}, page.message(i)));
    }
}

Reader::Reader(const std::string& brokers, const std::string& topic)
    : client_{make_consumer(brokers)} {
    rd_kafka_t* const client = client_of(client_);
    rd_kafka_topic_t* const handle = rd_kafka_topic_new(client, topic.c_str(), nullptr);
    const rd_kafka_metadata_t* metadata = nullptr;
    const auto error = rd_kafka_metadata(client, 0, handle, &metadata, patience_ms);
    require(error == RD_KAFKA_RESP_ERR_NO_ERROR && metadata->topic_cnt == 1, "no metadata");
    rd_kafka_topic_partition_list_t* const parts = rd_kafka_topic_partition_list_new(4);
    for (int i = 0; i < metadata->topics[0].partition_cnt; ++i) {
        std::int64_t low = 0;
        std::int64_t high = 0;
        const auto failed =
            rd_kafka_query_watermark_offsets(client, topic.c_str(), i, &low, &high, patience_ms);
        require(failed == RD_KAFKA_RESP_ERR_NO_ERROR, rd_kafka_err2str(failed));
        rd_kafka_topic_partition_list_add(parts, topic.c_str(), i)->offset = high;
    }
    rd_kafka_assign(client, parts);
    rd_kafka_topic_partition_list_destroy(parts);
    rd_kafka_metadata_destroy(metadata);
    rd_kafka_topic_destroy(handle);
}

Reader::~Reader() {
    rd_kafka_assign(client_of(client_), nullptr);
    rd_kafka_destroy_flags(client_of(client_), RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE);
}

Flows Reader::read(std::size_t count) {
    Flows flows;
    while (flows.size() < count) {
        rd_kafka_message_t* const message = rd_kafka_consumer_poll(client_of(client_), patience_ms);
        if (message == nullptr) break;
        if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR) {
            add_message(flows, {static_cast<const std::uint8_t*>(message->key), message->key_len},
                        {static_cast<const std::uint8_t*>(message->payload), message->len});
        }
        rd_kafka_message_destroy(message);
    }
    return flows;
}

}  // namespace flow::perf
