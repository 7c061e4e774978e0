// SPDX-License-Identifier: BSD-3-Clause
// Who is asked in which area, and by which labels they are told apart.
#include "http/metrics/page.hpp"

#include "http/metrics/budget.hpp"
#include "http/metrics/exposition.hpp"
#include "http/metrics/goflow2.hpp"
#include "http/metrics/tables.hpp"

namespace flowd {

namespace metrics {

namespace {

SubjectLabels labels_of(const ExporterView& exporter) {
    SubjectLabels labels{{"exporter", exporter_name(exporter.address)}};
    if (exporter.port != 0) labels.push_back("port", std::to_string(exporter.port));
    return labels;
}

SubjectLabels labels_of(const ShownDomain& shown) {
    SubjectLabels labels = labels_of(*shown.exporter);
    const bool others = shown.others;
    labels.push_back("domain", others ? "other" : std::to_string(shown.domain.id));
    labels.push_back("protocol", std::string{protocol_label(shown.domain.version)});
    return labels;
}

void read_exporters(const Shown& shown, const MetricsSettings& settings, Samples& out) {
    std::vector<Subject<ExporterView>> subjects;
    subjects.reserve(shown.exporters.size() + 1);
    for (const ExporterView* each : shown.exporters) subjects.push_back({labels_of(*each), each});
    subjects.push_back({{{"exporter", "other"}}, &shown.other});
    read_rows(exporter_rows(), subjects, out);

    const std::vector<ShownDomain> domains =
        choose_domains(shown.exporters, settings.exporters_max);
    std::vector<Subject<ShownDomain>> of_domains;
    of_domains.reserve(domains.size());
    for (const ShownDomain& each : domains) of_domains.push_back({labels_of(each), &each});
    read_rows(domain_rows(), of_domains, out);
}

void read_workers(const Observation& observation, Samples& out) {
    std::vector<Subject<RxView>> workers;
    for (std::size_t i = 0; i < observation.rx.size(); ++i) {
        workers.push_back({{{"worker", std::to_string(i)}}, &observation.rx[i]});
    }
    read_rows(rx_rows(), workers, out);
}

void read_transports(const Observation& observation, Samples& out) {
    std::vector<Subject<TransportView>> transports;
    std::vector<Subject<RingView>> rings;
    for (const TransportView& each : observation.transports) {
        transports.push_back({{{"transport", each.name}}, &each});
        for (const RingView& ring : each.rings) {
            rings.push_back(
                {{{"transport", each.name}, {"worker", std::to_string(ring.rx)}}, &ring});
        }
    }
    read_rows(transport_rows(), transports, out);
    read_rows(kafka_rows(), transports, out);
    read_rows(ring_rows(), rings, out);
}

void read_hardware(const Observation& observation, Samples& out) {
    std::vector<Subject<PortView>> ports;
    for (const PortView& each : observation.ports) {
        ports.push_back({{{"port", each.name}}, &each});
    }
    read_rows(port_rows(), ports, out);
    std::vector<Subject<MempoolView>> pools;
    for (const MempoolView& each : observation.mempools) {
        pools.push_back({{{"mempool", each.name}}, &each});
    }
    read_rows(mempool_rows(), pools, out);
}

void read_all(const Observation& observation, const ProcessView& process,
              const MetricsSettings& settings, Samples& out) {
    read_rows(box_rows(), {Subject<Observation>{{}, &observation}}, out);
    read_workers(observation, out);
    read_transports(observation, out);
    read_hardware(observation, out);
    read_rows(process_rows(), {Subject<ProcessView>{{}, &process}}, out);
    const Shown shown = choose(observation, settings.exporters_max);
    read_exporters(shown, settings, out);
    if (settings.goflow2) {
        read_goflow2(observation, shown, settings.exporters_max, out);
    }
}

template <class Source>
Area area_of(std::string_view name, std::span<const Row<Source>> rows) {
    Area area{name, {}};
    for (const Row<Source>& each : rows) area.metrics.push_back(each.metric);
    return area;
}

}  // namespace

std::vector<prometheus::MetricFamily> Collector::Collect() const {
    FamilySamples families;
    read_all(observation_, process_, settings_, families);
    return families.take();
}

std::vector<Area> declared_metrics() {
    return {area_of("The box", box_rows()),          area_of("RX workers", rx_rows()),
            area_of("Transports", transport_rows()), area_of("Kafka", kafka_rows()),
            area_of("Rings", ring_rows()),           area_of("Ports", port_rows()),
            area_of("Mempools", mempool_rows()),     area_of("The process", process_rows()),
            area_of("Exporters", exporter_rows()),   area_of("Domains", domain_rows())};
}

}  // namespace metrics

std::string metrics_page(const Observation& observation, const ProcessView& process,
                         const MetricsSettings& settings) {
    std::string page;
    metrics::TextSamples text{page};
    metrics::read_all(observation, process, settings, text);
    return page;
}

std::string metrics_page(const Observation& observation, const MetricsSettings& settings) {
    return metrics_page(observation, read_process(), settings);
}

}  // namespace flowd
