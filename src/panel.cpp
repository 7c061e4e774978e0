// SPDX-License-Identifier: BSD-3-Clause
// From one part's words to another's.
#include "panel.hpp"

#include <utility>

#include "control/confine.hpp"
#include "http/metrics/page.hpp"
#include "http/page/page.hpp"
#include "http/settings_view.hpp"
#include "log/log.hpp"

namespace flowd {

namespace {

const Failure ending{"flowd is stopping"};

std::shared_ptr<const Observation> empty_observation(const Settings& settings,
                                                     std::string version) {
    auto made = std::make_shared<Observation>();
    made->version = std::move(version);
    made->ingress = settings.is_replay() ? "replay" : settings.general.ingress;
    return made;
}

}  // namespace

Panel::Panel(const Settings& settings, const config::Loaded& loaded, const config::Schema& schema,
             std::string version, Levers levers)
    : options_{settings},
      loaded_{loaded},
      schema_{schema},
      levers_{std::move(levers)},
      nothing_{empty_observation(settings, std::move(version))} {
    note_settings();
}

Panel::~Panel() { stop(); }

http::ServerSettings Panel::server_settings() const {
    const http::Options& http = options_.http;
    const bool chosen = http::listen_chosen(http, loaded_);
    http::ServerSettings settings;
    // A replay is over soon, and several may run beside a collector, with its file of settings.
    settings.listen = options_.is_replay() && !chosen ? "" : http.listen;
    settings.listen_given = chosen && !options_.is_replay();
    const bool asked_for_socket = !http.socket.empty();
    settings.socket = options_.is_replay() && !asked_for_socket ? "" : http::socket_path(http);
    settings.socket_given = asked_for_socket && !options_.is_replay();
    settings.tls_certificate = http.tls_certificate;
    settings.tls_key = http.tls_key;
    settings.connections_max = static_cast<std::size_t>(http.connections_max);
    settings.threads = static_cast<std::size_t>(http.threads);
    settings.prepare_thread = confine_tx_thread;
    return settings;
}

http::Pages Panel::pages() const {
    MetricsSettings metrics;
    metrics.exporters_max = static_cast<std::size_t>(options_.http.metrics_exporters_max);
    metrics.goflow2 = http::wants_goflow2_metrics(options_.http, loaded_);
    return {.metrics = [metrics](const Observation& seen) { return metrics_page(seen, metrics); },
            .metrics_type = metrics_media_type,
            .page = http::page,
            .page_policy = http::page_policy};
}

Failure Panel::open() {
    Outcome<http::Access> access = http::make_access(options_.http);
    if (!access) return access.error();
    server_ = std::make_unique<http::Server>(
        server_settings(),
        http::make_router(options_.http, std::move(*access), *this, *this, pages()));
    return server_->open();
}

Failure Panel::start() { return server_->start(); }

Failure Panel::show(const Observer& observer, const Capturer::Workers& workers,
                    bool with_telemetry) {
    const capture::Options& capture = options_.capture;
    auto capturer = std::make_shared<Capturer>(
        CaptureSettings{.errors_path = capture.errors_path,
                        .errors_bytes = static_cast<std::uint64_t>(capture.errors_bytes),
                        .keep = {.seconds = static_cast<std::uint64_t>(capture.seconds),
                                 .bytes = static_cast<std::uint64_t>(capture.bytes)}},
        workers);
    if (Failure failure = capturer->start(); failed(failure)) {
        if (!options_.is_replay()) return failure;
        log::warn(failure.sentence + ": errors of this replay are not kept");
    }
    {
        const std::lock_guard lock{mutex_};
        observer_ = &observer;
        capturer_ = std::move(capturer);
    }
    if (with_telemetry) {
        telemetry_ = std::make_unique<dpdk::Telemetry>([this] { return latest(); });
    }
    return {};
}

void Panel::begin_to_stop() {
    if (const auto running = capturer()) running->end_waiting();
}

void Panel::stop() {
    tasks_.close();
    if (const auto running = capturer()) running->stop();
    if (server_) server_->stop();
    telemetry_.reset();
    const std::lock_guard lock{mutex_};
    capturer_.reset();
    observer_ = nullptr;
}

void Panel::note_settings() {
    std::vector<http::SettingView> views = http::settings_of(schema_);
    const std::lock_guard lock{mutex_};
    views_ = std::move(views);
}

std::shared_ptr<const Observation> Panel::latest() const {
    const std::lock_guard lock{mutex_};
    return observer_ != nullptr ? observer_->latest() : nothing_;
}

http::HealthNow Panel::health() const {
    const std::lock_guard lock{mutex_};
    if (observer_ == nullptr) return {nothing_->health, nothing_->health_reason};
    auto [health, reason] = observer_->health();
    return {health, std::move(reason)};
}

std::vector<http::SettingView> Panel::settings() const {
    const std::lock_guard lock{mutex_};
    return views_;
}

Outcome<config::Reload> Panel::reload() {
    auto done = tasks_.run([this] { return levers_.reload(); });
    if (!done) return ending;
    return std::move(*done);
}

Outcome<std::string> Panel::set_log_level(std::string_view level) {
    auto done = tasks_.run([this, level] { return levers_.set_log_level(level); });
    if (!done) return ending;
    return std::move(*done);
}

std::shared_ptr<Capturer> Panel::capturer() const {
    const std::lock_guard lock{mutex_};
    return capturer_;
}

Outcome<http::Captured> Panel::capture(const http::CaptureOrder& order) {
    const auto running = capturer();
    if (!running) return Failure{"nothing can be captured before flowd collects, or after"};
    Outcome<Capture> taken = running->capture({.exporter = order.address,
                                               .port = order.port,
                                               .seconds = order.seconds,
                                               .given_up = order.given_up,
                                               .bytes_max = order.bytes_max});
    if (!taken) return taken.error();
    return http::Captured{.pcapng = std::move(taken->file),
                          .datagrams = taken->datagrams,
                          .truncated = taken->truncated,
                          .kept_seconds = taken->kept_seconds};
}

Failure Panel::keep(std::uint64_t seconds, std::uint64_t bytes) {
    const auto running = capturer();
    if (!running) return {"nothing can be kept before flowd collects, or after"};
    return running->keep({.seconds = seconds, .bytes = bytes});
}

http::CaptureView Panel::capture_state() const {
    const auto running = capturer();
    if (!running) return {};
    const CaptureState state = running->state();
    return {.keeping = state.keep.seconds != 0,
            .seconds = state.keep.seconds,
            .bytes = state.keep.bytes,
            .datagrams = state.kept_datagrams,
            .lost = state.lost,
            .errors_enabled = state.errors,
            .error_files = state.error_files,
            .error_datagrams = state.error_datagrams,
            .error_skipped = state.errors_skipped};
}

}  // namespace flowd
