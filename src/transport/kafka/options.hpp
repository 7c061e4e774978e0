// SPDX-License-Identifier: BSD-3-Clause
// The settings of the Kafka transport: goflow2's flags, and what librdkafka offers beyond them.
// Read once at start by the main thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "config/row.hpp"

namespace flowd::kafka {

struct Options {
    std::vector<std::string> brokers{"127.0.0.1:9092", "[::1]:9092"};
    std::string service{};  ///< DNS SRV name that replaces `brokers`; empty: none
    std::string topic = "flow-messages";
    std::string topic_missing = "create";
    std::int64_t topic_partitions = -1;   ///< of a topic that is created; -1: the broker's default
    std::int64_t topic_replication = -1;  ///< the same
    std::string version = "2.8.0";        ///< of the protocol, as goflow2 wants it

    std::string records = "one";
    std::int64_t packed_bytes = 65'536;
    std::int64_t open_messages = 64;  ///< packed ones with a key that are being filled
    bool hashing = false;
    std::string compression = "none";
    std::string acks = "1";
    bool idempotence = false;
    std::int64_t linger_ms = 50;
    std::int64_t flush_bytes = 104'857'600;
    std::int64_t message_bytes_max = 1'000'000;
    std::int64_t message_timeout_ms = -1;  ///< 0: for ever; -1: see timeout_ms()
    std::int64_t queue_messages = 500'000;
    std::int64_t queue_bytes = 268'435'456;

    bool tls = false;
    std::string tls_ca{};
    std::string tls_certificate{};
    std::string tls_key{};
    bool tls_insecure = false;
    std::string sasl = "none";
    std::string sasl_user_file{};
    std::string sasl_password_file{};
    bool log_errors = false;
    config::Table properties{};

    bool has_spool = false;  ///< no setting: what is not taken is kept on disk

    /// Without a spool messages must not wait for ever; with one they must not be given up.
    [[nodiscard]] std::int64_t timeout_ms() const noexcept {
        if (message_timeout_ms >= 0) return message_timeout_ms;
        return has_spool ? 0 : 300'000;
    }
    [[nodiscard]] bool is_packed() const noexcept { return records == "packed"; }
};

/// The rows of `options`, which must outlive them.
[[nodiscard]] std::vector<config::Row> rows(Options& options);

/// Is this librdkafka property a password, a key, or something that may hold one?
[[nodiscard]] bool is_secret(std::string_view property);

}  // namespace flowd::kafka
