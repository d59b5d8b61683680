#include "traces/load_message.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "sim/nearest.h"
#include "sim/printable.h"
#include "sim/unit_text.h"
#include "traces/law_message.h"
#include "traces/node_power_message.h"

namespace fleetsim {
namespace {

using namespace loads;

constexpr double most_arrivals = 1e7;
constexpr Duration longest_forecast = 31 * day;

constexpr std::pair<std::string_view, Policy> policies[] = {
    {"AT_ONCE", Policy::at_once},   {"CLEANEST", Policy::cleanest},
    {"CHEAPEST", Policy::cheapest}, {"THRESHOLD", Policy::threshold},
    {"FORECAST", Policy::forecast}, {"FOLLOW_SUN", Policy::follow_sun},
    {"CAPPED", Policy::capped}};

class Reading {
 public:
  Reading(const Node& scenario, const NamedFleet& fleet, const Sites& sites,
          const Provenance& provenance)
      : scenario_(scenario),
        fleet_(fleet),
        sites_(sites),
        provenance_(provenance),
        horizon_(scenario.child("run").in("horizon", "s")) {}

  Result<ReadLoads> read() {
    out_.config.sites = sites_;
    for (const Node& node : scenario_.children("load"))
      if (auto bad = load(node); !bad) return bad.error();
    look_at_power();
    return std::move(out_);
  }

 private:
  Error error(const std::string& path, const std::string& what) const {
    return provenance_.error(path, what);
  }
  void warn(const std::string& path, const std::string& what) {
    out_.warnings.push_back(path + ": " + what);
  }
  const FleetPlan& plan() const { return fleet_.fleet->plan(); }

  Status load(const Node& node) {
    LoadConfig load{.name = node.text("name")};
    if (!names_.insert(load.name).second)
      return error(node.path("name"),
                   "found " + in_quotes(load.name) + " twice; expected another name");
    for (const auto& [name, policy] : policies)
      if (name == node.text("policy")) load.policy = policy;
    load.pausable = node.flag("pausable");
    load.pause = from_seconds(node.in("pause_time", "s"));
    load.least_gain = node.number("least_gain");
    load.cap_when_over = node.text("when_over") == "CAP";
    if (auto bad = places(node, load); !bad) return bad;
    if (auto bad = times(node, load); !bad) return bad;
    if (auto bad = policy(node, load); !bad) return bad;
    if (auto bad = budgets(node, load); !bad) return bad;
    if (load.pausable && load.places.size() > 1)
      if (auto bad = moves(node, load); !bad) return bad;
    look_for_useless(node, load);
    out_.config.loads.push_back(std::move(load));
    return Done{};
  }

  Status places(const Node& node, LoadConfig& load) {
    const bool by_power = node.has("power");
    if (by_power == node.has("cluster") || by_power != node.has("region"))
      return error(node.path(), "expected either power and one or more regions, or clusters");
    const char* field = by_power ? "region" : "cluster";
    const std::vector<std::string> names = node.texts(field);
    for (std::size_t i = 0; i < names.size(); ++i) {
      if (std::find(names.begin(), names.begin() + static_cast<std::ptrdiff_t>(i), names[i]) !=
          names.begin() + static_cast<std::ptrdiff_t>(i))
        return error(node.path(field, i), "found " + in_quotes(names[i]) + " twice");
      auto place = by_power ? region(node, i, names[i]) : cluster(node, i, names[i]);
      if (!place) return place.error();
      load.places.push_back(*std::move(place));
    }
    return Done{};
  }

  Result<Place> region(const Node& node, std::size_t i, const std::string& name) const {
    const std::vector<std::string>& names = plan().regions;
    const auto found = std::find(names.begin(), names.end(), name);
    if (found == names.end())
      return error(node.path("region", i), "found " + in_quotes(name) +
                                               "; expected the name of a region" +
                                               did_you_mean(name, names));
    Place place{.region = {static_cast<std::uint32_t>(found - names.begin())}};
    place.node.devices = 1;
    place.node.peak = node.in("power", "W");
    return place;
  }

  Result<Place> cluster(const Node& node, std::size_t i, const std::string& name) const {
    const auto found = fleet_.clusters.find(name);
    if (found == fleet_.clusters.end()) {
      std::vector<std::string> names;
      for (const auto& [known, ignored] : fleet_.clusters) names.push_back(known);
      return error(node.path("cluster", i), "found " + in_quotes(name) +
                                                "; expected the name of a cluster" +
                                                did_you_mean(name, names));
    }
    const ClusterPlan& cluster = plan().clusters[found->second.index];
    const std::uint64_t nodes = node.has("nodes") ? node.count("nodes") : cluster.nodes;
    if (nodes > cluster.nodes)
      return error(node.path("nodes"), fmt::format("found {}; cluster {} has {}", nodes,
                                                   in_quotes(name), cluster.nodes));
    return Place{.region = cluster.region,
                 .cluster = found->second,
                 .node = sites_.node(found->second),
                 .nodes = static_cast<double>(nodes),
                 .use = node.number("mfu")};
  }

