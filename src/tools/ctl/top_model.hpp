// SPDX-License-Identifier: BSD-3-Clause
// TopModel: what `top` shows and how keys change it. It knows no terminal and asks nobody, so that
// a test can press keys. Main thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "tools/ctl/json.hpp"
#include "tools/ctl/page.hpp"
#include "tools/ctl/status.hpp"

namespace flowd::ctl {

/// Keys without a character.
enum class Key : std::uint8_t {
    character,
    up,
    down,
    page_up,
    page_down,
    home,
    end,
    enter,
    escape,
    backspace,
    help,
    search,
    filter,
    sort,
    quit,
};

enum class Mode : std::uint8_t { list, search, filter, sort, help, xray };

/// What is to be asked next.
struct Question {
    std::string exporters;  ///< the target of the list
    std::string xray;       ///< of the one exporter; empty: none is open
    bool operator==(const Question&) const = default;
};

/// What came back.
struct Report {
    Question question;
    Json status;
    Json exporters;
    Json xray;
    std::string failure;            ///< why the newest is not here
    Status outcome = Status::fine;  ///< what to end with; no answer may get better by itself
};

class TopModel {
public:
    TopModel(std::string sort, bool reverse, std::string filter);

    /// One key; `letter` is the character of `Key::character`.
    void press(Key key, char letter = 0);
    void take(Report&& report);
    /// Rows that the list shows at once; pages move by it, and the selected row stays in it.
    void set_rows(std::size_t rows);
    /// Lines that the X-ray has, so that it scrolls no further.
    void set_lines(std::size_t lines, std::size_t shown);

    [[nodiscard]] Question question() const;
    [[nodiscard]] bool done() const noexcept { return done_; }
    [[nodiscard]] bool paused() const noexcept { return paused_; }
    [[nodiscard]] Mode mode() const noexcept { return mode_; }
    [[nodiscard]] const Json& status() const noexcept { return status_; }
    [[nodiscard]] const Json& exporters() const noexcept { return exporters_; }
    [[nodiscard]] const Json& xray() const noexcept { return xray_; }
    [[nodiscard]] const std::string& failure() const noexcept { return failure_; }
    [[nodiscard]] const std::string& sort() const noexcept { return sort_; }
    [[nodiscard]] bool reversed() const noexcept { return reverse_; }
    [[nodiscard]] const std::string& filter() const noexcept { return filter_; }
    [[nodiscard]] const std::string& typed() const noexcept { return typed_; }
    [[nodiscard]] bool found() const noexcept { return found_; }
    [[nodiscard]] std::size_t selected() const noexcept { return selected_; }
    [[nodiscard]] std::size_t first() const noexcept { return first_; }
    [[nodiscard]] std::size_t menu() const noexcept { return menu_; }
    [[nodiscard]] std::size_t scroll() const noexcept { return scroll_; }

private:
    void press_in_list(Key key, char letter);
    void press_in_text(Key key, char letter);
    void press_in_menu(Key key, char letter);
    void press_in_page(Key key, char letter);
    void press_letter(char letter);
    void move(Key key);
    void select(std::size_t row);
    void follow();
    void find(std::size_t from);
    void open();
    void sort_by(const std::string& key);
    [[nodiscard]] const Json& rows() const;
    [[nodiscard]] std::string name_of(std::size_t row) const;

    std::string sort_;
    bool reverse_;
    std::string filter_;
    std::string typed_;
    bool found_ = true;
    Mode mode_ = Mode::list;
    bool done_ = false;
    bool paused_ = false;
    std::size_t selected_ = 0;
    std::string followed_;  ///< the exporter that stays selected wherever it goes; empty: the row
    std::size_t first_ = 0;
    std::size_t row_count_ = 1;
    std::size_t menu_ = 0;
    std::size_t scroll_ = 0;
    std::size_t scroll_most_ = 0;
    std::size_t line_count_ = 1;
    std::string xray_target_;
    Json status_;
    Json exporters_;
    Json xray_;
    std::string failure_;
};

}  // namespace flowd::ctl
