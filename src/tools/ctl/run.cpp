// SPDX-License-Identifier: BSD-3-Clause
// One function a command. `capture` and `top` have files of their own.
#include "tools/ctl/run.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include "config/text.hpp"
#include "log/log.hpp"
#include "tools/ctl/capture.hpp"
#include "tools/ctl/lookup.hpp"
#include "tools/ctl/pages.hpp"
#include "tools/ctl/parts.hpp"
#include "tools/ctl/targets.hpp"
#include "tools/ctl/text.hpp"
#include "tools/ctl/top.hpp"

namespace flowd::ctl {

namespace {

constexpr std::int64_t usual_limit = 50;

Status usage(const std::string& sentence) {
    complain(sentence);
    return Status::usage;
}

/// The answer with less in it, so that --json prints what the page shows.
Reply narrowed(Reply reply, Json json) {
    reply.json = std::move(json);
    reply.body = reply.json.dump(-1, ' ', false, Json::error_handler_t::replace);
    return reply;
}

Status status_once(Session& session) {
    const Reply reply = session.get("/api/status?history=60");
    const Status shown = session.show(reply, status_page);
    if (shown != Status::fine) return shown;
    const bool failing = text(reply.json, {"health", "state"}) == "failing";
    return failing || !balanced(at(reply.json, {"totals"})) ? Status::wrong : Status::fine;
}

Status exporters_once(Session& session) {
    const Options& options = session.options();
    const std::int64_t limit = options.limit > 0 ? options.limit
                               : options.all     ? static_cast<std::int64_t>(exporters_most)
                                                 : usual_limit;
    const std::string target =
        exporters_target(options.sort, options.reverse, options.search, limit);
    return session.show(session.get(target), exporters_page);
}

Status drops_once(Session& session) {
    const Options& options = session.options();
    const Reply reply = session.get("/api/drops");
    const Zeros zeros = options.all ? Zeros::shown : Zeros::left_out;
    const Status shown = session.show(reply, [zeros](const Json& drops, const Look& look) {
        return drops_page(drops, zeros, look);
    });
    if (shown != Status::fine) return shown;
    return options.fail && dropped_any(reply.json) ? Status::wrong : Status::fine;
}

/// Once, or every so many seconds. A flowd that is away for a while is waited for.
Status watched(Session& session, Status (*once)(Session&)) {
    const Options& options = session.options();
    if (options.watch.empty()) return once(session);
    const auto seconds = parse_seconds(options.watch);
    if (!seconds) return usage("--watch: " + seconds.error().sentence);
    const std::chrono::duration<double> pause{*seconds};
    for (std::int64_t i = 1;; ++i) {
        session.measure();
        if (session.is_terminal() && !options.json) {
            if (!write_out("\x1b[H\x1b[2J")) return Status::fine;
        } else if (i > 1 && !options.json && !write_out("\n")) {
            return Status::fine;
        }
        const Status status = once(session);
        const bool lasting = status == Status::usage || status == Status::refused ||
                             (status == Status::no_answer && i == 1);
        if (lasting || session.reader_left() || i == options.count) return status;
        std::this_thread::sleep_for(pause);
    }
}

Status run_exporter(Session& session) {
    const Options& options = session.options();
    const auto exporter = parse_exporter(options.arguments.front());
    if (!exporter) return usage("exporter: " + exporter.error().sentence);
    const Fields fields = options.templates ? Fields::shown : Fields::left_out;
    const Reply reply = find_exporter(session, *exporter);
    const std::string others = others_of_address(session, *exporter, reply.json);
    if (options.json && !others.empty()) complain(others);
    return session.show(reply, [&](const Json& xray, const Look& look) {
        Page page;
        if (!others.empty()) {
            add_wrapped(page, Line{"note: ", Style::note}, others, Style::plain, look);
        }
        append(page, exporter_page(xray, fields, look));
        return page;
    });
}

/// Of an exporter that is not known, or has none.
Status no_templates(Session& session, const Exporter& exporter, const Reply& templates) {
    const Reply known = find_exporter(session, exporter);
    if (known.status != Status::fine) return session.complain(known);
    const Json& view = at(known.json, {"exporter"});
    const Json& protocols = list(view, {"protocols"});
    const bool needs_none = !protocols.empty() && !has_templates(protocols);
    return session.show(templates, [&](const Json&, const Look&) {
        return Page{Line{address_text(view, "address") + " has announced no templates" +
                             (needs_none ? ": its protocol needs none." : "."),
                         Style::faint}};
    });
}

Status run_templates(Session& session) {
    const Options& options = session.options();
    std::string target = "/api/templates";
    Exporter of;
    if (!options.arguments.empty()) {
        const auto exporter = parse_exporter(options.arguments.front());
        if (!exporter) return usage("templates: " + exporter.error().sentence);
        if (exporter->is_other()) {
            return usage("templates: other is no exporter: flowd keeps no templates of it");
        }
        target += "?exporter=" + url_encoded(exporter->address);
        of = *exporter;
    }
    const Fields fields = options.fields ? Fields::shown : Fields::left_out;
    Reply reply = session.get(target);
    if (reply.status == Status::fine && of.port != 0) {
        reply = narrowed(reply, templates_at(reply.json, of.port));
    }
    if (reply.status == Status::fine && !of.address.empty() &&
        list(reply.json, {"templates"}).empty()) {
        return no_templates(session, of, reply);
    }
    if (reply.status == Status::fine && options.limit > 0) {
        reply =
            narrowed(reply, first_templates(reply.json, static_cast<std::size_t>(options.limit)));
    }
    return session.show(reply, [fields](const Json& templates, const Look& look) {
        return templates_page(templates, fields, look);
    });
}

std::string no_setting_sentence(const Json& config, const std::string& part) {
    std::vector<std::string> keys;
    for (const Json& each : list(config, {"settings"})) keys.push_back(text(each, {"key"}));
    const std::vector<std::string_view> known{keys.begin(), keys.end()};
    const std::string_view near = config::nearest(part, known);
    return "no setting has " + config::in_quotes(part) + " in its key" +
           (near.empty() ? std::string{} : "; did you mean " + std::string{near} + "?");
}

Status run_config(Session& session) {
    const Options& options = session.options();
    const std::string part = options.arguments.empty() ? "" : options.arguments.front();
    Reply reply = session.get("/api/config");
    if (reply.status == Status::fine && !part.empty() &&
        list(chosen_settings(reply.json, part, false), {"settings"}).empty()) {
        complain(no_setting_sentence(reply.json, part));
        return Status::unknown;
    }
    if (reply.status == Status::fine && (!part.empty() || options.changed)) {
        reply = narrowed(reply, chosen_settings(reply.json, part, options.changed));
    }
    return session.show(reply, [&](const Json& config, const Look& look) {
        return config_page(config, part, options.changed, look);
    });
}

/// /__health is for everyone, /api/status is not.
Status run_health(Session& session) {
    const auto answer = session.client().ask({.target = "/__health"});
    if (!answer) return session.complain(reply_of(answer));
    const bool good = answer->status == 200;
    const bool bad = answer->status == 503;
    if (!good && !bad) {
        return session.complain(reply_of(answer, session.client().endpoint().url));
    }
    std::string state = good ? "collecting" : "";
    std::string words;
    if (config::trimmed(answer->body.substr(0, answer->body.find('\n'))) !=
        (good ? "OK" : "Not OK")) {
        complain("the answer is not that of flowd: is it flowd that listens there?");
        return Status::wrong;
    }
    for (const std::string_view line : config::split(answer->body, '\n')) {
        const std::string each = safe(config::trimmed(line));
        if (!each.empty() && each != "Not OK" && each != "OK") words = each;
    }
    if (state.empty()) state = words.substr(0, words.find(':'));
    const std::size_t colon = words.find(": ");
    const std::string why = colon == std::string::npos ? "" : words.substr(colon + 2);
    if (session.options().json) {
        Reply reply;
        reply.json = Json{{"state", state}, {"reason", why}};
        reply.body = reply.json.dump();
        session.print_json(reply);
    } else {
        session.print({Line{state, style_of_state(state)}.add(why.empty() ? "" : ": " + why)});
    }
    return good ? Status::fine : Status::wrong;
}

Status run_reload(Session& session) {
    const Reply reply = session.post("/api/reload", Json::object());
    const Status shown = session.show(reply, reload_page);
    if (shown != Status::fine) return shown;
    return list(reply.json, {"refused"}).empty() ? Status::fine : Status::wrong;
}

Status show_log_level(Session& session) {
    Reply reply = session.get("/api/config");
    if (reply.status != Status::fine) return session.complain(reply);
    std::string level;
    for (const Json& each : list(reply.json, {"settings"})) {
        if (text(each, {"key"}) == "log.level") level = text(each, {"value"});
    }
    reply.json = Json{{"level", level}};
    reply.body = reply.json.dump();
    return session.show(reply, [&level](const Json&, const Look&) {
        return Page{
            Line{level.empty() ? "flowd does not say its log level" : "log level " + level}};
    });
}

Status run_log(Session& session) {
    if (session.options().arguments.empty()) return show_log_level(session);
    constexpr auto& levels = log::level_names;
    std::string level = config::lower(session.options().arguments.front());
    if (level == "warning") level = "warn";
    if (std::find(levels.begin(), levels.end(), level) == levels.end()) {
        return usage("log: " + config::in_quotes(level) + " is not one of " +
                     config::joined(levels, ", "));
    }
    return session.show(
        session.post("/api/log", Json{{"level", level}}), [](const Json& json, const Look&) {
            return Page{
                Line{"log level " + text(json, {"level"}) + ", before " + text(json, {"before"})}};
        });
}

Status run_version(Session& session) {
    const Reply reply = session.get("/api/status?history=0");
    if (reply.status != Status::fine) return session.complain(reply);
    if (session.options().json) {
        Reply own;
        own.json = Json{{"flowctl", FLOWD_VERSION}, {"flowd", text(reply.json, {"version"})}};
        own.body = own.json.dump();
        return session.print_json(own);
    }
    return session.print({Line{"flowctl " FLOWD_VERSION ", flowd " + text(reply.json, {"version"}) +
                               " at " + safe(session.client().endpoint().name())}});
}

Status watched_status(Session& session) { return watched(session, status_once); }
Status watched_exporters(Session& session) { return watched(session, exporters_once); }
Status watched_drops(Session& session) { return watched(session, drops_once); }

struct Runner {
    std::string_view name;
    Status (*run)(Session&);
};

constexpr std::array<Runner, 12> runners{
    Runner{"status", watched_status}, {"top", run_top},
    {"exporters", watched_exporters}, {"exporter", run_exporter},
    {"templates", run_templates},     {"drops", watched_drops},
    {"config", run_config},           {"health", run_health},
    {"reload", run_reload},           {"log", run_log},
    {"capture", run_capture},         {"version", run_version}};

}  // namespace

Status run(Session& session) {
    for (const Runner& each : runners) {
        if (each.name == session.options().command) return each.run(session);
    }
    return usage("this command does nothing");  // `help` has been answered before
}

}  // namespace flowd::ctl
