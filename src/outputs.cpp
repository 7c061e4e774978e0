// SPDX-License-Identifier: BSD-3-Clause
// From settings to transports: the rows, what goes with what, and the opening.
#include "outputs.hpp"

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <set>
#include <system_error>
#include <utility>

#include "config/network.hpp"
#include "config/text.hpp"
#include "log/log.hpp"
#include "transport/file/transport.hpp"
#include "transport/kafka/transport.hpp"
#include "transport/null/transport.hpp"
#include "transport/spool/transport.hpp"
#include "worker/batch_writer.hpp"

namespace flowd {

namespace {

[[nodiscard]] bool is_protobuf(const config::Config& config) noexcept {
    return config.format == "pb" || config.format == "bin";
}

void warn_of_separator(const config::Config& config, const std::string& terminator) {
    if (!is_protobuf(config) || terminator.empty()) return;
    log::warn(config::is_length_prefixed(config)
                  ? "protobuf messages with a separator after each: readers of length-prefixed "
                    "streams want -transport.file.sep="
                  : "protobuf messages without length prefix cannot be told apart again: use "
                    "-format.protobuf.fixedlen -transport.file.sep=");
}

/// How the end of a message is found in a file.
[[nodiscard]] file::Framing framing_of(const config::Config& config) noexcept {
    if (!is_protobuf(config)) return file::Framing::lines;
    return config::is_length_prefixed(config) ? file::Framing::length_prefixed
                                              : file::Framing::none;
}

/// goflow2 v1 always hashes the key, v2 when told to. v1 without a column has the same, empty key
/// in every message: that would fill one partition, so it is for -strict only.
[[nodiscard]] kafka::Partition partition_of(const config::Config& config,
                                            const kafka::Options& kafka,
                                            const config::OutputShape& shape) noexcept {
    const bool v1 = shape.schema.profile() == flow::Profile::goflow2_v1;
    const bool same_key = shape.key.empty() || config.produce == "raw";
    const bool hashed = v1 ? !same_key || config.strict : kafka.hashing;
    return hashed ? kafka::Partition::by_key : kafka::Partition::sticky;
}

Outcome<std::string> terminator_of(const config::Config& config,
                                   const TransportSettings& settings) {
    if (settings.kind == "kafka") {
        return std::string{settings.kafka.is_packed() && !is_protobuf(config) ? "\n" : ""};
    }
    if (settings.kind != "file") return std::string{};
    Outcome<std::string> separator = file::parse_separator(settings.file.separator);
    if (!separator) return separator;
    if (separator->size() > BatchWriter::terminator_size_max) {
        return Failure{"transport.file.sep: " + std::to_string(separator->size()) +
                       " bytes are above " + std::to_string(BatchWriter::terminator_size_max)};
    }
    return separator;
}

Outcome<LaneFilter> filter_of(const config::Config& config, const TransportSettings& settings,
                              const config::Loaded& loaded) {
    LaneFilter filter;
    for (const std::string& uri : settings.listeners) {
        const Outcome<config::Listeners> parsed = config::parse_listen(uri);
        if (!parsed) return Failure{"transport.listeners: " + parsed.error().sentence};
        const std::uint16_t port = parsed->listeners.front().port;
        const auto has_port = [port](const config::Listener& each) { return each.port == port; };
        if (config.replay.path.empty() &&
            std::none_of(loaded.listeners.begin(), loaded.listeners.end(), has_port)) {
            return Failure{"transport.listeners: " + config::in_quotes(uri) +
                           ": nothing listens on port " + std::to_string(port)};
        }
        filter.ports.push_back(port);
    }
    for (const std::string& text : settings.exporters) {
        const Outcome<config::Network> network = config::parse_network(text);
        if (!network) return Failure{"transport.exporters: " + network.error().sentence};
        filter.networks.push_back({network->address, network->bits});
    }
    return filter;
}

/// Kafka's options with what the other settings decide.
[[nodiscard]] kafka::Options kafka_options(const TransportSettings& settings) {
    kafka::Options options = settings.kafka;
    options.has_spool = !settings.spool.path.empty();
    return options;
}

using Warnings = std::vector<std::string>;

/// What must go together, without touching files or network. Or what to beware of.
Outcome<Warnings> check(const config::Config& config, const TransportSettings& settings,
                        const config::Loaded& loaded) {
    if (const auto terminator = terminator_of(config, settings); !terminator) {
        return terminator.error();
    }
    if (const auto filter = filter_of(config, settings, loaded); !filter) return filter.error();
    if (settings.kind == "file") {
        Failure failure = file::check(settings.file);
        return failed(failure) ? Outcome<Warnings>{std::move(failure)} : Warnings{};
    }
    if (settings.kind != "kafka") return Warnings{};
    const bool bare = is_protobuf(config) && !config::is_length_prefixed(config);
    if (settings.kafka.is_packed() && bare) {
        return Failure{
            "transport.kafka.records: packed protobuf needs lengths to be taken apart again: "
            "use -format bin, or -format.protobuf.fixedlen"};
    }
    return kafka::check(kafka_options(settings),
                        partition_of(config, settings.kafka, loaded.shape));
}

/// Names tell transports apart in messages, sums and spools.
Failure check_names(const TransportTables& transports) {
    std::set<std::string_view> names;
    for (const TransportSettings* each : transports.in_use()) {
        if (names.insert(each->label()).second) continue;
        return {"transport.name: " + config::in_quotes(each->label()) +
                " belongs to two transports; give each its own"};
    }
    return {};
}

/// Only Kafka has keys. The default key is nobody's wish, so it is not named.
void note_key(const TransportTables& transports, const config::Loaded& loaded) {
    const std::vector<flow::Column>& key = loaded.shape.key;
    const bool by_default = key.size() == 1 && key.front() == flow::Column::sampler_address;
    if (key.empty() || by_default) return;
    for (const TransportSettings* each : transports.in_use()) {
        if (each->kind == "kafka") return;
    }
    log::info("the key of messages has no effect: only transport kafka has keys");
}

/// The transport of one TX worker.
Outcome<std::unique_ptr<Transport>> open_one(const config::Config& config,
                                             const TransportSettings& settings,
                                             const config::Loaded& loaded) {
    if (settings.kind == "null") return null::open();
    if (settings.kind == "kafka") {
        return kafka::open(kafka_options(settings),
                           partition_of(config, settings.kafka, loaded.shape));
    }
    file::Options options = settings.file;
    options.framing = framing_of(config);
    return file::open(options);
}

/// Where this transport's TX workers keep what is not taken: below its name when there are several.
[[nodiscard]] spool::Options spool_options(const TransportSettings& settings, bool several) {
    spool::Options options = settings.spool;
    if (several) options.path += '/' + settings.label();
    return options;
}

/// A spool of more TX workers than there are now is not replayed: nobody may be told that later.
void warn_of_orphans(const spool::Options& options, std::int64_t workers) {
    const std::string next = spool::folder_of(options, static_cast<std::size_t>(workers));
    std::error_code error;
    if (!std::filesystem::exists(next, error)) return;
    log::warn("transport.spool.path: " + next + " is of more TX workers than the " +
              std::to_string(workers) + " there are; what is in it stays until as many run again");
}

Outcome<Output> open_output(const config::Config& config, const TransportTables& transports,
                            const TransportSettings& settings, const config::Loaded& loaded) {
    const Outcome<Warnings> warnings = check(config, settings, loaded);
    if (!warnings) return warnings.error();
    for (const std::string& warning : *warnings) log::warn(warning);
    Output output;
    output.name = settings.label();
    output.terminator = *terminator_of(config, settings);
    output.filter = *filter_of(config, settings, loaded);
    output.keyed = settings.kind == "kafka";
    if (settings.kind == "file") warn_of_separator(config, output.terminator);
    const spool::Options spool = spool_options(settings, !transports.several.empty());
    const bool spools = !settings.spool.path.empty();
    if (spools) warn_of_orphans(spool, settings.workers);
    for (std::int64_t i = 0; i < settings.workers; ++i) {
        auto opened = open_one(config, settings, loaded);
        if (!opened) return opened.error();
        if (spools) {
            opened = spool::open(spool, spool::folder_of(spool, static_cast<std::size_t>(i)),
                                 std::move(*opened));
            if (!opened) return opened.error();
        }
        output.workers.push_back(std::move(*opened));
    }
    return output;
}

}  // namespace

std::vector<config::Row> rows(TransportSettings& settings) {
    std::vector<config::Row> all{
        {.key = "transport.kind",
         .flag = "transport",
         .target = &settings.kind,
         .help = "Where messages go: a file or stdout, Kafka, or nowhere (to measure).",
         .choices = {"file", "kafka", "null"}},
        {.key = "transport.name",
         .flag = "",
         .target = &settings.name,
         .help = "Name of the transport in messages, sums and spools; empty: its kind."},
        {.key = "transport.workers",
         .flag = "tx.workers",
         .target = &settings.workers,
         .help = "TX workers: threads that hand batches to the transport.",
         .min = 1,
         .max = 64},
        {.key = "transport.listeners",
         .flag = "",
         .target = &settings.listeners,
         .help = "Only flows that came by one of these listeners, written as in ingress.listen; "
                 "their ports count. Empty: all."},
        {.key = "transport.exporters",
         .flag = "",
         .target = &settings.exporters,
         .help = "Only flows of exporters in these networks, such as 192.0.2.0/24. Empty: all."},
    };
    for (std::vector<config::Row> more :
         {file::rows(settings.file), kafka::rows(settings.kafka), spool::rows(settings.spool)}) {
        all.insert(all.end(), std::make_move_iterator(more.begin()),
                   std::make_move_iterator(more.end()));
    }
    return all;
}

std::vector<const TransportSettings*> TransportTables::in_use() const {
    if (several.empty()) return {&single};
    std::vector<const TransportSettings*> all;
    for (const TransportSettings& each : several) all.push_back(&each);
    return all;
}

config::TableArray TransportTables::array() {
    return {.name = "transport",
            .make = [this] { return config::Schema{rows(several.emplace_back())}; },
            .elements = {}};
}

Outcome<std::vector<Output>> open_outputs(const config::Config& config,
                                          const TransportTables& transports,
                                          const config::Loaded& loaded) {
    if (Failure failure = check_names(transports); failed(failure)) return failure;
    note_key(transports, loaded);
    std::vector<Output> outputs;
    for (const TransportSettings* settings : transports.in_use()) {
        Outcome<Output> output = open_output(config, transports, *settings, loaded);
        if (!output) return output.error();
        outputs.push_back(std::move(*output));
    }
    return outputs;
}

Outcome<Checked> check_outputs(const config::Config& config, const TransportTables& transports,
                               const config::Loaded& loaded) {
    if (Failure failure = check_names(transports); failed(failure)) return failure;
    Checked checked;
    for (const TransportSettings* settings : transports.in_use()) {
        const Outcome<Warnings> warnings = check(config, *settings, loaded);
        if (!warnings) return warnings.error();
        checked.warnings.insert(checked.warnings.end(), warnings->begin(), warnings->end());
        if (!config.connect || settings->kind != "kafka") continue;
        const Outcome<std::string> more = kafka::probe(settings->kafka);
        if (!more) return more.error();
        checked.text += *more;
    }
    return checked;
}

}  // namespace flowd
