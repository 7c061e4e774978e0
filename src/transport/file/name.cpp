// SPDX-License-Identifier: BSD-3-Clause
// Every conversion that a name may hold has a fixed width and a range, so that a name can be told
// from any other file's without trying all times.
#include "transport/file/name.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

namespace flowd::file {

namespace {

struct Conversion {
    char letter;
    std::size_t width;
    unsigned min;
    unsigned max;
};

constexpr std::array<Conversion, 13> conversions{{{'Y', 4, 0, 9999},
                                                  {'G', 4, 0, 9999},
                                                  {'C', 2, 0, 99},
                                                  {'y', 2, 0, 99},
                                                  {'m', 2, 1, 12},
                                                  {'d', 2, 1, 31},
                                                  {'H', 2, 0, 23},
                                                  {'M', 2, 0, 59},
                                                  {'S', 2, 0, 60},
                                                  {'j', 3, 1, 366},
                                                  {'V', 2, 1, 53},
                                                  {'u', 1, 1, 7},
                                                  {'w', 1, 0, 6}}};
constexpr std::string_view known = "%Y %m %d %H %M %S %F %T %R %y %C %G %j %V %u %w %%";
constexpr std::string_view time_suffix = ".%Y%m%dT%H%M%SZ";
constexpr std::string_view part_suffix = ".part";

[[nodiscard]] const Conversion* find(char letter) noexcept {
    const auto* const at =
        std::find_if(conversions.begin(), conversions.end(),
                     [letter](const Conversion& each) { return each.letter == letter; });
    return at == conversions.end() ? nullptr : at;
}

/// %F, %T and %R are short for others.
[[nodiscard]] std::string_view long_form(char letter) noexcept {
    switch (letter) {
        case 'F': return "%Y-%m-%d";
        case 'T': return "%H:%M:%S";
        case 'R': return "%H:%M";
        default: return {};
    }
}

/// Takes the digits of `conversion` off the front of `text`.
[[nodiscard]] bool take(const Conversion& conversion, std::string_view& text) noexcept {
    if (text.size() < conversion.width) return false;
    unsigned value = 0;
    for (const char digit : text.substr(0, conversion.width)) {
        if (digit < '0' || digit > '9') return false;
        value = value * 10 + static_cast<unsigned>(digit - '0');
    }
    text.remove_prefix(conversion.width);
    return value >= conversion.min && value <= conversion.max;
}

/// Takes what `pattern` stands for off the front of `text`.
[[nodiscard]] bool take(std::string_view pattern, std::string_view& text) noexcept {
    for (std::size_t at = 0; at < pattern.size(); ++at) {
        const Conversion* conversion = nullptr;
        if (pattern[at] == '%') conversion = find(pattern[++at]);  // make() has seen the letter
        if (conversion != nullptr) {
            if (!take(*conversion, text)) return false;
        } else {
            if (text.empty() || text.front() != pattern[at]) return false;
            text.remove_prefix(1);
        }
    }
    return true;
}

/// `.1`, `.2`, …
[[nodiscard]] bool is_number(std::string_view text) noexcept {
    return text.size() > 1 && text.size() < 10 && text[0] == '.' && text[1] != '0' &&
           text.find_first_not_of("0123456789", 1) == text.npos;
}

[[nodiscard]] std::string_view extension_of(Compression compression) noexcept {
    switch (compression) {
        case Compression::gzip: return ".gz";
        case Compression::zstd: return ".zst";
        case Compression::lz4: return ".lz4";
        case Compression::none: break;
    }
    return {};
}

/// `text` with the short conversions written out; `timed` says whether it has any at all.
[[nodiscard]] Outcome<std::string> expand(std::string_view text, bool& timed) {
    std::string pattern;
    for (std::size_t at = 0; at < text.size(); ++at) {
        pattern += text[at];
        if (text[at] != '%') continue;
        const char letter = ++at < text.size() ? text[at] : '\0';
        timed |= letter != '%';
        if (const std::string_view form = long_form(letter); !form.empty()) {
            pattern.pop_back();
            pattern += form;
        } else if (letter == '%' || find(letter) != nullptr) {
            pattern += letter;
        } else {
            return Failure{"transport.file.path: " + std::string{text} + ": \"" +
                           std::string{text.substr(at - 1, 2)} + "\" is none of " +
                           std::string{known}};
        }
    }
    return pattern;
}

}  // namespace

Outcome<Name> Name::make(const std::string& path, Compression compression) {
    Name name;
    const std::size_t slash = path.rfind('/');
    name.folder_ = slash == path.npos ? "." : slash == 0 ? "/" : path.substr(0, slash);
    std::string_view file = std::string_view{path}.substr(slash == path.npos ? 0 : slash + 1);
    name.extension_ = extension_of(compression);
    if (file.size() > name.extension_.size() && file.ends_with(name.extension_)) {
        file.remove_suffix(name.extension_.size());
    }
    if (file.empty()) return Failure{"transport.file.path: " + path + " has no file name"};
    if (slash != path.npos && name.folder_.find('%') != name.folder_.npos) {
        return Failure{"transport.file.path: " + path +
                       ": the name of a file may hold % conversions, that of its folder may not"};
    }
    bool timed = false;
    Outcome<std::string> pattern = expand(file, timed);
    if (!pattern) return pattern.error();
    name.pattern_ = *pattern;
    if (!timed) name.pattern_ += time_suffix;
    return name;
}

std::string Name::stem(std::time_t time) const {
    std::tm utc{};
    ::gmtime_r(&time, &utc);
    std::array<char, 1024> text;  // a path has no longer names
    return {text.data(), std::strftime(text.data(), text.size(), pattern_.c_str(), &utc)};
}

std::string Name::file(std::string_view stem, unsigned number) const {
    std::string file{stem};
    if (number > 0) file += "." + std::to_string(number);
    return file + extension_;
}

std::optional<std::string_view> Name::stem_of(std::string_view file) const noexcept {
    if (!file.ends_with(extension_)) return std::nullopt;
    const std::string_view whole = file.substr(0, file.size() - extension_.size());
    std::string_view rest = whole;
    if (!take(pattern_, rest)) return std::nullopt;
    if (!rest.empty() && !is_number(rest)) return std::nullopt;
    return whole.substr(0, whole.size() - rest.size());
}

std::string Name::path(std::string_view file) const {
    return folder_ + (folder_ == "/" ? "" : "/") + std::string{file};
}

std::string part_name(std::string_view file) {
    return "." + std::string{file} + std::string{part_suffix};
}

std::optional<std::string_view> file_of_part(std::string_view part) noexcept {
    if (part.size() <= 1 + part_suffix.size() || part.front() != '.' ||
        !part.ends_with(part_suffix)) {
        return std::nullopt;
    }
    return part.substr(1, part.size() - 1 - part_suffix.size());
}

}  // namespace flowd::file
