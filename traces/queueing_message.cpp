#include "traces/queueing_message.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

#include "sim/nearest.h"
#include "sim/printable.h"
#include "sim/unit_text.h"
#include "traces/law_message.h"
#include "traces/mmpp_message.h"
#include "traces/number_file.h"

namespace fleetsim {
namespace {

using namespace queueing;

Discipline discipline_of(const std::string& name) {
  static constexpr std::pair<std::string_view, Discipline> names[] = {
      {"FCFS", Discipline::fcfs},
      {"LCFS", Discipline::lcfs},
      {"LCFS_PREEMPTIVE", Discipline::lcfs_preemptive},
      {"PS", Discipline::ps},
      {"SRPT", Discipline::srpt},
      {"PRIORITY", Discipline::priority},
      {"PRIORITY_PREEMPTIVE", Discipline::priority_preemptive}};
  for (const auto& [known, discipline] : names)
    if (known == name) return discipline;
  check(false, "each discipline of the schema is known");
  return {};
}

RouterConfig::Policy policy_of(const std::string& name) {
  using Policy = RouterConfig::Policy;
  static constexpr std::pair<std::string_view, Policy> names[] = {
      {"RANDOM", Policy::random},
      {"ROUND_ROBIN", Policy::round_robin},
      {"PROBABILITIES", Policy::probabilities},
      {"SHORTEST", Policy::shortest},
      {"POWER_OF_D", Policy::power_of_d}};
  for (const auto& [known, policy] : names)
    if (known == name) return policy;
  check(false, "each policy of the schema is known");
  return {};
}

class Reading {
 public:
  Reading(const Node& message, const Provenance& provenance)
      : message_(message),
        provenance_(provenance) {}

  Result<QueueingConfig> config() {
    if (auto bad = collect_names(); !bad) return bad.error();
    for (const Node& node : message_.children("station"))
      if (auto bad = station(node); !bad) return bad.error();
    for (const Node& node : message_.children("router"))
      if (auto bad = router(node); !bad) return bad.error();
    if (auto bad = router_cycles(); !bad) return bad.error();
    for (const Node& node : message_.children("source"))
      if (auto bad = source(node); !bad) return bad.error();
    return std::move(config_);
  }

 private:
  Error error(const std::string& path, const std::string& what) const {
    return provenance_.error(path, what);
  }

  Status collect_names() {
    std::map<std::string, std::string> owner = {{"exit", "the way out"}};
    for (const char* kind : {"source", "station", "router"})
      for (const Node& node : message_.children(kind)) {
        const std::string name = node.text("name");
        const auto [other, fresh] = owner.emplace(name, node.path());
        if (!fresh)
          return error(node.path("name"), "found " + in_quotes(name) + ", which is the name of " +
                                              other->second + " already; expected another name");
      }
    std::uint32_t stations = 0, routers = 0;
    for (const Node& node : message_.children("station"))
      targets_[node.text("name")] = {Target::Kind::station, stations++};
    for (const Node& node : message_.children("router"))
      targets_[node.text("name")] = {Target::Kind::router, routers++};
    targets_["exit"] = {};
    return Done{};
  }

  Result<Target> target(const std::string& path, const std::string& name) const {
    const auto found = targets_.find(name);
    if (found != targets_.end()) return found->second;
    std::vector<std::string> names;
    for (const auto& [known, ignored] : targets_) names.push_back(known);
    return error(path, "found " + in_quotes(name) +
                           "; expected the name of a station or router, or \"exit\"" +
                           did_you_mean(name, names));
  }

  // A law whose values can't all be 0: without that, a run may never leave an instant.
  Result<Law> positive_law(const Node& node, const char* field) const {
    auto law = law_of(node.child(field), "s", provenance_);
    if (law && !(law->mean() > 0))
      return error(node.path(field), "takes no time at all; expected a mean above 0 s");
    return law;
  }

  Status station(const Node& node) {
    const auto service = positive_law(node, "service");
    if (!service) return service.error();
    const auto to = target(node.path("to"), node.text("to"));
    if (!to) return to.error();
    const auto patience = optional_law(node, "patience");
    if (!patience) return patience.error();
    const auto retrial = retrial_of(node);
    if (!retrial) return retrial.error();
    const StationConfig station{
        .name = node.text("name"),
        .copies = whole(node, "copies"),
        .servers = whole(node, "servers"),
        .discipline = discipline_of(node.text("discipline")),
        .service = *service,
        .room = node.has("room") ? std::optional(whole(node, "room")) : std::nullopt,
        .bulk = bulk_of(node),
        .patience = *patience,
        .retrial = *retrial,
        .to = *to};
    if (auto bad = combination(node, station); !bad) return bad;
    config_.stations.push_back(station);
    return Done{};
  }

