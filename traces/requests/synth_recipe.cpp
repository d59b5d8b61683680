#include "traces/requests/synth_recipe.h"

#include <fmt/format.h>
#include <google/protobuf/text_format.h>

#include <cmath>

#include "sim/nearest.h"
#include "sim/printable.h"
#include "sim/unit_text.h"
#include "traces/embedded.h"
#include "traces/plain_text.h"
#include "traces/requests/synth.pb.h"

namespace fleetsim::requests {
namespace {

constexpr std::string_view twin_folder = "traces/requests/twins/", twin_ending = ".textproto";
constexpr double shortest = 1e-3;  // s, or 1/s: what is finer would take for ever to draw

// As so many equally likely values.
Result<Law> law_of(const QuantileTable& table) {
  constexpr int values = 2000;
  std::vector<double> gaps;
  double sum = 0;
  for (int i = 0; i < values; ++i) {
    gaps.push_back(table.value((i + 0.5) / values));
    sum += gaps.back();
  }
  if (!(sum > 0)) return Error{"expected gaps above 0"};
  for (double& gap : gaps) gap *= values / sum;
  return Law::empirical(std::move(gaps), std::vector<double>(values, 1.0));
}

// Turns messages into numbers; the first thing that is wrong sticks.
class Reader {
 public:
  explicit Reader(std::string name) : name_(std::move(name)) {}

  const std::optional<Error>& problem() const { return problem_; }

  Recipe recipe(const synth_file::Synth& from) {
    Recipe out{.span = measure("span", from.span(), "s", true)};
    if (from.client().empty()) wrong("client", "expected at least one");
    for (int i = 0; i < from.client_size() && !problem_; ++i)
      out.clients.push_back(client(fmt::format("client[{}].", i), from.client(i)));
    return out;
  }

 private:
  void wrong(const std::string& field, const std::string& what) {
    if (!problem_) problem_ = Error{name_ + ": " + field + ": " + what};
  }

  double measure(const std::string& field, const std::string& text, const char* unit,
                 bool positive) {
    const Result<double> value = parse_in(text, unit);
    if (!value) wrong(field, value.error().message);
    const double number = value ? *value : 0;
    if (value && !(number >= (positive ? shortest : 0)))
      wrong(field, fmt::format("found {}; expected at least {}", in_quotes(text),
                               positive ? shortest : 0));
    return number;
  }

  double number(const std::string& field, double value, double least, double most) {
    if (!(value >= least && value <= most))
      wrong(field, fmt::format("found {}; expected {} to {}", value, least, most));
    return value;
  }

  QuantileTable quantiles(const std::string& field, const synth_file::Quantiles& from,
                          double least) {
    auto table = QuantileTable::make({from.percent().begin(), from.percent().end()},
                                     {from.value().begin(), from.value().end()}, least);
    if (table) return *std::move(table);
    wrong(field, table.error().message);
    return QuantileTable::of({1});
  }

  QuantileTable tokens(const std::string& field, const synth_file::Quantiles& from) {
    QuantileTable table = quantiles(field, from, 1);
    number(field, table.values().back(), 1, 4e9);
    return table;
  }

  Recipe::Client client(const std::string& at, const synth_file::Client& from) {
    Recipe::Client out{.count = from.count() == 0 ? 1 : from.count(),
                       .rate = measure(at + "rate", from.rate(), "/s", true),
                       .gaps = gaps(at + "gaps", from.gaps()),
                       .prompt = tokens(at + "prompt", from.prompt()),
                       .output = tokens(at + "output", from.output()),
                       .correlation = number(at + "correlation", from.correlation(), -1, 1)};
    number(at + "count", out.count, 1, 1e5);
    if (from.has_on_off()) {
      out.on_off = Recipe::OnOff{quantiles(at + "on_off.on", from.on_off().on(), 0),
                                 quantiles(at + "on_off.off", from.on_off().off(), 0)};
      number(at + "on_off.on", out.on_off->on.mean(), shortest, 1e12);
    }
    if (from.has_diurnal()) out.diurnal = diurnal(at + "diurnal.", from.diurnal());
    for (const synth_file::Phase& phase : from.phases().phase())
      out.phases.push_back({number(at + "phases.rate", phase.rate(), 0, 1e12),
                            measure(at + "phases.stay", phase.stay(), "s", true)});
    number(at + "drift", from.drift_size(), 0, most_drifts);
    double all = 0;
    for (const Recipe::Phase& phase : out.phases) all += phase.rate;
    if (!out.phases.empty() && all == 0) wrong(at + "phases", "expected a phase with a rate");
    for (const synth_file::Drift& drift : from.drift())
      out.drift.push_back({number(at + "drift.cv", drift.cv(), 0, 20),
                           measure(at + "drift.memory", drift.memory(), "s", true)});
    if (from.has_sessions()) out.sessions = sessions(at + "sessions.", from.sessions());
    return out;
  }

  Recipe::Gaps gaps(const std::string& at, const synth_file::Gaps& from) {
    Recipe::Gaps out;
    if (from.law() == synth_file::Gaps::POISSON) {
      if (from.cv() != 0 && from.cv() != 1) wrong(at + ".cv", "that of POISSON is 1");
      return out;
    }
    using To = Recipe::Gaps::Law;
    out.law = from.law() == synth_file::Gaps::GAMMA     ? To::gamma
              : from.law() == synth_file::Gaps::WEIBULL ? To::weibull
                                                        : To::quantiles;
    out.cv = from.cv();
    if (out.law == To::quantiles)
      out.table =
          std::make_shared<const QuantileTable>(quantiles(at + ".quantiles", from.quantiles(), 0));
    if (const Result<Law> law = unit_gap(out); !law) wrong(at, law.error().message);
    return out;
  }

