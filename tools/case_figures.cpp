#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>

#include "analytic/name.h"
#include "sim/printable.h"
#include "sim/unit_text.h"
#include "tools/case_names.h"
#include "tools/cases.h"
#include "tools/expression.h"

namespace fleetsim {
namespace {

using analytic::Value;

// Figures that publications work out from what the solvers tell. Everything is in SI base units.
struct Definition {
  std::string_view name, expression;
};
constexpr Definition definitions[] = {
    // The catalogue's own.
    {"weights", "model.parameters * precision_bytes"},
    // Fleets.
    {"total_accelerators", "fleet.accelerators"},
    {"operational_carbon", "carbon_footprint - embodied_carbon"},
    {"cluster_purchase",
     "fleet.accelerators * fleet.accelerator.unit_cost * infrastructure_multiplier"},
    {"capex_share", "capex / tco"},
    {"electricity_share", "opex_energy / tco"},
    {"tco_minus_energy", "tco - opex_energy"},
    {"total_opex", "opex_energy + opex_maintenance"},
    {"energy_share", "opex_energy / tco"},
    {"maintenance_share", "opex_maintenance / tco"},
    {"opex_share", "total_opex / tco"},
    {"carbon_cost", "carbon_footprint / 1000 * carbon_price_usd_per_t"},
    {"total", "tco + carbon_cost"},
    {"carbon_intensity", "carbon_footprint / total_energy"},
    // Training on a fleet.
    {"fleet_mfu", "node_mfu * scaling_efficiency"},
    {"node_latency", "compute_latency"},
    {"node_profile_latency", "node_latency"},
    {"node_profile_mfu", "node_mfu"},
    {"young_daly_interval", "optimal_checkpoint_interval"},
    {"exposed_dp", "dp_communication_latency * (1 - overlap_comm * overlap_efficiency)"},
    {"tp_share_of_step", "tp_communication_latency / step_latency_total"},
    {"exposed_dp_share_of_step", "exposed_dp / step_latency_total"},
    {"comm_fraction", "(tp_communication_latency + exposed_dp) / step_latency_total"},
    {"throughput", "batch_size / step_latency_total"},
    {"local_batch", "max(1, floor(batch_size / dp))"},
    {"stage_layers", "ceil(model.layers / pp)"},
    {"single_allreduce",
     "calc_ring_allreduce_time(local_batch * seq_len * model.hidden_dim * precision_bytes, tp,"
     " fleet.intra_node_bandwidth, fleet.intra_node_latency)"},
    {"tp_allreduces_per_layer_training",
     "tp_communication_latency / (single_allreduce * stage_layers)"},
    {"days_for_optimal_tokens",
     "step_latency_total * 20 * model.parameters / (batch_size * seq_len)"},
    {"comm_loss", "(1 - scaling_efficiency) * job_duration_hours"},
    {"ckpt_loss",
     "job_duration_hours / optimal_checkpoint_interval * write_time"
     " + expected_failures * optimal_checkpoint_interval / 2"},
    {"ratio", "ckpt_loss / comm_loss"},
    {"screen_capacity", "0.9 * fleet.accelerator.capacity"},
    // Serving.
    {"kv_cache_per_request", "kv_cache_size / batch_size"},
    {"tp", "ceil(weights / hardware.capacity)"},
    {"itl_floor", "weights / (tp * hardware.memory_bandwidth)"},
};

// What a first word stands for in "energy_ratio" or "kv_ratio_b4_over_b1", nearest first.
struct Shorthand {
  std::string_view word;
  std::string_view figures[5];
};
constexpr Shorthand shorthands[] = {
    {"latency", {"latency", "step_latency_total", "total_reasoning_time", "itl", "p99_latency"}},
    {"speedup", {"total_reasoning_time", "itl", "latency", "step_latency_total", ""}},
    {"energy", {"energy", "energy_per_query", "total_energy", "", ""}},
    {"token", {"tokens_generated", "throughput_tokens_per_sec", "", "", ""}},
    {"carbon", {"carbon_footprint", "", "", "", ""}},
    {"kv", {"kv_cache_size", "paged_kv_cache_size", "", "", ""}},
    {"bandwidth", {"memory_bandwidth", "bandwidth", "", "", ""}},
    {"flops", {"peak_flops", "required_flops", "", "", ""}},
    {"active_batch_size", {"active_batch_size", "max_active_requests", "", "", ""}},
    {"tp_latency", {"tp_communication_latency", "", "", "", ""}},
    {"bubble_latency", {"pipeline_bubble_latency", "", "", "", ""}},
    {"it", {"it_energy", "", "", "", ""}},
    {"total", {"total_energy", "", "", "", ""}},
};

Error no_figure(const Case& test, std::string_view name) {
  return Error{fmt::format("{} is no figure of {}", name, test.solver)};
}

// The number at the end of a text, and what stands before it: b4, k8, mean2048.
std::string_view digits_of(std::string_view text) {
  const auto begin = text.find_first_of("0123456789");
  return begin == text.npos ? text : text.substr(begin);
}

// Whether a tag is a word for the flag that a run was given.
bool says_flag(std::string_view flag, std::string_view tag) {
  const bool yes = tag == "on" || tag == "yes" || tag == "with";
  const bool no = tag == "off" || tag == "no" || tag == "without";
  return (flag == "true" && yes) || (flag == "false" && no);
}

// The figure that an abbreviation leaves the fewest words out of, the solver's own before those of
// the catalogue.
const Figure* abbreviated(std::string_view name, const CaseRun& run) {
  const Figure* nearest = nullptr;
  std::size_t least = 0;
  for (const bool own : {true, false}) {
    for (std::size_t i = 0; i < run.figures.all().size(); ++i) {
      const Figure& figure = run.figures.all()[i];
      const auto dot = figure.name.find('.');
      if (own != (i < run.told) || own != (dot == figure.name.npos)) continue;
      const auto left_out = words_left_out(
          stem_of(name), own ? figure.name : std::string_view(figure.name).substr(dot + 1));
      if (!left_out || (nearest != nullptr && *left_out >= least)) continue;
      nearest = &figure;
      least = *left_out;
    }
    if (nearest != nullptr) break;
  }
  return nearest;
}

class Finder {
 public:
  Finder(const Case& test, const std::vector<CaseRun>& runs, const Zoo& zoo)
      : test_(test),
        runs_(runs),
        zoo_(zoo) {}

