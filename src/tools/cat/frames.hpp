// SPDX-License-Identifier: BSD-3-Clause
// Cuts a stream of bytes into messages. The caller puts bytes in, as many as it has, and takes
// whole messages out; every length is checked before it is used, and no more than one message is
// held. One thread; memory is taken once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "flow/base/bytes.hpp"

namespace flowd::cat {

/// Of one flow. flowd writes 64 KiB at most.
inline constexpr std::size_t message_size_max = std::size_t{1} << 20;

enum class Framing : std::uint8_t {
    varint,       ///< each message behind the varint of its length
    be32,         ///< behind its length in four bytes, as kcat's %R writes it
    be32_packed,  ///< behind these four bytes, any number of messages as in `varint`
    none,         ///< the stream is one message
};

class Frames {
public:
    explicit Frames(Framing framing);

    /// A new stream: forgets the one before.
    void begin() noexcept;
    /// Where the next bytes go, 64 KiB or more; messages taken before are gone.
    [[nodiscard]] std::span<std::uint8_t> room() noexcept;
    /// So many were put there.
    void added(std::size_t size) noexcept { end_ += size; }
    /// No more will come.
    void end() noexcept { ended_ = true; }

    enum class Next : std::uint8_t { message, more, broken, done };
    /// `more`: put bytes in, or end(). `broken`: problem() says what, at offset().
    [[nodiscard]] Next next();

    [[nodiscard]] flow::Bytes message() const noexcept { return message_; }
    /// Of the message, of its length or of what is broken, in the stream.
    [[nodiscard]] std::uint64_t offset() const noexcept { return offset_; }
    /// Of the first byte of the message itself.
    [[nodiscard]] std::uint64_t body_offset() const noexcept {
        return stream_offset(static_cast<std::size_t>(message_.data() - buffer_.data()));
    }
    [[nodiscard]] const std::string& problem() const noexcept { return problem_; }

private:
    [[nodiscard]] Next next_frame();
    [[nodiscard]] Next next_delimited();
    [[nodiscard]] Next whole_stream();
    [[nodiscard]] Next take(std::size_t prefix_size, std::uint64_t size);
    [[nodiscard]] Next wait();
    [[nodiscard]] Next refuse(std::string problem);
    [[nodiscard]] std::size_t held() const noexcept { return end_ - begin_; }
    [[nodiscard]] std::uint64_t stream_offset(std::size_t at) const noexcept {
        return dropped_ + at;
    }

    Framing framing_;
    std::vector<std::uint8_t> buffer_;
    std::size_t begin_ = 0;  ///< of what has not been taken yet
    std::size_t end_ = 0;
    std::uint64_t dropped_ = 0;     ///< bytes of the stream before the buffer
    std::uint64_t frame_left_ = 0;  ///< of the frame of be32_packed
    bool ended_ = false;
    bool taken_ = false;  ///< Framing::none: the message
    flow::Bytes message_;
    std::uint64_t offset_ = 0;
    std::string problem_;
};

}  // namespace flowd::cat
