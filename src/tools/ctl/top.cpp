// SPDX-License-Identifier: BSD-3-Clause
// The loop between keys, answers and the screen.
#include "tools/ctl/top.hpp"

#include <poll.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <thread>

#include "tools/ctl/signals.hpp"
#include "tools/ctl/terminal.hpp"
#include "tools/ctl/top_model.hpp"
#include "tools/ctl/top_page.hpp"
#include "tools/ctl/top_poller.hpp"

namespace flowd::ctl {

namespace {

TopModel model_of(const Options& options) {
    return {options.sort, options.reverse, options.search};
}

Status fail(const Report& report) {
    complain(report.failure);
    return report.outcome;
}

Status run_batch(Session& session, double delay) {
    const Options& options = session.options();
    TopModel model = model_of(options);
    const std::int64_t rounds = options.count > 0 ? options.count : 1;
    for (std::int64_t i = 0; i < rounds; ++i) {
        if (i > 0) std::this_thread::sleep_for(std::chrono::duration<double>{delay});
        Report report = ask(session.client(), model.question());
        if (!report.failure.empty()) return fail(report);
        if (options.json) {
            Reply reply;
            reply.json = Json{{"status", report.status}, {"exporters", report.exporters}};
            reply.body = reply.json.dump();
            if (session.print_json(reply) != Status::fine) return Status::wrong;
            continue;
        }
        model.take(std::move(report));
        session.measure();
        Page page;
        if (i > 0) page.emplace_back();
        append(page, top_batch(model, session.look()));
        if (session.print(page) != Status::fine) return Status::wrong;
    }
    return Status::fine;
}

/// Until the next key or answer, or a signal.
void wait_for(int answers) {
    std::array<pollfd, 2> files{pollfd{STDIN_FILENO, POLLIN, 0}, pollfd{answers, POLLIN, 0}};
    if (::poll(files.data(), files.size(), -1) < 0 && errno != EINTR) ask_end();
    // A terminal that has gone can only be left.
    if ((files[0].revents & (POLLHUP | POLLERR | POLLNVAL)) != 0) ask_end();
}

Status run_live(Session& session, double delay) {
    const Options& options = session.options();
    TopModel model = model_of(options);
    // The first answer before the screen is taken, so that a sentence stays readable.
    Report first = ask(session.client(), model.question());
    if (!first.failure.empty()) return fail(first);
    model.take(std::move(first));

    Terminal terminal;
    if (const Failure failure = terminal.open(session.look().colours); failed(failure)) {
        complain("top: " + failure.sentence);
        return Status::usage;
    }
    take_end_signals();  // so that the terminal is left clean
    TopPoller poller{session.client(), delay, model.question()};
    Look look = session.look();
    std::int64_t refreshes = 0;
    while (!end_asked() && !model.done()) {
        look.width = terminal.width();
        terminal.paint(top_screen(model, look, terminal.height()), look.utf8);
        wait_for(poller.file());
        while (const auto pressed = terminal.key()) {
            if (!pressed->resized) model.press(pressed->key, pressed->letter);
        }
        if (auto report = poller.take()) {
            model.take(std::move(*report));
            if (++refreshes == options.count) break;
        }
        poller.set(model.question(), model.paused());
    }
    terminal.close();
    return Status::fine;
}

}  // namespace

Status run_top(Session& session) {
    const auto delay = parse_seconds(session.options().delay);
    if (!delay) {
        complain("top: --delay: " + delay.error().sentence);
        return Status::usage;
    }
    const bool batch = session.options().batch || session.options().json;
    return batch ? run_batch(session, *delay) : run_live(session, *delay);
}

}  // namespace flowd::ctl
