// SPDX-License-Identifier: BSD-3-Clause
// A prepared program in the kernel, as the driver loads it, for tests: what it says of a frame.
#pragma once

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <linux/bpf.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <string>

#include "flow/base/bytes.hpp"
#include "ingress/dpdk/xdp/object.hpp"
#include "ingress/dpdk/xdp/program.hpp"

namespace flowd::dpdk::xdp {

inline constexpr std::array<std::uint16_t, 3> some_ports{2055, 4739, 6343};

class Loaded {
public:
    Loaded(Ports ports, Addresses addresses) {
        libbpf_set_print(nullptr);
        const auto program = Program::prepare(ports, addresses);
        if (!program) {
            error_ = program.error().sentence;
            return;
        }
        object_ = bpf_object__open_file(program->path().c_str(), nullptr);
        if (object_ == nullptr || bpf_object__load(object_) != 0) {
            code_ = errno;
            error_ = std::strerror(code_);
            return;
        }
        file_ = bpf_program__fd(bpf_object__next_program(object_, nullptr));
    }
    Loaded(const Loaded&) = delete;
    Loaded& operator=(const Loaded&) = delete;
    ~Loaded() {
        if (socket_ >= 0) close(socket_);
        bpf_object__close(object_);
    }

    [[nodiscard]] bool may_not() const { return code_ == EPERM || code_ == EACCES; }
    [[nodiscard]] int file() const { return file_; }
    [[nodiscard]] const std::string& error() const { return error_; }
    [[nodiscard]] std::string name() const {
        return bpf_program__name(bpf_object__next_program(object_, nullptr));
    }

    /// Puts an AF_XDP socket on a queue, as the driver does. Test runs come in on queue 0.
    [[nodiscard]] bool take_queue(std::uint32_t queue) {
        socket_ = socket(AF_XDP, SOCK_RAW | SOCK_CLOEXEC, 0);
        const int map = bpf_object__find_map_fd_by_name(object_, "xsks_map");
        return socket_ >= 0 && bpf_map_update_elem(map, &queue, &socket_, BPF_ANY) == 0;
    }

    /// XDP_PASS, XDP_REDIRECT, …; -1 if the kernel did not run it.
    [[nodiscard]] int verdict(flow::Bytes frame) const {
        LIBBPF_OPTS(bpf_test_run_opts, options, .data_in = frame.data(),
                    .data_size_in = static_cast<__u32>(frame.size()), .repeat = 1);
        return bpf_prog_test_run_opts(file_, &options) == 0 ? static_cast<int>(options.retval) : -1;
    }

private:
    bpf_object* object_ = nullptr;
    int file_ = -1;
    int socket_ = -1;
    int code_ = 0;
    std::string error_;
};

}  // namespace flowd::dpdk::xdp
