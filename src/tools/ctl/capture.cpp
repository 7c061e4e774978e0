// SPDX-License-Identifier: BSD-3-Clause
// The bytes go to the file as they come; a capture that fails leaves no file behind.
#include "tools/ctl/capture.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <utility>

#include "config/text.hpp"
#include "log/reason.hpp"
#include "tools/ctl/numbers.hpp"
#include "tools/ctl/pages.hpp"
#include "tools/ctl/parts.hpp"
#include "tools/ctl/signals.hpp"
#include "tools/ctl/text.hpp"

namespace flowd::ctl {

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::int64_t usual_max = std::int64_t{16} << 20;
// Beyond what flowd waits for the exporter: for the first byte, and for all of them, to which flowd
// gives 120 s.
constexpr double first_byte_seconds = 15;
constexpr double all_bytes_seconds = 135;

Status usage(const std::string& sentence) {
    complain("capture: " + sentence);
    return Status::usage;
}

/// A file that gets its name when all is in it. What is no file (a pipe, a device) and standard
/// output get the bytes as they come.
class Sink {
public:
    ~Sink() {
        if (file_ >= 0) ::close(file_);
        if (!part_.empty()) ::unlink(part_.c_str());
    }
    Sink() = default;
    Sink(const Sink&) = delete;
    Sink& operator=(const Sink&) = delete;

    Failure open(const std::string& path) {
        path_ = path;
        if (path == "-") return {};
        struct stat status {};
        if (::stat(path.c_str(), &status) == 0 && !S_ISREG(status.st_mode)) {
            file_ = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
            return file_ >= 0 ? Failure{} : failure_of(path);
        }
        // A name that nobody can have put there before.
        std::string part = path + ".XXXXXX";
        file_ = ::mkostemp(part.data(), O_CLOEXEC);
        if (file_ < 0) return failure_of(path);
        part_ = part;
        constexpr ::mode_t readable_by_group = 0640;
        ::fchmod(file_, readable_by_group);
        return {};
    }

    bool write(std::string_view bytes) {
        size_ += bytes.size();
        if (path_ == "-") {
            const bool good = write_out(bytes);
            if (!good) failure_ = {"stdout: " + reason(errno)};
            return good;
        }
        while (!bytes.empty()) {
            const ssize_t written = ::write(file_, bytes.data(), bytes.size());
            if (written < 0 && errno == EINTR) continue;
            if (written < 0) {
                failure_ = failure_of(path_);
                return false;
            }
            bytes.remove_prefix(static_cast<std::size_t>(written));
        }
        return true;
    }

    Failure finish() {
        if (path_ == "-") return {};
        if (::close(std::exchange(file_, -1)) != 0) return failure_of(path_);
        if (part_.empty()) return {};
        if (std::rename(part_.c_str(), path_.c_str()) != 0) return failure_of(path_);
        part_.clear();
        return {};
    }

    [[nodiscard]] const Failure& failure() const noexcept { return failure_; }
    [[nodiscard]] std::uint64_t size() const noexcept { return size_; }

private:
    static Failure failure_of(const std::string& path) {
        return {config::in_quotes(path) + ": " + reason(errno)};
    }

    std::string path_;
    std::string part_;  ///< empty: the bytes go to path_ itself
    int file_ = -1;
    std::uint64_t size_ = 0;
    Failure failure_;
};

/// One line on a terminal, rewritten every second.
class Progress {
public:
    explicit Progress(std::int64_t seconds)
        : shown_{::isatty(STDERR_FILENO) == 1}, seconds_{seconds}, start_{Clock::now()} {}

