// SPDX-License-Identifier: BSD-3-Clause
// The list of calls, by libseccomp: the only door to it. Next to each group stands who needs it.
#include "control/seccomp.hpp"

#include <fcntl.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <memory>
#include <span>
#include <string>

#include "log/reason.hpp"

namespace flowd {

namespace {

using Filter = std::unique_ptr<void, decltype(&seccomp_release)>;

constexpr std::array allowed{
    // Datagrams: sockets, and drivers that poll one (net_af_packet, net_af_xdp, net_tap, net_pcap).
    SCMP_SYS(recvmmsg),
    SCMP_SYS(recvmsg),
    SCMP_SYS(recvfrom),
    SCMP_SYS(read),
    SCMP_SYS(readv),
    SCMP_SYS(pread64),
    SCMP_SYS(lseek),
    SCMP_SYS(fstat),
    SCMP_SYS(getsockopt),  // drops of the socket
    SCMP_SYS(getsockname),
    // Answers and signs of life: net_tap writes, eventfds of virtio_user and memif; the log.
    SCMP_SYS(write),
    SCMP_SYS(writev),
    // Waiting, and waking the TX worker.
    SCMP_SYS(poll),
    SCMP_SYS(ppoll),
    SCMP_SYS(select),
    SCMP_SYS(pselect6),
    SCMP_SYS(epoll_wait),
    SCMP_SYS(epoll_pwait),
    SCMP_SYS(futex),
    SCMP_SYS(nanosleep),
    SCMP_SYS(clock_nanosleep),
    SCMP_SYS(sched_yield),
    SCMP_SYS(restart_syscall),
    // Clocks, where the vDSO does not answer: CPU time always asks the kernel.
    SCMP_SYS(clock_gettime),
    SCMP_SYS(clock_getres),
    SCMP_SYS(gettimeofday),
    SCMP_SYS(time),
    SCMP_SYS(getrusage),
    // Memory: malloc, and on which NUMA node it lies.
    SCMP_SYS(brk),
    SCMP_SYS(munmap),
    SCMP_SYS(mremap),
    SCMP_SYS(madvise),
    SCMP_SYS(mbind),
    SCMP_SYS(set_mempolicy),
    SCMP_SYS(get_mempolicy),
    // The thread itself: its number, its CPUs, its signals, its end.
    SCMP_SYS(getpid),
    SCMP_SYS(gettid),
    SCMP_SYS(getcpu),
    SCMP_SYS(access),  // DPDK asks for the NUMA node of its CPU so; it opens nothing
    SCMP_SYS(faccessat),
    SCMP_SYS(faccessat2),
    SCMP_SYS(sched_getaffinity),
    SCMP_SYS(sched_setaffinity),
    SCMP_SYS(rt_sigaction),
    SCMP_SYS(rt_sigprocmask),
    SCMP_SYS(rt_sigreturn),
    SCMP_SYS(rt_sigtimedwait),
    SCMP_SYS(sigaltstack),
    SCMP_SYS(set_robust_list),
    SCMP_SYS(rseq),
    SCMP_SYS(membarrier),
    SCMP_SYS(getrandom),
    SCMP_SYS(close),
    SCMP_SYS(exit),
    SCMP_SYS(exit_group),
#ifdef __SANITIZE_ADDRESS__
    SCMP_SYS(pipe),  // the sanitizers' way to ask whether memory is there
    SCMP_SYS(pipe2),
#endif
};

/// A call that is allowed when one argument is as it should be.
struct Guarded {
    int call;
    scmp_arg_cmp condition;
};

/// libseccomp's own macros are compound literals, which C++ has not.
constexpr scmp_arg_cmp equals(unsigned argument, scmp_datum_t value) noexcept {
    return {.arg = argument, .op = SCMP_CMP_EQ, .datum_a = value, .datum_b = 0};
}
constexpr scmp_arg_cmp bits(unsigned argument, scmp_datum_t mask, scmp_datum_t value) noexcept {
    return {.arg = argument, .op = SCMP_CMP_MASKED_EQ, .datum_a = mask, .datum_b = value};
}

std::array<Guarded, 7> guarded() noexcept {
    const auto process = static_cast<scmp_datum_t>(::getpid());
    return {{
        // Nothing that has been written becomes code.
        {SCMP_SYS(mmap), bits(2, PROT_EXEC, 0)},
        {SCMP_SYS(mprotect), bits(2, PROT_EXEC, 0)},
        // Only where the socket is bound to: frames of a port, never a datagram to an address.
        {SCMP_SYS(sendto), equals(4, 0)},
        // glibc's fstat.
        {SCMP_SYS(newfstatat), bits(3, AT_EMPTY_PATH, AT_EMPTY_PATH)},
        // Signals to its own process only: an assertion ends it this way.
        {SCMP_SYS(tgkill), equals(0, process)},
        {SCMP_SYS(prctl), equals(0, PR_SET_TIMERSLACK)},
        {SCMP_SYS(prctl), equals(0, PR_SET_NAME)},
    }};
}

[[nodiscard]] Failure failure(const std::string& what, int error) {
    return {"process.seccomp: " + what + ": " + reason(-error)};
}

[[nodiscard]] Failure allow(scmp_filter_ctx filter, int call,
                            std::span<const scmp_arg_cmp> conditions) {
    const int error = seccomp_rule_add_array(
        filter, SCMP_ACT_ALLOW, call, static_cast<unsigned>(conditions.size()), conditions.data());
    return error == 0 ? Failure{} : failure("call " + std::to_string(call) + " in the list", error);
}

/// Two things that a filter would cost otherwise. Before Linux 5.16 a filtered thread runs without
/// speculative stores, all of it slower. And a list is searched line by line unless as a tree.
[[nodiscard]] Failure keep_fast(scmp_filter_ctx filter) {
    if (const int error = seccomp_attr_set(filter, SCMP_FLTATR_CTL_SSB, 1); error != 0) {
        return failure("speculation", error);
    }
    const int error = seccomp_attr_set(filter, SCMP_FLTATR_CTL_OPTIMIZE, 2);
    return error == 0 ? Failure{} : failure("order of the list", error);
}

}  // namespace

Failure install_rx_filter(Violation violation) {
    const std::uint32_t refusal =
        violation == Violation::kill ? SCMP_ACT_KILL_PROCESS : SCMP_ACT_ERRNO(EPERM);
    const Filter filter{seccomp_init(refusal), &seccomp_release};
    if (filter == nullptr) return {"process.seccomp: no memory for the list of calls"};
    for (const int call : allowed) {
        if (Failure failed_call = allow(filter.get(), call, {}); failed(failed_call)) {
            return failed_call;
        }
    }
    for (const Guarded& each : guarded()) {
        if (Failure failed_call = allow(filter.get(), each.call, {&each.condition, 1});
            failed(failed_call)) {
            return failed_call;
        }
    }
    if (Failure slow = keep_fast(filter.get()); failed(slow)) return slow;
    // A kernel that cannot log refusals still refuses.
    static_cast<void>(seccomp_attr_set(filter.get(), SCMP_FLTATR_CTL_LOG, 1));
    const int error = seccomp_load(filter.get());
    return error == 0 ? Failure{} : failure("the kernel does not take the list of calls", error);
}

}  // namespace flowd
