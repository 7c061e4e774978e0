// SPDX-License-Identifier: BSD-3-Clause
// The buffer holds one message and a read's worth; what is left over moves to its front.
#include "tools/cat/frames.hpp"

#include <cstring>
#include <utility>

namespace flowd::cat {

namespace {

constexpr std::size_t room_size_min = std::size_t{64} << 10;
constexpr std::size_t varint_size_max = 5;  // of a length of 32 bits
constexpr std::size_t be32_size = 4;
/// A Kafka message without a payload: kcat's %R writes -1 for it.
constexpr std::uint32_t no_payload = UINT32_MAX;

std::string bytes_text(std::uint64_t count) {
    return std::to_string(count) + (count == 1 ? " byte" : " bytes");
}

}  // namespace

Frames::Frames(Framing framing)
    : framing_{framing}, buffer_(varint_size_max + message_size_max + 4 * room_size_min) {}

void Frames::begin() noexcept {
    begin_ = end_ = 0;
    dropped_ = frame_left_ = 0;
    ended_ = taken_ = false;
    message_ = {};
}

std::span<std::uint8_t> Frames::room() noexcept {
    if (begin_ >= held() || buffer_.size() - end_ < room_size_min) {
        std::memmove(buffer_.data(), buffer_.data() + begin_, held());
        dropped_ += begin_;
        end_ -= begin_;
        begin_ = 0;
    }
    return std::span{buffer_}.subspan(end_);
}

Frames::Next Frames::next() {
    offset_ = stream_offset(begin_);
    switch (framing_) {
        case Framing::none: return whole_stream();
        case Framing::varint: return next_delimited();
        case Framing::be32: return next_frame();
        case Framing::be32_packed: break;
    }
    while (frame_left_ == 0) {
        if (held() < be32_size) return wait();
        const std::uint32_t size = flow::load_be32(buffer_.data() + begin_);
        begin_ += be32_size;
        frame_left_ = size == no_payload ? 0 : size;
        offset_ = stream_offset(begin_);
    }
    return next_delimited();
}

Frames::Next Frames::next_frame() {
    while (true) {
        if (held() < be32_size) return wait();
        const std::uint32_t size = flow::load_be32(buffer_.data() + begin_);
        if (size != no_payload) return take(be32_size, size);
        begin_ += be32_size;
        offset_ = stream_offset(begin_);
    }
}

Frames::Next Frames::next_delimited() {
    std::uint64_t size = 0;
    for (std::size_t i = 0; i < varint_size_max; ++i) {
        if (i == held()) return wait();
        const std::uint8_t byte = buffer_[begin_ + i];
        size |= std::uint64_t{byte & 0x7FU} << 7 * i;
        if (byte < 0x80) return take(i + 1, size);
    }
    return refuse("this is no length of a message");
}

Frames::Next Frames::take(std::size_t prefix_size, std::uint64_t size) {
    if (size > message_size_max) {
        return refuse("a message of " + bytes_text(size) + " is above " +
                      std::to_string(message_size_max));
    }
    if (framing_ == Framing::be32_packed && prefix_size + size > frame_left_) {
        return refuse("a message of " + bytes_text(size) + " in the last " +
                      bytes_text(frame_left_) + " of its frame");
    }
    if (held() - prefix_size < size) return wait();
    message_ = {buffer_.data() + begin_ + prefix_size, static_cast<std::size_t>(size)};
    begin_ += prefix_size + static_cast<std::size_t>(size);
    if (framing_ == Framing::be32_packed) frame_left_ -= prefix_size + size;
    return Next::message;
}

Frames::Next Frames::whole_stream() {
    if (taken_) return Next::done;
    if (held() > message_size_max) {
        return refuse("the message is above " + bytes_text(message_size_max));
    }
    if (!ended_) return Next::more;
    taken_ = true;
    message_ = {buffer_.data() + begin_, held()};
    begin_ = end_;
    return Next::message;
}

Frames::Next Frames::wait() {
    if (!ended_) return Next::more;
    if (held() == 0 && frame_left_ == 0) return Next::done;
    std::string problem = bytes_text(held()) + " of a broken message left at the end";
    if (frame_left_ > held()) problem += "; its frame lacks " + bytes_text(frame_left_ - held());
    return refuse(std::move(problem));
}

Frames::Next Frames::refuse(std::string problem) {
    problem_ = std::move(problem);
    return Next::broken;
}

}  // namespace flowd::cat
