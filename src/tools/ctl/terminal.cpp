// SPDX-License-Identifier: BSD-3-Clause
// Styles as ncurses' attributes, and its keys as ours. Without colours styles differ by weight.
#include "tools/ctl/terminal.hpp"

// Plain macros such as `timeout` and `move` would spread otherwise.
#define NCURSES_NOMACROS
#include <curses.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>

#include "tools/ctl/text.hpp"

namespace flowd::ctl {

namespace {

constexpr std::size_t style_count = static_cast<std::size_t>(Style::count_);

enum Pair : short { green = 1, cyan, yellow, red, head, sorted, selected, bar };

struct Look16 {
    short pair;
    attr_t attributes;
    attr_t mono;  ///< instead, without colours
};

constexpr std::array<Look16, style_count> looks{{
    {0, A_NORMAL, A_NORMAL},      // plain
    {0, A_BOLD, A_BOLD},          // strong
    {0, A_DIM, A_NORMAL},         // faint
    {0, A_BOLD, A_BOLD},          // heading
    {green, A_NORMAL, A_NORMAL},  // good
    {cyan, A_NORMAL, A_NORMAL},   // note
    {yellow, A_NORMAL, A_BOLD},   // warning
    {red, A_BOLD, A_BOLD},        // bad
    {head, A_NORMAL, A_REVERSE},  // columns
    {sorted, A_BOLD, A_REVERSE | A_BOLD},
    {selected, A_NORMAL, A_REVERSE},
    {yellow, A_BOLD, A_BOLD},  // found
    {0, A_BOLD, A_BOLD},       // key
    {bar, A_NORMAL, A_REVERSE},
}};

void init_colours() {
    use_default_colors();
    init_pair(green, COLOR_GREEN, -1);
    init_pair(cyan, COLOR_CYAN, -1);
    init_pair(yellow, COLOR_YELLOW, -1);
    init_pair(red, COLOR_RED, -1);
    init_pair(head, COLOR_BLACK, COLOR_GREEN);
    init_pair(sorted, COLOR_BLACK, COLOR_CYAN);
    init_pair(selected, COLOR_BLACK, COLOR_CYAN);
    init_pair(bar, COLOR_BLACK, COLOR_CYAN);
}

std::optional<Key> named(int code) {
    switch (code) {
        case KEY_UP: return Key::up;
        case KEY_DOWN: return Key::down;
        case KEY_PPAGE: return Key::page_up;
        case KEY_NPAGE: return Key::page_down;
        case KEY_HOME: return Key::home;
        case KEY_END: return Key::end;
        case KEY_ENTER:
        case '\n':
        case '\r': return Key::enter;
        case 27: return Key::escape;
        case KEY_BACKSPACE:
        case 127:
        case '\b': return Key::backspace;
        case KEY_F(1): return Key::help;
        case KEY_F(3): return Key::search;
        case KEY_F(4): return Key::filter;
        case KEY_F(6): return Key::sort;
        case KEY_F(10): return Key::quit;
        default: return {};
    }
}

}  // namespace

Failure Terminal::open(bool colours) {
    if (::isatty(STDIN_FILENO) != 1 || ::isatty(STDOUT_FILENO) != 1) {
        return {"needs a terminal; -b prints for scripts"};
    }
    const char* name = std::getenv("TERM");
    if (name != nullptr) screen_ = newterm(name, stdout, stdin);
    if (screen_ == nullptr) return {"this terminal (TERM) cannot be used; -b prints for scripts"};
    cbreak();
    noecho();
    nonl();
    keypad(stdscr, TRUE);
    nodelay(stdscr, TRUE);
    set_escdelay(25);
    curs_set(0);
    colours_ = colours && has_colors();
    if (colours_) {
        start_color();
        init_colours();
    }
    return {};
}

void Terminal::close() {
    if (screen_ == nullptr) return;
    endwin();
    delscreen(static_cast<SCREEN*>(screen_));
    screen_ = nullptr;
}

std::size_t Terminal::width() const { return static_cast<std::size_t>(getmaxx(stdscr)); }
std::size_t Terminal::height() const { return static_cast<std::size_t>(getmaxy(stdscr)); }

void Terminal::paint(const Page& page, bool utf8) {
    werase(stdscr);
    for (std::size_t i = 0; i < page.size() && i < height(); ++i) {
        wmove(stdscr, static_cast<int>(i), 0);
        for (const Span& each : page[i].spans()) {
            const Look16& look = looks[static_cast<std::size_t>(each.style)];
            wattr_set(stdscr, colours_ ? look.attributes : look.mono, colours_ ? look.pair : 0,
                      nullptr);
            waddstr(stdscr, (utf8 ? each.text : ascii(each.text)).c_str());
        }
    }
    wattr_set(stdscr, A_NORMAL, 0, nullptr);
    wrefresh(stdscr);
}

std::optional<Terminal::Pressed> Terminal::key() {
    const int code = wgetch(stdscr);
    if (code == ERR) return {};
    if (code == KEY_RESIZE) return Pressed{.resized = true};
    if (const auto key = named(code)) return Pressed{.key = *key};
    if (code >= 0x20 && code < 0x7f) return Pressed{.letter = static_cast<char>(code)};
    return Pressed{.resized = true};  // a key that means nothing: painted anew, which harms nobody
}

}  // namespace flowd::ctl
