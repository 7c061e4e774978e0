// SPDX-License-Identifier: BSD-3-Clause
// Words and numbers of a Totals, Rates or Finding object.
#include "tools/ctl/parts.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "tools/ctl/numbers.hpp"
#include "tools/ctl/text.hpp"

namespace flowd::ctl {

namespace {

struct Entry {
    std::string name;
    std::uint64_t count = 0;
    Style style = Style::plain;
    std::size_t indent = 4;
    bool is_detail = false;  ///< in the sum already, as a part of the entry above
};

/// An account: what came in, where it is, and whether that is all.
struct Account {
    std::string title;
    std::vector<Entry> in;
    std::vector<Entry> out;

    [[nodiscard]] static std::uint64_t sum(const std::vector<Entry>& entries) {
        std::uint64_t total = 0;
        for (const Entry& each : entries) total += each.is_detail ? 0 : each.count;
        return total;
    }
    /// What is in and nowhere; modulo 2^64, so that it may be negative.
    [[nodiscard]] std::int64_t missing() const {
        return static_cast<std::int64_t>(sum(in) - sum(out));
    }
};

/// All of them in one line, and each by its name below.
void add_drops(Account& account, const Json& drops) {
    std::vector<Entry> entries;
    if (drops.is_object()) {
        for (const auto& [name, value] : drops.items()) {
            const std::uint64_t dropped = count_of(value);
            if (dropped > 0) entries.push_back({safe(name), dropped, Style::bad, 6});
        }
    }
    account.out.push_back({"dropped", Account::sum(entries), Style::bad});
    for (Entry& each : entries) each.is_detail = true;
    std::stable_sort(entries.begin(), entries.end(),
                     [](const Entry& a, const Entry& b) { return a.count > b.count; });
    account.out.insert(account.out.end(), entries.begin(), entries.end());
}

Account datagrams_of(const Json& totals) {
    Account account;
    account.title = "Datagrams";
    account.in = {{"arrived", count(totals, {"datagrams"}), Style::strong, 2}};
    account.out = {{"decoded", count(totals, {"decoded"})},
                   {"wait for a template", count(totals, {"parked"})}};
    add_drops(account, at(totals, {"drops", "datagrams"}));
    return account;
}

Account flows_of(const Json& totals) {
    Account account;
    account.title = "Flows";
    account.in = {{"offered to transports", count(totals, {"offered"}), Style::strong, 2}};
    const std::uint64_t restored = count(totals, {"restored"});
    if (restored > 0) account.in.push_back({"found on disk", restored, Style::strong, 2});
    account.out = {{"delivered", count(totals, {"delivered"})},
                   {"in rings", count(totals, {"in_flight", "ring"})},
                   {"in transports", count(totals, {"in_flight", "transport"})},
                   {"in spools", count(totals, {"in_flight", "spool"})}};
    add_drops(account, at(totals, {"drops", "flows"}));
    return account;
}

Page page_of(const Account& account) {
    std::vector<Entry> entries = account.in;
    for (const Entry& each : account.out) {
        entries.push_back(each);
        if (each.count == 0) entries.back().style = Style::faint;
    }
    std::size_t names = 0;
    std::size_t digits = 0;
    for (const Entry& each : entries) {
        names = std::max(names, each.indent + width_of(each.name));
        digits = std::max(digits, grouped(each.count).size());
    }
    const auto line_of = [&](const Entry& entry) {
        Line line{std::string(entry.indent, ' ') + entry.name, entry.style};
        const std::string number = grouped(entry.count);
        line.pad_to(names + 2 + digits - number.size()).add(number, entry.style);
        return line;
    };
    Page page{Line{account.title, Style::heading}};
    for (const Entry& each : entries) page.push_back(line_of(each));
    Line sum = line_of({"sum", Account::sum(account.out), Style::strong, 2});
    const std::int64_t missing = account.missing();
    if (missing == 0) {
        sum.add("  adds up", Style::good);
    } else {
        const bool lacks = missing > 0;
        const auto many = static_cast<std::uint64_t>(lacks ? missing : -missing);
        sum.add("  " + grouped(many) + (lacks ? " are missing" : " too many"), Style::bad);
    }
    page.push_back(std::move(sum));
    return page;
}

Page beside(const Page& left, const Page& right, std::size_t column) {
    Page page;
    for (std::size_t i = 0; i < std::max(left.size(), right.size()); ++i) {
        Line line = i < left.size() ? left[i] : Line{};
        if (i < right.size()) {
            line.pad_to(column);
            for (const Span& span : right[i].spans()) line.add(span.text, span.style);
        }
        page.push_back(std::move(line));
    }
    return page;
}

std::size_t width_of_page(const Page& page) {
    std::size_t width = 0;
    for (const Line& line : page) width = std::max(width, line.width());
    return width;
}

}  // namespace

std::string amount(std::uint64_t value, const Look& look) {
    return look.exact ? grouped(value) : si(static_cast<double>(value));
}

std::string rate(double per_second, const Look& look) {
    return look.exact ? exact(per_second) : si(per_second);
}

std::string bandwidth(double bytes_per_second, const Look& look) {
    return rate(look.bytes ? bytes_per_second : bytes_per_second * 8, look) +
           (look.bytes ? "B" : "b");
}

std::string size(std::uint64_t bytes, const Look& look) {
    return look.exact ? grouped(bytes) + " bytes" : si(static_cast<double>(bytes)) + "B";
}

Style unless_zero(double value, Style style) { return value > 0 ? style : Style::faint; }

Style style_of_state(std::string_view state) {
    if (state == "ok" || state == "collecting" || state == "up" || state == "closed") {
        return Style::good;
    }
    const bool bad = state == "error" || state == "failing" || state == "dropping";
    return bad ? Style::bad : Style::warning;
}

Style style_of_severity(std::string_view severity) {
    if (severity == "error") return Style::bad;
    return severity == "warning" ? Style::warning : Style::note;
}

Style style_of_load(double share) {
    return share >= 0.9 ? Style::bad : share >= 0.7 ? Style::warning : Style::good;
}

std::string sparkline(const Json& values, std::size_t width, const Look& look) {
    constexpr std::array<const char*, 8> blocks{"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
    constexpr std::array<const char*, 8> marks{"_", ".", ":", "-", "=", "+", "*", "#"};
    if (!values.is_array()) return {};
    const std::size_t first = values.size() > width ? values.size() - width : 0;
    double most = 0;
    for (std::size_t i = first; i < values.size(); ++i) {
        if (values[i].is_number()) most = std::max(most, values[i].get<double>());
    }
    std::string out;
    for (std::size_t i = first; i < values.size(); ++i) {
        const double value = values[i].is_number() ? values[i].get<double>() : 0;
        const double height = most > 0 ? std::ceil(std::clamp(value / most, 0.0, 1.0) * 7) : 0;
        out += (look.utf8 ? blocks : marks)[static_cast<std::size_t>(height)];
    }
    return out;
}

std::string meter(double share, std::size_t width) {
    const std::string text = percent(std::max(share, 0.0));
    const std::size_t room = width > 2 ? width - 2 : 0;
    const double part = std::clamp(std::isfinite(share) ? share : 0.0, 0.0, 1.0);
    std::string inside(static_cast<std::size_t>(std::lround(part * static_cast<double>(room))),
                       '|');
    inside.resize(room, ' ');
    if (text.size() <= room) inside.replace(room - text.size(), text.size(), text);
    return '[' + inside + ']';
}

Page findings_part(const Json& findings, const Look& look) {
    Page page;
    if (!findings.is_array()) return page;
    for (const Json& each : findings) {
        const std::string severity = text(each, {"severity"});
        Line head{"  "};
        head.add(severity, style_of_severity(severity)).pad_to(11);
        add_wrapped(page, head, text(each, {"sentence"}), Style::plain, look);
        const std::string action = text(each, {"action"});
        if (action.empty()) continue;
        Line what;
        what.pad_to(11).add(look.utf8 ? "→ " : "> ", Style::faint);
        add_wrapped(page, what, action, Style::faint, look);
    }
    return page;
}

Page ledger_part(const Json& totals, const Look& look) {
    const Page left = page_of(datagrams_of(totals));
    const Page right = page_of(flows_of(totals));
    const std::size_t column = width_of_page(left) + 4;
    if (look.width == 0 || column + width_of_page(right) <= look.width) {
        return beside(left, right, column);
    }
    Page page = left;
    page.emplace_back();
    page.insert(page.end(), right.begin(), right.end());
    return page;
}

bool balanced(const Json& totals) {
    return datagrams_of(totals).missing() == 0 && flows_of(totals).missing() == 0 &&
           integer(totals, {"imbalance", "datagrams"}) == 0 &&
           integer(totals, {"imbalance", "flows"}) == 0;
}

std::string sequence_text(const Json& sequence, const Look& look) {
    std::string out = amount(count(sequence, {"lost"}), look) + " lost";
    constexpr std::pair<const char*, const char*> others[]{{"late", " late"},
                                                           {"duplicates", " twice"},
                                                           {"resets", " reset"},
                                                           {"unchecked", " without a number"}};
    for (const auto& [key, words] : others) {
        const std::uint64_t many = count(sequence, {key});
        if (many > 0) out += ", " + amount(many, look) + words;
        if (many > 1 && key == std::string_view{"resets"}) out += 's';
    }
    return out;
}

bool has_templates(const Json& protocols) {
    const auto has = [](const Json& name) { return name == "NetFlow v9" || name == "IPFIX"; };
    if (!protocols.is_array()) return has(protocols);
    return std::any_of(protocols.begin(), protocols.end(), has);
}

std::string clock_text(double seconds, const Json& protocols) {
    if (has_templates(protocols)) {
        if (std::fabs(seconds) < 1) return "< 1 s";
        seconds = std::ceil(seconds);  // their headers cut off what is less than a second
    }
    return (seconds > 0 ? "+" : "") + span(seconds);
}

std::string skew_text(const Json& skew, const Json& protocols) {
    if (!skew.is_object()) return "not known";
    const auto text_of = [&](const char* key) {
        return clock_text(number(skew, {key}), protocols);
    };
    const std::string least = text_of("least_seconds");
    const std::string most = text_of("most_seconds");
    const std::string last = text_of("last_seconds");
    // The cut and the way here make a steady clock of whole seconds look as if it moved.
    const double spread = number(skew, {"most_seconds"}) - number(skew, {"least_seconds"});
    if (least == most || (has_templates(protocols) && spread < 2)) return last;
    return last + " (between " + least + " and " + most + ")";
}

std::string protocols_text(const Json& protocols) {
    std::string out;
    if (!protocols.is_array()) return out;
    for (const Json& each : protocols) out += (out.empty() ? "" : ", ") + text_of(each);
    return out;
}

std::string ago(double then, double now) {
    if (!(then > 0)) return "never";
    return now - then < 1 ? "now" : span(std::floor(now - then)) + " ago";
}

std::string address_text(const Json& exporter, const char* key) {
    std::string address = text(exporter, {key});
    const std::uint64_t port = count(exporter, {"port"});
    if (port == 0) return address;
    if (address.find(':') != std::string::npos) address = '[' + address + ']';
    return address + ':' + std::to_string(port);
}

}  // namespace flowd::ctl
