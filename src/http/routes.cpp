// SPDX-License-Identifier: BSD-3-Clause
// One line for each path; openapi.yaml has the same ones, by test.
#include "http/routes.hpp"

#include <unistd.h>

#include <array>
#include <string>
#include <utility>
#include <vector>

#include "config/text.hpp"
#include "http/api/api.hpp"
#include "http/listen.hpp"
#include "http/message.hpp"
#include "http/openapi.hpp"

namespace flowd::http {

namespace {

/// A resource that only shows what was observed.
using View = Response (*)(const Observation&, const Request&);

Handler shown(const Source& source, View view) {
    return [&source, view](const Request& request) { return view(*source.latest(), request); };
}

Handler shown(const Source& source, Response (*view)(const Observation&)) {
    return [&source, view](const Request&) { return view(*source.latest()); };
}

void add_for_everyone(Router& router, const Options& options, const Source& source,
                      const Pages& pages) {
    router.add({"GET", "/__health", Audience::everyone,
                [&source](const Request&) { return api::health(source.health()); }});
    router.add(
        {"GET", options.metrics_path, Audience::everyone,
         [&source, make = pages.metrics, type = std::string{pages.metrics_type}](const Request&) {
             if (!make) return text_response(503, "there are no metrics yet\n");
             return Response{.type = type, .body = make(*source.latest())};
         }});
    if (options.templates_path.empty()) return;
    router.add(
        {"GET", options.templates_path, Audience::everyone, shown(source, api::goflow2_templates)});
}

/// The page holds no numbers, it asks the API for them. Where there is a token everybody gets it: a
/// browser cannot present one when it opens an address, so the page asks for it.
void add_page(Router& router, const Options& options, const Pages& pages) {
    if (pages.page.empty()) return;
    const bool has_token = !options.token.empty() || !options.token_file.empty();
    router.add(
        {"GET", "/", has_token ? Audience::anyone : Audience::viewers, [pages](const Request&) {
             return Response{
                 .type = "text/html; charset=utf-8",
                 .body = std::string{pages.page},
                 .headers = {{"Content-Security-Policy", std::string{pages.page_policy}}}};
         }});
}

void add_views(Router& router, const Source& source, Actions& actions) {
    const auto add = [&router](const char* path, Handler handler) {
        router.add({"GET", path, Audience::viewers, std::move(handler)});
    };
    add("/api/status", [&source](const Request& request) {
        return api::status(*source.latest(), source.health(), request);
    });
    add("/api/exporters", shown(source, api::exporters));
    add("/api/exporters/{address}", shown(source, api::exporter));
    add("/api/templates", shown(source, api::templates));
    add("/api/drops", shown(source, api::drops));
    add("/api/config", [&actions](const Request&) { return api::settings(actions); });
    add("/api/capture", [&actions](const Request&) { return api::capture_state(actions); });
    add("/api/openapi.yaml", [](const Request&) {
        const flow::Bytes text = openapi();
        return Response{.type = "application/yaml", .body = {text.begin(), text.end()}};
    });
}

void add_changes(Router& router, const Source& source, Actions& actions) {
    constexpr auto changers = Audience::changers;
    // The main thread does these two, when it comes to it.
    router.add({.method = "POST",
                .path = "/api/reload",
                .audience = changers,
                .handler = [&actions](const Request&) { return api::reload(actions); },
                .waits = true});
    router.add(
        {.method = "POST",
         .path = "/api/log",
         .audience = changers,
         .handler =
             [&actions](const Request& request) { return api::set_log_level(actions, request); },
         .waits = true});
    router.add(
        {.method = "POST",
         .path = "/api/capture",
         .audience = changers,
         .handler = [&source, &actions](
                        const Request& request) { return api::capture(actions, source, request); },
         .waits = true});
    router.add({"POST", "/api/capture/keep", changers,
                [&actions](const Request& request) { return api::keep(actions, request); }});
}

/// As requests are compared: a name may end in the dot of DNS's root, which browsers keep.
std::vector<std::string> without_dots(std::vector<std::string> names) {
    for (std::string& each : names) {
        if (each.ends_with('.')) each.pop_back();
    }
    std::erase_if(names, [](const std::string& each) { return each.empty(); });
    return names;
}

}  // namespace

Outcome<Access> make_access(const Options& options) {
    Access::Settings settings;
    for (const std::string& each : options.allow) {
        auto network = config::parse_network(each);
        if (!network) return Failure{"http.allow: " + network.error().sentence};
        settings.allowed.push_back(*network);
    }
    settings.names = options.names;
    std::array<char, 256> name{};
    if (::gethostname(name.data(), name.size() - 1) == 0) settings.names.emplace_back(name.data());
    if (const auto addresses = parse_addresses(options.listen)) {
        for (const ListenAddress& each : *addresses) {
            if (!each.host.empty()) settings.names.push_back(each.host);
        }
    }
    settings.names = without_dots(std::move(settings.names));
    Outcome<std::string> token = read_token(options);
    if (!token) return token.error();
    settings.token = std::move(*token);
    return Access{std::move(settings)};
}

Router make_router(const Options& options, Access access, const Source& source, Actions& actions,
                   Pages pages) {
    Router router{std::move(access)};
    add_for_everyone(router, options, source, pages);
    add_page(router, options, pages);
    add_views(router, source, actions);
    add_changes(router, source, actions);
    return router;
}

}  // namespace flowd::http
