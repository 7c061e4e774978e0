// SPDX-License-Identifier: BSD-3-Clause
// Where the last whole message of a file ends: what a crash has left behind it is cut off there.
// Pure, except for the memory of the libraries that decompress. Main thread, at start.
#pragma once

#include <cstddef>
#include <string>

#include "flow/base/bytes.hpp"
#include "transport/file/options.hpp"

namespace flowd::file {

/// How the bytes of a file are laid out.
struct Layout {
    Framing framing = Framing::none;  ///< of what is not compressed
    Compression compression = Compression::none;
    std::string terminator;  ///< after each message

    /// Is there a way to find the end of a message? A frame ends where a message does.
    [[nodiscard]] bool can_be_cut() const noexcept {
        return framing != Framing::none || compression != Compression::none;
    }
};

struct Tail {
    std::size_t whole = 0;  ///< bytes of whole messages at the front
    /// What follows is the beginning of one batch's writing, or nothing. False: it is damage, or
    /// the file is not laid out as we think.
    bool torn_only = false;
};

/// Of a layout that can be cut.
[[nodiscard]] Tail find_tail(const Layout& layout, flow::Bytes file);

}  // namespace flowd::file
