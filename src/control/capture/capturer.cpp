// SPDX-License-Identifier: BSD-3-Clause
// One tap per worker takes all that is wanted at the moment; what it took is sorted here.
#include "control/capture/capturer.hpp"

#include <pthread.h>

#include <algorithm>
#include <chrono>
#include <string_view>
#include <utility>

#include "control/capture/pcapng.hpp"
#include "log/address.hpp"
#include "log/log.hpp"
#include "worker/clock.hpp"

namespace flowd {

namespace {

constexpr std::chrono::milliseconds drain_interval{20};
/// Of a tap's ring: what comes in between at 10 Gbit/s.
constexpr std::size_t ring_bytes_all = std::size_t{32} << 20;
constexpr std::size_t ring_bytes_errors = std::size_t{1} << 20;

constexpr std::chrono::milliseconds look_interval{200};

std::chrono::steady_clock::time_point now_in(std::chrono::milliseconds duration) {
    return std::chrono::steady_clock::now() + duration;
}

std::string comment_of(const TappedDatagram& datagram) {
    if (!failed(datagram.outcome)) return {};
    return "flowd: " + std::string{flow::error_name(datagram.outcome)};
}

/// "192.0.2.1", "192.0.2.1:2055", "[2001:db8::1]:2055".
std::string name_of(const CaptureWish& wish) {
    std::string address = address_text(wish.exporter);
    if (wish.port == 0) return address;
    if (wish.exporter.size == 16) address = "[" + address + "]";
    return address + ":" + std::to_string(wish.port);
}

Failure check(const CaptureWish& wish) {
    if (wish.exporter.size == 0) return {"address: no address of an exporter"};
    if (wish.bytes_max > Capturer::bytes_max) {
        return {"bytes_max: " + std::to_string(wish.bytes_max) + " is above " +
                std::to_string(Capturer::bytes_max)};
    }
    if (wish.seconds > Capturer::seconds_max) {
        return {"seconds: " + std::to_string(wish.seconds) + " is above " +
                std::to_string(Capturer::seconds_max)};
    }
    return {};
}

const Failure stopping_failure{"flowd is stopping"};

}  // namespace

Capturer::Capturer(CaptureSettings settings, const Workers& workers)
    : settings_{std::move(settings)}, kept_{settings_.keep} {
    for (const auto& worker : workers) taps_.push_back({worker.get(), nullptr, {}});
}

Capturer::~Capturer() { stop(); }

Failure Capturer::start() {
    Failure failure;
    if (!settings_.errors_path.empty()) {
        errors_ = std::make_unique<ErrorFile>(settings_.errors_path, settings_.errors_bytes);
        failure = errors_->open();
        if (failed(failure)) errors_.reset();
    }
    thread_ = std::thread{[this] { run(); }};
    pthread_setname_np(thread_.native_handle(), "flowd-capture");
    const std::lock_guard lock{mutex_};
    kept_since_ = std::chrono::steady_clock::now();
    place_taps();
    return failure;
}

void Capturer::end_waiting() {
    {
        const std::lock_guard lock{mutex_};
        draining_ = true;
    }
    changed_.notify_all();
}

void Capturer::stop() {
    {
        const std::lock_guard lock{mutex_};
        stopping_ = true;
    }
    changed_.notify_all();
    if (thread_.joinable()) thread_.join();
}

void Capturer::run() {
    std::unique_lock lock{mutex_};
    while (!stopping_) {
        for (Tapped& tapped : taps_) drain(tapped);
        if (live_ && live_->datagrams.overflowed()) changed_.notify_all();  // it ends by that
        kept_.expire(read_clock_ns(CLOCK_REALTIME));
        write_errors(lock);
        if (stopping_) break;
        if (has_work()) {
            changed_.wait_for(lock, drain_interval);
        } else {
            changed_.wait(lock);
        }
    }
    live_.reset();
    for (Tapped& tapped : taps_) {
        drain(tapped);
        tapped.worker->tap().put(nullptr);
    }
    changed_.notify_all();
    write_errors(lock);
    // Workers look every few milliseconds, or have ended; one that is stuck keeps its tap.
    for (int round = 0; round < 100; ++round) {
        bool all_settled = true;
        for (Tapped& tapped : taps_) {
            all_settled &= tapped.worker->done() || tapped.worker->tap().settled();
        }
        if (all_settled) return;
        changed_.wait_for(lock, drain_interval);
    }
    for (Tapped& tapped : taps_) static_cast<void>(tapped.tap.release());
}

/// The disk may take its time, which is not that of those who ask for something.
void Capturer::write_errors(std::unique_lock<std::mutex>& lock) {
    if (!errors_) return;
    const std::string blocks = errors_->take_pending();
    if (blocks.empty()) return;
    lock.unlock();
    errors_->write(blocks);
    lock.lock();
}

/// Retired taps wait for their workers.
bool Capturer::has_work() const noexcept {
    return wants_anything() || std::any_of(taps_.begin(), taps_.end(), [](const Tapped& tapped) {
               return !tapped.retired.empty();
           });
}

void Capturer::place_taps() {
    const bool all = keeps() || live_.has_value();
    TapSettings wanted{.errors = errors_ != nullptr,
                       .all = all,
                       .bytes = all ? ring_bytes_all : ring_bytes_errors};
    if (!keeps() && live_) {
        wanted.only = live_->wish.exporter;
        wanted.only_port = live_->wish.port;
    }
    for (Tapped& tapped : taps_) {
        auto tap = wants_anything() ? std::make_unique<Tap>(wanted) : nullptr;
        tapped.worker->tap().put(tap.get());
        if (tapped.tap) tapped.retired.push_back(std::move(tapped.tap));
        tapped.tap = std::move(tap);
    }
    changed_.notify_all();
}

void Capturer::drain(Tapped& tapped) {
    const auto visit = [this](const TappedDatagram& datagram) { take(datagram); };
    // What was put aside is older.
    const bool settled = tapped.worker->done() || tapped.worker->tap().settled();
    for (const auto& tap : tapped.retired) tap->drain(visit);
    if (settled) retire(tapped);
    if (tapped.tap) tapped.tap->drain(visit);
}

void Capturer::retire(Tapped& tapped) {
    for (const auto& tap : tapped.retired) {
        lost_ += tap->lost();
        skipped_ += tap->skipped();
    }
    tapped.retired.clear();
}

void Capturer::take(const TappedDatagram& datagram) {
    if (errors_ && datagram.for_errors) errors_->add(datagram);
    if (keeps()) kept_.add(datagram);
    if (live_ && is_wanted(datagram, live_->wish)) live_->datagrams.add(datagram);
}

bool Capturer::is_wanted(const TappedDatagram& datagram, const CaptureWish& wish) const {
    return datagram.source == wish.exporter &&
           (wish.port == 0 || datagram.source_port == wish.port);
}

Failure Capturer::keep(const KeptDatagrams::Limits& limits) {
    if (limits.seconds > seconds_max) {
        return {"seconds: " + std::to_string(limits.seconds) + " is above " +
                std::to_string(seconds_max)};
    }
    if (limits.seconds != 0 && limits.bytes < bytes_min) {
        return {"bytes: " + std::to_string(limits.bytes) + " is below " +
                std::to_string(bytes_min)};
    }
    if (limits.bytes > bytes_max) {
        return {"bytes: " + std::to_string(limits.bytes) + " is above " +
                std::to_string(bytes_max)};
    }
    {
        const std::lock_guard lock{mutex_};
        if (stopping_) return stopping_failure;
        kept_ = KeptDatagrams{limits};
        kept_since_ = std::chrono::steady_clock::now();
        place_taps();
    }
    log::info(limits.seconds == 0
                  ? "capture: no datagrams are kept any more"
                  : "capture: the datagrams of the last " + std::to_string(limits.seconds) +
                        " s are kept from now on, in " + std::to_string(limits.bytes) +
                        " bytes at most");
    return {};
}

Outcome<Capture> Capturer::capture(const CaptureWish& wish) {
    if (Failure failure = check(wish); failed(failure)) return failure;
    std::unique_lock lock{mutex_};
    if (!keeps()) return wait(wish, lock);
    Capture captured = look_back(wish);
    lock.unlock();
    log::info("capture: " + name_of(wish) + ", the last " + std::to_string(wish.seconds) +
              " s: " + std::to_string(captured.datagrams) + " datagrams");
    return captured;
}

Capture Capturer::look_back(const CaptureWish& wish) {
    for (Tapped& tapped : taps_) drain(tapped);
    const std::uint64_t span_ns = wish.seconds * 1'000'000'000;
    Capture captured = write(kept_, wish, read_clock_ns(CLOCK_REALTIME) - span_ns);
    const auto since =
        std::chrono::round<std::chrono::seconds>(std::chrono::steady_clock::now() - kept_since_);
    captured.kept_seconds =
        std::min({wish.seconds, kept_.limits().seconds, static_cast<std::uint64_t>(since.count())});
    return captured;
}

Outcome<Capture> Capturer::wait(const CaptureWish& wish, std::unique_lock<std::mutex>& lock) {
    if (live_) return Failure{"another capture is running: try again when it has ended"};
    if (ending()) return stopping_failure;
    const std::uint64_t room = wish.bytes_max != 0 ? wish.bytes_max : bytes_default;
    live_.emplace(Live{wish, KeptDatagrams{{wish.seconds, room}}});
    place_taps();
    const auto end = now_in(std::chrono::seconds{wish.seconds});
    const auto say = [&](const std::string& words) {
        lock.unlock();
        log::info("capture: " + name_of(wish) + words);
        lock.lock();
    };
    say(", the next " + std::to_string(wish.seconds) + " s, begins");
    const auto goes_on = [&] {
        const bool given_up = wish.given_up && wish.given_up();
        return !ending() && !given_up && live_ && !live_->datagrams.overflowed() &&
               std::chrono::steady_clock::now() < end;
    };
    while (goes_on()) changed_.wait_until(lock, std::min(end, now_in(look_interval)));
    Outcome<Capture> captured{stopping_failure};
    if (!ending() && live_) {
        for (Tapped& tapped : taps_) drain(tapped);
        captured = write(live_->datagrams, wish, 0);
    }
    live_.reset();
    if (!stopping_) place_taps();
    say(captured ? " ends: " + std::to_string(captured->datagrams) + " datagrams"
                 : " ends: " + captured.error().sentence);
    return captured;
}

Capture Capturer::write(const KeptDatagrams& from, const CaptureWish& wish,
                        std::uint64_t since_ns) const {
    Capture capture;
    pcapng::begin(capture.file, "flowd");
    from.for_each([&](const TappedDatagram& datagram) {
        if (!is_wanted(datagram, wish) || datagram.received_ns < since_ns) return;
        if (capture.truncated) return;  // without gaps as far as it goes
        if (wish.bytes_max != 0 && capture.file.size() + datagram.payload.size() > wish.bytes_max) {
            capture.truncated = true;
            return;
        }
        pcapng::append(capture.file, datagram, comment_of(datagram));
        ++capture.datagrams;
    });
    capture.truncated |= from.overflowed(since_ns);
    return capture;
}

CaptureState Capturer::state() {
    const std::lock_guard lock{mutex_};
    CaptureState state;
    state.keep = kept_.limits();
    state.kept_datagrams = kept_.size();
    state.kept_bytes = kept_.bytes();
    state.lost = lost_;
    state.errors_skipped = skipped_;
    for (const Tapped& tapped : taps_) {
        if (!tapped.tap) continue;
        state.lost += tapped.tap->lost();
        state.errors_skipped += tapped.tap->skipped();
    }
    if (errors_) {
        state.errors = true;
        state.error_files = errors_->files();
        state.error_datagrams = errors_->datagrams();
        state.errors_skipped += errors_->skipped();
        state.error_failed_writes = errors_->failed_writes();
    }
    return state;
}

}  // namespace flowd