  Recipe::Diurnal diurnal(const std::string& at, const synth_file::Diurnal& from) {
    return {number(at + "swing", from.swing(), 0, 1),
            measure(at + "period", from.period(), "s", true),
            from.peak().empty() ? 0 : measure(at + "peak", from.peak(), "s", false)};
  }

  Recipe::Sessions sessions(const std::string& at, const synth_file::Sessions& from) {
    Recipe::Sessions out{.more = number(at + "more", from.more(), 0, 0.9999),
                         .think = quantiles(at + "think", from.think(), 0),
                         .block_tokens = from.block_tokens(),
                         .shared_blocks = from.shared_blocks()};
    if (out.shared_blocks > 0 && out.block_tokens == 0)
      wrong(at + "shared_blocks", "needs block_tokens");
    return out;
  }

  std::string name_;
  std::optional<Error> problem_{};
};

std::string in_unit(double value, const char* unit) {
  return fmt::format("{:.6g} {}", value, unit);
}

void put(const QuantileTable& table, synth_file::Quantiles& out) {
  for (const double percent : table.percents()) out.add_percent(percent);
  for (const double value : table.values()) out.add_value(rounded(value, 6));
}

void put(const Recipe::Gaps& gaps, synth_file::Gaps& out) {
  using From = Recipe::Gaps::Law;
  switch (gaps.law) {
    case From::poisson:
      return out.set_law(synth_file::Gaps::POISSON);
    case From::gamma:
      out.set_law(synth_file::Gaps::GAMMA);
      return out.set_cv(gaps.cv);
    case From::weibull:
      out.set_law(synth_file::Gaps::WEIBULL);
      return out.set_cv(gaps.cv);
    case From::quantiles:
      out.set_law(synth_file::Gaps::QUANTILES);
      return put(*gaps.table, *out.mutable_quantiles());
  }
}

void put(const Recipe::Client& from, synth_file::Client& to) {
  if (from.count > 1) to.set_count(from.count);
  to.set_rate(in_unit(from.rate, "/s"));
  put(from.gaps, *to.mutable_gaps());
  if (from.on_off) {
    put(from.on_off->on, *to.mutable_on_off()->mutable_on());
    put(from.on_off->off, *to.mutable_on_off()->mutable_off());
  }
  if (from.diurnal) {
    to.mutable_diurnal()->set_swing(from.diurnal->swing);
    to.mutable_diurnal()->set_period(in_unit(from.diurnal->period, "s"));
    to.mutable_diurnal()->set_peak(in_unit(from.diurnal->peak, "s"));
  }
  for (const Recipe::Phase& phase : from.phases) {
    synth_file::Phase& out = *to.mutable_phases()->add_phase();
    out.set_rate(phase.rate);
    out.set_stay(in_unit(phase.stay, "s"));
  }
  for (const Recipe::Drift& drift : from.drift) {
    synth_file::Drift& out = *to.add_drift();
    out.set_cv(drift.cv);
    out.set_memory(in_unit(drift.memory, "s"));
  }
  put(from.prompt, *to.mutable_prompt());
  put(from.output, *to.mutable_output());
  to.set_correlation(from.correlation);
  if (!from.sessions) return;
  synth_file::Sessions& out = *to.mutable_sessions();
  out.set_more(from.sessions->more);
  put(from.sessions->think, *out.mutable_think());
  out.set_block_tokens(from.sessions->block_tokens);
  out.set_shared_blocks(from.sessions->shared_blocks);
}

}  // namespace

Result<Law> unit_gap(const Recipe::Gaps& gaps) {
  switch (gaps.law) {
    case Recipe::Gaps::Law::gamma:
      return Law::gamma_mean_cv(1, gaps.cv);
    case Recipe::Gaps::Law::weibull:
      return Law::weibull_mean_cv(1, gaps.cv);
    case Recipe::Gaps::Law::quantiles:
      return law_of(*gaps.table);
    case Recipe::Gaps::Law::poisson:
      break;
  }
  return Law::exponential(1);
}

Result<Recipe> parse_recipe(const std::string& text, const std::string& name) {
  synth_file::Synth parsed;
  if (const Status read = parse_plain_text(text, name, parsed); !read) return read.error();
  Reader reader(name);
  Recipe recipe = reader.recipe(parsed);
  if (reader.problem()) return *reader.problem();
  return recipe;
}

std::string recipe_text(const Recipe& recipe) {
  synth_file::Synth out;
  out.set_span(in_unit(recipe.span, "s"));
  for (const Recipe::Client& client : recipe.clients) put(client, *out.add_client());
  google::protobuf::TextFormat::Printer printer;
  printer.SetUseShortRepeatedPrimitives(true);
  std::string text;
  printer.PrintToString(out, &text);
  return text;
}

std::vector<std::string> twin_names() {
  std::vector<std::string> names;
  for (const EmbeddedFile& file : embedded_files())
    if (file.path.starts_with(twin_folder) && file.path.ends_with(twin_ending))
      names.emplace_back(file.path.substr(
          twin_folder.size(), file.path.size() - twin_folder.size() - twin_ending.size()));
  return names;
}

Result<Recipe> twin_recipe(const std::string& name) {
  const std::string path = std::string(twin_folder) + name + std::string(twin_ending);
  const std::string_view text = embedded_file(path);
  if (text.empty())
    return Error{fmt::format("no twin is called {}{}; there are {}", in_quotes(name),
                             did_you_mean(name, twin_names()), fmt::join(twin_names(), ", "))};
  return parse_recipe(std::string(text), path);
}

}  // namespace fleetsim::requests
