#include "traces/troubles_message.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <set>

#include "sim/printable.h"
#include "traces/number_file.h"

namespace fleetsim {
namespace {

constexpr double day = 86400;

class Reading {
 public:
  Reading(const Node& message, const NamedFleet& fleet, const Provenance& provenance,
          std::vector<FailurePlan>& plans)
      : message_(message),
        fleet_(fleet),
        provenance_(provenance),
        plans_(plans) {}

  Status read() {
    if (auto bad = shocks(); !bad) return bad;
    lemons();
    for (const Node& node : message_.children("scripted"))
      if (auto bad = scripted(node); !bad) return bad;
    if (message_.has("trace"))
      if (auto bad = trace(); !bad) return bad;
    for (FailurePlan& plan : plans_)
      std::stable_sort(plan.script.begin(), plan.script.end(),
                       [](const Fault& a, const Fault& b) { return a.at < b.at; });
    return Done{};
  }

 private:
  Error error(const std::string& path, const std::string& what) const {
    return provenance_.error(path, what);
  }
  const ClusterPlan& cluster(std::size_t c) const { return fleet_.fleet->plan().clusters[c]; }
  std::uint32_t nodes(std::size_t c) const { return cluster(c).nodes + cluster(c).spares; }

  Status shocks() {
    std::set<std::string> names;
    for (const FailurePlan& plan : plans_)
      for (const std::string& cause : causes(plan)) names.insert(cause);
    for (const Node& node : message_.children("shock")) {
      if (!names.insert(node.text("name")).second)
        return error(node.path("name"),
                     "found " + in_quotes(node.text("name")) + " twice; expected another name");
      if (node.text("effect") == "SLOW")
        return error(node.path("effect"), "found SLOW; expected REPLACE or RESTART");
      if (node.text("effect") == "CORRUPT")
        return error(node.path("effect"),
                     "found CORRUPT; expected REPLACE or RESTART, for shocks are not silent");
      Shock shock{.name = node.text("name"),
                  .nodes = static_cast<std::uint32_t>(node.count("nodes")),
                  .mean = from_seconds(node.in("time_to_failure", "s")),
                  .hits = node.number("hits"),
                  .replaced = node.text("effect") == "REPLACE"};
      if (node.has("severity")) shock.severity = node.number("severity");
      for (FailurePlan& plan : plans_) plan.shocks.push_back(shock);
    }
    return Done{};
  }

  void lemons() {
    if (!message_.has("lemons")) return;
    const Node node = message_.child("lemons");
    const double share = node.in("share", "1"), factor = node.number("factor");
    for (std::size_t c = 0; c < plans_.size() && factor != 1; ++c) {
      const auto count = static_cast<std::uint32_t>(std::lround(share * nodes(c)));
      if (count > 0) plans_[c].lemons = {count, nodes(c), factor};
    }
  }

  Status scripted(const Node& node) {
    const std::string what = node.text("what");
    const std::string name = what.substr(0, what.find('/'));
    const auto found = cluster_named(name, node.path("what"), fleet_, provenance_,
                                     "a cluster, or CLUSTER/node/NUMBER");
    if (!found) return found.error();
    Fault fault{.at = from_seconds(node.in("at", "s"))};
    if (node.has("for")) fault.outage = from_seconds(node.in("for", "s"));
    const std::uint32_t c = found->index;
    if (name.size() < what.size()) {
      const std::string middle = "/node/", rest = what.substr(name.size());
      const char* end = rest.data() + rest.size();
      const bool shaped = rest.starts_with(middle);
      const auto number =
          std::from_chars(rest.data() + (shaped ? middle.size() : 0), end, fault.node.index);
      if (!shaped || number.ec != std::errc{} || number.ptr != end || fault.node.index >= nodes(c))
        return error(node.path("what"),
                     fmt::format("found {}; expected {}/node/NUMBER with a number below {}",
                                 in_quotes(what), name, nodes(c)));
    }
    plans_[c].script.push_back(fault);
    return Done{};
  }

  Status trace() {
    const ColumnRequest requests[] = {
        {"node", "1"}, {"fault_start_day", "1"}, {"fault_end_day", "1"}};
    const std::string path = message_.path("trace");
    const auto columns = read_columns(provenance_.beside(message_.text("trace")), requests);
    if (!columns) {
      Error bad = error(path, columns.error().message);
      bad.kind = columns.error().kind;
      return bad;
    }
    const auto &who = (*columns)[0], &begin = (*columns)[1], &end = (*columns)[2];
    for (std::size_t i = 0; i < who.size(); ++i) {
      const auto fault = [&](const std::string& what) {
        return error(path, fmt::format("fault {}: {}", i + 1, what));
      };
      if (end[i] < begin[i])
        return fault(fmt::format("ends on day {} before it starts on day {}; expected a later end",
                                 end[i], begin[i]));
      if (who[i] != std::floor(who[i]))
        return fault(fmt::format("found the node {}; expected a whole number", who[i]));
      for (std::size_t c = 0; c < plans_.size(); ++c) {
        if (who[i] >= nodes(c))
          return fault(fmt::format("found the node {}; expected a number below {}, the nodes of {}",
                                   who[i], nodes(c), in_quotes(cluster(c).name)));
        plans_[c].script.push_back({.at = from_seconds(begin[i] * day),
                                    .node = {static_cast<std::uint32_t>(who[i])},
                                    .outage = from_seconds((end[i] - begin[i]) * day)});
      }
    }
    return Done{};
  }

  const Node& message_;
  const NamedFleet& fleet_;
  const Provenance& provenance_;
  std::vector<FailurePlan>& plans_;
};

}  // namespace

Status add_troubles(const Node& message, const NamedFleet& fleet, const Provenance& provenance,
                    std::vector<FailurePlan>& plans) {
  return Reading(message, fleet, provenance, plans).read();
}

}  // namespace fleetsim
