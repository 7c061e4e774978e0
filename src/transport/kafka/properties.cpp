// SPDX-License-Identifier: BSD-3-Clause
// Properties: what each option is called in librdkafka, and what order and safety need.
#include "transport/kafka/properties.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <optional>
#include <string_view>
#include <system_error>

#include "config/text.hpp"

namespace flowd::kafka {

namespace {

constexpr std::string_view prefix = "transport.kafka.";

Failure refuse(std::string_view key, std::string_view why) {
    return {std::string{prefix} + std::string{key} + ": " + std::string{why}};
}

/// 0.8.2.0 to 999.9.9: three numbers or four. Empty: it is none.
std::optional<std::array<unsigned, 4>> parse_version(std::string_view text) {
    std::array<unsigned, 4> parts{};
    std::size_t count = 0;
    const char* at = text.data();
    const char* const end = at + text.size();
    while (count < parts.size()) {
        const auto [stop, error] = std::from_chars(at, end, parts[count]);
        if (error != std::errc{}) return std::nullopt;
        ++count;
        at = stop;
        if (at == end) break;
        if (*at++ != '.') return std::nullopt;
    }
    if (at != end || count < 3 || (count == 4 && parts[0] != 0)) return std::nullopt;
    return parts;
}

/// One line, as an editor ends it or not.
Outcome<std::string> read_secret(const std::string& path, std::string_view key) {
    std::ifstream in{path, std::ios::binary};
    std::string text{std::istreambuf_iterator<char>{in}, {}};
    if (!in || in.bad()) {
        return refuse(key, path + ": cannot be read: " + std::generic_category().message(errno));
    }
    while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
    if (text.empty()) return refuse(key, path + ": is empty");
    return text;
}

Outcome<std::string> secret(const std::string& path, std::string_view key, const char* variable) {
    if (!path.empty()) return read_secret(path, key);
    const char* const value = std::getenv(variable);
    if (value == nullptr || *value == '\0') {
        return refuse("sasl.mechanism", "needs " + std::string{prefix} + std::string{key} +
                                            " or the environment's " + variable);
    }
    return std::string{value};
}

class Maker {
public:
    Maker(const Options& options, Partition partition) : options_{options}, partition_{partition} {}

    [[nodiscard]] Outcome<Properties> make() {
        for (const auto part : {&Maker::brokers, &Maker::messages, &Maker::delivery,
                                &Maker::security, &Maker::login, &Maker::passed_through}) {
            if (Failure failure = (this->*part)(); failed(failure)) return failure;
        }
        return std::move(made_);
    }

private:
    void set(std::string_view name, std::string value) {
        made_.values.emplace_back(name, std::move(value));
    }
    void set(std::string_view name, std::int64_t value) { set(name, std::to_string(value)); }
    [[nodiscard]] bool was_passed(std::string_view name) const {
        return options_.properties.find(name) != options_.properties.end();
    }

