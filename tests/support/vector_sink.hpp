// SPDX-License-Identifier: BSD-3-Clause
// A MessageSink that keeps every message. Each reservation is heap memory of exactly the size asked
// for, so that AddressSanitizer sees a formatter that writes behind it; committing more than was
// reserved ends the test.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <vector>

#include "flow/base/bytes.hpp"
#include "flow/model/account_tag.hpp"
#include "flow/pipeline/message_sink.hpp"

namespace flow::test {

class VectorSink {
public:
    struct Message {
        std::unique_ptr<std::uint8_t[]> memory;
        std::size_t size = 0;
        AccountTag account = 0;

        [[nodiscard]] Bytes bytes() const { return {memory.get(), size}; }
    };

    std::uint8_t* reserve(std::size_t size) noexcept {
        if (refusing) {
            ++refused;
            return nullptr;
        }
        reserved_.reset(new std::uint8_t[size]);
        reserved_size_ = size;
        begin_ = reserved_.get();
        return begin_;
    }
    void commit(std::uint8_t* end, AccountTag account) noexcept {
        const auto size = static_cast<std::size_t>(end - begin_);
        if (reserved_ == nullptr || end > reserved_.get() + reserved_size_) std::abort();
        std::unique_ptr<std::uint8_t[]> memory{new std::uint8_t[size]};
        std::copy(begin_, end, memory.get());
        messages.push_back({std::move(memory), size, account});
        begin_ = end;
    }

    std::vector<Message> messages;
    bool refusing = false;  ///< as a full ring does
    std::size_t refused = 0;

private:
    std::unique_ptr<std::uint8_t[]> reserved_;
    std::size_t reserved_size_ = 0;
    std::uint8_t* begin_ = nullptr;  ///< of the message that comes next
};

static_assert(MessageSink<VectorSink>);

}  // namespace flow::test
