#include "traces/client_message.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "sim/nearest.h"
#include "sim/printable.h"
#include "traces/client_terms.h"
#include "traces/law_message.h"
#include "traces/mmpp_message.h"
#include "traces/requests/open_requests.h"
#include "traces/requests/synth_requests.h"

namespace fleetsim {
namespace {

using namespace serving;

// Least delay from a region to each other one over the wide links; none where no link leads there.
std::vector<std::optional<Duration>> delays_from(RegionId from, const FleetPlan& plan) {
  std::vector<std::optional<Duration>> out(plan.regions.size());
  out[from.index] = Duration{};
  for (std::size_t round = 0; round < plan.regions.size(); ++round)
    for (const WideLinkPlan& link : plan.wide_links)
      for (const auto& [a, b] : {std::pair{link.a, link.b}, std::pair{link.b, link.a}})
        if (const auto& there = out[a.index];
            there && (!out[b.index] || *there + link.latency < *out[b.index]))
          out[b.index] = *there + link.latency;
  return out;
}

class Reading {
 public:
  Reading(const Node& node, const NamedFleet& fleet, const Provenance& provenance,
          std::vector<std::string>& warnings)
      : node_(node),
        fleet_(fleet),
        provenance_(provenance),
        warnings_(warnings) {}

  Result<ClientConfig> read(const std::vector<RegionId>& regions) {
    ClientConfig out;
    if (auto bad = distances(regions, out); !bad) return bad.error();
    if (auto bad = arrivals(out); !bad) return bad.error();
    if (auto bad = lengths(out); !bad) return bad.error();
    if (auto bad = terms_of(node_, provenance_, out); !bad) return bad.error();
    out.priority = static_cast<std::uint32_t>(node_.count("priority"));
    if (node_.has("timeout")) out.timeout = *Law::constant(node_.in("timeout", "s"));
    if (node_.has("patience")) {
      const auto law = law_of(node_.child("patience"), "s", provenance_);
      if (!law) return law.error();
      out.patience = *law;
    }
    return out;
  }

 private:
  Error error(const std::string& path, const std::string& what) const {
    return provenance_.error(path, what);
  }

  Status distances(const std::vector<RegionId>& regions, ClientConfig& out) const {
    const FleetPlan& plan = fleet_.fleet->plan();
    RegionId home = regions.front();
    if (node_.has("region")) {
      const std::string name = node_.text("region");
      const auto found = std::find(plan.regions.begin(), plan.regions.end(), name);
      if (found == plan.regions.end())
        return error(node_.path("region"), "found " + in_quotes(name) +
                                               "; expected the name of a region" +
                                               did_you_mean(name, plan.regions));
      home = {static_cast<std::uint32_t>(found - plan.regions.begin())};
    }
    out.name = node_.has("name") ? node_.text("name") : plan.regions[home.index];
    const auto delays = delays_from(home, plan);
    for (const RegionId region : regions) {
      if (!delays[region.index])
        return error(node_.path("region"),
                     fmt::format("no link leads from {} to {}; expected one in fleet.link",
                                 in_quotes(plan.regions[home.index]),
                                 in_quotes(plan.regions[region.index])));
      out.delay.push_back(*delays[region.index]);
    }
    return Done{};
  }

  Status arrivals(ClientConfig& out) const {
    const bool replays = node_.has("trace") || node_.has("stand_in");
    if (node_.child("sessions").has("users")) return users(replays, out);
    if (node_.has("arrivals") == replays)
      return error(node_.path(), "expected either arrivals or trace");
    if (replays) return replay(out);
    const char* field = node_.has("rate_scale") ? "rate_scale" : "poisson";
    if (node_.has("rate_scale") || node_.flag("poisson"))
      return error(node_.path(field), "found without a trace; expected it beside one");
    const Node node = node_.child("arrivals");
    const std::string kind = node.chosen("law");
    if (kind == "poisson") {
      const auto law = Law::exponential(1 / node.child("poisson").in("rate", "1/s"));
      if (!law) return error(node.path("poisson"), law.error().message);
      out.arrivals = queueing::Renewal{*law};
    } else if (kind == "interarrival") {
      const auto law = law_of(node.child("interarrival"), "s", provenance_);
      if (!law) return law.error();
      if (law->mean() <= 0)
        return error(node.path("interarrival"), "all gaps are 0; expected a mean above 0 s");
      out.arrivals = queueing::Renewal{*law};
    } else {
      auto mmpp = mmpp_of(node.child("mmpp"), provenance_);
      if (!mmpp) return mmpp.error();
      out.arrivals = *std::move(mmpp);
    }
    return Done{};
  }

