// SPDX-License-Identifier: BSD-3-Clause
// Terminal: the screen and the keyboard of `top`. The door to ncurses. Main thread; one at a time.
#pragma once

#include <cstddef>
#include <optional>

#include "log/failure.hpp"
#include "tools/ctl/page.hpp"
#include "tools/ctl/top_model.hpp"

namespace flowd::ctl {

class Terminal {
public:
    struct Pressed {
        Key key = Key::character;
        char letter = 0;
        bool resized = false;  ///< no key: the window has another size
    };

    Terminal() = default;
    ~Terminal() { close(); }
    Terminal(const Terminal&) = delete;
    Terminal& operator=(const Terminal&) = delete;

    [[nodiscard]] Failure open(bool colours);
    /// Leaves the screen as it was before.
    void close();

    [[nodiscard]] std::size_t width() const;
    [[nodiscard]] std::size_t height() const;
    void paint(const Page& page, bool utf8);
    /// A key that has been pressed; nothing when there is none yet.
    [[nodiscard]] std::optional<Pressed> key();

private:
    void* screen_ = nullptr;  ///< ncurses' SCREEN; null: closed
    bool colours_ = false;
};

}  // namespace flowd::ctl
