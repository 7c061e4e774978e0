// SPDX-License-Identifier: BSD-3-Clause
// Between the API and the terminal.
#include "tools/ctl/session.hpp"

#include <langinfo.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <utility>

#include "config/text.hpp"
#include "log/reason.hpp"
#include "tools/ctl/text.hpp"

namespace flowd::ctl {

namespace {

std::string variable(const char* name) {
    const char* value = std::getenv(name);
    return value == nullptr ? std::string{} : std::string{value};
}

/// Discarded: it is no JSON, or deeper than flowd's, which code that calls itself must not walk.
Json parse(const std::string& body) {
    constexpr int depth_max = 32;
    bool is_deep = false;
    Json json = Json::parse(
        body,
        [&is_deep](int depth, Json::parse_event_t, Json&) {
            is_deep |= depth > depth_max;
            return !is_deep;
        },
        false);
    return is_deep ? Json(Json::value_t::discarded) : json;
}

}  // namespace

std::string error_sentence(const Answer& answer) {
    const Json json = parse(answer.body);
    std::string sentence = text(json, {"error"});
    if (!sentence.empty()) return sentence;
    return "flowd answers with HTTP status " + std::to_string(answer.status);
}

Reply reply_of(Outcome<Answer> answer) {
    Reply reply;
    if (!answer) {
        reply.status = Status::no_answer;
        reply.sentence = answer.error().sentence;
        return reply;
    }
    if (answer->status == 200) {
        reply.json = parse(answer->body);
        reply.body = std::move(answer->body);
        reply.headers = std::move(answer->headers);
        if (reply.json.is_object() || reply.json.is_array()) return reply;
        reply.status = Status::wrong;
        reply.sentence = "the answer is not JSON: is it flowd that listens there?";
        return reply;
    }
    reply.sentence = error_sentence(*answer);
    switch (answer->status) {
        case 400: reply.status = Status::usage; break;
        case 401:
        case 403:
            reply.status = Status::refused;
            reply.sentence += "; see --socket and --token-file";
            break;
        case 404: reply.status = Status::unknown; break;
        default: reply.status = Status::wrong; break;
    }
    return reply;
}

Reply reply_of(Outcome<Answer> answer, const std::string& url) {
    Reply reply = reply_of(std::move(answer));
    const std::size_t path = url.find('/', url.find("://") + 3);
    if (reply.status != Status::unknown || is_unknown_exporter(reply)) return reply;
    if (path == std::string::npos) return reply;
    reply.sentence = "HTTP status 404: no API of flowd is at " + url.substr(path) +
                     "; --url wants where flowd is, without a page: " + url.substr(0, path);
    return reply;
}

bool is_unknown_exporter(const Reply& reply) {
    return reply.status == Status::unknown && reply.sentence.starts_with("no exporter ");
}

Reply Session::get(const std::string& target) {
    Outcome<Answer> answer = client_.ask({.target = target});
    return reply_of(std::move(answer), client_.endpoint().url);
}

Reply Session::post(const std::string& target, const Json& body) {
    Outcome<Answer> answer = client_.ask({.target = target, .post = true, .body = body.dump()});
    return reply_of(std::move(answer), client_.endpoint().url);
}

Status Session::print(const Page& page) { return print_text(printed(page, look_)); }

Status Session::print_json(const Reply& reply) {
    // On a terminal nothing but ASCII, so that a text in it cannot move the cursor.
    std::string out =
        is_terminal_ ? reply.json.dump(2, ' ', true, Json::error_handler_t::replace) : reply.body;
    if (out.empty() || out.back() != '\n') out += '\n';
    return print_text(out);
}

Status Session::print_text(std::string_view text) {
    if (write_out(text)) return Status::fine;
    reader_left_ = errno == EPIPE;
    return reader_left_ ? Status::fine : Status::wrong;
}

Status Session::complain(const Reply& reply) const {
    ctl::complain(reply.sentence);
    return reply.status;
}

void Session::measure() {
    if (is_terminal_) look_.width = columns_of(STDOUT_FILENO);
}

void complain(std::string_view sentence) {
    std::fprintf(stderr, "flowctl: %s\n", safe(sentence).c_str());
}

bool write_out(std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t written = ::write(STDOUT_FILENO, bytes.data(), bytes.size());
        if (written >= 0) {
            bytes.remove_prefix(static_cast<std::size_t>(written));
        } else if (errno != EINTR) {
            const int error = errno;
            if (error != EPIPE) complain("stdout: " + reason(error));
            errno = error;
            return false;
        }
    }
    return true;
}

std::size_t columns_of(int file) {
    winsize size{};
    if (ioctl(file, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
    const std::string columns = variable("COLUMNS");
    const long given = std::strtol(columns.c_str(), nullptr, 10);
    return given > 0 && given < 10'000 ? static_cast<std::size_t>(given) : 80;
}

Look look_of(const Options& options, bool is_terminal) {
    Look look;
    look.exact = options.exact;
    look.bytes = options.bytes;
    look.utf8 = std::string_view{nl_langinfo(CODESET)} == "UTF-8";
    if (!is_terminal) return look;
    look.width = columns_of(STDOUT_FILENO);
    const std::string terminal = variable("TERM");
    const bool plain = options.no_color || !variable("NO_COLOR").empty();
    look.colours = !plain && !terminal.empty() && terminal != "dumb";
    return look;
}

}  // namespace flowd::ctl
