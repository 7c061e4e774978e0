// SPDX-License-Identifier: BSD-3-Clause
// Session: what every command needs: options, the client, how to print, and how an answer of the
// API becomes a page or an exit status. Main thread.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "tools/ctl/client.hpp"
#include "tools/ctl/json.hpp"
#include "tools/ctl/options.hpp"
#include "tools/ctl/page.hpp"
#include "tools/ctl/status.hpp"

namespace flowd::ctl {

/// An answer that was understood, or the sentence and the status to end with.
struct Reply {
    Status status = Status::fine;
    std::string sentence;  ///< why not
    std::string body;
    Json json;
    std::map<std::string, std::string> headers{};
};

class Session {
public:
    Session(const Options& options, Client& client, Look look, bool is_terminal)
        : options_{options}, client_{client}, look_{look}, is_terminal_{is_terminal} {}

    [[nodiscard]] const Options& options() const noexcept { return options_; }
    [[nodiscard]] const Look& look() const noexcept { return look_; }
    [[nodiscard]] Client& client() noexcept { return client_; }
    [[nodiscard]] bool is_terminal() const noexcept { return is_terminal_; }

    [[nodiscard]] Reply get(const std::string& target);
    [[nodiscard]] Reply post(const std::string& target, const Json& body);

    /// What a command shows of a reply: its JSON with --json, else the page of it.
    template <class Render>
    Status show(const Reply& reply, Render&& render) {
        if (reply.status != Status::fine) return complain(reply);
        if (options_.json) return print_json(reply);
        return print(render(reply.json, look_));
    }

    Status print(const Page& page);
    Status print_json(const Reply& reply);
    /// Nobody reads what is printed.
    [[nodiscard]] bool reader_left() const noexcept { return reader_left_; }
    /// The sentence on stderr; the reply's status.
    Status complain(const Reply& reply) const;
    /// The terminal may have got another size.
    void measure();

private:
    Status print_text(std::string_view text);

    const Options& options_;
    Client& client_;
    Look look_;
    bool is_terminal_;
    bool reader_left_ = false;
};

/// What an HTTP status and a body mean.
[[nodiscard]] Reply reply_of(Outcome<Answer> answer);
/// The same; a 404 that is not flowd's is said to come of the path in the URL, where it has one.
[[nodiscard]] Reply reply_of(Outcome<Answer> answer, const std::string& url);
/// Does flowd say that it does not know the exporter? Any other page may be missing as well.
[[nodiscard]] bool is_unknown_exporter(const Reply& reply);
/// The sentence of a body {"error": "…"}, or of the number alone.
[[nodiscard]] std::string error_sentence(const Answer& answer);
/// On stderr, made harmless.
void complain(std::string_view sentence);
/// All bytes to standard output; false when the reader is gone or the disk is full.
[[nodiscard]] bool write_out(std::string_view bytes);

/// By the options, the environment and what standard output is.
[[nodiscard]] Look look_of(const Options& options, bool is_terminal);
/// Columns of the terminal on this descriptor; 0: none.
[[nodiscard]] std::size_t columns_of(int file);

}  // namespace flowd::ctl
