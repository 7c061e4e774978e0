// SPDX-License-Identifier: BSD-3-Clause
// Sorting by line, and the place in front of each sentence.
#include "config/mapping/complaints.hpp"

#include <algorithm>
#include <utility>

namespace flowd::mapping {

void Complaints::pass_over(std::size_t line, std::string sentence, std::string_view consequence) {
    if (form_ == Form::toml) return refuse(line, std::move(sentence));
    warn(line, (sentence += "; ") += consequence);
}

void Complaints::refuse(std::size_t line, std::string sentence) {
    failures_.push_back({line, std::move(sentence)});
}

void Complaints::warn(std::size_t line, std::string sentence) {
    warnings_.push_back({line, std::move(sentence)});
}

void Complaints::warn_once(std::size_t line, std::string sentence) {
    const auto same = [&sentence](const Complaint& each) { return each.sentence == sentence; };
    if (std::any_of(warnings_.begin(), warnings_.end(), same)) return;
    warn(line, std::move(sentence));
}

Failure Complaints::failure() const {
    const auto first = std::min_element(
        failures_.begin(), failures_.end(),
        [](const Complaint& left, const Complaint& right) { return left.line < right.line; });
    return first == failures_.end() ? Failure{} : Failure{told(*first)};
}

std::vector<std::string> Complaints::warnings() const {
    std::vector<Complaint> sorted = warnings_;
    std::stable_sort(
        sorted.begin(), sorted.end(),
        [](const Complaint& left, const Complaint& right) { return left.line < right.line; });
    std::vector<std::string> sentences;
    for (const Complaint& each : sorted) {
        if (sentences.size() == warnings_max) {
            sentences.push_back(path_ + ": " + std::to_string(sorted.size() - warnings_max) +
                                " more entries are left out");
            break;
        }
        sentences.push_back(told(each));
    }
    return sentences;
}

std::string Complaints::told(const Complaint& complaint) const {
    return path_ + ':' + std::to_string(complaint.line) + ": " + complaint.sentence;
}

}  // namespace flowd::mapping
