// SPDX-License-Identifier: BSD-3-Clause
// A report in sections of rows: as aligned text for a person at a terminal, or as JSON. Cold.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace flowd::dpdk {

class ProbePage {
public:
    void section(std::string_view title);
    /// What the rows that follow are about.
    void item(std::string_view title);
    /// The value may have several lines.
    void row(std::string_view name, std::string_view value);

    /// Values line up, and are wrapped at 100 columns.
    [[nodiscard]] std::string text() const;
    /// One object: {section: {row: value, item: {row: value}}}; several rows of one name are an
    /// array, and so are several lines. UTF-8 that is none becomes U+FFFD.
    [[nodiscard]] std::string json() const;

private:
    struct Row {
        std::string name;
        std::string value;
    };
    struct Item {
        std::string title;  ///< empty: the section's own rows
        std::vector<Row> rows{};
    };
    struct Section {
        std::string title;
        std::vector<Item> items{};
    };

    std::vector<Section> sections_;
};

}  // namespace flowd::dpdk
