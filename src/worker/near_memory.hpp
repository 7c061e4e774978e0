// SPDX-License-Identifier: BSD-3-Clause
// NearMemory: while it lives, the pages that this thread touches first come from one NUMA node, as
// far as that has any (set_mempolicy(2), MPOL_PREFERRED). A packet's bytes, the tables that decode
// it and the batch that it ends in are then as near to a NIC as its buffers are. A thread that has
// a policy already, numactl's say, keeps it.
#pragma once

namespace flowd {

class NearMemory {
public:
    /// Negative: unknown, so nothing changes. Nor does it where the kernel knows no such policy.
    explicit NearMemory(int numa_node) noexcept;
    NearMemory(const NearMemory&) = delete;
    NearMemory& operator=(const NearMemory&) = delete;
    ~NearMemory();

    [[nodiscard]] bool active() const noexcept { return active_; }

private:
    bool active_ = false;
};

}  // namespace flowd
