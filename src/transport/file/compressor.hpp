// SPDX-License-Identifier: BSD-3-Clause
// Compressor: turns each batch into one frame (gzip: member) that stands on its own, so a file is
// a row of frames that every reader of the format reads, and it can be cut between any two. One
// instance per transport; only this folder knows zlib, libzstd and liblz4.
#pragma once

#include <memory>

#include "flow/base/bytes.hpp"
#include "flow/model/batch.hpp"
#include "log/failure.hpp"
#include "transport/file/options.hpp"

namespace flowd::file {

class Compressor {
public:
    Compressor() = default;
    Compressor(const Compressor&) = delete;
    Compressor& operator=(const Compressor&) = delete;
    virtual ~Compressor() = default;

    /// `level` 0 is the library's default. Libraries may take memory with the first frame; lz4
    /// takes some for each at levels above 2.
    [[nodiscard]] static Outcome<std::unique_ptr<Compressor>> make(Compression compression,
                                                                   int level);

    /// The most that one frame can hold.
    static constexpr std::size_t content_size_max = flow::Batch::page_size;

    /// One frame with `content`, good until the next call; empty when the library has failed.
    [[nodiscard]] virtual flow::Bytes frame(flow::Bytes content) noexcept = 0;
};

}  // namespace flowd::file
