// SPDX-License-Identifier: BSD-3-Clause
// Fuzz target of flowd-cat. The input is a stream of messages, by the framing that its first byte
// chooses. Besides the sanitizers, these facts hold: every byte is in a message, before one or in
// what is broken; however the stream comes in pieces, the messages are the same; and what can be
// read can be printed.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "flow/format/json/formatter.hpp"
#include "tools/cat/frames.hpp"
#include "tools/cat/message.hpp"

namespace {

using namespace flowd::cat;

constexpr flow::Schema schema = flow::Schema::all(flow::Profile::goflow2_v1);

void require(bool fact) {
    if (!fact) std::abort();
}

struct Cut {
    std::vector<std::string> messages;
    bool broken = false;
    bool operator==(const Cut&) const = default;
};

/// The stream in pieces of `step` bytes.
Cut cut(Framing framing, flow::Bytes stream, std::size_t step) {
    Frames frames{framing};
    frames.begin();
    Cut result;
    std::size_t given = 0;
    for (;;) {
        switch (frames.next()) {
            case Frames::Next::message: {
                const flow::Bytes message = frames.message();
                require(message.size() <= message_size_max);
                require(frames.body_offset() + message.size() <= stream.size());
                require(
                    std::equal(message.begin(), message.end(),
                               stream.begin() + static_cast<std::ptrdiff_t>(frames.body_offset())));
                result.messages.emplace_back(message.begin(), message.end());
                break;
            }
            case Frames::Next::more: {
                const auto room = frames.room();
                const std::size_t size = std::min({step, room.size(), stream.size() - given});
                if (size == 0) {
                    frames.end();
                    break;
                }
                std::memcpy(room.data(), stream.data() + given, size);
                frames.added(size);
                given += size;
                break;
            }
            case Frames::Next::broken:
                require(!frames.problem().empty());
                require(frames.offset() <= stream.size());
                result.broken = true;
                return result;
            case Frames::Next::done: return result;
        }
    }
}

void print(MessageReader& reader, const std::string& message) {
    const flow::Bytes bytes{reinterpret_cast<const std::uint8_t*>(message.data()), message.size()};
    if (!reader.read(bytes)) return require(reader.broken_at() <= message.size());
    const flow::json::Formatter json{schema};
    const std::size_t size_max = json.size_max(reader.flow());
    std::vector<std::uint8_t> line(size_max);
    const std::uint8_t* const end = json.write(reader.flow(), line.data());
    require(end <= line.data() + size_max);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const auto framing = static_cast<Framing>(data[0] % 4);
    const flow::Bytes stream{data + 1, size - 1};
    const Cut whole = cut(framing, stream, stream.size() + 1);
    require(cut(framing, stream, 1) == whole);
    MessageReader reader{schema};
    for (const std::string& message : whole.messages) print(reader, message);
    return 0;
}
