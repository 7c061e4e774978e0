// SPDX-License-Identifier: BSD-3-Clause
// Datagrams as a capture file that every tool reads: pcapng (draft-ietf-opsawg-pcapng), raw IP,
// nanoseconds. The IP and UDP headers are made anew around the payload; the address that it was
// sent to is not known any more and is 0.0.0.0 or ::. Cold.
#pragma once

#include <string>
#include <string_view>

#include "worker/tap.hpp"

namespace flowd::pcapng {

/// What a file, or another section of one, begins with.
void begin(std::string& file, std::string_view application);

/// A file that begins so, with 12 bytes at least, has begun with begin() on such a machine.
[[nodiscard]] bool is_section(std::string_view head) noexcept;

/// One datagram; `comment` is what tools show beside it, none when empty.
void append(std::string& file, const TappedDatagram& datagram, std::string_view comment);

}  // namespace flowd::pcapng
