#include "traces/failures_message.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <set>

#include "sim/printable.h"
#include "traces/law_message.h"
#include "traces/troubles_message.h"
#include "traces/upkeep_message.h"

namespace fleetsim {
namespace {

// How many parts a node has, or a cluster shares.
struct Counts {
  std::uint32_t per_node = 0, shared = 0;
};

// Where the catalogue, or the fleet, tells how many parts of a class there are.
enum class Counted : std::uint8_t {
  nowhere,
  devices,
  ports,
  power_supplies,
  switches,
  node,
  cluster
};

struct PartClass {
  const char* name;       // in the schema
  const char* catalogue;  // its life there; empty: none
  Counted counted;
};

constexpr PartClass classes[] = {
    {"OTHER", "", Counted::nowhere},
    {"GPU", "Gpu", Counted::devices},
    {"HBM", "Hbm", Counted::devices},
    {"NIC", "Nic", Counted::ports},
    {"PSU", "Psu", Counted::power_supplies},
    {"PCIE_SWITCH", "PcieSwitch", Counted::nowhere},
    {"CABLE", "Cable", Counted::ports},
    {"SWITCH", "TorSwitch", Counted::switches},
    {"NODE", "DgxNodeComposite", Counted::node},
    {"HOST", "", Counted::node},
    {"STORAGE", "", Counted::cluster},
    {"SOFTWARE", "", Counted::cluster},
    {"POWER_FEED", "", Counted::cluster},
    {"COOLING", "", Counted::cluster},
    {"REGION", "", Counted::cluster},
};

constexpr std::size_t most_components = 256;
constexpr const char* usual[] = {"GPU", "NIC", "PSU"};  // the parts of the book's node

std::string small_letters(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

const PartClass& class_named(const std::string& name) {
  for (const PartClass& each : classes)
    if (name == each.name) return each;
  check(false, "each class of the schema is known");
  return classes[0];
}

class Reading {
 public:
  Reading(const Node& message, const NamedFleet& fleet, const Zoo& zoo,
          const Provenance& provenance)
      : message_(message),
        fleet_(fleet),
        zoo_(zoo),
        provenance_(provenance) {}

  Result<std::vector<FailurePlan>> plans() {
    FailurePlan common{.detection = from_seconds(message_.in("detection", "s")),
                       .repair = {},
                       .crews = static_cast<std::uint32_t>(message_.count("crews")),
                       .swap = from_seconds(message_.in("swap", "s")),
                       .spare_wear = message_.number("spare_wear")};
    if (message_.has("repair")) {
      const auto law = law_of(message_.child("repair"), "s", provenance_);
      if (!law) return law.error();
      common.repair = *law;
    }
    plans_.assign(fleet_.fleet->plan().clusters.size(), common);
    const std::vector<Node> components = message_.children("component");
    if (components.size() > most_components)
      return error(message_.path("component"), "found " + std::to_string(components.size()) +
                                                   " components; expected at most " +
                                                   std::to_string(most_components));
    for (const Node& node : components)
      if (auto bad = component(node); !bad) return bad.error();
    if (auto bad = add_troubles(message_, fleet_, provenance_, plans_); !bad) return bad.error();
    if (auto bad = add_upkeep(message_, fleet_, provenance_, plans_); !bad) return bad.error();
    for (const Node& node : components)
      if (auto bad = keeps_its_pace(node); !bad) return bad.error();
    const bool troubled =
        message_.has("shock") || message_.has("trace") || message_.has("maintenance");
    if (components.empty() && !troubled)
      for (const char* name : usual)
        if (auto bad = usual_component(class_named(name)); !bad) return bad.error();
    return std::move(plans_);
  }

 private:
  Error error(const std::string& path, const std::string& what) const {
    return provenance_.error(path, what);
  }

  // What goes on by itself while nobody knows is told from what stops or slows a job.
  Status keeps_its_pace(const Node& node) const {
    if (node.text("effect") != "CORRUPT") return Done{};
    const bool slow = std::any_of(plans_.begin(), plans_.end(), slows);
    if (!slow && !message_.has("maintenance")) return Done{};
    return error(node.path("effect"),
                 fmt::format("found CORRUPT beside {}; expected one of the two",
                             slow ? "parts that are SLOW" : "maintenance"));
  }

  Counts counts(Counted counted, std::uint32_t cluster) const {
    const ClusterPlan& plan = fleet_.fleet->plan().clusters[cluster];
    switch (counted) {
      case Counted::nowhere:
        break;
      case Counted::devices:
        return {plan.devices, 0};
      case Counted::ports:
        return {plan.ports, 0};
      case Counted::power_supplies:
        return {static_cast<std::uint32_t>(fleet_.hardware[cluster].psus), 0};
      case Counted::switches:
        return {0, static_cast<std::uint32_t>(fleet_.fleet->fabric({cluster}).parts().switches)};
      case Counted::node:
        return {1, 0};
      case Counted::cluster:
        return {0, 1};
    }
    return {};
  }

  Result<Law> life_of(const PartClass& kind) const {
    const auto row = zoo_.find(**zoo_kind("reliability"), kind.catalogue);
    if (!row) return row.error();
    return Law::exponential((*row)->number("mttf").value_or(0));
  }

  Status usual_component(const PartClass& kind) {
    const Result<Law> life = life_of(kind);
    if (!life) return life.error();
    for (std::uint32_t c = 0; c < plans_.size(); ++c)
      plans_[c].components.push_back({.name = small_letters(kind.name),
                                      .per_node = counts(kind.counted, c).per_node,
                                      .shared = 0,
                                      .life = *life});
    return Done{};
  }

  Result<Law> life(const Node& node, const PartClass& kind) const {
    if (node.has("time_to_failure")) return law_of(node.child("time_to_failure"), "s", provenance_);
    if (*kind.catalogue != '\0') return life_of(kind);
    return error(node.path(), std::string("the catalogue has no life for the class ") + kind.name +
                                  "; expected time_to_failure");
  }

  // A spare that ages at a pace of its own would need a clock of its own.
  Status wears_like_others(const Node& node, const Law& law) const {
    const double wear = message_.number("spare_wear");
    if (wear == 0 || wear == 1 || std::holds_alternative<ExponentialLaw>(law.kind())) return Done{};
    return error(node.path("time_to_failure"),
                 "found the law " + law.name() +
                     " beside a spare_wear between 0 and 1; expected exponential");
  }

  Status component(const Node& node) {
    const PartClass& kind = class_named(node.text("class"));
    const std::string name = node.has("name") ? node.text("name") : small_letters(kind.name);
    if (!names_.insert(name).second)
      return error(node.path(node.has("name") ? "name" : "class"),
                   "found " + in_quotes(name) + " twice; expected another name");
    const Result<Law> law = life(node, kind);
    if (!law) return law.error();
    if (!(law->mean() > 0))
      return error(node.path("time_to_failure"), "parts live for 0 s; expected more");
    const std::string effect = node.text("effect");
    const bool corrupts = effect == "CORRUPT", replaced = effect != "RESTART" && !corrupts;
    const auto slow = slowness_of(node, message_, provenance_);
    if (!slow) return slow.error();
    if (corrupts && node.has("severity"))
      return error(
          node.path("severity"),
          "found beside CORRUPT, which leaves all checkpoints in their places; expected it "
          "with REPLACE or RESTART");
    if (!replaced && !std::holds_alternative<ExponentialLaw>(law->kind()) &&
        !std::holds_alternative<WeibullLaw>(law->kind()))
      return error(node.path("time_to_failure"), "found the law " + law->name() +
                                                     "; expected exponential or weibull for a part "
                                                     "that goes on as old as before (" +
                                                     effect + ")");
    const bool given = node.has("per_node") || node.has("total");
    if (!given && kind.counted == Counted::nowhere)
      return error(node.path(), std::string("the catalogue does not count parts of the class ") +
                                    kind.name + "; expected per_node or total");
    for (std::uint32_t c = 0; c < plans_.size(); ++c) {
      Counts many = given ? Counts{} : counts(kind.counted, c);
      if (node.has("per_node")) many.per_node = static_cast<std::uint32_t>(node.count("per_node"));
      if (node.has("total")) many.shared = static_cast<std::uint32_t>(node.count("total"));
      if (*slow && many.shared > 0)
        return error(node.path("effect"),
                     "found SLOW for parts that a cluster shares; expected parts on nodes");
      ComponentPlan part{.name = name,
                         .per_node = many.per_node,
                         .shared = many.shared,
                         .life = *law,
                         .replaced = replaced,
                         .age = from_seconds(node.in("age", "s")),
                         .slow = *slow,
                         .corrupts = corrupts};
      if (node.has("severity")) part.severity = node.number("severity");
      if (node.has("detection")) part.detection = from_seconds(node.in("detection", "s"));
      plans_[c].components.push_back(std::move(part));
    }
    return wears_like_others(node, *law);
  }

  const Node& message_;
  const NamedFleet& fleet_;
  const Zoo& zoo_;
  const Provenance& provenance_;
  std::set<std::string> names_;
  std::vector<FailurePlan> plans_;
};

}  // namespace

Result<std::vector<FailurePlan>> failures_of(const Node& message, const NamedFleet& fleet,
                                             const Zoo& zoo, const Provenance& provenance) {
  return Reading(message, fleet, zoo, provenance).plans();
}

}  // namespace fleetsim
