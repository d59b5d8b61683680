#include "topology/bill.h"

#include <fmt/format.h>

namespace fleetsim {
namespace {

// So many parts of one figure; the first that is not known decides.
void add(Result<double>& sum, std::uint64_t parts, std::optional<double> figure, const char* name,
         const ClusterPlan& cluster) {
  if (!sum || parts == 0) return;
  if (figure)
    sum = *sum + static_cast<double>(parts) * *figure;
  else
    sum = Error{fmt::format("cluster {}: its fabric has no known {}", cluster.name, name)};
}

}  // namespace

Bill bill_of(const Fleet& fleet) {
  Bill bill;
  for (std::uint32_t c = 0; c < fleet.plan().clusters.size(); ++c) {
    const ClusterPlan& cluster = fleet.plan().clusters[c];
    const FabricParts parts = fleet.fabric({c}).parts();
    const std::uint64_t cables = parts.end_cables + parts.trunk_cables;
    bill.switches += parts.switches;
    bill.end_cables += parts.end_cables;
    bill.trunk_cables += parts.trunk_cables;
    bill.transceivers += 2 * cables;
    const PartFigures& figures = cluster.figures;
    add(bill.price, parts.switches, figures.switch_price, "switch_price", cluster);
    add(bill.price, cables, figures.cable_price, "cable_price", cluster);
    add(bill.power, parts.switches, figures.switch_power, "switch_power", cluster);
    add(bill.power, cables, figures.cable_power, "cable_power", cluster);
  }
  bill.wide_links = fleet.plan().wide_links.size();
  return bill;
}

FabricPower fabric_power(const Fleet& fleet, ClusterId cluster) {
  const FabricParts parts = fleet.fabric(cluster).parts();
  const PartFigures& figures = fleet.plan().clusters[cluster.index].figures;
  const auto switches = static_cast<double>(parts.switches);
  const auto cables = static_cast<double>(parts.end_cables + parts.trunk_cables);
  return {.watts = switches * figures.switch_power.value_or(0) +
                   cables * figures.cable_power.value_or(0),
          .switches_known = switches == 0 || figures.switch_power.has_value(),
          .cables_known = cables == 0 || figures.cable_power.has_value()};
}

}  // namespace fleetsim
