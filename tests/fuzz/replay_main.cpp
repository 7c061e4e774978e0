// SPDX-License-Identifier: BSD-3-Clause
// main() of a fuzz target in builds without libFuzzer: replays inputs and deterministic mutations
// of them, so that every build runs every target. One thread; the same arguments give the same
// executions. What a target finds it says by crashing; the input is named then.
#include <algorithm>
#include <array>
#include <charconv>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
// Sanitizers end the process on their own; where one is linked it has this function.
extern "C" [[gnu::weak]] void __sanitizer_set_death_callback(void (*callback)());

namespace {

namespace fs = std::filesystem;
using Input = std::vector<std::uint8_t>;

constexpr std::size_t input_size_max = 64 * 1024;  // a datagram; longer files are cut
constexpr std::size_t seeds_count = 400;
constexpr std::uint64_t nightly_factor = 20;  // FLOWD_NIGHTLY: so many times the mutations

struct NamedInput {
    std::string name;
    Input bytes;
};

struct Options {
    std::vector<std::string> paths;
    std::uint64_t mutations = 0;
    std::uint64_t seed = 1;
};

/// What runs now, for the crash handler.
struct Running {
    const char* name = "none";
    std::uint64_t mutation = 0;  ///< 0: the input itself
    const Input* bytes = nullptr;
};
Running running;

void say_what_was_running() {
    std::fprintf(stderr, "\nreplay: it was input %s, mutation %llu, these bytes:\n", running.name,
                 static_cast<unsigned long long>(running.mutation));
    if (running.bytes != nullptr) {
        for (const std::uint8_t byte : *running.bytes) std::fprintf(stderr, "%02x", byte);
    }
    std::fputc('\n', stderr);
}

extern "C" void on_crash(int signal) {
    std::signal(signal, SIG_DFL);
    say_what_was_running();
    std::raise(signal);
}

/// A sanitizer keeps the signals that it reports itself.
void name_the_input_on_crash() {
    std::signal(SIGABRT, on_crash);
    if (__sanitizer_set_death_callback != nullptr) {
        __sanitizer_set_death_callback(say_what_was_running);
        return;
    }
    for (const int signal : {SIGSEGV, SIGBUS, SIGFPE, SIGILL}) std::signal(signal, on_crash);
}

/// SplitMix64: small, and good enough to choose bytes.
class Random {
public:
    explicit Random(std::uint64_t seed) : state_{seed} {}