  static std::uint32_t whole(const Node& node, const char* field) {
    return static_cast<std::uint32_t>(node.count(field));
  }

  Result<std::optional<Law>> optional_law(const Node& node, const char* field) const {
    if (!node.has(field)) return std::optional<Law>();
    const auto law = positive_law(node, field);
    if (!law) return law.error();
    return std::optional<Law>(*law);
  }

  static std::optional<Bulk> bulk_of(const Node& node) {
    if (!node.has("bulk")) return std::nullopt;
    const Node bulk = node.child("bulk");
    return Bulk{whole(bulk, "size"), bulk.text("mode") == "FULL"};
  }

  Result<std::optional<Retrial>> retrial_of(const Node& node) const {
    if (!node.has("retrial")) return std::optional<Retrial>();
    const Node retrial = node.child("retrial");
    const auto delay = positive_law(retrial, "delay");
    if (!delay) return delay.error();
    return std::optional<Retrial>({*delay, retrial.text("policy") == "CONSTANT"});
  }

  Status combination(const Node& node, const StationConfig& station) const {
    const bool line = station.discipline == Discipline::fcfs ||
                      station.discipline == Discipline::lcfs ||
                      station.discipline == Discipline::priority;
    const std::string discipline = node.text("discipline");
    if (station.bulk && station.discipline != Discipline::fcfs)
      return error(node.path("bulk"),
                   "found bulk service with " + discipline + "; expected discipline FCFS");
    if (station.patience && !line)
      return error(node.path("patience"), "found patience with " + discipline +
                                              "; expected FCFS, LCFS or PRIORITY, where waiting "
                                              "customers have not been served yet");
    if (station.patience && station.bulk)
      return error(node.path("patience"), "found patience with bulk; expected one of the two");
    if (station.retrial && !station.room)
      return error(node.path("retrial"),
                   "found a retrial without room; expected room: who always "
                   "finds a place never tries again");
    if (!station.room) return Done{};
    const std::uint32_t servers = station.discipline == Discipline::ps ? 1 : station.servers;
    const std::uint32_t needed = std::max(servers, station.bulk ? station.bulk->size : 1);
    if (*station.room < needed)
      return error(node.path("room"), "found " + std::to_string(*station.room) + "; expected " +
                                          std::to_string(needed) +
                                          " or more, for those in service are in the room too");
    return Done{};
  }

  Status router(const Node& node) {
    const std::string policy = node.text("policy");
    const bool chances = policy == "PROBABILITIES";
    std::vector<Target> targets;
    std::uint64_t candidates = 0;
    const auto names = node.texts("to");
    for (std::size_t i = 0; i < names.size(); ++i) {
      const auto to = target(node.path("to", i), names[i]);
      if (!to) return to.error();
      if (!chances && to->kind != Target::Kind::station)
        return error(node.path("to", i), "found " + in_quotes(names[i]) + "; expected a station: " +
                                             policy + " looks at nothing else");
      if (to->kind == Target::Kind::station) candidates += config_.stations[to->index].copies;
      targets.push_back(*to);
    }
    const std::uint32_t choices = whole(node, "choices");
    if (policy == "POWER_OF_D" && choices > candidates)
      return error(node.path("choices"),
                   "found " + std::to_string(choices) + "; expected at most the " +
                       std::to_string(candidates) + " stations that there are to choose from");
    const RouterConfig router{.name = node.text("name"),
                              .policy = policy_of(policy),
                              .to = std::move(targets),
                              .probability = node.numbers("probability"),
                              .choices = choices};
    if (auto bad = probabilities(node, router); !bad) return bad;
    config_.routers.push_back(router);
    return Done{};
  }

  Status probabilities(const Node& node, const RouterConfig& router) const {
    const auto given = router.probability.size(), needed = router.to.size();
    if (router.policy != RouterConfig::Policy::probabilities) {
      if (given == 0) return Done{};
      return error(node.path("probability", 0), "found a probability with policy " +
                                                    node.text("policy") +
                                                    "; expected policy PROBABILITIES");
    }
    if (given != needed)
      return error(given == 0 ? node.path() : node.path("probability", given - 1),
                   "found " + std::to_string(given) + " probabilities; expected one for each of " +
                       std::to_string(needed) + " targets");
    const double sum = std::accumulate(router.probability.begin(), router.probability.end(), 0.0);
    if (std::abs(sum - 1) > 1e-9)
      return error(node.path("probability", given - 1),
                   "the probabilities sum to " + format_number(sum, 10) + "; expected a sum of 1");
    return Done{};
  }

