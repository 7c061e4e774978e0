// SPDX-License-Identifier: BSD-3-Clause
// Looking at ports, and starting one anew.
#include "ingress/dpdk/port_watch.hpp"

#include <string>

#include "ingress/clock.hpp"
#include "log/log.hpp"

namespace flowd::dpdk {

PortWatch::PortWatch(const Opened& opened) : opened_{opened} {
    for (const auto& port : opened.ports) {
        ports_.push_back({.port = port.get(),
                          .answerer = opened.faces[port->id()].answerer,
                          .up = port->is_up()});
    }
}

void PortWatch::tick(std::uint64_t now_ns) {
    constexpr std::uint64_t interval_ns = second_ns / 4;
    if (now_ns - looked_ns_ < interval_ns) return;
    looked_ns_ = now_ns;
    for (Watched& each : ports_) look(each);
    constexpr std::uint64_t reta_interval_ns = 5 * second_ns;
    if (now_ns - reta_looked_ns_ < reta_interval_ns) return;
    reta_looked_ns_ = now_ns;
    for (const auto& each : opened_.reta_keepers) each->look();
}

void PortWatch::look(Watched& watched) {
    const bool moving = opened_.table && opened_.table->moving();
    if (watched.port->wants_reset() && !moving) reset(*watched.port);
    const bool up = watched.port->is_up();
    if (up != watched.up) {
        watched.up = up;
        if (!up) {
            log::warn("dpdk: port " + watched.port->name() + ": link down");
        } else {
            watched.port->log_link();
            if (watched.answerer != nullptr) watched.answerer->note_link_up();
        }
    }
    if (watched.answerer == nullptr) return;
    const std::uint64_t conflicts = watched.answerer->stats().conflicts.get();
    if (conflicts != 0 && watched.conflicts == 0) {
        log::warn("port.addresses: another station on the link of port " + watched.port->name() +
                  " uses an address of it too");
    }
    watched.conflicts = conflicts;
}

/// Workers stay away from the port meanwhile; what it lost is counted as missed.
void PortWatch::reset(Port& port) {
    log::warn("dpdk: port " + port.name() + " asks to be reset");
    port.shut();
    if (!opened_.let_workers_pass()) {
        port.reopen();  // one does not get on; later, then
        return;
    }
    if (const Failure failure = port.reset(); failed(failure)) {
        log::error(failure.sentence + "; it receives nothing any more, restart flowd");
        return;
    }
    port.reopen();
    log::info("dpdk: port " + port.name() + " was reset and runs again");
}

}  // namespace flowd::dpdk
