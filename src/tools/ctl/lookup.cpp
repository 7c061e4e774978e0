// SPDX-License-Identifier: BSD-3-Clause
// flowd tells exporters apart by address, or by address and port (templates.key).
#include "tools/ctl/lookup.hpp"

#include <algorithm>
#include <vector>

#include "tools/ctl/numbers.hpp"
#include "tools/ctl/parts.hpp"
#include "tools/ctl/targets.hpp"

namespace flowd::ctl {

namespace {

constexpr std::int64_t rows_most = 10'000;
constexpr std::size_t names_most = 10;

std::string name_of(const Exporter& exporter) {
    return address_text(Json{{"address", exporter.address}, {"port", exporter.port}}, "address");
}

/// All exporters of an address; the search of the API finds 10.0.0.10 for 10.0.0.1 as well.
std::vector<std::string> names_at(Session& session, const std::string& address) {
    const Reply reply = session.get(exporters_target("address", false, address, rows_most));
    std::vector<std::string> names;
    for (const Json& each : list(reply.json, {"exporters"})) {
        if (text(each, {"address"}) == address) names.push_back(address_text(each, "address"));
    }
    return names;
}

std::string listed(const std::vector<std::string>& names) {
    std::string out;
    for (std::size_t i = 0; i < std::min(names.size(), names_most); ++i) {
        out += (i == 0 ? "" : ", ") + names[i];
    }
    if (names.size() > names_most) out += " and " + grouped(names.size() - names_most) + " more";
    return out;
}

std::string unknown_sentence(const Exporter& asked) {
    return "no exporter " + name_of(asked) +
           " is known: flowd has decoded nothing from it, or has forgotten it for others. What "
           "flowd cannot understand, such as another protocol on this port, is counted as other: "
           "see flowctl exporter other; flowd's -capture.errors keeps it";
}

/// Of a port that is not known: `found` is another exporter of its address.
std::string other_port_sentence(Session& session, const Exporter& asked, const Json& found) {
    const std::string address = text(found, {"address"});
    if (count(found, {"port"}) == 0) {
        return "exporters are told apart by address only (templates.key): flowctl " +
               session.options().command + ' ' + address;
    }
    return "no exporter " + name_of(asked) + " is known; of this address there are " +
           listed(names_at(session, address));
}

}  // namespace

Reply find_exporter(Session& session, const Exporter& asked) {
    Reply reply = session.get(exporter_target(asked));
    if (!is_unknown_exporter(reply)) return reply;
    reply.sentence = unknown_sentence(asked);
    if (asked.port == 0) return reply;
    const Reply alone = session.get(exporter_target({asked.address, 0}));
    if (alone.status == Status::fine) {
        reply.sentence = other_port_sentence(session, asked, at(alone.json, {"exporter"}));
    }
    return reply;
}

std::string others_of_address(Session& session, const Exporter& asked, const Json& xray) {
    const Json& shown = at(xray, {"exporter"});
    if (asked.port != 0 || count(shown, {"port"}) == 0) return {};
    const std::string name = address_text(shown, "address");
    std::vector<std::string> names = names_at(session, text(shown, {"address"}));
    names.erase(std::remove(names.begin(), names.end(), name), names.end());
    if (names.empty()) return {};
    return "shown is " + name + "; of this address there are also " + listed(names);
}

}  // namespace flowd::ctl
