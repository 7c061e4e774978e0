// SPDX-License-Identifier: BSD-3-Clause
// proc(5): stat and limits of the process, and the machine's time of start.
#include "http/metrics/process.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <system_error>
#include <vector>

namespace flowd {

namespace {

// Of /proc/self/stat, counted behind the command's name, whose field is 2.
constexpr std::size_t user_ticks_field = 14 - 3;
constexpr std::size_t system_ticks_field = 15 - 3;
constexpr std::size_t threads_field = 20 - 3;
constexpr std::size_t start_ticks_field = 22 - 3;
constexpr std::size_t virtual_size_field = 23 - 3;
constexpr std::size_t resident_pages_field = 24 - 3;

double boot_time(const std::string& proc) {
    std::ifstream file{proc + "/stat"};
    std::string word;
    while (file >> word) {
        double seconds = 0;
        if (word == "btime" && file >> seconds) return seconds;
    }
    return 0;
}

void read_stat(ProcessView& view, const std::string& proc) {
    std::ifstream file{proc + "/self/stat"};
    const std::string text{std::istreambuf_iterator<char>{file}, {}};
    // The command's name stands in parentheses and may hold any character.
    const std::size_t name_end = text.rfind(')');
    if (name_end == std::string::npos) return;
    std::istringstream rest{text.substr(name_end + 1)};
    rest.ignore(3);  // the state, a letter between blanks
    // The first is field 4: what stands for field 3 keeps the arithmetic above.
    std::vector<double> fields{0};
    for (double number = 0; rest >> number;) fields.push_back(number);
    if (fields.size() <= resident_pages_field) return;
    const auto ticks_per_second = static_cast<double>(sysconf(_SC_CLK_TCK));
    view.cpu_seconds = (fields[user_ticks_field] + fields[system_ticks_field]) / ticks_per_second;
    view.start_time_seconds = boot_time(proc) + fields[start_ticks_field] / ticks_per_second;
    view.virtual_bytes = static_cast<std::uint64_t>(fields[virtual_size_field]);
    view.resident_bytes = static_cast<std::uint64_t>(fields[resident_pages_field]) *
                          static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
    view.threads = static_cast<std::uint64_t>(fields[threads_field]);
}

}  // namespace

ProcessView read_process(const std::string& proc) {
    ProcessView view;
    read_stat(view, proc);
    std::error_code error;
    const std::filesystem::directory_iterator files{proc + "/self/fd", error};
    if (!error) {
        const auto count = std::distance(begin(files), end(files));
        view.open_files = static_cast<std::uint64_t>(count) - 1;  // one is the folder itself
    }
    rlimit limit{};
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY) {
        view.open_files_max = limit.rlim_cur;
    }
    return view;
}

}  // namespace flowd