    [[nodiscard]] long long passed() const {
        return std::chrono::duration_cast<std::chrono::seconds>(Clock::now() - start_).count();
    }
    void tick(std::uint64_t size) {
        const long long passed = this->passed();
        if (!shown_ || passed == last_) return;
        last_ = passed;
        const std::string words = size > 0 ? si(static_cast<double>(size)) + "B" : "waiting";
        std::fprintf(stderr, "\r%lld of %lld s, %s   ", static_cast<long long>(passed),
                     static_cast<long long>(seconds_), words.c_str());
        std::fflush(stderr);
    }
    void end() {
        if (last_ >= 0) std::fputs("\r\x1b[K", stderr);
    }

private:
    bool shown_;
    std::int64_t seconds_;
    Clock::time_point start_;
    long long last_ = -1;
};

Status set_keeping(Session& session, std::int64_t seconds, std::int64_t bytes) {
    Json body{{"seconds", seconds}};
    if (seconds > 0) body["bytes"] = bytes;
    const Reply reply = session.post("/api/capture/keep", body);
    return session.show(reply, [=](const Json&, const Look& look) {
        if (seconds == 0) return Page{Line{"Keeps no datagrams any more."}};
        return Page{Line{"Keeps the datagrams of the last " + span(static_cast<double>(seconds)) +
                         " from now on, in " + size(static_cast<std::uint64_t>(bytes), look) +
                         " at most."}};
    });
}

Status keep(Session& session) {
    const auto wanted = parse_keep(session.options().keep);
    if (!wanted) return usage("--keep: " + wanted.error().sentence);
    return set_keeping(session, wanted->seconds, wanted->bytes);
}

Status tell(const Reply& reply, const Sink& sink, const Options& options) {
    const std::string& path = options.out;
    const auto header = [&reply](const char* name) {
        const auto found = reply.headers.find(name);
        return found == reply.headers.end() ? std::string{} : safe(found->second);
    };
    const std::string datagrams = header("x-flowd-datagrams");
    const std::uint64_t many = std::strtoull(datagrams.c_str(), nullptr, 10);
    const std::string where = path == "-" ? "" : " in " + path;
    std::string words = datagrams.empty() ? "" : plural(many, "datagram") + ", ";
    words += si(static_cast<double>(sink.size())) + "B" + where;
    complain(words);
    if (!datagrams.empty() && many == 0) {
        complain("warning: the exporter sent nothing in that time");
    }
    const std::string kept = header("x-flowd-kept-seconds");
    if (!kept.empty() && std::strtoll(kept.c_str(), nullptr, 10) < options.seconds) {
        complain("warning: only the last " + kept + " s were kept, of " +
                 std::to_string(options.seconds) + " asked");
    }
    if (header("x-flowd-truncated") == "1") {
        complain("warning: there was more than fits: --max, or fewer --seconds");
    }
    return Status::fine;
}

Status capture(Session& session) {
    const Options& options = session.options();
    const auto exporter = parse_exporter(options.arguments.front());
    if (!exporter) return usage(exporter.error().sentence);
    if (exporter->is_other()) {
        return usage(
            "other is no exporter, but what has no row of its own; flowd's -capture.errors "
            "keeps the datagrams that it cannot decode");
    }
    if (options.out.empty()) return usage("--out: which file? - is standard output");
    if (options.out == "-" && session.is_terminal()) {
        return usage("--out -: standard output is a terminal");
    }
    std::int64_t bytes = usual_max;
    if (!options.bytes_max.empty()) {
        const auto parsed = parse_size(options.bytes_max);
        if (!parsed) return usage("--max: " + parsed.error().sentence);
        bytes = *parsed;
    }
    Sink sink;
    if (const Failure failure = sink.open(options.out); failed(failure)) {
        return usage("--out: " + failure.sentence);
    }
    take_end_signals();  // so that no half of a file is left
    Progress progress{options.seconds};
    const auto seconds = static_cast<double>(options.seconds);
    bool is_silent = false;
    const Json body{{"address", exporter->address},
                    {"port", exporter->port},
                    {"seconds", options.seconds},
                    {"bytes_max", bytes}};
    auto answer = session.client().ask(
        {.target = "/api/capture",
         .post = true,
         .body = body.dump(),
         .timeout_seconds = seconds + all_bytes_seconds,
         .sink = [&sink](std::string_view piece) { return sink.write(piece); },
         .tick =
             [&] {
                 progress.tick(sink.size());
                 is_silent = sink.size() == 0 &&
                             static_cast<double>(progress.passed()) > seconds + first_byte_seconds;
                 return !end_asked() && !is_silent;
             }});
    progress.end();
    if (end_asked()) {
        complain("capture: interrupted");
        return Status::wrong;
    }
    if (is_silent) {
        complain("capture: flowd does not answer");
        return Status::no_answer;
    }
    if (failed(sink.failure())) {
        complain(sink.failure().sentence);
        return Status::wrong;
    }
    if (!answer || answer->status != 200) return session.complain(reply_of(std::move(answer)));
    if (const Failure failure = sink.finish(); failed(failure)) {
        complain(failure.sentence);
        return Status::wrong;
    }
    Reply reply;
    reply.headers = std::move(answer->headers);
    return tell(reply, sink, options);
}

}  // namespace

Status run_capture(Session& session) {
    const Options& options = session.options();
    const int asked = (options.arguments.empty() ? 0 : 1) + (options.keep.empty() ? 0 : 1) +
                      (options.stop ? 1 : 0) + (options.show ? 1 : 0);
    if (asked != 1) return usage("one of ADDRESS, --keep SECONDS[:SIZE], --stop and --show");
    if (!options.keep.empty()) return keep(session);
    if (options.stop) return set_keeping(session, 0, 0);
    if (options.show) return session.show(session.get("/api/capture"), keeping_page);
    return capture(session);
}

}  // namespace flowd::ctl
