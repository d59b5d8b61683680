#include "traces/requests/fit_requests.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "traces/requests/fit_arrivals.h"
#include "traces/requests/gap_distance.h"
#include "traces/requests/synth_requests.h"

namespace fleetsim::requests {
namespace {

constexpr int halvings = 14;
constexpr std::uint64_t twins = 4;
constexpr int pairs_tried = 50'000;
constexpr double most_tried = 20'000;  // requests of a twin
constexpr std::size_t most_shared_blocks = 64;

// Where a rising function of a number in [low, high] meets `wanted`, or comes nearest to it.
template <class Function>
double bisect(double low, double high, double wanted, Function function) {
  for (int i = 0; i < halvings; ++i) {
    const double middle = (low + high) / 2;
    (function(middle) < wanted ? low : high) = middle;
  }
  return (low + high) / 2;
}

// Of whole tokens, halves where a percent falls between two of them.
QuantileTable lengths(const std::vector<std::uint32_t>& tokens) {
  const QuantileTable exact = QuantileTable::of({tokens.begin(), tokens.end()});
  std::vector<double> values = exact.values();
  for (double& value : values) value = std::round(2 * value) / 2;
  return *QuantileTable::make(exact.percents(), std::move(values), 1);
}

double correlation_of(const Recipe::Client& client, double normal) {
  LengthPairs pairs(client.prompt, client.output, normal, Chance{}.stream("requests.fit"));
  RequestStatistics statistics;
  RequestRow row;
  for (int i = 0; i < pairs_tried; ++i) {
    pairs.draw(row.prompt, row.output);
    statistics.add(row, 0);
  }
  return statistics.correlation();
}

// How many blocks most prompts begin with in common, judged by the first prompt.
std::uint32_t shared_blocks(const serving::RequestTrace& trace) {
  const auto pattern = trace.hashes_of(0);
  std::vector<std::size_t> alike(std::min(pattern.size(), most_shared_blocks));
  for (std::size_t i = 0; i < trace.size(); ++i) {
    const auto hashes = trace.hashes_of(i);
    for (std::size_t k = 0; k < alike.size() && k < hashes.size() && hashes[k] == pattern[k]; ++k)
      ++alike[k];
  }
  std::uint32_t shared = 0;
  while (shared < alike.size() && 2 * alike[shared] > trace.size()) ++shared;
  return shared;
}

// From a turn to the next of its session. Where sessions are not told, a prompt goes on from the
// last one that had as many of its first blocks as any.
std::vector<double> thinking(const serving::RequestTrace& trace, std::uint32_t shared) {
  std::map<std::uint64_t, Instant> last;  // of a session, or of a block
  std::vector<double> gaps;
  const auto since = [&](std::uint64_t key, Instant now) {
    const auto before = last.find(key);
    if (before == last.end()) return false;
    gaps.push_back(rounded(seconds(now - before->second), 4));
    return true;
  };
  for (std::size_t i = 0; i < trace.size(); ++i) {
    const Instant now = trace.arrival[i];
    if (!trace.session.empty()) {
      if (trace.session[i] == 0) continue;
      since(trace.session[i], now);
      last[trace.session[i]] = now;
      continue;
    }
    const auto hashes = trace.hashes_of(i);
    for (std::size_t k = hashes.size(); k > shared; --k)
      if (since(hashes[k - 1], now)) break;
    for (std::size_t k = shared; k < hashes.size(); ++k) last[hashes[k]] = now;
  }
  return gaps;
}

double hits_of_twin(Recipe recipe, double more) {
  Recipe::Client& client = recipe.clients[0];
  client.sessions->more = more;
  recipe.span = std::min(recipe.span, most_tried / client.rate);
  double share = 0;
  for (std::uint64_t seed = 1; seed <= twins; ++seed) {
    const Result<Rows> rows = synthesise(recipe, seed);
    const Result<RequestStatistics> statistics = statistics_of(**rows);
    share += statistics->prefixes().block_share() / twins;
  }
  return share;
}

// REQUIRES: all else of the recipe is there.
void fit_sessions(const serving::RequestTrace& trace, const RequestStatistics& statistics,
                  Recipe& recipe) {
  const bool hashed = trace.block_tokens > 0 && !trace.hashes.empty();
  if (!hashed && statistics.sessions() == 0) return;
  const std::uint32_t shared = hashed ? shared_blocks(trace) : 0;
  std::vector<double> gaps = thinking(trace, shared);
  if (gaps.empty()) gaps = {0};
  Recipe::Sessions sessions{.think = QuantileTable::of(std::move(gaps)),
                            .block_tokens = hashed ? trace.block_tokens : 0,
                            .shared_blocks = shared};
  recipe.clients[0].sessions = sessions;
  double more = 0;
  if (statistics.sessions() > 0)
    more = 1 - static_cast<double>(statistics.sessions()) / static_cast<double>(statistics.turns());
  else
    more = bisect(0, 0.999, statistics.prefixes().block_share(),
                  [&](double chance) { return hits_of_twin(recipe, chance); });
  recipe.clients[0].sessions->more = std::min(rounded(more, 4), 0.999);
}

}  // namespace

RequestStatistics statistics_of(const serving::RequestTrace& trace) {
  RequestStatistics statistics;
  RequestRow row;
  for (std::size_t i = 0; i < trace.size(); ++i) {
    row.arrival = trace.arrival[i];
    row.prompt = trace.prompt[i];
    row.output = trace.output[i];
    row.session = trace.session.empty() ? 0 : trace.session[i];
    const auto hashes = trace.hashes_of(i);
    row.hashes.assign(hashes.begin(), hashes.end());
    statistics.add(row, trace.block_tokens);
  }
  return statistics;
}

Result<Recipe> fit_recipe(const serving::RequestTrace& trace) {
  if (trace.size() < 100 || trace.arrival.back() == trace.arrival.front())
    return Error{"holds " + std::to_string(trace.size()) +
                 " requests; a fit needs 100 or more that do not all come at once"};
  const RequestStatistics statistics = statistics_of(trace);
  Recipe recipe{.span = rounded(statistics.arrivals().span(), 6)};
  QuantileTable prompt = lengths(trace.prompt), output = lengths(trace.output);
  recipe.clients.push_back({.prompt = std::move(prompt), .output = std::move(output)});
  Recipe::Client& client = recipe.clients[0];
  fit_arrivals(trace.arrival, client);
  client.correlation =
      rounded(bisect(-0.99, 0.99, statistics.correlation(),
                     [&](double normal) { return correlation_of(client, normal); }),
              3);
  fit_sessions(trace, statistics, recipe);
  return recipe;
}

Result<Likeness> likeness(const serving::RequestTrace& original,
                          const serving::RequestTrace& twin) {
  if (original.size() < 2 || twin.size() < 2)
    return Error{"expected two requests or more in each of both traces"};
  const RequestStatistics a = statistics_of(original), b = statistics_of(twin);
  Likeness out{.gaps = largest_difference(sorted_gaps(original.arrival), sorted_gaps(twin.arrival)),
               .prompt = a.prompt().distance(b.prompt()),
               .output = a.output().distance(b.output())};
  const auto add = [&](std::string name, double of_original, double of_twin) {
    out.figures.push_back({std::move(name), of_original, of_twin});
  };
  add("rate /s", a.arrivals().rate(), b.arrivals().rate());
  add("gap CV", a.arrivals().gap_cv(), b.arrivals().gap_cv());
  const char* names[] = {"dispersion in 1 s", "dispersion in 10 s", "dispersion in 60 s"};
  for (std::size_t i = 0; i < std::size(names); ++i)
    add(names[i], a.arrivals().windows()[i].dispersion(), b.arrivals().windows()[i].dispersion());
  add("prompt tokens", a.prompt().mean(), b.prompt().mean());
  add("output tokens", a.output().mean(), b.output().mean());
  add("corr(prompt, output)", a.correlation(), b.correlation());
  if (a.prefixes().blocks() > 0)
    add("prefix hits, blocks", a.prefixes().block_share(), b.prefixes().block_share());
  return out;
}

}  // namespace fleetsim::requests
