// SPDX-License-Identifier: BSD-3-Clause
// The system calls themselves: libcap would be a library for two of them.
#include "control/privileges.hpp"

#include <grp.h>
#include <linux/capability.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <vector>

#include "log/reason.hpp"

namespace flowd {

namespace {

using Words = std::array<__user_cap_data_struct, _LINUX_CAPABILITY_U32S_3>;

[[nodiscard]] __user_cap_header_struct this_thread() noexcept {
    return {.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
}

[[nodiscard]] bool set_capabilities(Capabilities wanted) noexcept {
    Words words{};
    for (std::size_t word = 0; word < words.size(); ++word) {
        const auto bits = static_cast<std::uint32_t>(wanted.bits() >> (32 * word));
        words[word] = {.effective = bits, .permitted = bits, .inheritable = 0};
    }
    __user_cap_header_struct header = this_thread();
    return ::syscall(SYS_capset, &header, words.data()) == 0;
}

[[nodiscard]] Failure failure(const std::string& what) {
    return {"process.user: " + what + ": " + reason(errno)};
}

/// An account of the system.
struct Account {
    uid_t user = 0;
    gid_t group = 0;
};

Outcome<Account> find_account(const std::string& name) {
    std::vector<char> memory(16'384);
    passwd entry{};
    passwd* found = nullptr;
    const int error = ::getpwnam_r(name.c_str(), &entry, memory.data(), memory.size(), &found);
    if (error != 0) return Failure{"process.user: \"" + name + "\": " + reason(error)};
    if (found == nullptr) return Failure{"process.user: no user is called \"" + name + "\""};
    return Account{entry.pw_uid, entry.pw_gid};
}

/// What a program of this thread could have at most. Needs a right that few units give; without it
/// no_new_privs has to do.
void bound_programs(Capabilities kept) noexcept {
    for (int number = 0; ::prctl(PR_CAPBSET_READ, number, 0, 0, 0) >= 0; ++number) {
        if (!kept.has(number) && ::prctl(PR_CAPBSET_DROP, number, 0, 0, 0) != 0) return;
    }
}

}  // namespace

Capabilities needed_for(const Duties& duties) noexcept {
    Capabilities needed;
    if (duties.opens_files && ::geteuid() == 0) {
        needed = needed | Capabilities{CAP_CHOWN, CAP_DAC_OVERRIDE, CAP_FOWNER};
    }
    if (duties.maps_memory) needed = needed | Capabilities{CAP_IPC_LOCK};
    if (duties.owns_xdp) needed = needed | Capabilities{CAP_NET_ADMIN};
    return needed;
}

Capabilities capabilities() noexcept {
    Words words{};
    __user_cap_header_struct header = this_thread();
    if (::syscall(SYS_capget, &header, words.data()) != 0) return {};
    std::uint64_t bits = 0;
    for (std::size_t word = 0; word < words.size(); ++word) {
        bits |= std::uint64_t{words[word].permitted} << (32 * word);
    }
    return Capabilities::of_bits(bits);
}

Failure become_user(const std::string& user, Capabilities kept) {
    if (user.empty()) return {};
    const Outcome<Account> account = find_account(user);
    if (!account) return account.error();
    if (::geteuid() == account->user && ::getuid() == account->user) return {};
    if (::geteuid() != 0) {
        return {"process.user: only root can become " + user + "; this is user " +
                std::to_string(::geteuid())};
    }
    const Capabilities before = capabilities();
    // Capabilities outlive the change in this thread alone, and there only as permitted ones.
    if (::prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) != 0) return failure("keeping capabilities");
    if (::initgroups(user.c_str(), account->group) != 0) return failure("groups of " + user);
    // The C library makes all threads change.
    if (::setresgid(account->group, account->group, account->group) != 0) {
        return failure("group of " + user);
    }
    if (::setresuid(account->user, account->user, account->user) != 0) {
        return failure("becoming " + user);
    }
    if (::prctl(PR_SET_KEEPCAPS, 0, 0, 0, 0) != 0) return failure("keeping capabilities");
    if (!set_capabilities(before & kept)) return failure("capabilities of " + user);
    if (::setresuid(0, 0, 0) == 0) return {"process.user: " + user + " could become root again"};
    return {};
}

Failure keep_only(Capabilities kept) {
    if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return failure("no_new_privs");
    bound_programs(kept);
    if (::prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) != 0) {
        return failure("ambient capabilities");
    }
    if (!set_capabilities(capabilities() & kept)) return failure("capabilities");
    return {};
}

}  // namespace flowd