  Result<Figure> find(std::string_view name) const;

  // A formula function has one answer, whatever a case calls it.
  bool one_answer() const {
    const Result<const analytic::Solver*> solver = analytic::solver_named(test_.solver);
    return test_.expected.size() == 1 && runs_.size() == 1 && solver &&
           (*solver)->kind == analytic::Solver::Kind::formula && !runs_[0].figures.all().empty();
  }

 private:
  Result<Figure> plain(std::string_view name, const CaseRun& run, int depth) const;
  Result<double> number(std::string_view name, const CaseRun& run, int depth) const;
  Result<double> short_number(std::string_view word, const CaseRun& run) const;
  Result<double> call(std::string_view name, std::span<const double> arguments) const;
  std::optional<Figure> pattern(std::string_view name, const CaseRun& run, int depth) const;
  std::optional<Figure> candidate(std::string_view name, const CaseRun& run) const;
  std::optional<Figure> over_runs(std::string_view name) const;
  std::optional<Figure> ratio(std::string_view name) const;
  std::optional<Figure> ratio_of_tags(std::string_view name) const;
  std::optional<double> rerun_ratio(std::string_view name) const;
  std::optional<double> smallest_feasible(std::string_view name) const;
  const CaseRun* tagged(std::string_view tag) const;
  Figure divided(double a, double b) const { return {"", a / b}; }

