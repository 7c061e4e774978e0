// SPDX-License-Identifier: BSD-3-Clause
// Constants in object files: found by name, and never outside the file whatever it claims.
#include "ingress/dpdk/xdp/patch.hpp"

#include <elf.h>
#include <gtest/gtest.h>

#include <array>
#include <cstring>
#include <string>
#include <vector>

namespace flowd::dpdk::xdp {
namespace {

/// An object file with four bytes of data named "settings", of which the last two are "limits".
struct ObjectFile {
    std::array<Elf64_Shdr, 4> sections{};
    std::array<Elf64_Sym, 3> symbols{};
    Elf64_Ehdr header{};

    static constexpr std::size_t data_at = sizeof(Elf64_Ehdr);
    static constexpr std::size_t names_at = data_at + 4;
    static constexpr char names[] = "\0settings\0limits";
    static constexpr std::size_t symbols_at = names_at + sizeof names;
    static constexpr std::size_t sections_at = symbols_at + 3 * sizeof(Elf64_Sym);

    ObjectFile() {
        std::memcpy(header.e_ident, ELFMAG, SELFMAG);
        header.e_ident[EI_CLASS] = ELFCLASS64;
        header.e_ident[EI_DATA] = ELFDATA2LSB;
        header.e_shoff = sections_at;
        header.e_shentsize = sizeof(Elf64_Shdr);
        header.e_shnum = 4;
        sections[1] = {.sh_name = 0,
                       .sh_type = SHT_PROGBITS,
                       .sh_flags = 0,
                       .sh_addr = 0,
                       .sh_offset = data_at,
                       .sh_size = 4,
                       .sh_link = 0,
                       .sh_info = 0,
                       .sh_addralign = 1,
                       .sh_entsize = 0};
        sections[2] = sections[1];
        sections[2].sh_type = SHT_STRTAB;
        sections[2].sh_offset = names_at;
        sections[2].sh_size = sizeof names;
        sections[3] = sections[1];
        sections[3].sh_type = SHT_SYMTAB;
        sections[3].sh_offset = symbols_at;
        sections[3].sh_size = 3 * sizeof(Elf64_Sym);
        sections[3].sh_link = 2;
        symbols[1].st_name = 1;
        symbols[1].st_shndx = 1;
        symbols[1].st_size = 4;
        symbols[2].st_name = 10;
        symbols[2].st_shndx = 1;
        symbols[2].st_value = 2;
        symbols[2].st_size = 2;
    }

    [[nodiscard]] std::vector<std::uint8_t> bytes() const {
        std::vector<std::uint8_t> file(sections_at + sizeof sections);
        std::memcpy(file.data(), &header, sizeof header);
        std::memcpy(file.data() + names_at, names, sizeof names);
        std::memcpy(file.data() + symbols_at, symbols.data(), sizeof symbols);
        std::memcpy(file.data() + sections_at, sections.data(), sizeof sections);
        return file;
    }
};

constexpr std::array<std::uint8_t, 4> four{1, 2, 3, 4};
constexpr std::array<std::uint8_t, 2> two{5, 6};

std::string refusal(const ObjectFile& object, std::string_view symbol = "settings",
                    flow::Bytes value = four) {
    auto file = object.bytes();
    const auto before = file;
    const Failure failure = patch_symbol(file, symbol, value);
    EXPECT_EQ(file, before);
    return failure.sentence;
}

TEST(XdpPatch, ReplacesTheSymbolAndNothingElse) {
    auto file = ObjectFile{}.bytes();
    auto wanted = file;
    std::copy(four.begin(), four.end(), wanted.data() + ObjectFile::data_at);
    EXPECT_EQ(patch_symbol(file, "settings", four).sentence, "");
    EXPECT_EQ(file, wanted);
    std::copy(two.begin(), two.end(), wanted.data() + ObjectFile::data_at + 2);
    EXPECT_EQ(patch_symbol(file, "limits", two).sentence, "");
    EXPECT_EQ(file, wanted);
}

TEST(XdpPatch, UnknownNamesAndWrongSizesAreRefused) {
    const ObjectFile object;
    EXPECT_EQ(refusal(object, "setting"), "the XDP program has no data named setting");
    EXPECT_EQ(refusal(object, "settings2"), "the XDP program has no data named settings2");
    EXPECT_EQ(refusal(object, "limits"), "the XDP program's limits has 2 bytes, not 4");
    EXPECT_EQ(refusal(object, "settings", two), "the XDP program's settings has 4 bytes, not 2");
}

TEST(XdpPatch, ForeignFilesAreRefused) {
    const std::string wanted = "the XDP program is no ELF file of this machine";
    for (const int place : {0, EI_CLASS, EI_DATA}) {
        ObjectFile object;
        object.header.e_ident[place] ^= 3;
        EXPECT_EQ(refusal(object), wanted) << place;
    }
    ObjectFile object;
    object.header.e_shentsize = 40;
    EXPECT_EQ(refusal(object), wanted);
    EXPECT_EQ(patch_symbol({}, "settings", four).sentence, wanted);
}

TEST(XdpPatch, PlacesOutsideTheFileAreRefused) {
    constexpr std::uint64_t far = ~std::uint64_t{0} - 1;
    ObjectFile object;
    object.header.e_shoff = far;
    EXPECT_NE(refusal(object), "");
    for (const std::size_t section : {1, 2, 3}) {
        for (const std::uint64_t bad : {far, std::uint64_t{4096}}) {
            object = {};
            object.sections[section].sh_offset = bad;
            EXPECT_NE(refusal(object), "") << section;
            object = {};
            object.sections[section].sh_size = bad;
            EXPECT_NE(refusal(object), "") << section;
        }
    }
    object = {};
    object.symbols[1].st_value = 1;  // its end is behind the section's
    EXPECT_NE(refusal(object), "");
    object.symbols[1].st_value = far;
    EXPECT_NE(refusal(object), "");
    for (const std::uint16_t section : {0, 4, 0xffff}) {
        object = {};
        object.symbols[1].st_shndx = section;
        EXPECT_NE(refusal(object), "") << section;
    }
    object = {};
    object.sections[3].sh_link = 9;
    EXPECT_NE(refusal(object), "");
}

TEST(XdpPatch, FilesCutAnywhereAreRefused) {
    const auto whole = ObjectFile{}.bytes();
    for (std::size_t size = 0; size < whole.size(); ++size) {
        // Its own allocation, so that a read behind the end is seen by the sanitizers.
        std::vector<std::uint8_t> file(whole.begin(),
                                       whole.begin() + static_cast<std::ptrdiff_t>(size));
        EXPECT_NE(patch_symbol(file, "settings", four).sentence, "") << size;
    }
}

}  // namespace
}  // namespace flowd::dpdk::xdp
