// SPDX-License-Identifier: BSD-3-Clause
// Registering a worker's thread.
#include "ingress/dpdk/thread.hpp"

#include <rte_errno.h>
#include <rte_lcore.h>
#include <sys/prctl.h>

#include <string>

#include "log/log.hpp"

namespace flowd::dpdk {

void attach_thread() noexcept {
    // The default slack of 50 µs would double each nap.
    prctl(PR_SET_TIMERSLACK, 1000UL);
    if (rte_lcore_id() == LCORE_ID_ANY && rte_thread_register() != 0) {
        log::warn(std::string{"dpdk: an RX worker runs without a buffer cache, slower: "} +
                  rte_strerror(rte_errno));
    }
}

void detach_thread() noexcept {
    // Never the EAL's own thread: a test may run a worker there.
    if (rte_lcore_id() != LCORE_ID_ANY && rte_eal_lcore_role(rte_lcore_id()) == ROLE_NON_EAL) {
        rte_thread_unregister();
    }
}

}  // namespace flowd::dpdk
