// SPDX-License-Identifier: BSD-3-Clause
// Listen URIs, part by part: scheme://host:port?count=N (RFC 3986 §3). Stricter than goflow2, which
// ignores what it does not know and listens everywhere when a host is misspelt.
#include "config/listen.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <set>
#include <utility>

#include "config/numbers.hpp"
#include "config/text.hpp"
#include "log/escape.hpp"

namespace flowd::config {

namespace {

constexpr std::array<std::string_view, 4> schemes{"sflow", "netflow", "nfl", "flow"};
constexpr std::array<std::string_view, 4> query_keys{"count", "workers", "blocking", "queue_size"};

bool is_ipv4(const std::string& host) {
    in_addr address;
    return inet_pton(AF_INET, host.c_str(), &address) == 1;
}

bool is_ipv6(const std::string& host) {
    in6_addr address;
    return inet_pton(AF_INET6, host.c_str(), &address) == 1;
}

bool has_only(std::string_view text, std::string_view allowed) {
    return text.find_first_not_of(allowed) == std::string_view::npos;
}

/// `[fe80::1%eth0]` without its brackets; RFC 6874 writes the zone's percent sign as %25.
Outcome<std::string> bracketed_host(std::string_view inside) {
    std::string host{inside};
    const std::size_t zone = host.find('%');
    if (zone != std::string::npos && host.compare(zone, 3, "%25") == 0) host.erase(zone + 1, 2);
    const bool zone_is_empty = zone != std::string::npos && zone + 1 == host.size();
    if (zone_is_empty || !is_ipv6(host.substr(0, zone))) {
        return Failure{"host " + in_quotes(inside) + " is not an IPv6 address"};
    }
    return host;
}

Outcome<std::string> plain_host(std::string_view text) {
    constexpr std::size_t name_size_max = 253;  // RFC 1035 §2.3.4, without the root's dot
    const std::string host{text};
    if (text.find(':') != std::string_view::npos) {
        return Failure{"host " + in_quotes(text) + " must stand in brackets, as in [::1]:2055"};
    }
    if (!text.empty() && has_only(text, "0123456789.") && !is_ipv4(host)) {
        return Failure{"host " + in_quotes(text) + " is not an IPv4 address"};
    }
    const bool is_name = has_only(lower(text), "abcdefghijklmnopqrstuvwxyz0123456789-._");
    if (!is_name || text.starts_with('-') || text.starts_with('.') || text.size() > name_size_max) {
        return Failure{"host " + in_quotes(text) + " is neither an address nor a name"};
    }
    return host;
}

Outcome<std::uint16_t> parse_port(std::string_view text) {
    if (text.empty()) return Failure{"port is missing, 1 to 65535"};
    if (!has_only(text, "0123456789")) {
        return Failure{"port " + in_quotes(text) + " is not a number from 1 to 65535"};
    }
    const std::string_view digits =
        text.substr(std::min(text.find_first_not_of('0'), text.size() - 1));
    const std::int64_t port = digits.size() > 5 ? 100'000 : *parse_integer(digits);
    if (port < 1) return Failure{"port " + std::string{digits} + " is below 1"};
    if (port > 65'535) return Failure{"port " + log::one_line(text) + " is above 65535"};
    return static_cast<std::uint16_t>(port);
}

/// One URI on its way into a Listener. Each step fills its part or says what is wrong.
class UriReader {
public:
    explicit UriReader(std::string_view uri) { listener_.uri = uri; }

    [[nodiscard]] Failure read() {
        std::string_view rest = listener_.uri;
        if (rest.empty()) return {"empty URI between commas; give it as scheme://host:port"};
        const std::size_t colon = rest.find("://");
        if (colon == std::string_view::npos) return about("has no scheme, as in netflow://:2055");
        if (Failure failure = read_scheme(rest.substr(0, colon)); failed(failure)) return failure;
        rest.remove_prefix(colon + 3);

        const std::size_t question = rest.find('?');
        const std::string_view query =
            question == std::string_view::npos ? "" : rest.substr(question + 1);
        std::string_view authority = rest.substr(0, question);
        if (authority.ends_with('/')) authority.remove_suffix(1);  // Go takes an empty path
        if (Failure failure = read_authority(authority); failed(failure)) return failure;
        return query.empty() ? Failure{} : read_query(query);
    }

    [[nodiscard]] Listener listener() && { return std::move(listener_); }
    [[nodiscard]] std::vector<std::string> notes() && { return std::move(notes_); }

private:
    [[nodiscard]] Failure about(const std::string& what) const {
        return {log::one_line(listener_.uri) + ": " + what};
    }

    [[nodiscard]] Failure read_scheme(std::string_view scheme) {
        listener_.accepts = scheme_protocols(scheme);
        if (listener_.accepts != flow::Protocols{}) return {};
        return about("scheme " + in_quotes(scheme) + " is not one of " + joined(schemes, ", "));
    }

    [[nodiscard]] Failure read_authority(std::string_view authority) {
        const std::size_t wrong = authority.find_first_of("/#@");
        if (wrong != std::string_view::npos) {
            return about(in_quotes(authority.substr(wrong)) +
                         " has no place here: after the scheme "
                         "come host, port and options only");
        }
        std::size_t host_end = authority.rfind(':');
        Outcome<std::string> host{std::string{}};
        if (authority.starts_with('[')) {
            const std::size_t bracket = authority.find(']');
            if (bracket == std::string_view::npos) return about("host has no closing bracket");
            host = bracketed_host(authority.substr(1, bracket - 1));
            host_end = bracket + 1;
        } else {
            host = plain_host(authority.substr(0, host_end));
        }
        if (!host) return about(host.error().sentence);
        listener_.host = std::move(*host);

        const std::string_view rest = authority.substr(std::min(host_end, authority.size()));
        if (!rest.empty() && rest.front() != ':') {
            return about(in_quotes(rest) + " after the host is not a port");
        }
        const Outcome<std::uint16_t> port = parse_port(rest.substr(rest.empty() ? 0 : 1));
        if (!port) return about(port.error().sentence);
        listener_.port = *port;
        return {};
    }

    [[nodiscard]] Failure read_query(std::string_view query) {
        std::set<std::string_view> seen;
        for (const std::string_view option : split(query, '&')) {
            const std::size_t equals = option.find('=');
            const std::string_view key = option.substr(0, equals);
            if (equals == std::string_view::npos) {
                return about("option " + in_quotes(option) + " has no value, as in count=2");
            }
            if (!seen.insert(key).second)
                return about("option " + in_quotes(key) + " is there twice");
            if (Failure failure = read_option(key, option.substr(equals + 1)); failed(failure)) {
                return failure;
            }
        }
        return {};
    }

    [[nodiscard]] Failure read_option(std::string_view key, std::string_view value) {
        if (key == "count") return read_count(value);
        const bool is_number = parse_integer(value).has_value();
        if (key == "workers") {
            if (!is_number) return about("workers " + in_quotes(value) + " is not an integer");
            note(key, "each of its sockets has a worker of its own; see count");
        } else if (key == "blocking") {
            if (!parse_switch(value)) {
                return about("blocking " + in_quotes(value) + " is neither true nor false");
            }
            note(key, "a receiving worker never waits");
        } else if (key == "queue_size") {
            if (!is_number) return about("queue_size " + in_quotes(value) + " is not an integer");
            note(key, "the queue is the socket's receive buffer");
        } else {
            return about("option " + in_quotes(key) + " is not one of " + joined(query_keys, ", "));
        }
        return {};
    }

    [[nodiscard]] Failure read_count(std::string_view value) {
        const std::optional<std::int64_t> count = parse_integer(value);
        if (!count) {
            return about("count " + in_quotes(value) + " is not an integer from 1 to " +
                         std::to_string(listener_count_max));
        }
        if (*count < 1) return about("count " + std::to_string(*count) + " is below 1");
        if (*count > listener_count_max) {
            return about("count " + std::to_string(*count) + " is above " +
                         std::to_string(listener_count_max));
        }
        listener_.count = static_cast<std::uint32_t>(*count);
        return {};
    }

    void note(std::string_view key, std::string_view why) {
        notes_.push_back(log::one_line(listener_.uri) + ": " + std::string{key} +
                         " has no effect in flowd: " + std::string{why});
    }

    Listener listener_;
    std::vector<std::string> notes_;
};

}  // namespace

flow::Protocols scheme_protocols(std::string_view scheme) noexcept {
    const auto is = [scheme](std::string_view name) {
        return std::equal(scheme.begin(), scheme.end(), name.begin(), name.end(),
                          [](char given, char wanted) {
                              // Schemes have no case (RFC 3986 §3.1).
                              return given == wanted ||
                                     (given >= 'A' && given <= 'Z' && given - 'A' + 'a' == wanted);
                          });
    };
    if (is("sflow")) return {.sflow = true};
    if (is("netflow")) return {.netflow5 = true, .netflow9 = true};
    if (is("nfl")) return {.netflow5 = true};
    if (is("flow")) return flow::Protocols::all();
    return {};
}

Outcome<Listeners> parse_listen(std::string_view uris) {
    Listeners all;
    for (const std::string_view uri : split(uris, ',')) {
        UriReader reader{trimmed(uri)};
        if (const Failure failure = reader.read(); failed(failure)) {
            return Failure{"listen: " + failure.sentence};
        }
        Listener listener = std::move(reader).listener();
        for (const Listener& other : all.listeners) {
            if (other.port != listener.port || other.host != listener.host) continue;
            return Failure{"listen: " + listener.uri + ": host and port are taken by " + other.uri +
                           "; flow:// takes every protocol on one port"};
        }
        all.listeners.push_back(std::move(listener));
        for (std::string& note : std::move(reader).notes()) all.notes.push_back(std::move(note));
    }
    return all;
}

}  // namespace flowd::config
