// SPDX-License-Identifier: BSD-3-Clause
// What the daemon calls: check, open, probe.
#include "transport/kafka/transport.hpp"

#include <chrono>
#include <sstream>
#include <utility>

#include "transport/kafka/client.hpp"
#include "transport/kafka/producer.hpp"
#include "transport/kafka/srv.hpp"
#include "transport/kafka/topic.hpp"

namespace flowd::kafka {

namespace {

/// The options with the brokers that the DNS names.
Outcome<Options> with_brokers(const Options& options) {
    Options resolved = options;
    if (options.service.empty()) return resolved;
    Outcome<std::vector<std::string>> places = resolve_service(options.service);
    if (!places) return places.error();
    resolved.brokers = std::move(*places);
    return resolved;
}

/// librdkafka before 2.6.1 sends a nonce that Kafka 4 refuses.
bool has_old_scram() {
    constexpr int first_good = 0x020601ff;
    return rd_kafka_version() < first_good;
}

/// A reason that librdkafka has reported meanwhile says more than "timed out".
std::string reason(const Client& client, const std::string& otherwise) {
    std::string best = otherwise;
    while (const Event event = client.poll(0)) {
        if (rd_kafka_event_type(event.get()) == RD_KAFKA_EVENT_LOG) {
            const LogLine line = log_line_of(event.get());
            if (line.is_of_certificate()) return std::string{line.text};
        }
        if (rd_kafka_event_type(event.get()) != RD_KAFKA_EVENT_ERROR) continue;
        const rd_kafka_resp_err_t error = rd_kafka_event_error(event.get());
        if (error == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN) continue;
        best = rd_kafka_event_error_string(event.get());
    }
    return best;
}

}  // namespace

Outcome<std::vector<std::string>> check(const Options& options, Partition partition) {
    Outcome<Properties> properties = make_properties(options, partition);
    if (!properties) return properties.error();
    const Outcome<Conf> conf = make_conf(*properties);
    if (!conf) return conf.error();
    std::vector<std::string> warnings = std::move(properties->warnings);
    if (options.sasl.starts_with("scram") && has_old_scram()) {
        warnings.push_back("transport.kafka.sasl: librdkafka " +
                           std::string{rd_kafka_version_str()} +
                           " cannot log in with SCRAM to Kafka 4.0 and later; 3.9 takes it");
    }
    return warnings;
}

Outcome<std::unique_ptr<Transport>> open(const Options& options, Partition partition) {
    Outcome<Options> resolved = with_brokers(options);
    if (!resolved) return resolved.error();
    Outcome<Properties> properties = make_properties(*resolved, partition);
    if (!properties) return properties.error();
    Outcome<Client> client = make_client(*properties);
    if (!client) return client.error();
    return std::unique_ptr<Transport>{std::make_unique<Producer>(*resolved, std::move(*properties),
                                                                 partition, std::move(*client))};
}

Outcome<std::string> probe(const Options& options) {
    const Outcome<Options> resolved = with_brokers(options);
    if (!resolved) return resolved.error();
    const Outcome<Properties> properties = make_properties(*resolved, Partition::sticky);
    if (!properties) return properties.error();
    const Outcome<Client> client = make_client(*properties);
    if (!client) return client.error();
    constexpr std::chrono::milliseconds most{10'000};
    const Outcome<Cluster> cluster = ask_cluster(*client, options.topic, most);
    if (!cluster) {
        return Failure{"transport.kafka: no broker answers: " +
                       reason(*client, cluster.error().sentence)};
    }
    std::ostringstream out;
    out << "kafka: " << cluster->brokers.size() << " brokers";
    const char* separator = ": ";
    for (const Cluster::Broker& broker : cluster->brokers) {
        out << separator << broker.id << " at " << broker.place;
        separator = ", ";
    }
    out << "; " << cluster->topic_count << " topics\n";
    out << "kafka: topic " << options.topic;
    if (cluster->has_topic) {
        out << " has " << cluster->partition_count << " partitions, "
            << cluster->partitions_without_leader << " of them without a leader; "
            << cluster->replica_count << " replicas\n";
    } else {
        out << " does not exist, or is not for this user; "
            << (options.topic_missing == "create" ? "it would be created" : "messages would wait")
            << '\n';
    }
    return out.str();
}

}  // namespace flowd::kafka
