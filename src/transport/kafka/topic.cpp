// SPDX-License-Identifier: BSD-3-Clause
// Metadata of all topics, because asking for one by name would create it; and the admin's request
// for a new one.
#include "transport/kafka/topic.hpp"

#include <array>
#include <memory>
#include <string_view>

namespace flowd::kafka {

namespace {

struct DestroyMetadata {
    void operator()(const rd_kafka_metadata_t* metadata) const noexcept {
        rd_kafka_metadata_destroy(metadata);
    }
};
struct DestroyAdmin {
    void operator()(rd_kafka_NewTopic_t* topic) const noexcept { rd_kafka_NewTopic_destroy(topic); }
    void operator()(rd_kafka_AdminOptions_t* options) const noexcept {
        rd_kafka_AdminOptions_destroy(options);
    }
};

void look_at(const rd_kafka_metadata_topic_t& topic, Cluster& cluster) {
    cluster.has_topic = topic.err == RD_KAFKA_RESP_ERR_NO_ERROR && topic.partition_cnt > 0;
    cluster.partition_count = static_cast<std::size_t>(topic.partition_cnt);
    for (int i = 0; i < topic.partition_cnt; ++i) {
        if (topic.partitions[i].leader < 0) ++cluster.partitions_without_leader;
    }
    if (topic.partition_cnt > 0) {
        cluster.replica_count = static_cast<std::size_t>(topic.partitions[0].replica_cnt);
    }
}

/// What became of the only topic that was asked for.
Failure outcome_of(rd_kafka_event_t* event, const std::string& topic) {
    const auto say = [&topic](const char* why) {
        return Failure{"transport.kafka.topic: \"" + topic + "\" cannot be created: " + why};
    };
    if (event == nullptr) return say("no answer in time");
    if (rd_kafka_event_error(event) != RD_KAFKA_RESP_ERR_NO_ERROR) {
        return say(rd_kafka_event_error_string(event));
    }
    std::size_t count = 0;
    const rd_kafka_topic_result_t* const* const results =
        rd_kafka_CreateTopics_result_topics(rd_kafka_event_CreateTopics_result(event), &count);
    for (std::size_t i = 0; i < count; ++i) {
        const rd_kafka_resp_err_t error = rd_kafka_topic_result_error(results[i]);
        if (error == RD_KAFKA_RESP_ERR_NO_ERROR) continue;
        if (error == RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS) continue;
        const char* const why = rd_kafka_topic_result_error_string(results[i]);
        return say(why != nullptr ? why : rd_kafka_err2str(error));
    }
    return {};
}

}  // namespace

Outcome<Cluster> ask_cluster(const Client& client, const std::string& topic,
                             std::chrono::milliseconds most) {
    const rd_kafka_metadata_t* raw = nullptr;
    const rd_kafka_resp_err_t error =
        rd_kafka_metadata(client.handle.get(), 1, nullptr, &raw, static_cast<int>(most.count()));
    if (error != RD_KAFKA_RESP_ERR_NO_ERROR) return Failure{text_of(error)};
    const std::unique_ptr<const rd_kafka_metadata_t, DestroyMetadata> metadata{raw};
    Cluster cluster;
    for (int i = 0; i < metadata->broker_cnt; ++i) {
        const rd_kafka_metadata_broker_t& broker = metadata->brokers[i];
        cluster.brokers.push_back(
            {broker.id, std::string{broker.host} + ':' + std::to_string(broker.port)});
    }
    cluster.topic_count = static_cast<std::size_t>(metadata->topic_cnt);
    for (int i = 0; i < metadata->topic_cnt; ++i) {
        if (metadata->topics[i].topic == std::string_view{topic}) {
            look_at(metadata->topics[i], cluster);
        }
    }
    return cluster;
}

Failure create_topic(const Client& client, const Options& options, std::chrono::milliseconds most) {
    std::array<char, 512> text{};
    const std::unique_ptr<rd_kafka_NewTopic_t, DestroyAdmin> topic{rd_kafka_NewTopic_new(
        options.topic.c_str(), static_cast<int>(options.topic_partitions),
        static_cast<int>(options.topic_replication), text.data(), text.size())};
    if (!topic) return {"transport.kafka.topic: " + std::string{text.data()}};
    const std::unique_ptr<rd_kafka_AdminOptions_t, DestroyAdmin> settings{
        rd_kafka_AdminOptions_new(client.handle.get(), RD_KAFKA_ADMIN_OP_CREATETOPICS)};
    const int most_ms = static_cast<int>(most.count());
    rd_kafka_AdminOptions_set_request_timeout(settings.get(), most_ms, text.data(), text.size());
    const Queue answers{rd_kafka_queue_new(client.handle.get())};
    rd_kafka_NewTopic_t* only = topic.get();
    rd_kafka_CreateTopics(client.handle.get(), &only, 1, settings.get(), answers.get());
    const Event answer{rd_kafka_queue_poll(answers.get(), most_ms)};
    return outcome_of(answer.get(), options.topic);
}

}  // namespace flowd::kafka