  // A customer must come to a station sooner or later: routers that only lead to each other are
  // found by striking out, again and again, those that no other router leads to.
  Status router_cycles() const {
    const auto& routers = config_.routers;
    std::vector<std::size_t> leading(routers.size());
    for (const RouterConfig& router : routers)
      for (const Target to : router.to)
        if (to.kind == Target::Kind::router) ++leading[to.index];
    std::vector<std::size_t> free;
    for (std::size_t i = 0; i < routers.size(); ++i)
      if (leading[i] == 0) free.push_back(i);
    for (std::size_t k = 0; k < free.size(); ++k)
      for (const Target to : routers[free[k]].to)
        if (to.kind == Target::Kind::router && --leading[to.index] == 0) free.push_back(to.index);
    for (std::size_t i = 0; i < routers.size(); ++i)
      if (leading[i] > 0)
        return error(message_.path("router", i), "the router " + in_quotes(routers[i].name) +
                                                     " leads back to itself by routers alone; "
                                                     "expected a station on the way");
    return Done{};
  }

  Status source(const Node& node) {
    const auto to = target(node.path("to"), node.text("to"));
    if (!to) return to.error();
    if (to->kind == Target::Kind::exit)
      return error(node.path("to"), "found \"exit\"; expected a station or router");
    const std::string kind = node.chosen("arrivals");
    auto arrivals = kind == "interarrival" ? renewal(node)
                    : kind == "mmpp"       ? mmpp(node.child("mmpp"))
                    : kind == "schedule"   ? schedule(node.child("schedule"))
                                           : population(node.child("population"));
    if (!arrivals) return arrivals.error();
    const auto service = optional_law(node, "service");
    if (!service) return service.error();
    config_.sources.push_back({.name = node.text("name"),
                               .to = *to,
                               .arrivals = *std::move(arrivals),
                               .priority = whole(node, "priority"),
                               .service = *service});
    return Done{};
  }

  using Arrivals = decltype(SourceConfig::arrivals);

  Result<Arrivals> renewal(const Node& node) const {
    const auto law = positive_law(node, "interarrival");
    if (!law) return law.error();
    return Arrivals(Renewal{*law});
  }

  Result<Arrivals> mmpp(const Node& node) const {
    auto read = mmpp_of(node, provenance_);
    if (!read) return read.error();
    return Arrivals(*std::move(read));
  }

  Result<Arrivals> schedule(const Node& node) const {
    if (node.has("at") == node.has("file")) return error(node.path(), "expected either at or file");
    std::vector<double> times;
    if (node.has("file")) {
      const ColumnRequest wanted[] = {{"at", "s", true}};
      auto columns = read_columns(provenance_.beside(node.text("file")), wanted);
      if (!columns) {
        Error bad = error(node.path("file"), columns.error().message);
        bad.kind = columns.error().kind;
        return bad;
      }
      times = std::move((*columns)[0]);
    }
    for (const std::string& text : node.texts("at")) times.push_back(*parse_in(text, "s"));
    Schedule schedule;
    for (std::size_t i = 0; i < times.size(); ++i) {
      if (i > 0 && times[i] < times[i - 1])
        return error(node.has("at") ? node.path("at", i) : node.path("file"),
                     "arrival " + std::to_string(i + 1) + " at " + format_number(times[i], 9) +
                         " s comes before the one listed ahead of it; expected times in order");
      schedule.at.push_back(Instant{} + from_seconds(times[i]));
    }
    return Arrivals(std::move(schedule));
  }

  Result<Arrivals> population(const Node& node) const {
    const auto think = law_of(node.child("think"), "s", provenance_);
    if (!think) return think.error();
    // Whoever is turned away comes back after thinking.
    const auto refuses =
        std::find_if(config_.stations.begin(), config_.stations.end(),
                     [](const StationConfig& s) { return (s.room && !s.retrial) || s.patience; });
    if (!(think->mean() > 0) && refuses != config_.stations.end())
      return error(node.path("think"), "takes no time at all, and station " +
                                           in_quotes(refuses->name) +
                                           " may turn customers away; expected a mean above 0 s");
    return Arrivals(Population{whole(node, "count"), *think});
  }

  const Node& message_;
  const Provenance& provenance_;
  std::map<std::string, Target> targets_;
  QueueingConfig config_;
};

}  // namespace

Result<QueueingConfig> queueing_of(const Node& message, const Provenance& provenance) {
  return Reading(message, provenance).config();
}

}  // namespace fleetsim