  Status times(const Node& node, LoadConfig& load) {
    auto needs = law_of(node.child("needs"), "s", provenance_);
    if (!needs) return needs.error();
    if (needs->mean() <= 0)
      return error(node.path("needs"), "found a mean of 0 s; expected time to run");
    load.needs = *std::move(needs);
    load.first = from_seconds(node.in("at", "s"));
    if (node.has("deadline")) load.deadline = from_seconds(node.in("deadline", "s"));
    if (node.has("every")) load.gap = *Law::constant(node.in("every", "s"));
    if (node.has("arrivals")) {
      auto gap = law_of(node.child("arrivals"), "s", provenance_);
      if (!gap) return gap.error();
      load.gap = *std::move(gap);
      load.random_first = true;
    }
    if (load.gap && !(load.gap->mean() * most_arrivals >= horizon_))
      return error(node.path(node.has("every") ? "every" : "arrivals"),
                   fmt::format("found {} on average, which is more than {:.0f} arrivals until the "
                               "horizon; expected more time between them",
                               format_measure(load.gap->mean(), "s"), most_arrivals));
    const bool fixed = std::holds_alternative<ConstantLaw>(load.needs.kind());
    if (fixed && load.deadline && from_seconds(load.needs.mean()) > *load.deadline)
      return error(
          node.path("deadline"),
          fmt::format("found {}; expected at least {}, which the work needs",
                      in_quotes(node.text("deadline")), format_measure(load.needs.mean(), "s")));
    return Done{};
  }

  Status policy(const Node& node, LoadConfig& load) {
    const Policy policy = load.policy;
    const bool defers = policy == Policy::cleanest || policy == Policy::cheapest ||
                        policy == Policy::threshold || policy == Policy::forecast;
    const std::string name = node.text("policy");
    if (defers && !load.deadline)
      return error(
          node.path("policy"),
          "found " + name + " without a deadline; expected one, or it could wait for ever");
    if (policy == Policy::forecast && *load.deadline > longest_forecast)
      return error(node.path("deadline"), "found " + in_quotes(node.text("deadline")) +
                                              "; expected at most 31 days with FORECAST");
    if (policy == Policy::follow_sun && !(load.pausable && load.places.size() > 1))
      return error(node.path("policy"),
                   "found FOLLOW_SUN; expected work that is pausable and has several places");
    if (policy == Policy::threshold) {
      if (node.has("below") == node.has("mean_of"))
        return error(node.path("policy"), "found THRESHOLD; expected either below or mean_of");
      if (node.has("below")) load.threshold.below = node.in("below", "kg/J");
      if (node.has("mean_of")) load.threshold.past = from_seconds(node.in("mean_of", "s"));
    }
    return policy == Policy::capped ? caps(node, load) : Status(Done{});
  }

  static double per_g_kwh() {
    const auto one = parse_in("1 g/kWh", "kg/J");
    check(bool(one), "grams of carbon by kilowatt-hour are known");
    return *one;
  }

  Status caps(const Node& node, LoadConfig& load) {
    if (!node.has("cap_at"))
      return error(node.path("policy"), "found CAPPED without cap_at; expected points of a curve");
    const auto curve = curve_of(node, "cap_at", provenance_);
    if (!curve) return curve.error();
    const NodePower& power = load.places[0].node;
    const double idle = power.device(Activity::idle, 0) / power.peak;
    std::vector<Polyline::Point> points;
    for (const Polyline::Point& point : curve->points()) {
      if (point.y <= idle || point.y > 1)
        return error(node.path("cap_at"),
                     fmt::format("found y {}; expected more than {}, which it draws idle, and at "
                                 "most 1",
                                 point.y, idle));
      points.push_back({point.x * per_g_kwh(), point.y});
    }
    load.caps = *Polyline::make(std::move(points));
    return Done{};
  }

  // What no site ever lets in would wait for ever.
  Status budgets(const Node& node, const LoadConfig& load) const {
    for (const Place& place : load.places) {
      const auto& budget = sites_.site(place.region).facility().budget;
      if (!budget) continue;
      const double watts = place.draw(1).watts;
      if (watts <= *budget || (load.cap_when_over && place.share_within(*budget))) continue;
      return error(
          node.path(node.has("power") ? "power" : "cluster"),
          fmt::format("it draws {}, and the power_budget of region {} is {}; expected it "
                      "to fit",
                      format_measure(watts, "W"), in_quotes(plan().regions[place.region.index]),
                      format_measure(*budget, "W")));
    }
    return Done{};
  }

  // Over the link that joins the two regions; inside of a region at no time and no price.
  Status moves(const Node& node, LoadConfig& load) const {
    const double bytes = node.in("move_size", "B");
    for (const Place& from : load.places)
      for (const Place& to : load.places) {
        load.moves.emplace_back();
        if (from.region == to.region) continue;
        const auto joins = [&](const WideLinkPlan& link) {
          return (link.a == from.region && link.b == to.region) ||
                 (link.b == from.region && link.a == to.region);
        };
        const auto& links = plan().wide_links;
        const auto link = std::find_if(links.begin(), links.end(), joins);
        if (link == links.end())
          return error(node.path(node.has("power") ? "region" : "cluster"),
                       fmt::format("regions {} and {} have no link, over which it could move; "
                                   "expected one",
                                   in_quotes(plan().regions[from.region.index]),
                                   in_quotes(plan().regions[to.region.index])));
        load.moves.back() = {
            .time = bytes > 0 ? link->latency + from_seconds(bytes / link->rate) : Duration{},
            .price = bytes * link->price};
      }
    return Done{};
  }

