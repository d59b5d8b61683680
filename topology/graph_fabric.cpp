#include "topology/graph_fabric.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cstdlib>
#include <limits>
#include <map>
#include <numeric>

#include "sim/printable.h"

namespace fleetsim {
namespace {

constexpr std::size_t most_switches = 2000, most_trunks = 200'000;  // hops are counted from each
constexpr std::uint32_t most_switches_cut = 24;
constexpr std::uint32_t none = UINT32_MAX;
constexpr std::string_view end_prefix = "node/";

// Numbers what the plan names, and holds it against the rules.
class Reading {
 public:
  explicit Reading(const FabricShape& shape) : shape_(shape), plan_(*shape.graph) {
    wiring_.switch_of.assign(shape.ends, none);
  }

  Result<GraphFabric::Wiring> wiring() {
    for (const GraphPlan::Cable& cable : plan_.cables)
      if (const Status fine = add(cable); !fine) return fine.error();
    for (std::uint32_t end = 0; end < shape_.ends; ++end)
      if (wiring_.switch_of[end] == none)
        return error(0, fmt::format("node/{} has no cable; {}", end, rule_of_ends()));
    if (const Status fine = connected(); !fine) return fine.error();
    return std::move(wiring_);
  }

 private:
  // An end, or else a switch.
  struct Vertex {
    bool is_end = false;
    std::uint32_t number = 0;
  };

  Error error(std::size_t line, const std::string& what) const {
    const std::string file = printable(plan_.file, 500);
    if (file.empty()) return {"graph: " + what};
    return {line > 0 ? fmt::format("{}:{}: {}", file, line, what) : file + ": " + what};
  }

  std::string rule_of_ends() const {
    return fmt::format("each of the ends node/0 to node/{} has exactly one, to a switch",
                       shape_.ends - 1);
  }

  Status add(const GraphPlan::Cable& cable) {
    if (cable.a == cable.b)
      return error(cable.line, "a cable from " + in_quotes(cable.a) +
                                   " to itself; expected two different vertices");
    if (cable.count < 1 || cable.count > shape_.radix)
      return error(cable.line, fmt::format("{} cables; expected 1 to {}, the radix of a switch",
                                           cable.count, shape_.radix));
    const Result<Vertex> a = vertex(cable.a, cable.line), b = vertex(cable.b, cable.line);
    if (!a) return a.error();
    if (!b) return b.error();
    if (a->is_end && b->is_end)
      return error(cable.line,
                   fmt::format("a cable from {} to {}; {}", cable.a, cable.b, rule_of_ends()));
    for (const auto& [one, other] : {std::pair(*a, *b), std::pair(*b, *a)}) {
      const Status fine =
          one.is_end ? add_end(one.number, other.number, cable) : use_ports(one.number, cable);
      if (!fine) return fine;
    }
    if (!a->is_end && !b->is_end) return add_trunk(a->number, b->number, cable);
    return Done{};
  }

  Result<Vertex> vertex(const std::string& name, std::size_t line) {
    if (!name.starts_with(end_prefix)) {
      const auto fresh = static_cast<std::uint32_t>(wiring_.switches.size());
      const auto [known, added] = switches_.emplace(name, fresh);
      if (added) wiring_.switches.push_back(name), ports_.push_back(0);
      if (added && fresh == most_switches)
        return error(line, fmt::format("more than {} switches", most_switches));
      return Vertex{false, known->second};
    }
    const std::string digits = name.substr(end_prefix.size());
    const auto number = std::strtoull(digits.c_str(), nullptr, 10);
    if (std::to_string(number) == digits && number < shape_.ends)
      return Vertex{true, static_cast<std::uint32_t>(number)};
    return error(line, fmt::format("{} is no end of the cluster; expected node/0 to node/{}",
                                   in_quotes(name), shape_.ends - 1));
  }

  Status add_end(std::uint32_t end, std::uint32_t to, const GraphPlan::Cable& cable) {
    if (wiring_.switch_of[end] != none || cable.count > 1)
      return error(cable.line,
                   fmt::format("node/{} has more cables than one; {}", end, rule_of_ends()));
    wiring_.switch_of[end] = to;
    return Done{};
  }