  const Case& test_;
  const std::vector<CaseRun>& runs_;
  const Zoo& zoo_;
};

const CaseRun* Finder::tagged(std::string_view tag) const {
  for (const CaseRun& run : runs_)
    for (const std::string& own : run.tags)
      if (analytic::same_name(own, tag) || own == digits_of(tag) || says_flag(own, tag))
        return &run;
  return nullptr;
}

Result<double> Finder::call(std::string_view name, std::span<const double> arguments) const {
  const Result<const analytic::Solver*> solver = analytic::solver_named(name);
  if (!solver) return solver.error();
  analytic::Fields fields;
  for (std::size_t i = 0; i < arguments.size() && i < (*solver)->inputs.size(); ++i) {
    const analytic::InputSpec& spec = (*solver)->inputs[i];
    const Result<Unit> unit = parse_unit(spec.unit);
    const double scale = unit ? unit->denominator / unit->numerator : 1;
    fields.emplace_back(std::string(spec.name), arguments[i] * scale);
  }
  const Result<analytic::Answer> answer = (*solver)->run(**solver, fields, zoo_);
  if (!answer) return answer.error();
  Figures figures;
  figures.add(answer->outputs);
  for (const Figure& figure : figures.all())
    if (figure.value.as_number() != nullptr) return figure.value.number();
  return Error{std::string(name) + " tells no number"};
}

Result<double> Finder::short_number(std::string_view word, const CaseRun& run) const {
  if (const auto own = run.figures.number(word)) return *own;
  for (const Shorthand& shorthand : shorthands)
    for (const std::string_view figure : shorthand.figures)
      if (shorthand.word == word && !figure.empty())
        if (const auto value = run.figures.number(figure)) return *value;
  if (const Figure* near = abbreviated(word, run))
    if (const double* value = near->value.as_number()) return *value;
  return no_figure(test_, word);
}

Result<double> Finder::number(std::string_view name, const CaseRun& run, int depth) const {
  if (name == "precision_bytes") {
    const Figure* precision = run.figures.find("precision");
    const std::string* text = precision != nullptr ? precision->value.as_text() : nullptr;
    const auto named = text != nullptr ? analytic::precision_named(*text) : std::nullopt;
    return analytic::bytes_of(named.value_or(analytic::Precision::fp16));
  }
  const Result<Figure> figure = plain(name, run, depth + 1);
  if (!figure) return figure.error();
  if (const bool* flag = figure->value.as_bool()) return *flag ? 1.0 : 0.0;
  if (const double* value = figure->value.as_number()) return *value;
  return Error{std::string(name) + " is no number"};
}

// Figures of one run: what it tells, definitions, then what a name itself says.
Result<Figure> Finder::plain(std::string_view name, const CaseRun& run, int depth) const {
  if (depth > 8) return no_figure(test_, name);
  const Figure* told = run.figures.find(name);
  if (told != nullptr && depth == 0 && one_answer() && told >= run.figures.all().data() + run.told)
    told = nullptr;  // of a formula, what was asked is no answer: the latency of calc_hop_latency
  if (told != nullptr) return *told;
  const ExpressionNames names{
      [&](std::string_view word) { return number(word, run, depth + 1); },
      [&](std::string_view word, std::span<const double> values) { return call(word, values); }};
  for (const Definition& definition : definitions) {
    if (definition.name != name && definition.name != stem_of(name)) continue;
    const Result<double> value = evaluate(definition.expression, names);
    if (!value) return value.error();
    return Figure{std::string(name), *value};
  }
  if (const std::optional<Figure> said = pattern(name, run, depth)) return *said;
  if (depth == 0 && !one_answer())
    if (const Figure* near = abbreviated(name, run)) return *near;
  return no_figure(test_, name);
}

// "a_over_b", "a_minus_b", "node_throughput_8gpu", "multiple_of_a100_bw", "days_for_1e12_tokens",
// "published_x", "runner_up_x".
std::optional<Figure> Finder::pattern(std::string_view name, const CaseRun& run, int depth) const {
  const auto two = [&](std::string_view word) -> std::optional<std::pair<double, double>> {
    const auto at = name.find(word);
    if (at == name.npos) return std::nullopt;
    Result<double> a = number(name.substr(0, at), run, depth);
    Result<double> b = number(name.substr(at + word.size()), run, depth);
    if (!a) a = short_number(name.substr(0, at), run);
    if (!b) b = short_number(name.substr(at + word.size()), run);
    return a && b ? std::optional(std::pair(*a, *b)) : std::nullopt;
  };
  if (const auto pair = two("_minus_")) return Figure{"", pair->first - pair->second};
  if (const auto pair = two("_over_")) return divided(pair->first, pair->second);
  if (name.starts_with("published_")) {
    const Result<Figure> own = plain(name.substr(10), run, depth + 1);
    const Result<Figure> best =
        own ? own : plain("optimal_" + std::string(name.substr(10)), run, depth + 1);
    return best ? std::optional(*best) : std::nullopt;
  }
  if (name.starts_with("multiple_of_") && name.ends_with("_bw")) {
    const auto device = zoo_.device(std::string(name.substr(12, name.size() - 15)));
    const Result<double> wanted = number("required_bw", run, depth);
    return device && wanted ? std::optional(divided(*wanted, device->memory_bandwidth))
                            : std::nullopt;
  }
  if (name.ends_with("gpu") && name.find("throughput_") != name.npos) {
    double count = 0;
    const std::string_view digits = digits_of(name);
    std::from_chars(digits.data(), digits.data() + digits.size(), count);
    const Result<double> one = number("throughput", run, depth);
    return one ? std::optional(Figure{"", count * *one}) : std::nullopt;
  }
  if (name.starts_with("days_for_") && name.ends_with("_tokens")) {
    double tokens = 0;
    std::from_chars(name.data() + 9, name.data() + name.size(), tokens);
    const Result<double> step = number("step_latency_total", run, depth);
    const Result<double> batch = number("batch_size", run, depth);
    const Result<double> length = number("seq_len", run, depth);
    if (tokens > 0 && step && batch && length)
      return Figure{"", *step * tokens / (*batch * *length)};
  }
  return candidate(name, run);
}

// Of the candidates that an optimizer ranks: runner_up_tp, second_mfu, third_config.
std::optional<Figure> Finder::candidate(std::string_view name, const CaseRun& run) const {
  constexpr std::pair<std::string_view, int> places[] = {
      {"best_", 0}, {"top_", 0}, {"runner_up_", 1}, {"second_", 1}, {"third_", 2}, {"fourth_", 3}};
  for (const auto& [prefix, place] : places) {
    if (!name.starts_with(prefix)) continue;
    const std::string row = fmt::format("top_candidates.{}.", place);
    const std::string what(name.substr(prefix.size()));
    const auto part = [&](const std::string& field) {
      const Figure* figure = run.figures.find(row + field);
      if (figure == nullptr) figure = run.figures.find(row + "config." + field);
      return figure;
    };
    if (const Figure* figure = part(what)) return *figure;
    const Figure *tp = part("tp"), *pp = part("pp"), *dp = part("dp");
    if (what == "config" && tp != nullptr && pp != nullptr && dp != nullptr)
      return Figure{"", fmt::format("TP={}, PP={}, DP={}", tp->value.number(), pp->value.number(),
                                    dp->value.number())};
  }
  return std::nullopt;
}

// Figures of several runs: x_fp16, max_x, x_all, x_ratio, x_ratio_b4_over_b1, speedup.
std::optional<Figure> Finder::over_runs(std::string_view name) const {
  for (const auto prefix : {"max_", "min_"}) {
    if (!name.starts_with(prefix)) continue;
    std::optional<Figure> best;
    for (const CaseRun& run : runs_) {
      const Result<Figure> figure = plain(name.substr(4), run, 0);
      if (!figure || figure->value.as_number() == nullptr) return std::nullopt;
      const double value = figure->value.number();
      const bool first = !best.has_value();
      if (first || (name[1] == 'a') == (value > best->value.number())) best = *figure;
    }
    return best;
  }
  if (name.ends_with("_all")) {
    const Result<Figure> figure = plain(name.substr(0, name.size() - 4), runs_[0], 0);
    for (const CaseRun& run : runs_) {
      const Result<Figure> other = plain(name.substr(0, name.size() - 4), run, 0);
      if (!figure || !other || json_of(figure->value) != json_of(other->value)) return std::nullopt;
    }
    return *figure;
  }
  for (auto at = name.rfind('_'); at != name.npos && at > 0; at = name.rfind('_', at - 1)) {
    const CaseRun* run = tagged(name.substr(at + 1));
    if (run == nullptr) continue;
    if (const Result<Figure> figure = plain(name.substr(0, at), *run, 0)) return *figure;
    if (const Result<double> value = short_number(name.substr(0, at), *run))
      return Figure{"", *value};
  }
  return std::nullopt;
}

std::optional<Figure> Finder::ratio(std::string_view name) const {
  const auto at = name.find("_ratio");
  const std::string_view word = name == "speedup" ? name : name.substr(0, at);
  if (name != "speedup" && at == name.npos) return std::nullopt;
  if (runs_.size() < 2) return std::nullopt;
  const Result<double> a = short_number(word, runs_[0]);
  const Result<double> b = short_number(word, runs_[1]);
  return a && b ? std::optional(divided(*a, *b)) : std::nullopt;
}

// "kv_ratio_b4_over_b1", "carbon_poland_over_quebec": a figure of one run by that of another.
std::optional<Figure> Finder::ratio_of_tags(std::string_view name) const {
  constexpr std::string_view by = "_over_", also = "_ratio";
  const auto middle = name.find(by);
  if (middle == name.npos) return std::nullopt;
  const std::string_view left = name.substr(0, middle), right = name.substr(middle + by.size());
  for (auto at = left.rfind('_'); at != left.npos && at > 0; at = left.rfind('_', at - 1)) {
    std::string_view word = left.substr(0, at);
    const bool repeats = right.size() > at && right.starts_with(word) && right[at] == '_';
    const CaseRun* over = tagged(left.substr(at + 1));
    const CaseRun* under = tagged(repeats ? right.substr(at + 1) : right);
    if (over == nullptr || under == nullptr) continue;
    if (word.ends_with(also)) word.remove_suffix(also.size());
    const Result<double> a = short_number(word, *over);
    const Result<double> b = short_number(word, *under);
    if (a && b) return divided(*a, *b);
  }
  return std::nullopt;
}

// Against the same case with one argument another way: latency_ratio_vs_k1, latency_multiplier over
// baseline_steps, speedup_vs_base without the draft.
std::optional<double> Finder::rerun_ratio(std::string_view name) const {
  Case other = test_;
  std::string_view word = "latency";
  const auto set = [&](const std::string& input, Value value) {
    std::erase_if(other.inputs, [&](const auto& field) { return field.first == input; });
    if (!value.empty()) other.inputs.emplace_back(input, std::move(value));
  };
  if (name == "speedup_vs_base") {
    for (const char* draft : {"draft_model", "draft_acceptance_rate", "draft_tokens"})
      set(draft, {});
    word = "speedup";
  } else if (const auto at = name.find("_ratio_vs_k"); at != name.npos) {
    set("reasoning_steps", std::string(name.substr(at + 11)));
    word = name.substr(0, at);
  } else if (name == "latency_multiplier" && runs_[0].figures.number("baseline_steps")) {
    set("reasoning_steps", *runs_[0].figures.number("baseline_steps"));
  } else {
    return std::nullopt;
  }
  const Result<std::vector<CaseRun>> runs = solve_case(other, zoo_);
  if (!runs) return std::nullopt;
  const Result<double> here = short_number(word, runs_[0]);
  const Result<double> there = short_number(word, runs->front());
  if (!here || !there) return std::nullopt;
  return word == "speedup" ? *there / *here : *here / *there;
}

// The first power of two at which an argument leaves a feasible answer: smallest_feasible_max_pp.
std::optional<double> Finder::smallest_feasible(std::string_view name) const {
  constexpr std::string_view prefix = "smallest_feasible_";
  if (!name.starts_with(prefix)) return std::nullopt;
  const std::string input(name.substr(prefix.size()));
  for (double value = 1; value <= 0x1p20; value *= 2) {
    Case other = test_;
    other.inputs.emplace_back(input, value);
    const Result<std::vector<CaseRun>> runs = solve_case(other, zoo_);
    if (runs && runs->front().figures.number("feasible").value_or(1) == 1) return value;
  }
  return std::nullopt;
}

Result<Figure> Finder::find(std::string_view name) const {
  if (runs_.size() > 1) {
    if (const auto figure = over_runs(name)) return *figure;
    if (const auto figure = ratio_of_tags(name)) return *figure;
    if (const auto figure = ratio(name)) return *figure;
  }
  if (const auto value = rerun_ratio(name)) return Figure{"", *value};
  if (const auto value = smallest_feasible(name)) return Figure{"", *value};
  return plain(name, runs_[0], 0);
}

}  // namespace

bool is_given(std::string_view name) {
  return name.starts_with("measured_");
}

Result<Figure> figure_of(const Case& test, const ExpectedFigure& expected,
                         const std::vector<CaseRun>& runs, const Zoo& zoo) {
  if (expected.name == "rel_error_of_prediction") {
    for (const ExpectedFigure& given : test.expected) {
      if (!is_given(given.name) || given.value.as_number() == nullptr) continue;
      const Result<Figure> own = Finder(test, runs, zoo).find(given.name.substr(9));
      if (own && own->value.as_number() != nullptr)
        return Figure{expected.name, own->value.number() / given.value.number() - 1};
    }
  }
  const std::string_view name = expected.name;
  const Finder finder(test, runs, zoo);
  const Result<Figure> figure =
      finder.find(name.starts_with("predicted_") ? name.substr(10) : name);
  if (!figure && finder.one_answer()) return runs[0].figures.all().front();
  return figure;
}

}  // namespace fleetsim
