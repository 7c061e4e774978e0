// SPDX-License-Identifier: BSD-3-Clause
// The rows of the general settings, in the order in which -h and -print-config show them.
#include "config/config.hpp"

#include <array>
#include <cstddef>
#include <string_view>
#include <utility>

#include "config/cores.hpp"
#include "config/fallback.hpp"
#include "config/listen.hpp"
#include "log/log.hpp"

namespace flowd::config {

namespace {

std::vector<Row> command_rows(Config& config) {
    return {
        {.key = "",
         .flag = "config",
         .target = &config.file,
         .help = "TOML file to read; flags win over what it says."},
        {.key = "",
         .flag = "check",
         .target = &config.check,
         .help = "Check the configuration, say whether it is good, and exit.",
         .effect = Effect::command},
        {.key = "",
         .flag = "connect",
         .target = &config.connect,
         .help = "With -check: connect to the transport's destination, too, and say what it "
                 "offers. -check alone touches no network.",
         .effect = Effect::command},
        {.key = "",
         .flag = "probe",
         .target = &config.probe,
         .help = "Explain this machine, its network devices and what flowd would do with them, "
                 "and exit: 1 when a start would fail, else 0.",
         .effect = Effect::command},
        {.key = "",
         .flag = "probe.json",
         .target = &config.probe_json,
         .help = "The same as -probe, as JSON.",
         .effect = Effect::command},
        {.key = "",
         .flag = "print-config",
         .target = &config.print_config,
         .help = "Print the configuration in use as TOML, and exit.",
         .effect = Effect::command},
        {.key = "",
         .flag = "print-docs",
         .target = &config.print_docs,
         .help = "Print what is made of the settings, and exit: the keys' part of the manual page "
                 "flowd.toml(5), the flags' part of flowd(8), or completion for bash.",
         .choices = {"none", "keys", "flags", "bash"},
         .effect = Effect::command},
        {.key = "",
         .flag = "summary",
         .target = &config.summary_path,
         .help = "File for the counters at shutdown, as JSON; empty: none."},
        {.key = "",
         .flag = "v",
         .target = &config.version,
         .help = "Print the version and exit.",
         .effect = Effect::command},
        {.key = "",
         .flag = "h",
         .target = &config.help,
         .help = "Print this help and exit.",
         .effect = Effect::command},
        {.key = "",
         .flag = "help",
         .target = &config.help,
         .help = "The same as -h.",
         .effect = Effect::command},
    };
}

std::vector<Row> ingress_rows(Config& config) {
    return {
        {.key = "ingress.listen",
         .flag = "listen",
         .target = &config.listen,
         .help = "Where to listen: URIs scheme://host:port?count=N, comma-separated. Schemes: "
                 "sflow (v5); netflow (v1, v5, v7, v8, v9, IPFIX); nfl (v1, v5, v7, v8); flow "
                 "(all). No host: every address. count: sockets that share the port, 1 to 64."},
        {.key = "ingress.kind",
         .flag = "ingress",
         .target = &config.ingress,
         .help = "Where datagrams come from: the kernel's sockets, or network ports that flowd "
                 "drives itself.",
         .choices = {"udp", "dpdk"}},
        {.key = "rx.idle",
         .flag = "idle",
         .target = &config.idle,
         .help = "What an RX worker does when nothing arrives: poll for a while and then sleep, "
                 "sleep briefly, or poll on.",
         .choices = {"adaptive", "pause", "spin"}},
        {.key = "rx.workers",
         .flag = "rx.workers",
         .target = &config.rx_workers,
         .help = "RX workers of -ingress dpdk; 0: one for each RX queue, or for each CPU in "
                 "rx.cores. Those above the number of queues get exporters from the others.",
         .min = 0,
         .max = 128},
        {.key = "rx.cores",
         .flag = "rx.cores",
         .target = &config.rx_cores,
         .help = "CPUs that RX workers run on, one each, such as 2-5,8; auto: wherever the system "
                 "puts them."},
        {.key = "cpu.kernel",
         .flag = "cpu.kernel",
         .target = &config.kernel,
         .help = "Instructions that write protobuf: the fastest that this CPU has, or the ones "
                 "named. All write the same bytes.",
         .choices = {"auto", "portable", "bmi2", "avx2", "avx512"}},
    };
}

std::vector<Row> balance_rows(Config& config) {
    return {
        {.key = "shard.interval_ms",
         .flag = "shard.interval",
         .target = &config.live.balance.interval_ms,
         .help = "How often the load of RX workers is looked at, to move exporters from busy ones "
                 "to others; 0: never. Not with output.strict.",
         .unit = "ms",
         .min = 0,
         .max = 3'600'000,
         .lifetime = Lifetime::live},
        {.key = "shard.busy",
         .flag = "shard.busy",
         .target = &config.live.balance.busy_permille,
         .help = "An RX worker that is busy for less of its time than this gives no exporter away.",
         .unit = "per mille",
         .min = 1,
         .max = 1'000,
         .lifetime = Lifetime::live},
        {.key = "shard.spread",
         .flag = "shard.spread",
         .target = &config.live.balance.spread_permille,
         .help =
             "How much busier than the least busy RX worker one must be to give exporters away.",
         .unit = "per mille",
         .min = 1,
         .max = 1'000,
         .lifetime = Lifetime::live},
        {.key = "shard.overloaded",
         .flag = "shard.overloaded",
         .target = &config.live.balance.overloaded_permille,
         .help =
             "Above this share of its time an RX worker is overloaded: an exporter that is most of "
             "its load is split by its observation domains, or by datagram where there are no "
             "templates.",
         .unit = "per mille",
         .min = 1,
         .max = 1'000,
         .lifetime = Lifetime::live},
    };
}

std::vector<Row> replay_rows(Config& config) {
    Replay& replay = config.replay;
    return {
        {.key = "",
         .flag = "replay",
         .target = &replay.path,
         .help = "Capture (pcap or pcapng) to take datagrams from instead of the network."},
        {.key = "",
         .flag = "replay.loops",
         .target = &replay.loops,
         .help = "How many times to play the capture.",
         .min = 1},
        {.key = "",
         .flag = "replay.seconds",
         .target = &replay.seconds,
         .help = "Play the capture again and again for this long; 0: -replay.loops decides.",
         .unit = "s",
         .max = 10'000'000},
        {.key = "",
         .flag = "replay.as-fast",
         .target = &replay.as_fast,
         .help = "Play as fast as possible, which is what happens without a pace."},
        {.key = "",
         .flag = "replay.pps",
         .target = &replay.pps,
         .help = "Play at this rate; 0: not paced by rate.",
         .unit = "datagrams/s",
         .max = 1'000'000'000},
        {.key = "",
         .flag = "replay.timed",
         .target = &replay.timed,
         .help = "Play at the times that the capture recorded."},
        {.key = "replay.on_full",
         .flag = "replay.on-full",
         .target = &replay.on_full,
         .help = "What a replay does when no batch is free: wait, or drop and count as a live "
                 "ingress does.",
         .choices = {"wait", "drop"}},
    };
}

std::vector<Row> output_rows(Config& config) {
    return {
        {.key = "output.produce",
         .flag = "produce",
         .target = &config.produce,
         .help = "What becomes a message: each flow (sample), or each datagram with all that is in "
                 "it (raw; JSON and text only).",
         .choices = {"sample", "raw"}},
        {.key = "output.format",
         .flag = "format",
         .target = &config.format,
         .help = "Format of the messages: JSON lines, text lines, protobuf, or protobuf with each "
                 "message's length in front (bin).",
         .choices = {"json", "text", "pb", "bin"}},
        {.key = "output.profile",
         .flag = "profile",
         .target = &config.profile,
         .help = "Whose names, numbers and spellings the messages have.",
         .choices = {"goflow2-v1", "goflow2-v2"}},
        {.key = "output.columns",
         .flag = "columns",
         .target = &config.columns,
         .help = "flowd's own columns to put out as well, comma-separated."},
        {.key = "output.selector",
         .flag = "format.selector",
         .target = &config.selector,
         .help = "Columns of JSON and text lines in their order, comma-separated, in Go's or in "
                 "protobuf's spelling; empty: all."},
        {.key = "output.tag",
         .flag = "format.tag",
         .target = &config.tag,
         .help = "json: keys of goflow2-v1 in snake_case; anything else changes nothing."},
        {.key = "output.hash",
         .flag = "format.hash",
         .target = &config.hash,
         .help = "Columns whose values make a message's key, comma-separated, in Go's or in "
                 "protobuf's spelling; empty: an empty key. goflow2-v2 takes them from the mapping "
                 "file instead. For Kafka; file and null have no keys."},
        {.key = "output.strict",
         .flag = "strict",
         .target = &config.strict,
         .help = "Read datagrams as goflow2 does, its faults included, except those that crash, "
                 "hang or multiply; which version follows output.profile."},
        {.key = "mapping.file",
         .flag = "mapping",
         .target = &config.mapping_path,
         .help = "File that maps fields and bits of packets to columns and chooses what lines "
                 "show: goflow2's YAML, or TOML when its name ends in .toml; empty: none.",
         .names_file = true},
        {.key = "output.protobuf.fixedlen",
         .flag = "format.protobuf.fixedlen",
         .target = &config.protobuf_fixedlen,
         .help = "Put each protobuf message's length, a varint, in front of it; goflow2-v2 always "
                 "does."},
    };
}

std::vector<Row> template_rows(Learnt& learnt) {
    return {
        {.key = "state.path",
         .flag = "state.path",
         .target = &learnt.path,
         .help = "File that keeps templates and sampling rates over a restart; empty: none."},
        {.key = "",
         .flag = "templates.json.path",
         .target = &learnt.path,
         .help = "goflow2's name of -state.path; its file is read, and replaced by flowd's."},
        {.key = "",
         .flag = "netflow.templates",
         .target = &learnt.goflow2_store,
         .help = "file: -netflow.templates.file.path is the state file, unless -state.path names "
                 "one.",
         .choices = {"memory", "file"}},
        {.key = "",
         .flag = "netflow.templates.file.path",
         .target = &learnt.goflow2_path,
         .help = "The state file of -netflow.templates=file."},
        {.key = "state.interval_ms",
         .flag = "state.interval",
         .target = &learnt.interval_ms,
         .help = "How often the state file is written when something has changed.",
         .unit = "ms",
         .max = 86'400'000},
        {.key = "",
         .flag = "templates.json.interval",
         .target = &learnt.interval_ms,
         .help = "goflow2's name of -state.interval.",
         .unit = "ms",
         .max = 86'400'000},
        {.key = "templates.key",
         .flag = "templates.key",
         .target = &learnt.template_key,
         .help = "Whose templates are one exporter's: an address's, or, for exporters behind one "
                 "address, those of an address and port.",
         .choices = {"address", "address_port"}},
        {.key = "templates.park_bytes",
         .flag = "templates.park-bytes",
         .target = &learnt.park_bytes,
         .help = "Memory of one RX worker for data that came before its template; 0: such data is "
                 "dropped.",
         .unit = "bytes",
         .max = 1'073'741'824},
        {.key = "templates.park_age_ms",
         .flag = "templates.park-age",
         .target = &learnt.park_age_ms,
         .help = "How long such data waits for its template.",
         .unit = "ms",
         .min = 1'000,
         .max = 86'400'000},
    };
}

std::vector<Row> sampling_rows(Sampling& sampling) {
    return {
        {.key = "sampling.fallback",
         .flag = "sampling.fallback",
         .target = &sampling.fallback,
         .help = "Sampling rates of exporters that announce none: prefix=rate, the longest prefix "
                 "counts, or a rate for all."},
        {.key = "sampling.across_domains",
         .flag = "samplingrate.fallback",
         .target = &sampling.across_domains,
         .help = "An observation domain without a rate takes the one that its exporter announced "
                 "for another."},
    };
}

std::vector<Row> size_rows(Config& config) {
    return {
        {.key = "batch.max_age_ms",
         .flag = "batch.max-age",
         .target = &config.batch_max_age_ms,
         .help = "Age at which a batch is sent though it is not full.",
         .unit = "ms",
         .min = 1,
         .max = 10'000},
        {.key = "batch.count",
         .flag = "batch.count",
         .target = &config.batch_count,
         .help = "Batches of 64 KiB between one RX worker and its TX worker.",
         .min = 4,
         .max = 4'096},
        {.key = "tx.stop_patience_ms",
         .flag = "tx.stop-patience",
         .target = &config.stop_patience_ms,
         .help = "How long a stop waits for a destination that takes or acknowledges nothing; what "
                 "is left then is counted as given_up.",
         .unit = "ms",
         .max = 3'600'000},
        {.key = "limits.exporters",
         .flag = "limits.exporters",
         .target = &config.exporters_max,
         .help = "Most exporters that one RX worker knows.",
         .min = 1,
         .max = 1'048'576},
        {.key = "limits.templates",
         .flag = "limits.templates",
         .target = &config.templates_max,
         .help = "Most templates that one RX worker keeps, of all its exporters.",
         .min = 1,
         .max = 1'048'576},
        {.key = "limits.templates_per_exporter",
         .flag = "limits.templates-per-exporter",
         .target = &config.templates_per_exporter_max,
         .help = "Most templates of one exporter.",
         .min = 1,
         .max = 1'048'576},
        {.key = "limits.domains",
         .flag = "limits.domains",
         .target = &config.domains_max,
         .help = "Most observation domains that one RX worker knows, of all its exporters.",
         .min = 1,
         .max = 1'048'576},
    };
}

std::vector<Row> process_rows(Process& process) {
    return {
        {.key = "process.user",
         .flag = "process.user",
         .target = &process.user,
         .help = "User to become once ports and sockets are open, when flowd is started as root; "
                 "files are opened as this user. Empty: stay who flowd was started as."},
        {.key = "process.seccomp",
         .flag = "process.seccomp",
         .target = &process.seccomp,
         .help = "RX workers may receive, compute and wait, and make no other system call: any "
                 "other fails (on), ends the process (kill), or is allowed (off).",
         .choices = {"on", "kill", "off"}},
    };
}

std::vector<Row> log_rows(Config& config) {
    return {
        {.key = "log.level",
         .flag = "loglevel",
         .target = &config.live.log_level,
         .help = "Least severe message that is logged; warning is warn, panic is fatal.",
         .choices = {log::level_names.begin(), log::level_names.end()},
         .lifetime = Lifetime::live},
        {.key = "log.format",
         .flag = "logfmt",
         .target = &config.live.log_format,
         .help = "Log as text, or as one JSON object a line, on stderr.",
         .choices = {log::format_names.begin(), log::format_names.end()},
         .lifetime = Lifetime::live},
    };
}

}  // namespace

std::vector<Row> rows(Config& config) {
    std::vector<Row> all;
    const auto append = [&all](std::vector<Row> part) {
        for (Row& row : part) all.push_back(std::move(row));
    };
    for (auto* part : {&command_rows, &ingress_rows, &balance_rows, &replay_rows, &output_rows}) {
        append(part(config));
    }
    append(template_rows(config.learnt));
    append(sampling_rows(config.sampling));
    append(size_rows(config));
    append(process_rows(config.process));
    append(log_rows(config));
    append(rows(config.goflow2));
    return all;
}

namespace {

Failure validate_replay(const Replay& replay) {
    const std::array<std::pair<std::string_view, bool>, 5> used{
        {{"-replay.loops", replay.loops != 1},
         {"-replay.seconds", replay.seconds != 0},
         {"-replay.as-fast", replay.as_fast},
         {"-replay.pps", replay.pps != 0},
         {"-replay.timed", replay.timed}}};
    constexpr std::size_t first_pace = 2;  // before it: what ends a replay
    for (std::size_t i = 0; i < used.size(); ++i) {
        if (!used[i].second) continue;
        if (replay.path.empty()) return {std::string{used[i].first} + ": needs -replay FILE"};
        const std::size_t end = i < first_pace ? first_pace : used.size();
        for (std::size_t j = i + 1; j < end; ++j) {
            if (!used[j].second) continue;
            return {std::string{used[j].first} + ": cannot go with " + std::string{used[i].first} +
                    (i < first_pace ? ", one of them ends the replay" : ", a replay has one pace")};
        }
    }
    return {};
}

}  // namespace

std::string state_path(const Config& config) {
    const Learnt& learnt = config.learnt;
    if (!learnt.path.empty()) return learnt.path;
    return learnt.goflow2_store == "file" ? learnt.goflow2_path : std::string{};
}

Failure validate(const Config& config) {
    if (Failure failure = validate_replay(config.replay); failed(failure)) return failure;
    if (config.produce == "raw" && (config.format == "pb" || config.format == "bin")) {
        return {"output.produce: raw needs output.format json or text; it is " + config.format};
    }
    const auto cores = parse_cores(config.rx_cores);
    if (!cores) return {"rx.cores: " + cores.error().sentence};
    const auto core_count = static_cast<std::int64_t>(cores->size());
    if (core_count != 0 && config.rx_workers != 0 && config.rx_workers != core_count) {
        return {"rx.workers: " + std::to_string(config.rx_workers) +
                " is not the number of CPUs in "
                "rx.cores, " +
                std::to_string(core_count)};
    }
    if (config.connect && !config.check) return {"-connect: needs -check"};
    const auto fallback = parse_fallback(config.sampling.fallback);
    if (!fallback) return {"sampling.fallback: " + fallback.error().sentence};
    const Outcome<Listeners> listeners = parse_listen(config.listen);
    return listeners ? Failure{} : listeners.error();
}

}  // namespace flowd::config
