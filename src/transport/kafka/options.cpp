// SPDX-License-Identifier: BSD-3-Clause
// The rows of the Kafka transport. Runs at start, on the main thread.
#include "transport/kafka/options.hpp"

#include <algorithm>
#include <array>
#include <iterator>

namespace flowd::kafka {

namespace {

constexpr std::int64_t int_max = 2'147'483'647;  // librdkafka's sizes and times are int

std::vector<config::Row> broker_rows(Options& options) {
    return {
        {.key = "transport.kafka.brokers",
         .flag = "transport.kafka.brokers",
         .target = &options.brokers,
         .help = "Brokers to ask for the cluster's others, host:port."},
        {.key = "transport.kafka.srv",
         .flag = "transport.kafka.srv",
         .target = &options.service,
         .help = "DNS SRV name whose records replace the list of brokers; empty: none."},
        {.key = "transport.kafka.topic",
         .flag = "transport.kafka.topic",
         .target = &options.topic,
         .help = "Topic that messages go to."},
        {.key = "transport.kafka.topic_missing",
         .flag = "transport.kafka.topic.missing",
         .target = &options.topic_missing,
         .help = "What happens when the topic does not exist: it is created, or the log says so "
                 "and messages wait for it as they do for a broker.",
         .choices = {"create", "wait"}},
        {.key = "transport.kafka.topic_partitions",
         .flag = "transport.kafka.topic.partitions",
         .target = &options.topic_partitions,
         .help = "Partitions of a topic that is created; -1: what the broker does by default.",
         .min = -1,
         .max = 1'000'000},
        {.key = "transport.kafka.topic_replication",
         .flag = "transport.kafka.topic.replication",
         .target = &options.topic_replication,
         .help = "Replicas of a topic that is created; -1: what the broker does by default.",
         .min = -1,
         .max = 32'767},
        {.key = "transport.kafka.version",
         .flag = "transport.kafka.version",
         .target = &options.version,
         .help = "Version of Kafka's protocol, as goflow2 wants it. Brokers from 0.10 on say "
                 "themselves what they speak; only an older version changes anything."},
    };
}

std::vector<config::Row> message_rows(Options& options) {
    return {
        {.key = "transport.kafka.records",
         .flag = "transport.kafka.records",
         .target = &options.records,
         .help = "One flow a Kafka message, or many, packed: protobuf behind their lengths, lines "
                 "behind one another.",
         .choices = {"one", "packed"}},
        {.key = "transport.kafka.packed_bytes",
         .flag = "transport.kafka.packed-bytes",
         .target = &options.packed_bytes,
         .help = "Size that a packed message does not exceed; a flow that is larger goes alone.",
         .unit = "bytes",
         .min = 1'024,
         .max = 1'000'000'000},
        {.key = "transport.kafka.open_messages",
         .flag = "transport.kafka.open-messages",
         .target = &options.open_messages,
         .help = "Packed messages with a key that one TX worker fills at a time; for one more key, "
                 "the oldest is sent.",
         .min = 1,
         .max = 1'024},
        {.key = "transport.kafka.hashing",
         .flag = "transport.kafka.hashing",
         .target = &options.hashing,
         .help = "goflow2-v2: the message's key chooses its partition; goflow2-v1 always does "
                 "that."},
        {.key = "transport.kafka.compression",
         .flag = "transport.kafka.compression",
         .target = &options.compression,
         .help = "How Kafka's batches are compressed: none, gzip, snappy, lz4 or zstd."},
        {.key = "",
         .flag = "transport.kafka.compression.type",
         .target = &options.compression,
         .help = "The same as -transport.kafka.compression."},
        {.key = "transport.kafka.max_message_bytes",
         .flag = "transport.kafka.maxmsgbytes",
         .target = &options.message_bytes_max,
         .help = "Largest message, and largest batch of them, that is sent.",
         .unit = "bytes",
         .min = 1'000,
         .max = 1'000'000'000},
        {.key = "transport.kafka.log_errors",
         .flag = "transport.kafka.log.err",
         .target = &options.log_errors,
         .help = "Log what librdkafka logs, too. That messages are lost is logged in any case."},
    };
}

std::vector<config::Row> delivery_rows(Options& options) {
    return {
        {.key = "transport.kafka.acks",
         .flag = "transport.kafka.acks",
         .target = &options.acks,
         .help = "Replicas that must have a message before it counts as delivered: none, the "
                 "leader, or all in sync.",
         .choices = {"0", "1", "all"}},
        {.key = "transport.kafka.idempotence",
         .flag = "transport.kafka.idempotence",
         .target = &options.idempotence,
         .help = "Each message exactly once, as long as this process lives; implies acks all."},
        {.key = "transport.kafka.linger_ms",
         .flag = "transport.kafka.flushfreq",
         .target = &options.linger_ms,
         .help = "How long a message waits for others to be sent with.",
         .unit = "ms",
         .max = 900'000},
        {.key = "transport.kafka.flush_bytes",
         .flag = "transport.kafka.flushbytes",
         .target = &options.flush_bytes,
         .help = "Bytes for a partition that are sent without waiting; never above "
                 "max_message_bytes.",
         .unit = "bytes",
         .min = 1,
         .max = int_max},
        {.key = "transport.kafka.message_timeout_ms",
         .flag = "transport.kafka.message-timeout",
         .target = &options.message_timeout_ms,
         .help = "How long a message may wait for its acknowledgement before it is given up; 0: "
                 "for ever; -1: for ever with a spool, 300000 ms without.",
         .unit = "ms",
         .min = -1,
         .max = int_max},
        {.key = "transport.kafka.queue_messages",
         .flag = "transport.kafka.queue-messages",
         .target = &options.queue_messages,
         .help = "Most messages of one TX worker that wait for their acknowledgement.",
         .min = 1,
         .max = 10'000'000},
        {.key = "transport.kafka.queue_bytes",
         .flag = "transport.kafka.queue-bytes",
         .target = &options.queue_bytes,
         .help = "Most bytes of one TX worker that wait for their acknowledgement.",
         .unit = "bytes",
         .min = 1'048'576,
         .max = 1'099'511'627'776},
    };
}

std::vector<config::Row> security_rows(Options& options) {
    return {
        {.key = "transport.kafka.tls.enable",
         .flag = "transport.kafka.tls",
         .target = &options.tls,
         .help = "Connect by TLS."},
        {.key = "transport.kafka.tls.ca",
         .flag = "transport.kafka.tls.ca",
         .target = &options.tls_ca,
         .help = "File with the certificates (PEM) that sign the brokers'; empty: the system's.",
         .names_file = true},
        {.key = "transport.kafka.tls.certificate",
         .flag = "transport.kafka.tls.client",
         .target = &options.tls_certificate,
         .help = "File with the certificate (PEM) that flowd shows; empty: none.",
         .names_file = true},
        {.key = "transport.kafka.tls.key",
         .flag = "transport.kafka.tls.key",
         .target = &options.tls_key,
         .help = "File with the key (PEM) of that certificate.",
         .names_file = true},
        {.key = "transport.kafka.tls.insecure",
         .flag = "transport.kafka.tls.insecure",
         .target = &options.tls_insecure,
         .help = "Take any certificate of a broker: whoever answers reads the flows."},
        {.key = "transport.kafka.sasl.mechanism",
         .flag = "transport.kafka.sasl",
         .target = &options.sasl,
         .help = "How to log in. User and password come from KAFKA_SASL_USER and KAFKA_SASL_PASS "
                 "or from files.",
         .choices = {"none", "plain", "scram-sha256", "scram-sha512"}},
        {.key = "transport.kafka.sasl.user_file",
         .flag = "transport.kafka.sasl.user-file",
         .target = &options.sasl_user_file,
         .help = "File with the user's name; empty: the environment has it.",
         .names_file = true},
        {.key = "transport.kafka.sasl.password_file",
         .flag = "transport.kafka.sasl.password-file",
         .target = &options.sasl_password_file,
         .help = "File with the password; empty: the environment has it.",
         .names_file = true},
        {.key = "transport.kafka.properties",
         .flag = "transport.kafka.properties",
         .target = &options.properties,
         .help = "Settings of librdkafka by its own names, which win over all of the above.",
         .is_secret = is_secret},
    };
}

}  // namespace

std::vector<config::Row> rows(Options& options) {
    std::vector<config::Row> all;
    for (auto* part : {&broker_rows, &message_rows, &delivery_rows, &security_rows}) {
        std::vector<config::Row> more = part(options);
        all.insert(all.end(), std::make_move_iterator(more.begin()),
                   std::make_move_iterator(more.end()));
    }
    return all;
}

bool is_secret(std::string_view property) {
    constexpr std::array<std::string_view, 6> marks{"password", "secret",      "pem",
                                                    "jaas",     "oauthbearer", "ssl.key"};
    return std::any_of(marks.begin(), marks.end(), [property](std::string_view mark) {
        return property.find(mark) != property.npos;
    });
}

}  // namespace flowd::kafka
