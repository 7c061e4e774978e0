// SPDX-License-Identifier: BSD-3-Clause
// A made-up /sys and /proc in a folder that goes away with the test.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

namespace flowd::test {

class FakeRoot {
public:
    FakeRoot() {
        std::string name = std::filesystem::temp_directory_path() / "flowd-root-XXXXXX";
        EXPECT_NE(mkdtemp(name.data()), nullptr);
        root_ = name;
    }
    FakeRoot(const FakeRoot&) = delete;
    FakeRoot& operator=(const FakeRoot&) = delete;
    ~FakeRoot() { std::filesystem::remove_all(root_); }

    void file(const std::string& path, const std::string& text) const {
        std::filesystem::create_directories((root_ / path).parent_path());
        std::ofstream{root_ / path} << text << '\n';
    }
    void folder(const std::string& path) const {
        std::filesystem::create_directories(root_ / path);
    }
    /// `target` is below the root, too.
    void link(const std::string& path, const std::string& target) const {
        std::filesystem::create_directories((root_ / path).parent_path());
        std::filesystem::create_directories(root_ / target);
        std::filesystem::create_symlink(root_ / target, root_ / path);
    }

    /// A PCI network device with a driver, and an interface unless that is empty.
    void nic(const std::string& pci, const std::string& id, const std::string& driver, int node,
             const std::string& interface = "") const {
        const std::string device = "sys/devices/pci0000:00/" + pci;
        link("sys/bus/pci/devices/" + pci, device);
        file(device + "/class", "0x020000");
        file(device + "/vendor", "0x" + id.substr(0, 4));
        file(device + "/device", "0x" + id.substr(5));
        file(device + "/numa_node", std::to_string(node));
        if (!driver.empty()) link(device + "/driver", "sys/bus/pci/drivers/" + driver);
        if (interface.empty()) return;
        folder("sys/class/net/" + interface);
        link("sys/class/net/" + interface + "/device", device);
        file("sys/class/net/" + interface + "/operstate", "up");
        file("sys/class/net/" + interface + "/speed", "25000");
    }
    void hugepages(const std::string& folder, const std::string& kilobytes, int free,
                   int total) const {
        file(folder + "/hugepages-" + kilobytes + "kB/free_hugepages", std::to_string(free));
        file(folder + "/hugepages-" + kilobytes + "kB/nr_hugepages", std::to_string(total));
    }
    void node(int id, const std::string& cpus) const {
        file("sys/devices/system/node/node" + std::to_string(id) + "/cpulist", cpus);
    }
    void process(const std::string& cpus, const std::string& memlock, int user,
                 const std::string& capabilities = "0000000000000000") const {
        const std::string ids = std::to_string(user);
        file("proc/self/status", "Name:\tflowd\nUid:\t1000\t" + ids + "\t" + ids + "\t" + ids +
                                     "\nCapEff:\t" + capabilities + "\nCpus_allowed:\tff\n" +
                                     "Cpus_allowed_list:\t" + cpus);
        file("proc/self/limits",
             "Limit                     Soft Limit           Hard Limit           Units\n"
             "Max locked memory         " +
                 memlock + "              8388608              bytes");
    }

    [[nodiscard]] std::string path() const { return root_; }

private:
    std::filesystem::path root_;
};

}  // namespace flowd::test
