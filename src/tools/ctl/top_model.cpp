// SPDX-License-Identifier: BSD-3-Clause
// Keys, as htop has them.
#include "tools/ctl/top_model.hpp"

#include <algorithm>
#include <utility>

#include "config/text.hpp"
#include "tools/ctl/commands.hpp"
#include "tools/ctl/parts.hpp"
#include "tools/ctl/targets.hpp"

namespace flowd::ctl {

namespace {

constexpr std::int64_t rows_most = 1000;  // nobody scrolls further; F4 and F6 bring others up
constexpr std::size_t typed_most = 60;

bool contains(const std::string& text, const std::string& part) {
    return config::lower(text).find(part) != std::string::npos;
}

}  // namespace

TopModel::TopModel(std::string sort, bool reverse, std::string filter)
    : sort_{sort.empty() ? "flows" : std::move(sort)},
      reverse_{reverse},
      filter_{std::move(filter)} {}

Question TopModel::question() const {
    return {exporters_target(sort_, reverse_, filter_, rows_most), xray_target_};
}

const Json& TopModel::rows() const { return list(exporters_, {"exporters"}); }

std::string TopModel::name_of(std::size_t row) const {
    return row < rows().size() ? address_text(rows()[row], "address") : std::string{};
}

void TopModel::press(Key key, char letter) {
    if (key == Key::quit) {
        done_ = true;
        return;
    }
    switch (mode_) {
        case Mode::list: press_in_list(key, letter); break;
        case Mode::search:
        case Mode::filter: press_in_text(key, letter); break;
        case Mode::sort: press_in_menu(key, letter); break;
        case Mode::help:
        case Mode::xray: press_in_page(key, letter); break;
    }
}

void TopModel::press_in_list(Key key, char letter) {
    found_ = true;  // what a search has said is read by now
    switch (key) {
        case Key::character: press_letter(letter); break;
        case Key::enter: open(); break;
        case Key::help:
            mode_ = Mode::help;
            scroll_ = 0;
            break;
        case Key::search: press_letter('/'); break;
        case Key::filter: press_letter('\\'); break;
        case Key::sort: press_letter('>'); break;
        case Key::escape: break;
        default: move(key); break;
    }
}

void TopModel::press_letter(char letter) {
    switch (letter) {
        case 'q': done_ = true; return;
        case 'h':
        case '?': press_in_list(Key::help, 0); return;
        case ' ': paused_ = !paused_; return;
        case 'I': reverse_ = !reverse_; return;
        case '/':
            mode_ = Mode::search;
            typed_.clear();
            found_ = true;
            return;
        case '\\':
            mode_ = Mode::filter;
            typed_ = filter_;
            return;
        case '<':
        case '>': {
            mode_ = Mode::sort;
            const auto keys = sort_keys();
            const auto now = std::find_if(keys.begin(), keys.end(), [this](const SortKey& each) {
                return each.key == sort_;
            });
            menu_ = now == keys.end() ? 0 : static_cast<std::size_t>(now - keys.begin());
            return;
        }
        case 'j': move(Key::down); return;
        case 'k': move(Key::up); return;
        case 'g': move(Key::home); return;
        case 'G': move(Key::end); return;
        default: break;
    }
    for (const SortKey& each : sort_keys()) {
        if (each.letter == letter) sort_by(std::string{each.key});
    }
}

void TopModel::sort_by(const std::string& key) {
    if (sort_ == key) {
        reverse_ = !reverse_;
    } else {
        sort_ = key;
        reverse_ = false;
    }
    select(0);
    followed_.clear();
}

void TopModel::press_in_text(Key key, char letter) {
    const bool is_filter = mode_ == Mode::filter;
    switch (key) {
        case Key::character:
            if (typed_.size() < typed_most) typed_ += letter;
            break;
        case Key::backspace:
            if (!typed_.empty()) typed_.pop_back();
            break;
        case Key::enter: mode_ = Mode::list; return;
        case Key::escape:
            if (is_filter) filter_.clear();
            found_ = true;
            mode_ = Mode::list;
            return;
        case Key::search:
            if (!is_filter) find(selected_ + 1);
            return;
        default:
            mode_ = Mode::list;
            press_in_list(key, letter);
            return;
    }
    if (is_filter) {
        filter_ = typed_;
        followed_.clear();
        select(0);
    } else {
        find(selected_);
    }
}

void TopModel::find(std::size_t from) {
    const std::string wanted = config::lower(typed_);
    found_ = true;
    if (wanted.empty()) return;
    for (std::size_t i = 0; i < rows().size(); ++i) {
        const std::size_t row = (from + i) % rows().size();
        const Json& each = rows()[row];
        if (contains(name_of(row), wanted) || contains(text(each, {"diagnosis"}), wanted) ||
            contains(protocols_text(at(each, {"protocols"})), wanted)) {
            select(row);
            followed_ = name_of(row);
            return;
        }
    }
    found_ = false;
}

void TopModel::press_in_menu(Key key, char letter) {
    const std::size_t last = sort_keys().size() - 1;
    if (key == Key::up || (key == Key::character && letter == 'k')) menu_ -= menu_ > 0 ? 1 : 0;
    if (key == Key::down || (key == Key::character && letter == 'j')) {
        menu_ = std::min(menu_ + 1, last);
    }
    if (key == Key::home) menu_ = 0;
    if (key == Key::end) menu_ = last;
    if (key == Key::escape || key == Key::sort || (key == Key::character && letter == 'q')) {
        mode_ = Mode::list;
    }
    if (key == Key::enter) {
        const std::string chosen{sort_keys()[menu_].key};
        if (chosen != sort_) sort_by(chosen);
        mode_ = Mode::list;
    }
}

void TopModel::press_in_page(Key key, char letter) {
    const bool leaves = key == Key::escape || key == Key::backspace || key == Key::help ||
                        (key == Key::enter && mode_ == Mode::help) ||
                        (key == Key::character && letter == 'q');
    if (leaves) {
        mode_ = Mode::list;
        xray_target_.clear();
        return;
    }
    if (key == Key::character && letter == ' ') paused_ = !paused_;
    const bool down = key == Key::down || (key == Key::character && letter == 'j');
    const bool up = key == Key::up || (key == Key::character && letter == 'k');
    if (down) ++scroll_;
    if (up && scroll_ > 0) --scroll_;
    if (key == Key::page_down) scroll_ += line_count_;
    if (key == Key::page_up) scroll_ -= std::min(scroll_, line_count_);
    if (key == Key::home) scroll_ = 0;
    if (key == Key::end) scroll_ = scroll_most_;
    scroll_ = std::min(scroll_, scroll_most_);
}

void TopModel::move(Key key) {
    const std::size_t all = rows().size();
    if (all == 0) return;
    std::size_t row = selected_;
    if (key == Key::up && row > 0) --row;
    if (key == Key::down) ++row;
    if (key == Key::page_up) row -= std::min(row, row_count_);
    if (key == Key::page_down) row += row_count_;
    if (key == Key::home) row = 0;
    if (key == Key::end) row = all - 1;
    select(std::min(row, all - 1));
    // The first row is the place: whoever comes first there. Any other is the exporter in it.
    followed_ = selected_ == 0 ? std::string{} : name_of(selected_);
}

void TopModel::select(std::size_t row) {
    selected_ = row;
    if (selected_ < first_) first_ = selected_;
    if (selected_ >= first_ + row_count_) first_ = selected_ - row_count_ + 1;
}

void TopModel::open() {
    if (selected_ >= rows().size()) return;
    const Json& exporter = rows()[selected_];
    const std::uint64_t port = count(exporter, {"port"});
    xray_target_ = exporter_target(
        {text(exporter, {"address"}), static_cast<std::uint16_t>(port <= 65535 ? port : 0)});
    xray_ = nullptr;
    scroll_ = 0;
    mode_ = Mode::xray;
}

void TopModel::follow() {
    if (!followed_.empty()) {
        for (std::size_t i = 0; i < rows().size(); ++i) {
            if (name_of(i) == followed_) {
                select(i);
                return;
            }
        }
    }
    select(rows().empty() ? 0 : std::min(selected_, rows().size() - 1));
}

void TopModel::take(Report&& report) {
    failure_ = std::move(report.failure);
    if (report.status.is_object()) status_ = std::move(report.status);
    // An answer to a question that has been replaced by now would show the wrong order.
    const Question now = question();
    if (report.exporters.is_object() && report.question.exporters == now.exporters) {
        exporters_ = std::move(report.exporters);
        follow();
    }
    if (report.xray.is_object() && report.question.xray == now.xray && !now.xray.empty()) {
        xray_ = std::move(report.xray);
    }
}

void TopModel::set_rows(std::size_t rows) {
    row_count_ = std::max<std::size_t>(rows, 1);
    select(selected_);
    const std::size_t all = this->rows().size();
    if (first_ + row_count_ > all) first_ = all > row_count_ ? all - row_count_ : 0;
}

void TopModel::set_lines(std::size_t lines, std::size_t shown) {
    line_count_ = std::max<std::size_t>(shown, 1);
    scroll_most_ = lines > shown ? lines - shown : 0;
    scroll_ = std::min(scroll_, scroll_most_);
}

}  // namespace flowd::ctl
