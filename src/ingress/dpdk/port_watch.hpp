// SPDX-License-Identifier: BSD-3-Clause
// PortWatch: notices that links of ports go down and come up, that a port asks to be reset, and
// that another station uses an address of ours; says each once. Main thread.
#pragma once

#include <cstdint>
#include <vector>

#include "ingress/dpdk/opened.hpp"

namespace flowd::dpdk {

class PortWatch {
public:
    /// Of ports that run; they outlive it.
    explicit PortWatch(const Opened& opened);

    /// Often; looks four times a second, and at redirection tables every five seconds.
    void tick(std::uint64_t now_ns);

private:
    struct Watched {
        Port* port;
        Answerer* answerer;  ///< null: none
        bool up = false;
        std::uint64_t conflicts = 0;
    };

    void look(Watched& watched);
    void reset(Port& port);

    const Opened& opened_;
    std::vector<Watched> ports_;
    std::uint64_t looked_ns_ = 0;
    std::uint64_t reta_looked_ns_ = 0;
};

}  // namespace flowd::dpdk