  Status users(bool replays, ClientConfig& out) const {
    const Node sessions = node_.child("sessions");
    if (replays || node_.has("arrivals"))
      return error(sessions.path("users"),
                   "found beside arrivals or a trace; expected only one of them");
    out.arrivals = Users{static_cast<std::uint32_t>(sessions.count("users"))};
    return Done{};
  }

  Result<RequestTrace> requests() const {
    std::string looked;
    if (node_.has("trace"))
      for (const std::string& path : provenance_.shared_places(node_.text("trace"))) {
        if (std::filesystem::exists(path)) return requests::load_requests(path);
        looked += (looked.empty() ? "" : " and as ") + printable(path, 500);
      }
    if (!node_.has("stand_in")) return missing(looked);
    const std::string name = node_.text("stand_in");
    if (!looked.empty())
      warnings_.push_back(fmt::format("{}: {} is not there; its stand-in {} is replayed",
                                      node_.path("trace"), looked, in_quotes(name)));
    return requests::load_twin(name);
  }

  static Error missing(const std::string& looked) {
    const bool told = std::getenv("FLEETSIM_TRACES") != nullptr;
    return {.message = fmt::format("found no file, looked for as {}; expected one there{}, or a "
                                   "stand_in",
                                   looked,
                                   told ? " ($FLEETSIM_TRACES is looked through too)"
                                        : ", or in the folder that $FLEETSIM_TRACES names, which "
                                          "is not set"),
            .kind = Error::Kind::environment};
  }

  Status replay(ClientConfig& out) const {
    auto trace = requests();
    if (!trace) {
      Error bad =
          error(node_.path(node_.has("trace") ? "trace" : "stand_in"), trace.error().message);
      bad.kind = trace.error().kind;
      return bad;
    }
    if (trace->size() == 0)
      return error(node_.path("trace"), "holds no request; expected one at least");
    Replay replay{.trace = std::make_shared<const RequestTrace>(*std::move(trace)),
                  .poisson = node_.flag("poisson")};
    if (node_.has("rate_scale")) {
      replay.speed = node_.number("rate_scale");
      replay.repeats = true;
    }
    out.arrivals = std::move(replay);
    return Done{};
  }

  Status lengths(ClientConfig& out) const {
    const bool told = std::holds_alternative<Replay>(out.arrivals);
    for (const auto& [field, law] :
         {std::pair{"prompt", &out.prompt}, std::pair{"output", &out.output}}) {
      if (told && node_.has(field))
        return error(node_.path(field), "found beside a trace, which tells it; expected only one");
      if (told) continue;
      if (!node_.has(field))
        return error(node_.path(field), "not given; expected how many tokens requests have");
      const auto read = law_of(node_.child(field), "token", provenance_);
      if (!read) return read.error();
      *law = *read;
    }
    return Done{};
  }

  const Node& node_;
  const NamedFleet& fleet_;
  const Provenance& provenance_;
  std::vector<std::string>& warnings_;
};

}  // namespace

Result<ClientConfig> client_of(const Node& message, const NamedFleet& fleet,
                               const std::vector<RegionId>& regions, const Provenance& provenance,
                               std::vector<std::string>& warnings) {
  return Reading(message, fleet, provenance, warnings).read(regions);
}

}  // namespace fleetsim