    [[nodiscard]] Failure brokers() {
        if (options_.topic.empty()) return refuse("topic", "is empty");
        if (options_.brokers.empty() && !was_passed("bootstrap.servers") &&
            !was_passed("metadata.broker.list")) {
            return refuse("brokers", "names none");
        }
        set("client.id", "flowd");
        set("statistics.interval.ms", 5'000);  // what Transport::statistics() shows
        const std::vector<std::string_view> brokers{options_.brokers.begin(),
                                                    options_.brokers.end()};
        set("bootstrap.servers", config::joined(brokers, ","));
        const auto version = parse_version(options_.version);
        if (!version) {
            return refuse("version", '"' + options_.version + "\" is no version such as 2.8.0");
        }
        constexpr std::array<unsigned, 4> first_that_says_so{0, 10, 0, 0};
        if (*version < first_that_says_so) {
            set("api.version.request", "false");
            set("broker.version.fallback", options_.version);
        }
        return {};
    }

    [[nodiscard]] Failure messages() {
        constexpr std::array<std::string_view, 5> codecs{"none", "gzip", "snappy", "lz4", "zstd"};
        const std::string codec =
            options_.compression.empty() ? "none" : config::lower(options_.compression);
        if (std::find(codecs.begin(), codecs.end(), codec) == codecs.end()) {
            return refuse("compression", '"' + options_.compression +
                                             "\" is not one of none, gzip, snappy, lz4, zstd");
        }
        set("compression.codec", codec);
        set("message.max.bytes", options_.message_bytes_max);
        if (options_.is_packed() && options_.packed_bytes > options_.message_bytes_max) {
            return refuse("packed_bytes", std::to_string(options_.packed_bytes) +
                                              " is above max_message_bytes, " +
                                              std::to_string(options_.message_bytes_max));
        }
        return {};
    }

    [[nodiscard]] Failure delivery() {
        if (options_.idempotence && options_.acks != "all" && options_.acks != "1") {
            return refuse("idempotence", "needs acks all, not " + options_.acks);
        }
        set("enable.idempotence", options_.idempotence ? "true" : "false");
        set("acks", options_.idempotence ? "all" : options_.acks);
        set("linger.ms", options_.linger_ms);
        set("batch.size", std::min(options_.flush_bytes, options_.message_bytes_max));
        set("batch.num.messages", 1'000'000);  // bytes decide
        set("message.timeout.ms", options_.timeout_ms());
        set("queue.buffering.max.messages", options_.queue_messages);
        constexpr std::int64_t kilobyte = 1024;
        set("queue.buffering.max.kbytes",
            std::min<std::int64_t>(options_.queue_bytes / kilobyte, 2'147'483'647));
        // A retry behind a later request would turn the order of a partition around.
        // (An idempotent producer keeps it with five.)
        if (partition_ == Partition::by_key && !options_.idempotence) {
            set("max.in.flight.requests.per.connection", 1);
        }
        if (partition_ == Partition::by_key) set("partitioner", "fnv1a");
        // Ours is asked instead of librdkafka's own, which changes by time.
        if (partition_ == Partition::sticky) set("sticky.partitioning.linger.ms", 0);
        return {};
    }

    [[nodiscard]] Failure security() {
        const bool sasl = options_.sasl != "none";
        set("security.protocol",
            options_.tls ? (sasl ? "sasl_ssl" : "ssl") : (sasl ? "sasl_plaintext" : "plaintext"));
        const bool asks_for_tls = !options_.tls_ca.empty() || !options_.tls_certificate.empty() ||
                                  !options_.tls_key.empty() || options_.tls_insecure;
        if (!options_.tls) {
            if (asks_for_tls) {
                made_.warnings.push_back(
                    "transport.kafka.tls.* has no effect without -transport.kafka.tls");
            }
            return {};
        }
        if (options_.tls_certificate.empty() != options_.tls_key.empty()) {
            return refuse(options_.tls_key.empty() ? "tls.key" : "tls.certificate",
                          "is missing: a certificate and its key go together");
        }
        if (!options_.tls_ca.empty()) set("ssl.ca.location", options_.tls_ca);
        if (!options_.tls_certificate.empty()) {
            set("ssl.certificate.location", options_.tls_certificate);
            set("ssl.key.location", options_.tls_key);
        }
        if (options_.tls_insecure) {
            set("enable.ssl.certificate.verification", "false");
            made_.warnings.push_back(
                "transport.kafka.tls.insecure: brokers are not verified; whoever answers reads "
                "the flows");
        }
        return {};
    }

    [[nodiscard]] Failure login() {
        if (options_.sasl == "none") return {};
        Outcome<std::string> user =
            secret(options_.sasl_user_file, "sasl.user_file", "KAFKA_SASL_USER");
        if (!user) return user.error();
        Outcome<std::string> password =
            secret(options_.sasl_password_file, "sasl.password_file", "KAFKA_SASL_PASS");
        if (!password) return password.error();
        set("sasl.mechanisms", options_.sasl == "plain"          ? "PLAIN"
                               : options_.sasl == "scram-sha256" ? "SCRAM-SHA-256"
                                                                 : "SCRAM-SHA-512");
        set("sasl.username", *user);
        set("sasl.password", *password);
        if (options_.sasl == "plain" && !options_.tls) {
            made_.warnings.push_back(
                "transport.kafka.sasl: plain without TLS sends the password as it is");
        }
        return {};
    }

    [[nodiscard]] Failure passed_through() {
        for (const auto& [name, value] : options_.properties) set(name, value);
        return {};
    }

    const Options& options_;
    Partition partition_;
    Properties made_;
};

}  // namespace

Outcome<Properties> make_properties(const Options& options, Partition partition) {
    return Maker{options, partition}.make();
}

}  // namespace flowd::kafka
