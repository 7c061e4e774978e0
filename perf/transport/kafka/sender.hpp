// SPDX-License-Identifier: BSD-3-Clause
// Sender: what is measured, flowd's transport or a bare loop around librdkafka, behind the calls
// that a TX worker makes.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "flow/model/batch.hpp"
#include "transport/kafka/options.hpp"
#include "transport/kafka/properties.hpp"

namespace flow::perf {

class Sender {
public:
    Sender() = default;
    Sender(const Sender&) = delete;
    Sender& operator=(const Sender&) = delete;
    virtual ~Sender() = default;

    /// Takes flows of the page from `first` on and says how many; it does not wait.
    virtual std::size_t deliver(const Batch& page, std::size_t first) = 0;
    virtual void wait(std::chrono::milliseconds most) = 0;
    /// Flows.
    [[nodiscard]] virtual std::uint64_t acknowledged() const = 0;
    [[nodiscard]] virtual std::uint64_t lost() const = 0;
};

/// Both end the program when they cannot start.
[[nodiscard]] std::unique_ptr<Sender> make_flowd_sender(const flowd::kafka::Options& options,
                                                        flowd::kafka::Partition partition);
[[nodiscard]] std::unique_ptr<Sender> make_bare_sender(const flowd::kafka::Options& options,
                                                       flowd::kafka::Partition partition);

}  // namespace flow::perf
