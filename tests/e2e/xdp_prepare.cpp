// SPDX-License-Identifier: BSD-3-Clause
// Does before a flowd starts what flowd does for an AF_XDP port, for tests of the driver and the
// program. Usage: xdp-prepare DEVICE FILE PORT... Frees the interface that the device names, writes
// the program for these UDP ports to FILE, and prints the device completed. Says on stderr, and by
// status 1, what is wrong.
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <string>
#include <vector>

#include "ingress/dpdk/xdp/attached.hpp"
#include "ingress/dpdk/xdp/device.hpp"
#include "ingress/dpdk/xdp/program.hpp"

namespace {

using namespace flowd;

Failure prepare(const std::string& device, const std::string& file, dpdk::xdp::Ports ports) {
    const std::string interface { dpdk::xdp::interface_of(device) };
    Failure failure = dpdk::xdp::detach_stale(interface);
    if (failed(failure)) return failure;
    const auto program = dpdk::xdp::Program::prepare(ports, {});
    if (!program) return program.error();
    // The driver opens it in another process than this one.
    std::error_code error;
    std::filesystem::copy_file(program->path(), file,
                               std::filesystem::copy_options::overwrite_existing, error);
    if (error) return {file + ": " + error.message()};
    std::cout << dpdk::xdp::add_program(device + ",xdp_prog=" + file, *program) << '\n';
    return {};
}

}  // namespace

int main(int count, char** words) {
    if (count < 4) {
        std::cerr << "usage: xdp-prepare DEVICE FILE PORT...\n";
        return 2;
    }
    std::vector<std::uint16_t> ports;
    for (int i = 3; i < count; ++i) {
        ports.push_back(static_cast<std::uint16_t>(std::strtoul(words[i], nullptr, 10)));
    }
    const Failure failure = prepare(words[1], words[2], ports);
    if (failed(failure)) std::cerr << failure.sentence << '\n';
    return failed(failure) ? 1 : 0;
}