  Status use_ports(std::uint32_t at, const GraphPlan::Cable& cable) {
    ports_[at] += static_cast<std::uint64_t>(cable.count);
    if (ports_[at] <= shape_.radix) return Done{};
    return error(cable.line,
                 fmt::format("{} has {} cables; expected at most its radix, {}",
                             in_quotes(wiring_.switches[at]), ports_[at], shape_.radix));
  }

  Status add_trunk(std::uint32_t a, std::uint32_t b, const GraphPlan::Cable& cable) {
    const auto [known, added] = lines_.emplace(std::minmax(a, b), cable.line);
    if (!added)
      return error(cable.line,
                   fmt::format("{} and {} are joined in line {} already; several cables side by "
                               "side are a number in the column cables",
                               in_quotes(cable.a), in_quotes(cable.b), known->second));
    if (wiring_.trunks.size() == most_trunks)
      return error(cable.line, fmt::format("more than {} pairs of switches joined", most_trunks));
    wiring_.trunks.push_back({a, b, static_cast<std::uint32_t>(cable.count), cables_});
    cables_ += static_cast<std::uint32_t>(cable.count);
    return Done{};
  }

  // By merging what a cable joins.
  Status connected() const {
    std::vector<std::uint32_t> parent(wiring_.switches.size());
    std::iota(parent.begin(), parent.end(), 0u);
    const auto root = [&](std::uint32_t at) {
      while (parent[at] != at) at = parent[at] = parent[parent[at]];
      return at;
    };
    for (const GraphFabric::Trunk& trunk : wiring_.trunks) parent[root(trunk.a)] = root(trunk.b);
    for (std::uint32_t at = 1; at < parent.size(); ++at)
      if (root(at) != root(0))
        return error(0,
                     fmt::format("no way leads from {} to {}; expected a connected graph",
                                 in_quotes(wiring_.switches[0]), in_quotes(wiring_.switches[at])));
    return Done{};
  }