    std::uint64_t next() {
        std::uint64_t value = state_ += 0x9e3779b97f4a7c15;
        value = (value ^ value >> 30) * 0xbf58476d1ce4e5b9;
        value = (value ^ value >> 27) * 0x94d049bb133111eb;
        return value ^ value >> 31;
    }
    std::size_t below(std::size_t limit) { return static_cast<std::size_t>(next() % limit); }

private:
    std::uint64_t state_;
};

/// Numbers that protocols act on: versions, set ids, ethertypes, small counts, limits.
constexpr std::array<std::uint16_t, 24> telling_words{
    0,   1,   2,   3,      4,      5,      8,      9,      10,     16,     17,     20,
    255, 256, 257, 0x0800, 0x4500, 0x6000, 0x7fff, 0x8000, 0x8100, 0x8847, 0x86dd, 0xffff};
constexpr std::array<std::uint8_t, 10> telling_bytes{0, 1, 4, 6, 17, 0x45, 0x60, 0x7f, 0x80, 0xff};

void put_word(Input& input, std::size_t at, std::uint16_t word) {
    input[at] = static_cast<std::uint8_t>(word >> 8);
    if (at + 1 < input.size()) input[at + 1] = static_cast<std::uint8_t>(word);
}

/// Half of the bytes at random, half of them words that lead somewhere.
Input random_input(Random& random) {
    Input input(random.below(random.below(4) == 0 ? 1500 : 120));
    for (std::uint8_t& byte : input) byte = static_cast<std::uint8_t>(random.next());
    for (std::size_t at = 0; at + 2 <= input.size(); at += 2) {
        if (random.below(2) == 0) {
            put_word(input, at, telling_words[random.below(telling_words.size())]);
        }
    }
    return input;
}

/// A part of `from` replaces what `input` has behind some place.
void splice(Input& input, const Input& from, Random& random) {
    const std::size_t keep = random.below(input.size() + 1);
    const std::size_t begin = random.below(from.size() + 1);
    const Input tail(from.begin() + static_cast<std::ptrdiff_t>(begin), from.end());
    input.resize(keep);
    input.insert(input.end(), tail.begin(), tail.end());
}

/// A part of the input appears a second time, behind itself.
void duplicate(Input& input, Random& random) {
    const std::size_t begin = random.below(input.size());
    const std::size_t size = 1 + random.below(std::min<std::size_t>(input.size() - begin, 64));
    const auto from = input.begin() + static_cast<std::ptrdiff_t>(begin);
    const Input part(from, from + static_cast<std::ptrdiff_t>(size));
    input.insert(from, part.begin(), part.end());
}

void mutate_once(Input& input, const Input& other, Random& random) {
    if (input.empty()) return splice(input, other, random);
    const std::size_t at = random.below(input.size());
    switch (random.below(7)) {
        case 0: input[at] ^= static_cast<std::uint8_t>(1U << random.below(8)); break;
        case 1: input[at] = static_cast<std::uint8_t>(random.next()); break;
        case 2: input[at] = telling_bytes[random.below(telling_bytes.size())]; break;
        case 3: put_word(input, at, telling_words[random.below(telling_words.size())]); break;
        case 4: input.resize(at); break;
        case 5: duplicate(input, random); break;
        default: splice(input, other, random); break;
    }
}

Input mutated(const Input& original, const Input& other, Random& random) {
    Input input = original;
    for (std::size_t rounds = 1 + random.below(4); rounds > 0; --rounds) {
        mutate_once(input, other, random);
    }
    if (input.size() > input_size_max) input.resize(input_size_max);
    return input;
}

/// In memory of exactly the input's size, so that a sanitizer sees a read behind it.
void run(const Input& input) {
    const std::unique_ptr<std::uint8_t[]> exact{new std::uint8_t[input.size()]};
    std::copy(input.begin(), input.end(), exact.get());
    running.bytes = &input;
    static_cast<void>(LLVMFuzzerTestOneInput(exact.get(), input.size()));
    running.bytes = nullptr;
}

std::vector<NamedInput> built_in_seeds(std::uint64_t seed) {
    std::vector<NamedInput> inputs;
    inputs.push_back({"built-in 0", {}});
    Random random{seed};
    while (inputs.size() < seeds_count) {
        inputs.push_back({"built-in " + std::to_string(inputs.size()), random_input(random)});
    }
    return inputs;
}

/// The regular files of a path, below a directory in the order of their names.
std::optional<std::vector<fs::path>> files_of(const std::string& path) {
    std::error_code error;
    if (fs::is_regular_file(path, error)) return std::vector<fs::path>{path};
    std::vector<fs::path> files;
    fs::recursive_directory_iterator at{path, error};
    for (; !error && at != fs::recursive_directory_iterator{}; at.increment(error)) {
        if (at->is_regular_file(error)) files.push_back(at->path());
    }
    if (error) {
        std::fprintf(stderr, "replay: %s: %s\n", path.c_str(), error.message().c_str());
        return std::nullopt;
    }
    std::sort(files.begin(), files.end());
    return files;
}

/// Nothing when a path cannot be read; it has been said why.
std::optional<std::vector<NamedInput>> read_inputs(const std::vector<std::string>& paths) {
    std::vector<NamedInput> inputs;
    for (const std::string& path : paths) {
        const auto files = files_of(path);
        if (!files) return std::nullopt;
        for (const fs::path& file : *files) {
            std::ifstream stream{file, std::ios::binary};
            if (!stream) {
                std::fprintf(stderr, "replay: %s: cannot be opened\n", file.c_str());
                return std::nullopt;
            }
            Input bytes{std::istreambuf_iterator<char>{stream}, {}};
            if (bytes.size() > input_size_max) bytes.resize(input_size_max);
            inputs.push_back({file.string(), std::move(bytes)});
        }
    }
    return inputs;
}

bool read_number(std::string_view name, const char* text, std::uint64_t& number) {
    const std::string_view value{text == nullptr ? "" : text};
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
    if (error == std::errc{} && end == value.data() + value.size()) return true;
    std::fprintf(stderr, "replay: %.*s: \"%.*s\" is not a number from 0 to 2^64 - 1\n",
                 static_cast<int>(name.size()), name.data(), static_cast<int>(value.size()),
                 value.data());
    return false;
}

std::optional<Options> read_options(int count, char** arguments) {
    Options options;
    for (int i = 1; i < count; ++i) {
        const std::string_view argument{arguments[i]};
        if (argument == "--mutations" || argument == "--seed") {
            auto& number = argument == "--seed" ? options.seed : options.mutations;
            const char* value = i + 1 < count ? arguments[++i] : nullptr;
            if (!read_number(argument, value, number)) return std::nullopt;
        } else if (argument.starts_with("-")) {
            std::fprintf(stderr, "usage: %s [--mutations N] [--seed S] [file or directory ...]\n",
                         arguments[0]);
            return std::nullopt;
        } else {
            options.paths.emplace_back(argument);
        }
    }
    return options;
}

/// Each input and its mutations. An input's mutations depend on the seed and on its place among the
/// inputs only.
std::uint64_t run_all(const std::vector<NamedInput>& inputs, const Options& options) {
    std::uint64_t executions = 0;
    for (std::size_t index = 0; index < inputs.size(); ++index) {
        const NamedInput& input = inputs[index];
        running.name = input.name.c_str();
        running.mutation = 0;
        run(input.bytes);
        ++executions;
        Random random{options.seed * 1'000'003 + index};
        for (std::uint64_t i = 1; i <= options.mutations; ++i) {
            running.mutation = i;
            const NamedInput& other = inputs[random.below(inputs.size())];
            run(mutated(input.bytes, other.bytes, random));
            ++executions;
        }
    }
    return executions;
}

}  // namespace

int main(int count, char** arguments) {
    auto options = read_options(count, arguments);
    if (!options) return 1;
    if (std::getenv("FLOWD_NIGHTLY") != nullptr) options->mutations *= nightly_factor;
    auto inputs = read_inputs(options->paths);
    if (!inputs) return 1;
    // Directories without a file: mutations can start from the built-in seeds, a replay cannot.
    if (inputs->empty() && (options->paths.empty() || options->mutations > 0)) {
        inputs = built_in_seeds(options->seed);
    }
    if (inputs->empty()) {
        std::fprintf(stderr, "replay: %s: there is no file in it\n", options->paths[0].c_str());
        return 1;
    }
    name_the_input_on_crash();
    const std::uint64_t executions = run_all(*inputs, *options);
    std::printf("%zu inputs, %llu executions\n", inputs->size(),
                static_cast<unsigned long long>(executions));
    return 0;
}