  bool has_budget(const LoadConfig& load) const {
    return std::any_of(load.places.begin(), load.places.end(), [&](const Place& place) {
      return sites_.site(place.region).facility().budget.has_value();
    });
  }

  // It draws less under the cap of its nodes, but its time is what `needs` says.
  void look_at_caps(const Node& node, const LoadConfig& load) {
    for (std::size_t i = 0; i < load.places.size(); ++i) {
      const NodePower& power = load.places[i].node;
      const double factor = power.time_factor(Activity::compute, load.places[i].use);
      if (factor > 1)
        warn(node.path("cluster", i),
             fmt::format("the cap of its nodes lowers what it draws, not its pace: needs is taken "
                         "as time under the cap, which is {:.3g} times that without",
                         factor));
    }
  }

  // Whether some load may run there with less power than it wants.
  bool squeezes(ClusterId cluster) const {
    return std::any_of(out_.config.loads.begin(), out_.config.loads.end(), [&](const auto& load) {
      const bool there = std::any_of(load.places.begin(), load.places.end(),
                                     [&](const Place& place) { return place.cluster == cluster; });
      return there && (load.policy == Policy::capped || (load.cap_when_over && has_budget(load)));
    });
  }

  // What only jobs of training do with a node, or only a load that is held back.
  void look_at_power() {
    std::uint32_t number = 0;
    for (const Node& region : scenario_.child("fleet").children("region"))
      for (const Node& cluster : region.children("cluster")) {
        const Node power = cluster.child("power");
        const bool squeezed = squeezes({number++});
        const auto say = [&](const char* field, const char* why) {
          if (power.has(field)) warn(cluster.path("power") + "." + field, why);
        };
        say("checkpoint", "has no use: loads compute");
        say("restart", "has no use: loads compute");
        if (squeezed) continue;
        say("slowdown", "has no use without a load that runs with less power than it wants");
        if (power.has("cap")) continue;  // it is above what idles
        say("idle", "has no use without a load that runs with less power than it wants");
        if (power.has("compute") && !power.has("idle")) say("curve", "has no use beside compute");
      }
  }

  void look_for_useless(const Node& node, const LoadConfig& load) {
    const auto unless = [&](const char* field, bool given, bool used, const char* with) {
      if (given && !used) warn(node.path(field), std::string("has no use without ") + with);
    };
    const bool chooses = load.policy != Policy::at_once && load.policy != Policy::capped;
    const bool moves =
        load.pausable && load.places.size() > 1 && chooses && load.policy != Policy::threshold;
    const bool threshold = load.policy == Policy::threshold;
    unless("below", node.has("below"), threshold, "policy THRESHOLD");
    unless("mean_of", node.has("mean_of"), threshold, "policy THRESHOLD");
    unless("cap_at", node.has("cap_at"), load.policy == Policy::capped, "policy CAPPED");
    unless("least_gain", load.least_gain > 0, load.policy == Policy::follow_sun,
           "policy FOLLOW_SUN");
    unless("pause_time", load.pause > Duration{}, load.pausable && chooses,
           "pausable and a policy that pauses");
    unless("move_size", node.in("move_size", "B") > 0, moves,
           "pausable, several places and a policy that moves");
    unless("when_over", load.cap_when_over, has_budget(load), "the power_budget of a site");
    // The optimum that regret is told against may pause and take any place.
    const bool free = chooses || load.deadline;
    unless("pausable", load.pausable, free, "a policy that pauses, or a deadline");
    if (load.places.size() > 1 && !free)
      warn(node.path(node.has("power") ? "region" : "cluster", 1),
           "has no use with policy " + node.text("policy") + ", which takes the first place");
    if (node.has("power") && node.has("nodes")) warn(node.path("nodes"), "has no use beside power");
    if (node.has("power") && node.departs("mfu")) warn(node.path("mfu"), "has no use beside power");
    look_at_caps(node, load);
    const double late = load.needs.mean();
    if (load.deadline && late > seconds(*load.deadline))
      warn(node.path("deadline"), fmt::format("work that needs {} on average will mostly miss it",
                                              format_measure(late, "s")));
  }

  const Node& scenario_;
  const NamedFleet& fleet_;
  const Sites& sites_;
  const Provenance& provenance_;
  double horizon_;  // s
  std::set<std::string> names_;
  ReadLoads out_;
};

}  // namespace

Result<ReadLoads> loads_of(const Node& scenario, const NamedFleet& fleet, const Sites& sites,
                           const Provenance& provenance) {
  return Reading(scenario, fleet, sites, provenance).read();
}

}  // namespace fleetsim
