// SPDX-License-Identifier: BSD-3-Clause
// Finds a symbol's bytes in an ELF file. No offset of the file is believed before it is checked.
#include "ingress/dpdk/xdp/patch.hpp"

#include <elf.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <optional>
#include <string>

namespace flowd::dpdk::xdp {
namespace {

/// A part of the file; nothing if it does not lie in the file.
std::optional<flow::Bytes> slice(flow::Bytes file, std::uint64_t offset, std::uint64_t size) {
    if (offset > file.size() || size > file.size() - offset) return std::nullopt;
    return file.subspan(offset, size);
}

/// Row `index` of a table of `T`; nothing if it is not whole.
template <class T>
std::optional<T> row(flow::Bytes table, std::uint64_t index) {
    if (index >= table.size() / sizeof(T)) return std::nullopt;
    T value{};
    std::memcpy(&value, table.data() + index * sizeof(T), sizeof(T));
    return value;
}

bool is_named(flow::Bytes strings, std::uint32_t offset, std::string_view name) {
    const auto text = slice(strings, offset, name.size() + 1);
    return text && std::memcmp(text->data(), name.data(), name.size()) == 0 && text->back() == 0;
}

struct Place {
    std::uint64_t offset = 0;  ///< in the file
    std::uint64_t size = 0;
};

class Elf {
public:
    explicit Elf(flow::Bytes file) : file_{file} {}

    /// Reads the table of sections.
    [[nodiscard]] bool open() {
        const auto header = row<Elf64_Ehdr>(file_, 0);
        constexpr int order =
            std::endian::native == std::endian::little ? ELFDATA2LSB : ELFDATA2MSB;
        if (!header || std::memcmp(header->e_ident, ELFMAG, SELFMAG) != 0 ||
            header->e_ident[EI_CLASS] != ELFCLASS64 || header->e_ident[EI_DATA] != order ||
            header->e_shentsize != sizeof(Elf64_Shdr)) {
            return false;
        }
        const auto sections =
            slice(file_, header->e_shoff, std::uint64_t{header->e_shnum} * sizeof(Elf64_Shdr));
        if (sections) sections_ = *sections;
        return sections.has_value();
    }

    [[nodiscard]] std::optional<Place> find(std::string_view name) const {
        for (std::uint64_t i = 0; const auto section = row<Elf64_Shdr>(sections_, i); ++i) {
            if (section->sh_type != SHT_SYMTAB) continue;
            const auto symbols = slice(file_, section->sh_offset, section->sh_size);
            const auto names = contents(section->sh_link);
            if (!symbols || !names) return std::nullopt;
            for (std::uint64_t k = 0; const auto symbol = row<Elf64_Sym>(*symbols, k); ++k) {
                if (is_named(*names, symbol->st_name, name)) return place(*symbol);
            }
        }
        return std::nullopt;
    }

private:
    [[nodiscard]] std::optional<flow::Bytes> contents(std::uint64_t index) const {
        const auto section = row<Elf64_Shdr>(sections_, index);
        if (!section || section->sh_type == SHT_NOBITS) return std::nullopt;
        return slice(file_, section->sh_offset, section->sh_size);
    }

    [[nodiscard]] std::optional<Place> place(const Elf64_Sym& symbol) const {
        if (symbol.st_shndx == SHN_UNDEF) return std::nullopt;
        const auto section = contents(symbol.st_shndx);
        if (!section || !slice(*section, symbol.st_value, symbol.st_size)) return std::nullopt;
        const auto begin = static_cast<std::uint64_t>(section->data() - file_.data());
        return Place{begin + symbol.st_value, symbol.st_size};
    }

    flow::Bytes file_;
    flow::Bytes sections_{};
};

}  // namespace

Failure patch_symbol(std::span<std::uint8_t> elf, std::string_view symbol, flow::Bytes value) {
    Elf file{flow::Bytes{elf.data(), elf.size()}};
    if (!file.open()) return {"the XDP program is no ELF file of this machine"};
    const auto found = file.find(symbol);
    if (!found) return {"the XDP program has no data named " + std::string{symbol}};
    if (found->size != value.size()) {
        return {"the XDP program's " + std::string{symbol} + " has " + std::to_string(found->size) +
                " bytes, not " + std::to_string(value.size())};
    }
    std::copy(value.begin(), value.end(), elf.data() + found->offset);
    return {};
}

}  // namespace flowd::dpdk::xdp
