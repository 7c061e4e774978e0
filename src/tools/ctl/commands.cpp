// SPDX-License-Identifier: BSD-3-Clause
// In the order in which --help lists them.
#include "tools/ctl/commands.hpp"

#include <algorithm>
#include <array>

namespace flowd::ctl {

namespace {

constexpr std::array<Command, 13> table{
    Command{
        "status", "", 0, 0, "health, the ledger, rates, workers, transports, problems",
        "The box at one glance: is it collecting, what should be looked at, what comes and goes "
        "per second, and where every datagram and every flow is: the sums of the ledger add up, "
        "or flowd is wrong. Ends with 1 when flowd is failing or a sum does not."},
    {"top", "", 0, 0, "exporters live, with keys as in htop",
     "Exporters with their rates and losses, refreshed every second. F1 or h lists the keys. With "
     "-b it prints for scripts instead, as top does: -n times, every -d seconds."},
    {"exporters", "", 0, 0, "a table of exporters",
     "Who sends, how much, what is lost on the way to flowd and in it, and the first thing that is "
     "wrong. 50 rows, unless --limit or --all says otherwise."},
    {"exporter", "ADDRESS[:PORT] | other", 1, 1,
     "the X-ray of one exporter: what is wrong, and why",
     "A diagnosis in sentences, then what it rests on: domains, sampling and where it comes from, "
     "sequence numbers, clock, timeouts, sizes, templates. other is what has no row of its own: "
     "datagrams that flowd cannot understand, and exporters that it has forgotten."},
    {"templates", "[ADDRESS[:PORT]]", 0, 1, "templates, of all exporters or of one",
     "When they were announced, how often, whether they changed and whether data uses them. "
     "--fields adds what they are made of."},
    {"drops", "", 0, 0, "every drop by its name, and what the name means",
     "What flowd dropped since its start, and what was lost before it by sequence numbers. --all "
     "lists the names with nothing to count, too; --fail ends with 1 if anything was dropped."},
    {"config", "[KEY]", 0, 1, "the settings in force",
     "All of them, or those whose keys contain KEY; marked where they differ from the default. "
     "Ends with 5 where no key does."},
    {"health", "", 0, 0, "is it collecting? For scripts",
     "One line; ends with 0 when flowd is collecting and with 1 when it is starting, draining or "
     "failing."},
    {"reload", "", 0, 0, "reads the configuration again",
     "Lists what has changed and what cannot change while it runs; ends with 1 when there is "
     "such."},
    {"log", "[LEVEL]", 0, 1, "shows the level of the log, or sets it",
     "LEVEL is trace, debug, info, warn (or warning), error or fatal (or panic). Without one, it "
     "says which it is; a level holds until the next reload or start."},
    {"capture", "ADDRESS[:PORT] | --keep ... | --stop | --show", 0, 1,
     "the last datagrams of an exporter, as pcapng",
     "Writes what the exporter sent in the last --seconds to --out. Where nothing is being kept, "
     "it waits for that long. --keep has flowd keep the datagrams of all exporters from now on, so "
     "that a capture looks back; --stop ends that; --show says what is kept."},
    {"help", "[COMMAND]", 0, 1, "the commands, or all about one", ""},
    {"version", "", 0, 0, "the version of flowctl, and of the flowd that answers", ""},
};

constexpr std::array<SortKey, 10> keys{
    SortKey{"address", "address", 'A', false}, {"flows", "flows/s", 'P', true},
    {"datagrams", "datagrams/s", 'D', true},   {"bytes", "bytes/s", 'B', true},
    {"lost", "lost upstream/s", 'L', true},    {"dropped", "dropped/s", 'X', true},
    {"last_seen", "last seen", 'S', true},     {"findings", "findings, the worst first", 'W', true},
    {"protocols", "protocol", 'O', false},     {"sampling", "sampling", 'M', true},
};

}  // namespace

std::span<const Command> commands() noexcept { return table; }

const Command* find_command(std::string_view name) noexcept {
    const auto found = std::find_if(table.begin(), table.end(),
                                    [name](const Command& each) { return each.name == name; });
    return found == table.end() ? nullptr : &*found;
}

std::span<const SortKey> sort_keys() noexcept { return keys; }

}  // namespace flowd::ctl
