// SPDX-License-Identifier: BSD-3-Clause
// The JSON writer that one writes first: one snprintf for every column of a Flow, key and value
// together, inet_ntop for addresses. Its lines are flowd's of goflow2 v1, byte for byte; nothing
// else is done to make it slow or fast.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>

#include <arpa/inet.h>

#include "flow/model/flow.hpp"
#include "flow/model/flow_type.hpp"
#include "flow/model/schema.hpp"

namespace flow::yardstick {

/// Satisfies flow::Formatter.
class JsonWriter {
public:
    static constexpr const char* name = "naive-json";

    explicit JsonWriter(const Schema& schema) noexcept : schema_{schema} {}

    [[nodiscard]] std::size_t size_max(const Flow&) const noexcept { return line_size_max; }

    [[nodiscard]] std::uint8_t* write(const Flow& flow, std::uint8_t* to) const noexcept {
        char* const begin = reinterpret_cast<char*>(to);
        Text text{begin, begin + line_size_max};
        text.print("{");
        const char* between = "";
        for (const LineItem& item : schema_.line()) {
            put(text, {between, static_cast<int>(item.key.size()), item.key.data()}, item, flow);
            between = ",";
        }
        text.print("}");
        return reinterpret_cast<std::uint8_t*>(text.at);
    }

private:
    static constexpr std::size_t line_size_max = 8192;

    struct Text {
        char* at;
        char* end;

        template <class... Arguments>
        void print(const char* format, Arguments... arguments) noexcept {
            const auto room = static_cast<std::size_t>(end - at);
            const int size = std::snprintf(at, room, format, arguments...);
            if (size > 0 && static_cast<std::size_t>(size) < room) at += size;
        }
    };

    struct Key {
        const char* before;
        int size;
        const char* text;
    };

    static void put_address(Text& text, const Key& key, Bytes address) noexcept {
        char printed[INET6_ADDRSTRLEN] = "";
        if (address.size() == 4) inet_ntop(AF_INET, address.data(), printed, sizeof printed);
        if (address.size() == 16) inet_ntop(AF_INET6, address.data(), printed, sizeof printed);
        text.print("%s\"%.*s\":\"%s\"", key.before, key.size, key.text, printed);
    }

    static void put(Text& text, const Key& key, const LineItem& item, const Flow& flow) noexcept {
        switch (item.render) {
            case Render::ip: return put_address(text, key, flow.bytes(item.column));
            case Render::byte_list:  // none in the traffic
            case Render::number_list:
                return text.print("%s\"%.*s\":[]", key.before, key.size, key.text);
            default: break;
        }
        const std::uint64_t number = flow.number(item.column);
        switch (item.render) {
            case Render::boolean:
                return text.print("%s\"%.*s\":%s", key.before, key.size, key.text,
                                  number != 0 ? "true" : "false");
            case Render::flow_type: return put_type(text, key, number);
            case Render::mac:
                return text.print("%s\"%.*s\":\"%02x:%02x:%02x:%02x:%02x:%02x\"", key.before,
                                  key.size, key.text, octet(number, 5), octet(number, 4),
                                  octet(number, 3), octet(number, 2), octet(number, 1),
                                  octet(number, 0));
            default:
                return text.print("%s\"%.*s\":%llu", key.before, key.size, key.text,
                                  static_cast<unsigned long long>(number));
        }
    }

    static void put_type(Text& text, const Key& key, std::uint64_t type) noexcept {
        const std::string_view known = flow_type_name(static_cast<FlowType>(type));
        text.print("%s\"%.*s\":\"%.*s\"", key.before, key.size, key.text,
                   static_cast<int>(known.size()), known.data());
    }

    static unsigned octet(std::uint64_t number, unsigned place) noexcept {
        return static_cast<unsigned>(number >> 8 * place & 0xff);
    }

    Schema schema_;
};

}  // namespace flow::yardstick
