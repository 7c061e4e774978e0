// SPDX-License-Identifier: BSD-3-Clause
// Fuzz target of flowctl's pages. The input spoils good answers of the API: [width: 1 byte], then
// for every value in them a byte that says what becomes of it, with the bytes that this takes.
// Besides the sanitizers, these facts hold: nothing is thrown, no line is wider than the terminal,
// nothing printed moves one, and what is safe stays as it is.
#include <clocale>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <string>

#include "tools/ctl/fixtures.hpp"
#include "tools/ctl/pages.hpp"
#include "tools/ctl/parts.hpp"
#include "tools/ctl/text.hpp"
#include "tools/ctl/top_page.hpp"

namespace {

using namespace flowd::ctl;

void require(bool fact) {
    if (!fact) std::abort();
}

class Spoiler {
public:
    Spoiler(const std::uint8_t* data, std::size_t size) : data_{data}, end_{data + size} {}

    std::uint8_t byte() { return data_ == end_ ? 0 : *data_++; }

    void spoil(Json& value) {
        switch (byte() % 16) {
            case 1: value = nullptr; return;
            case 2: value = true; return;
            case 3: value = text(); return;
            case 4: value = std::numeric_limits<std::uint64_t>::max(); return;
            case 5: value = std::numeric_limits<std::int64_t>::min(); return;
            case 6: value = 1e308; return;
            case 7: value = -1.5e-308; return;
            case 8: value = byte() * 1e3; return;
            case 9: value = Json::array(); return;
            case 10: value = Json::object(); return;
            case 11: value = Json::array({value, text(), nullptr}); return;
            case 12: value = Json{{text(), value}, {"lost", 3}}; return;
            default: break;
        }
        if (!value.is_structured()) return;
        for (Json& each : value) spoil(each);
    }

private:
    std::string text() {
        std::string out;
        for (std::size_t left = byte() % 32; left > 0; --left) {
            out += static_cast<char>(byte());
        }
        return out;
    }

    const std::uint8_t* data_;
    const std::uint8_t* end_;
};

void check(const Page& page, const Look& look) {
    for (const Line& line : page) {
        for (const Span& span : line.spans()) require(safe(span.text) == span.text);
    }
    const std::string out = printed(page, look);
    require(safe(out).size() >= out.size());
    std::size_t start = 0;
    for (std::size_t end = out.find('\n'); end != std::string::npos; end = out.find('\n', start)) {
        const std::string line = out.substr(start, end - start);
        require(safe(line) == line);
        require(look.width == 0 || width_of(line) <= look.width);
        start = end + 1;
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::setlocale(LC_CTYPE, "C.utf8");
    Spoiler spoiler{data, size};
    Look look{.width = spoiler.byte(), .utf8 = true};
    look.exact = look.width % 2 == 1;
    Json box = status();
    Json rows = exporters();
    Json one = xray();
    for (Json* each : {&box, &rows, &one}) spoiler.spoil(*each);

    check(status_page(box, look), look);
    check(exporters_page(rows, look), look);
    check(exporter_page(one, Fields::shown, look), look);
    check(templates_page(one, Fields::shown, look), look);
    check(templates_page(first_templates(templates_at(one, 0), 1), Fields::shown, look), look);
    check(drops_page(box, Zeros::shown, look), look);
    check(config_page(Json{{"settings", list(rows, {"exporters"})}}, "", false, look), look);
    check(reload_page(Json{{"refused", list(one, {"findings"})}}, look), look);
    check(keeping_page(box, look), look);

    TopModel model{"", false, ""};
    const auto show = [&](Report&& report) {
        report.question = model.question();
        model.take(std::move(report));
        const Page page = top_screen(model, look, 24);
        require(page.size() == 24);
        check(page, look);
    };
    show({.question = {}, .status = box, .exporters = rows, .xray = {}, .failure = {}});
    model.press(Key::enter);
    show({.question = {}, .status = box, .exporters = {}, .xray = one, .failure = {}});
    return 0;
}