  const FabricShape& shape_;
  const GraphPlan& plan_;
  GraphFabric::Wiring wiring_;
  std::map<std::string, std::uint32_t> switches_;
  std::map<std::pair<std::uint32_t, std::uint32_t>, std::size_t> lines_;  // of trunks
  std::vector<std::uint64_t> ports_;                                      // in use, by switch
  std::uint32_t cables_ = 0;
};

}  // namespace

Result<std::unique_ptr<Fabric>> GraphFabric::make(const FabricShape& shape) {
  if (!shape.graph) return Error{"graph: expected the cables of one"};
  Result<Wiring> wiring = Reading(shape).wiring();
  if (!wiring) return wiring.error();
  return std::unique_ptr<Fabric>(std::make_unique<GraphFabric>(*std::move(wiring)));
}

GraphFabric::GraphFabric(Wiring wiring)
    : Fabric(static_cast<std::uint32_t>(wiring.switch_of.size())),
      wiring_(std::move(wiring)) {
  for (const Trunk& trunk : wiring_.trunks) trunk_cables_ += trunk.count;
  join();
  hops_.assign(std::size_t{switches()} * switches(), UINT16_MAX);
  for (std::uint32_t from = 0; from < switches(); ++from) count_hops(from);
  bisection_ =
      switches() <= most_switches_cut ? least_cut() : std::numeric_limits<double>::quiet_NaN();
}

void GraphFabric::join() {
  first_.assign(switches() + std::size_t{1}, 0);
  for (const Trunk& trunk : wiring_.trunks) ++first_[trunk.a + 1], ++first_[trunk.b + 1];
  std::partial_sum(first_.begin(), first_.end(), first_.begin());
  beside_.resize(first_.back());
  std::vector<std::uint32_t> next(first_.begin(), first_.end() - 1);
  for (std::uint32_t t = 0; t < wiring_.trunks.size(); ++t) {
    const auto [a, b, count, first] = wiring_.trunks[t];
    beside_[next[a]++] = {b, t};
    beside_[next[b]++] = {a, t};
  }
}

std::span<const GraphFabric::Beside> GraphFabric::beside(std::uint32_t at) const {
  return std::span(beside_).subspan(first_[at], first_[at + 1] - first_[at]);
}

std::uint32_t GraphFabric::hops(std::uint32_t from, std::uint32_t to) const {
  return hops_[std::size_t{to} * switches() + from];
}

// To all switches, breadth first; the same either way.
void GraphFabric::count_hops(std::uint32_t from) {
  std::uint16_t* const row = &hops_[std::size_t{from} * switches()];
  std::vector<std::uint32_t> queue = {from};
  row[from] = 0;
  for (std::size_t i = 0; i < queue.size(); ++i)
    for (const Beside& next : beside(queue[i])) {
      if (row[next.other] != UINT16_MAX) continue;
      row[next.other] = static_cast<std::uint16_t>(row[queue[i]] + 1);
      queue.push_back(next.other);
    }
}

// All sides in the order of a Gray code: one switch changes over from each to the next. The last
// switch never does, for the other halves are the same ones.
double GraphFabric::least_cut() const {
  std::vector<std::int64_t> ends_at(switches(), 0);
  for (const std::uint32_t at : wiring_.switch_of) ++ends_at[at];
  std::vector<bool> over(switches(), false);
  std::int64_t cut = 0, ends_over = 0, least = ends() / 2;
  for (std::uint32_t step = 1; step < 1u << (switches() - 1); ++step) {
    const auto moved = static_cast<std::uint32_t>(std::countr_zero(step));
    for (const Beside& next : beside(moved)) {
      const std::int64_t count = wiring_.trunks[next.trunk].count;
      cut += over[next.other] == over[moved] ? count : -count;
    }
    ends_over += over[moved] ? -ends_at[moved] : ends_at[moved];
    over[moved] = !over[moved];
    least = std::min(least, cut + std::abs(2 * ends_over - std::int64_t{ends()}) / 2);
  }
  return static_cast<double>(least);
}

Fabric::Ends GraphFabric::ends_of(LinkId link) const {
  if (link.index < 2 * ends()) {
    const std::uint32_t end = link.index % ends(), at = ends() + wiring_.switch_of[end];
    return link.index < ends() ? Ends{end, at} : Ends{at, end};
  }
  const std::uint32_t number = link.index - 2 * ends();
  const auto after =
      std::upper_bound(wiring_.trunks.begin(), wiring_.trunks.end(), number / 2,
                       [](std::uint32_t cable, const Trunk& t) { return cable < t.first; });
  const Trunk& trunk = *(after - 1);
  const std::uint32_t a = ends() + trunk.a, b = ends() + trunk.b;
  return number % 2 == 0 ? Ends{a, b} : Ends{b, a};
}

FabricParts GraphFabric::parts() const {
  return {.switches = switches(),
          .end_cables = ends(),
          .trunk_cables = trunk_cables_,
          .bisection = bisection_};
}

std::string GraphFabric::vertex_name(std::uint32_t vertex) const {
  if (vertex < ends()) return fmt::format("{}{}", end_prefix, vertex);
  return wiring_.switches[vertex - ends()];
}

void GraphFabric::route(std::uint32_t from, std::uint32_t to, std::uint64_t choice,
                        Path& out) const {
  out.push_back(into(from));
  const std::uint32_t last = wiring_.switch_of[to];
  for (std::uint32_t at = wiring_.switch_of[from]; at != last;) {
    const auto closer = [&](const Beside& next) { return hops(next.other, last) < hops(at, last); };
    std::uint64_t cables = 0;
    for (const Beside& next : beside(at))
      if (closer(next)) cables += wiring_.trunks[next.trunk].count;
    std::uint64_t chosen = choice % cables;
    choice /= cables;
    for (const Beside& next : beside(at)) {
      const Trunk& trunk = wiring_.trunks[next.trunk];
      if (!closer(next)) continue;
      if (chosen >= trunk.count) {
        chosen -= trunk.count;
        continue;
      }
      const auto cable = trunk.first + static_cast<std::uint32_t>(chosen);
      out.push_back({2 * (ends() + cable) + (trunk.a == at ? 0 : 1)});
      at = next.other;
      break;
    }
  }
  out.push_back(out_to(to));
}

}  // namespace fleetsim
