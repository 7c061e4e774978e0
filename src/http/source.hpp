// SPDX-License-Identifier: BSD-3-Clause
// What the server asks of the rest of flowd: what there is to see, and what can be done. The daemon
// implements both; all functions are called by any of the server's threads, several at once.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/reload.hpp"
#include "flow/model/address.hpp"
#include "log/failure.hpp"
#include "metrics/observation.hpp"

namespace flowd::http {

/// Whether flowd does its work, now.
struct HealthNow {
    Health health = Health::starting;
    std::string reason{};  ///< a sentence, or empty
};

class Source {
public:
    virtual ~Source() = default;
    /// Never null: an empty one that is `starting` before the first.
    [[nodiscard]] virtual std::shared_ptr<const Observation> latest() const = 0;
    /// Newer than the observation's: who balances load must hear of an end before it has come.
    [[nodiscard]] virtual HealthNow health() const = 0;
};

/// One row of the configuration.
struct SettingView {
    std::string key;   ///< empty: a flag only
    std::string flag;  ///< empty: a key only
    std::string value_json;
    std::string default_json;
    std::string unit;
    std::string help;
    bool live = false;  ///< can change while flowd runs
};

/// "seconds" of an exporter's datagrams: the last ones where they are kept, else the next.
struct CaptureOrder {
    flow::Address address{};
    std::uint16_t port = 0;  ///< 0: any
    std::uint64_t seconds = 10;
    std::uint64_t bytes_max = 16 * 1024 * 1024;
    /// True once nobody waits for it any more: the client has left, or the server ends.
    std::function<bool()> given_up{};
};

struct Captured {
    std::string pcapng{};
    std::uint64_t datagrams = 0;
    bool truncated = false;  ///< there was more than there was room for
    /// It looked back, and for so long there was something kept; at most what was asked.
    std::optional<std::uint64_t> kept_seconds{};
};

struct CaptureView {
    bool keeping = false;
    std::uint64_t seconds = 0;    ///< that are kept
    std::uint64_t bytes = 0;      ///< at most
    std::uint64_t datagrams = 0;  ///< kept now
    std::uint64_t lost = 0;       ///< wanted, but came faster than they were taken
    bool errors_enabled = false;  ///< those that cannot be decoded are kept
    std::uint64_t error_files = 0;
    std::uint64_t error_datagrams = 0;
    std::uint64_t error_skipped = 0;
};

class Actions {
public:
    virtual ~Actions() = default;

    [[nodiscard]] virtual std::vector<SettingView> settings() const = 0;
    /// A failure: the file is wrong, and nothing has changed.
    [[nodiscard]] virtual Outcome<config::Reload> reload() = 0;
    /// The level before. A failure: there is no such level.
    [[nodiscard]] virtual Outcome<std::string> set_log_level(std::string_view level) = 0;
    /// Waits for as long as it takes. A failure: another one runs, or it cannot be.
    [[nodiscard]] virtual Outcome<Captured> capture(const CaptureOrder& order) = 0;
    /// Keeps the last datagrams of all exporters from now on; 0 seconds: no more.
    [[nodiscard]] virtual Failure keep(std::uint64_t seconds, std::uint64_t bytes) = 0;
    [[nodiscard]] virtual CaptureView capture_state() const = 0;
};

}  // namespace flowd::http
