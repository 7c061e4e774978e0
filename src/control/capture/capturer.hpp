// SPDX-License-Identifier: BSD-3-Clause
// Capturer: shows a person datagrams as they came: those that could not be decoded, in files
// (capture.errors_path), and the last or the next seconds of an exporter, when asked. Taps the RX
// workers only while somebody wants something. Its own thread drains the taps; all calls are for
// any other thread.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "config/keep_limits.hpp"
#include "control/capture/error_file.hpp"
#include "control/capture/kept_datagrams.hpp"
#include "log/failure.hpp"
#include "worker/rx_worker.hpp"

namespace flowd {

struct CaptureSettings {
    std::string errors_path{};  ///< a folder; empty: errors are not kept
    std::uint64_t errors_bytes = 0;
    KeptDatagrams::Limits keep{};  ///< from the start on
};

/// What is to be captured.
struct CaptureWish {
    flow::Address exporter{};
    std::uint16_t port = 0;            ///< 0: any
    std::uint64_t seconds = 10;        ///< the last ones when datagrams are kept, else the next
    std::function<bool()> given_up{};  ///< nobody waits for it any more; null: never
    std::uint64_t bytes_max = 0;       ///< of memory; 0: bytes_default
};

struct Capture {
    std::string file;  ///< pcapng
    std::uint64_t datagrams = 0;
    bool truncated = false;  ///< there was more than there was room for
    /// It looked back, and for so long there was something kept; at most what was asked.
    std::optional<std::uint64_t> kept_seconds{};
};

struct CaptureState {
    KeptDatagrams::Limits keep{};  ///< seconds 0: nothing is kept
    std::uint64_t kept_datagrams = 0;
    std::uint64_t kept_bytes = 0;
    std::uint64_t lost = 0;  ///< wanted, but came faster than they were taken away
    bool errors = false;     ///< are kept
    std::uint64_t error_files = 0;
    std::uint64_t error_datagrams = 0;
    std::uint64_t errors_skipped = 0;  ///< beyond what one exporter, or the disk, may have
    std::uint64_t error_failed_writes = 0;
};

class Capturer {
public:
    using Workers = std::vector<std::unique_ptr<RxWorker>>;

    static constexpr std::uint64_t seconds_max = config::keep_seconds_max;
    static constexpr std::uint64_t bytes_min = config::keep_bytes_min;  ///< of what is kept
    static constexpr std::uint64_t bytes_max = config::keep_bytes_max;
    static constexpr std::uint64_t bytes_default = std::uint64_t{16} << 20;

    /// `workers` outlive the capturer.
    Capturer(CaptureSettings settings, const Workers& workers);
    ~Capturer();
    Capturer(const Capturer&) = delete;
    Capturer& operator=(const Capturer&) = delete;

    /// Opens the folder for errors and starts the thread. After a failure all works but that errors
    /// are kept.
    [[nodiscard]] Failure start();
    /// Ends captures that wait, and begins none any more; those that look back go on.
    void end_waiting();
    /// Ends captures that wait, writes the rest. The workers may have ended, or not.
    void stop();

    /// Keeps the last datagrams of all exporters from now on; seconds 0: no more.
    [[nodiscard]] Failure keep(const KeptDatagrams::Limits& limits);
    /// Waits for as long as it takes. One at a time.
    [[nodiscard]] Outcome<Capture> capture(const CaptureWish& wish);
    [[nodiscard]] CaptureState state();

private:
    struct Tapped {
        RxWorker* worker;
        std::unique_ptr<Tap> tap;                   ///< null: none
        std::vector<std::unique_ptr<Tap>> retired;  ///< until the worker has let go of them
    };

    void run();
    /// With the mutex held: taps as what is wanted now needs them.
    void place_taps();
    void drain(Tapped& tapped);
    void retire(Tapped& tapped);
    /// Without the lock while the disk is written to.
    void write_errors(std::unique_lock<std::mutex>& lock);
    void take(const TappedDatagram& datagram);
    [[nodiscard]] bool is_wanted(const TappedDatagram& datagram, const CaptureWish& wish) const;
    [[nodiscard]] bool wants_anything() const noexcept {
        return errors_ != nullptr || keeps() || live_.has_value();
    }
    [[nodiscard]] bool has_work() const noexcept;
    [[nodiscard]] bool ending() const noexcept { return stopping_ || draining_; }
    [[nodiscard]] bool keeps() const noexcept { return kept_.limits().seconds != 0; }
    [[nodiscard]] Capture look_back(const CaptureWish& wish);
    /// Waits with `lock`, and gives it back to log.
    [[nodiscard]] Outcome<Capture> wait(const CaptureWish& wish,
                                        std::unique_lock<std::mutex>& lock);
    [[nodiscard]] Capture write(const KeptDatagrams& from, const CaptureWish& wish,
                                std::uint64_t since_ns) const;

    /// A capture of what is to come.
    struct Live {
        CaptureWish wish;
        KeptDatagrams datagrams;
    };

    CaptureSettings settings_;
    std::mutex mutex_;  ///< all below
    std::condition_variable changed_;
    std::vector<Tapped> taps_;
    std::unique_ptr<ErrorFile> errors_;
    KeptDatagrams kept_{KeptDatagrams::Limits{}};
    std::chrono::steady_clock::time_point kept_since_{};
    std::optional<Live> live_;
    std::uint64_t lost_ = 0;     ///< of taps that are gone
    std::uint64_t skipped_ = 0;  ///< likewise
    bool draining_ = false;      ///< no capture waits any more
    bool stopping_ = false;
    std::thread thread_;
};

}  // namespace flowd
