// SPDX-License-Identifier: BSD-3-Clause
// Panel: what people see of a running flowd, and the levers that they have: the HTTP server with
// metrics, API and status page, captures, and DPDK's telemetry. Made and ended by the main thread;
// its answers come from the server's threads, which have the main thread do what changes something.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "config/load.hpp"
#include "config/schema.hpp"
#include "control/capture/capturer.hpp"
#include "control/observer.hpp"
#include "control/tasks.hpp"
#include "http/routes.hpp"
#include "http/server.hpp"
#include "http/source.hpp"
#include "ingress/dpdk/telemetry.hpp"
#include "log/failure.hpp"
#include "settings.hpp"

namespace flowd {

class Panel final : public http::Source, public http::Actions {
public:
    /// What the main thread does when it is asked to.
    struct Levers {
        std::function<Outcome<config::Reload>()> reload;
        std::function<Outcome<std::string>(std::string_view level)> set_log_level;
    };

    /// Made before any thread is pinned; all outlive it.
    Panel(const Settings& settings, const config::Loaded& loaded, const config::Schema& schema,
          std::string version, Levers levers);
    ~Panel() override;

    // Main thread, in this order.

    /// Binds addresses and reads keys, with the rights that flowd was started with.
    [[nodiscard]] Failure open();
    /// Answers from here on, as who flowd is by now: health is `starting`.
    [[nodiscard]] Failure start();
    /// There is something to see, or soon: the workers need not run yet. `with_telemetry`: DPDK's
    /// socket answers, too.
    [[nodiscard]] Failure show(const Observer& observer, const Capturer::Workers& workers,
                               bool with_telemetry);
    /// All has gone well: says where it answers.
    void say_places() const { server_->say_places(); }
    /// Often: does what was asked for.
    void tick() { tasks_.tick(); }
    /// When draining begins, which may end by force: nobody waits for a capture until then.
    void begin_to_stop();
    /// Before what it shows goes away. May be called twice.
    void stop();
    /// After settings have changed.
    void note_settings();

    // Any thread.
    [[nodiscard]] std::shared_ptr<const Observation> latest() const override;
    [[nodiscard]] http::HealthNow health() const override;
    [[nodiscard]] std::vector<http::SettingView> settings() const override;
    [[nodiscard]] Outcome<config::Reload> reload() override;
    [[nodiscard]] Outcome<std::string> set_log_level(std::string_view level) override;
    [[nodiscard]] Outcome<http::Captured> capture(const http::CaptureOrder& order) override;
    [[nodiscard]] Failure keep(std::uint64_t seconds, std::uint64_t bytes) override;
    [[nodiscard]] http::CaptureView capture_state() const override;

private:
    [[nodiscard]] http::ServerSettings server_settings() const;
    [[nodiscard]] http::Pages pages() const;
    [[nodiscard]] std::shared_ptr<Capturer> capturer() const;

    const Settings& options_;
    const config::Loaded& loaded_;
    const config::Schema& schema_;
    const Levers levers_;
    Tasks tasks_;
    std::shared_ptr<const Observation> nothing_;  ///< before there is anything to see

    mutable std::mutex mutex_;              ///< guards what follows
    const Observer* observer_ = nullptr;    ///< null: not yet
    std::shared_ptr<Capturer> capturer_;    ///< null: not yet, or no more
    std::vector<http::SettingView> views_;  ///< the configuration as it is shown

    std::unique_ptr<dpdk::Telemetry> telemetry_;
    std::unique_ptr<http::Server> server_;
};

}  // namespace flowd
