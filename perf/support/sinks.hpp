// SPDX-License-Identifier: BSD-3-Clause
// Where benchmarks let a pipeline write: BatchRotation to measure, PageRotation to measure a kernel
// alone, Kept to look at the messages.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "flow/base/bytes.hpp"
#include "flow/model/batch.hpp"
#include "flow/pipeline/message_sink.hpp"

namespace flow::perf {

/// Fills batches in turn, as a worker does whose transport keeps up: 4 MiB of memory in use.
class BatchRotation {
public:
    static constexpr std::size_t batch_count = 64;

    BatchRotation() : batches_{std::make_unique<Batch[]>(batch_count)} {}

    [[nodiscard]] std::uint8_t* reserve(std::size_t size) noexcept {
        if (batches_[at_].room() < size) [[unlikely]]
            next();
        return batches_[at_].tail();
    }
    void commit(std::uint8_t* end, AccountTag account) noexcept {
        Batch& batch = batches_[at_];
        batch.commit(static_cast<std::size_t>(end - batch.tail()), account);
    }

    void commit(std::span<std::uint8_t* const> ends, AccountTag account) noexcept {
        batches_[at_].commit(ends, 0, account);
    }

    /// As a worker's outlet tells it, so that a pipeline asks here too.
    [[nodiscard]] SinkCounts counts() const noexcept {
        const std::uint64_t published = message_count();
        return {published, published, 0, 0};
    }
    /// Since the start or the last reset.
    [[nodiscard]] std::uint64_t message_count() const noexcept {
        return messages_ + batches_[at_].message_count();
    }
    [[nodiscard]] std::uint64_t byte_count() const noexcept {
        return bytes_ + batches_[at_].bytes().size();
    }
    void reset() noexcept {
        batches_[at_].clear();
        messages_ = 0;
        bytes_ = 0;
    }

private:
    void next() noexcept {
        messages_ += batches_[at_].message_count();
        bytes_ += batches_[at_].bytes().size();
        at_ = (at_ + 1) % batch_count;
        batches_[at_].clear();
    }

    std::unique_ptr<Batch[]> batches_;
    std::size_t at_ = 0;
    std::uint64_t messages_ = 0;
    std::uint64_t bytes_ = 0;
};

/// As much memory without slots: messages, and nothing about them. What a kernel writes by itself.
class PageRotation {
public:
    static constexpr std::size_t page_count = BatchRotation::batch_count;

    PageRotation() : memory_(page_count * Batch::page_size) {}

    [[nodiscard]] std::uint8_t* reserve(std::size_t size) noexcept {
        if (tail_ + size > page() + Batch::page_size) [[unlikely]]
            next();
        return tail_;
    }
    void commit(std::uint8_t* end, AccountTag) noexcept { tail_ = end; }
    void commit(std::span<std::uint8_t* const> ends, AccountTag) noexcept { tail_ = ends.back(); }

    /// Since the start or the last reset.
    [[nodiscard]] std::uint64_t byte_count() const noexcept {
        return bytes_ + static_cast<std::uint64_t>(tail_ - begin_);
    }
    void reset() noexcept {
        begin_ = tail_;
        bytes_ = 0;
    }

private:
    [[nodiscard]] std::uint8_t* page() noexcept { return memory_.data() + at_ * Batch::page_size; }
    void next() noexcept {
        bytes_ += static_cast<std::uint64_t>(tail_ - begin_);
        at_ = (at_ + 1) % page_count;
        begin_ = tail_ = page();
    }

    std::vector<std::uint8_t> memory_;
    std::size_t at_ = 0;
    std::uint8_t* begin_ = memory_.data();  ///< of what is not in `bytes_`
    std::uint8_t* tail_ = memory_.data();
    std::uint64_t bytes_ = 0;
};

/// Keeps every message until told to forget them.
class Kept {
public:
    [[nodiscard]] std::uint8_t* reserve(std::size_t size) noexcept {
        memory_.resize(used_ + size);
        return memory_.data() + used_;
    }
    void commit(std::uint8_t* end, AccountTag) noexcept {
        used_ = static_cast<std::size_t>(end - memory_.data());
        ends_.push_back(used_);
    }

    [[nodiscard]] std::size_t size() const noexcept { return ends_.size(); }
    [[nodiscard]] Bytes operator[](std::size_t index) const noexcept {
        const std::size_t begin = index == 0 ? 0 : ends_[index - 1];
        return {memory_.data() + begin, ends_[index] - begin};
    }
    void forget() noexcept {
        used_ = 0;
        ends_.clear();
    }

private:
    std::vector<std::uint8_t> memory_;
    std::vector<std::size_t> ends_;
    std::size_t used_ = 0;
};

static_assert(MessageSink<BatchRotation> && MessageSink<Kept>);

}  // namespace flow::perf
