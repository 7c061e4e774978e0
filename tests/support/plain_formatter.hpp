// SPDX-License-Identifier: BSD-3-Clause
// A format without its compiled way: only what concept Formatter asks for. A pipeline then fills a
// Flow for every record, which is what programs are held against.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "flow/model/formatter.hpp"

namespace flow::test {

template <Formatter Format>
class PlainFormatter {
public:
    static constexpr std::string_view name = Format::name;

    explicit PlainFormatter(const Format& format) : format_{format} {}

    [[nodiscard]] std::size_t size_max(const Flow& flow) const noexcept {
        return format_.size_max(flow);
    }
    [[nodiscard]] std::uint8_t* write(const Flow& flow, std::uint8_t* to) const noexcept {
        return format_.write(flow, to);
    }

private:
    Format format_;
};

}  // namespace flow::test
