// SPDX-License-Identifier: BSD-3-Clause
// flowd: a NetFlow, IPFIX and sFlow collector. Reads the configuration and runs the daemon.
// Exit status: 0 done, 1 it could not start or not deliver, 2 a flag or setting is wrong.
#include <cstdio>
#include <span>
#include <string>

#include "config/cores.hpp"
#include "config/load.hpp"
#include "config/manual.hpp"
#include "config/print.hpp"
#include "control/signals.hpp"
#include "daemon.hpp"
#include "ingress/dpdk/probe.hpp"
#include "log/log.hpp"
#include "reloader.hpp"

namespace {

using namespace flowd;

constexpr int status_failed = 1;
constexpr int status_usage = 2;

int say(const std::string& text) {
    const bool written = std::fputs(text.c_str(), stdout) >= 0 && std::fflush(stdout) == 0;
    return written ? 0 : status_failed;
}

int refuse(const std::string& sentence, int status) {
    std::fprintf(stderr, "flowd: %s\n", sentence.c_str());
    return status;
}

/// What is wrong on the command line is answered with where to look; the file has its own comments.
int refuse(const config::LoadFailure& failure, const std::string& file) {
    const int status = config::exit_status(failure.fault);
    const bool in_file = !file.empty() && failure.sentence.starts_with(file);
    refuse(failure.sentence, status);
    if (status == status_usage && !in_file) std::fputs("flowd: -h lists the flags\n", stderr);
    return status;
}

int say_check(const Settings& settings, const config::Loaded& loaded) {
    const Outcome<Checked> checked = check(settings, loaded);
    if (!checked) return refuse(checked.error().sentence, status_failed);
    for (const std::string& warning : checked->warnings) log::warn(warning);
    return say(checked->text + "flowd: the configuration is good\n");
}

/// rx.cores has been checked.
int explain(const Settings& settings) {
    const auto parsed = config::parse_cores(settings.general.rx_cores);
    const std::vector<unsigned> cores = parsed ? *parsed : std::vector<unsigned>{};
    const auto asked = static_cast<std::uint32_t>(settings.general.rx_workers);
    const dpdk::Probed probed =
        dpdk::probe({.dpdk = settings.dpdk,
                     .ingress = settings.general.ingress,
                     .cores = cores,
                     .workers = asked != 0 ? asked : static_cast<std::uint32_t>(cores.size()),
                     .json = settings.general.probe_json});
    const int status = say(probed.text);
    return probed.refused ? status_failed : status;
}

}  // namespace

int main(int argument_count, char** arguments) {
    Settings settings;
    const config::Schema schema = make_schema(settings);
    const std::span<const char* const> arguments_of_user{
        arguments + 1, static_cast<std::size_t>(argument_count > 0 ? argument_count - 1 : 0)};
    const auto loaded = config::load(arguments_of_user, schema, settings.general);
    if (!loaded) return refuse(loaded.error(), settings.general.file);
    if (settings.general.help) return say(config::help_text(schema));
    if (settings.general.version) return say("flowd " FLOWD_VERSION "\n");
    if (settings.general.print_config) return say(config::print_config(schema));
    if (settings.general.print_docs != "none") {
        return say(config::print_docs(schema, settings.general.print_docs));
    }
    if (const Failure failure = http::validate(settings.http); failed(failure)) {
        return refuse({config::Fault::usage, failure.sentence}, settings.general.file);
    }
    start_log(settings.general.live);
    for (const std::string& note : loaded->notes) log::info(note);
    for (const std::string& warning : loaded->warnings) log::warn(warning);
    if (settings.general.check) return say_check(settings, *loaded);
    if (settings.general.probe || settings.general.probe_json) return explain(settings);

    block_signals();
    Reloader reloader{arguments_of_user, settings, schema};
    Daemon daemon{settings, *loaded, reloader, FLOWD_VERSION};
    if (const Failure failure = daemon.start(); failed(failure)) {
        return refuse(failure.sentence, status_failed);
    }
    return daemon.run();
}
