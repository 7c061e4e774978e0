// SPDX-License-Identifier: BSD-3-Clause
// perf-mock-brokers BROKERS PARTITIONS TOPIC...: librdkafka's mock brokers in a process of their
// own, so that their CPU time is nobody else's. Prints where they listen; ends with its standard
// input. They keep the newest 5 MB of each partition.
#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>

int main(int argument_count, char** arguments) {
    if (argument_count < 4) {
        std::fprintf(stderr, "usage: %s BROKERS PARTITIONS TOPIC...\n", arguments[0]);
        return 2;
    }
    const int brokers = std::atoi(arguments[1]);
    const int partitions = std::atoi(arguments[2]);
    std::array<char, 512> text{};
    rd_kafka_conf_t* const conf = rd_kafka_conf_new();
    // Errors only: it misses the brokers that it is about to make.
    rd_kafka_conf_set(conf, "log_level", "3", text.data(), text.size());
    rd_kafka_t* const owner = rd_kafka_new(RD_KAFKA_PRODUCER, conf, text.data(), text.size());
    rd_kafka_mock_cluster_t* const cluster =
        owner != nullptr ? rd_kafka_mock_cluster_new(owner, brokers) : nullptr;
    if (cluster == nullptr) {
        std::fprintf(stderr, "%s: no mock brokers: %s\n", arguments[0], text.data());
        return 1;
    }
    for (int i = 3; i < argument_count; ++i) {
        const auto error = rd_kafka_mock_topic_create(cluster, arguments[i], partitions, 1);
        if (error != RD_KAFKA_RESP_ERR_NO_ERROR) {
            std::fprintf(stderr, "%s: %s: %s\n", arguments[0], arguments[i],
                         rd_kafka_err2str(error));
            return 1;
        }
    }
    std::printf("%s\n", rd_kafka_mock_cluster_bootstraps(cluster));
    std::fflush(stdout);
    char ignored = 0;
    while (::read(STDIN_FILENO, &ignored, 1) > 0) {
    }
    rd_kafka_mock_cluster_destroy(cluster);
    rd_kafka_destroy(owner);
    return 0;
}
