// SPDX-License-Identifier: BSD-3-Clause
// One transport per TX worker, of the configured kind.
#include "outputs.hpp"

#include <utility>

#include "log/log.hpp"
#include "transport/file/transport.hpp"
#include "transport/kafka/transport.hpp"
#include "transport/null/transport.hpp"
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

Outcome<std::string> terminator_of(const config::Config& config, const file::Options& file,
                                   const kafka::Options& kafka) {
    if (config.transport == "kafka") {
        return std::string{kafka.is_packed() && !is_protobuf(config) ? "\n" : ""};
    }
    if (config.transport != "file") return std::string{};
    Outcome<std::string> separator = file::parse_separator(file.separator);
    if (!separator) return separator;
    if (separator->size() > BatchWriter::terminator_size_max) {
        return Failure{"transport.file.sep: " + std::to_string(separator->size()) +
                       " bytes are above " + std::to_string(BatchWriter::terminator_size_max)};
    }
    return separator;
}

Failure check_framing(const config::Config& config, const kafka::Options& kafka) {
    const bool bare = is_protobuf(config) && !config::is_length_prefixed(config);
    if (config.transport != "kafka" || !kafka.is_packed() || !bare) return {};
    return {
        "transport.kafka.records: packed protobuf needs lengths to be taken apart again: use "
        "-format bin, or -format.protobuf.fixedlen"};
}

}  // namespace

Outcome<Outputs> open_outputs(const config::Config& config, const file::Options& file,
                              const kafka::Options& kafka, const config::OutputShape& shape) {
    Outputs outputs;
    Outcome<std::string> terminator = terminator_of(config, file, kafka);
    if (!terminator) return terminator.error();
    outputs.terminator = std::move(*terminator);
    if (config.transport == "file") warn_of_separator(config, outputs.terminator);
    if (Failure failure = check_framing(config, kafka); failed(failure)) return failure;
    const kafka::Partition partition = partition_of(config, kafka, shape);
    if (config.transport == "kafka") {
        outputs.keys_wanted = true;
        const auto warnings = kafka::check(kafka, partition);
        if (!warnings) return warnings.error();
        for (const std::string& warning : *warnings) log::warn(warning);
    }
    for (std::int64_t i = 0; i < config.tx_workers; ++i) {
        if (config.transport == "null") {
            outputs.transports.push_back(null::open());
            continue;
        }
        auto opened =
            config.transport == "kafka" ? kafka::open(kafka, partition) : file::open(file);
        if (!opened) return opened.error();
        outputs.transports.push_back(std::move(*opened));
    }
    return outputs;
}

Outcome<std::string> check_outputs(const config::Config& config, const file::Options& file,
                                   const kafka::Options& kafka, const config::OutputShape& shape,
                                   bool connect) {
    const Outcome<std::string> terminator = terminator_of(config, file, kafka);
    if (!terminator) return terminator.error();
    if (Failure failure = check_framing(config, kafka); failed(failure)) return failure;
    if (config.transport != "kafka") return std::string{};
    const auto warnings = kafka::check(kafka, partition_of(config, kafka, shape));
    if (!warnings) return warnings.error();
    for (const std::string& warning : *warnings) log::warn(warning);
    return connect ? kafka::probe(kafka) : Outcome<std::string>{std::string{}};
}

}  // namespace flowd
