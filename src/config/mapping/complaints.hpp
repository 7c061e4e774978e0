// SPDX-License-Identifier: BSD-3-Clause
// Complaints: what is wrong in a mapping file, each with its line. goflow2 passes most of it over,
// so in its YAML these are warnings; in flowd's own TOML the first of them is a failure. Main
// thread, at start.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "log/failure.hpp"

namespace flowd::mapping {

enum class Form : bool { yaml, toml };

class Complaints {
public:
    /// Most warnings of one file; the rest is counted.
    static constexpr std::size_t warnings_max = 50;

    Complaints(std::string path, Form form) : path_{std::move(path)}, form_{form} {}

    /// An entry that cannot do anything. `consequence` ends the sentence where it is a warning.
    void pass_over(std::size_t line, std::string sentence,
                   std::string_view consequence = "the entry is left out");
    /// What stops goflow2 too.
    void refuse(std::size_t line, std::string sentence);
    /// Works, but not as it seems: a warning in either form.
    void warn(std::size_t line, std::string sentence);
    /// The same, unless it has been said before.
    void warn_once(std::size_t line, std::string sentence);

    /// The one nearest to the top of the file.
    [[nodiscard]] Failure failure() const;
    /// In the order of the file.
    [[nodiscard]] std::vector<std::string> warnings() const;

private:
    struct Complaint {
        std::size_t line;
        std::string sentence;
    };

    [[nodiscard]] std::string told(const Complaint& complaint) const;

    std::string path_;
    Form form_;
    std::vector<Complaint> warnings_;
    std::vector<Complaint> failures_;
};

}  // namespace flowd::mapping
