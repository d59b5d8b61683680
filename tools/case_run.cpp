#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "analytic/name.h"
#include "analytic/pipeline.h"
#include "sim/printable.h"
#include "tools/case_names.h"
#include "tools/case_text.h"
#include "tools/cases.h"

namespace fleetsim {
namespace {

using analytic::Fields;
using analytic::Pipeline;
using analytic::Solver;
using analytic::Value;

// Inputs that describe where a case comes from, or how its figures were worked out.
constexpr std::string_view descriptive[] = {"other", "definition", "search", "space",
                                            "blend", "fields",     "notes",  "context_note"};
// Figures that only the case's own derived figures use.
constexpr std::string_view extras[] = {"carbon_price_usd_per_t", "baseline_steps"};

template <class List>
bool contains(const List& list, std::string_view name) {
  return std::find(std::begin(list), std::end(list), name) != std::end(list);
}

// The solvers of "A+B+C". A search over a solver's arguments is asked for one of its points.
Result<std::vector<const Solver*>> solvers_of(const std::string& text) {
  std::vector<const Solver*> found;
  for (const std::string& name : parts_of(text, "+")) {
    Result<const Solver*> solver =
        analytic::solver_named(name == "DSE" ? "DistributedModel" : name);
    if (!solver) solver = analytic::solver_named("calc_" + name);
    if (!solver) return Error{"no solver " + in_quotes(name)};
    found.push_back(*solver);
  }
  return found;
}

const analytic::InputSpec* meant_input(const std::vector<const Solver*>& solvers,
                                       std::string_view name) {
  for (const Solver* solver : solvers)
    if (const analytic::InputSpec* spec = fleetsim::meant_input(*solver, name)) return spec;
  return nullptr;
}

// What is to be solved: arguments that are the same for all runs, and what differs.
struct Ask {
  std::vector<const Solver*> solvers;
  Fields common;
  std::vector<Fields> variants;  // empty: one run
  std::vector<std::vector<std::string>> tags;
  Figures extra;
};

std::string tag_of(const Value& value) {
  if (const bool* flag = value.as_bool()) return *flag ? "true" : "false";
  if (const double* number = value.as_number()) return fmt::format("{}", *number);
  if (const std::string* text = value.as_text()) {
    const bool row = text->find_first_of("0123456789") != 0;  // Infrastructure.Grids.Poland
    return row ? text->substr(text->rfind('.') + 1) : *text;
  }
  return "full";  // the default stands for the largest
}

void add_variant(Ask& ask, std::size_t index, const std::string& name, const Value& value,
                 const std::string& tag) {
  if (ask.variants.size() <= index) ask.variants.resize(index + 1), ask.tags.resize(index + 1);
  if (!value.empty()) ask.variants[index].emplace_back(name, value);
  ask.tags[index].push_back(tag);
}

// "Poland 10 d / Quebec 30 d": two rows of the catalogue, each perhaps for a time of its own. They
// go to the first input that takes such rows.
Status add_pair(Ask& ask, const std::string& text, const Zoo& zoo) {
  const std::vector<std::string> sides = parts_of(text, " / ");
  if (sides.size() != 2) return Error{"no pair: " + in_quotes(text)};
  for (std::size_t i = 0; i < 2; ++i) {
    const auto space = sides[i].find(' ');
    const std::string name = sides[i].substr(0, space);
    std::string input;
    if (meant_input(ask.solvers, "datacenter") != nullptr && zoo.datacenter(name))
      input = "datacenter";
    else if (meant_input(ask.solvers, "fleet") != nullptr && zoo.fleet(name))
      input = "fleet";
    else if (meant_input(ask.solvers, "hardware") != nullptr && zoo.device(name))
      input = "hardware";
    else
      return Error{"no row of the catalogue that it takes: " + in_quotes(name)};
    add_variant(ask, i, input, name, name);
    if (space != sides[i].npos)
      ask.variants[i].emplace_back("duration_days", sides[i].substr(space + 1));
  }
  return Done{};
}

// "SingleNode ResNet50/A100/b64/fp16 latency": the latency that another solver gives.
Result<Value> solved_reference(const std::string& text, const Zoo& zoo) {
  const std::vector<std::string> words = parts_of(text, " ");
  const std::vector<std::string> items = parts_of(words.size() > 1 ? words[1] : "", "/");
  if (words[0] != "SingleNode" || items.size() < 3) return Value(text);
  Fields arguments{{"model", items[0]}, {"hardware", items[1]}};
  for (std::size_t i = 2; i < items.size(); ++i) {
    if (items[i].starts_with("b") && !analytic::precision_named(items[i]))
      arguments.emplace_back("batch_size", items[i].substr(1));
    else if (analytic::precision_named(items[i]))
      arguments.emplace_back("precision", items[i]);
  }
  const Result<Pipeline> one = Pipeline::of({"SingleNodeModel"});
  if (!one) return one.error();
  const Result<std::vector<Pipeline::Stage>> stages = one->run(arguments, zoo);
  if (!stages) return stages.error();
  for (const analytic::Shown& shown : stages->back().answer.outputs)
    if (shown.name == "latency") return Value(Fields{{"value", shown.value}, {"unit", shown.unit}});
  return Value(text);
}

// One input of the case, into the common arguments or the variants.
Status add_input(Ask& ask, const std::string& name, const Value& value, const Zoo& zoo) {
  const std::string* text = value.as_text();
  if (value.empty() || contains(descriptive, name) || (text != nullptr && leaves_default(*text)))
    return Done{};
  if (name == "pair" && text != nullptr) return add_pair(ask, *text, zoo);
  if (contains(extras, name)) return ask.extra.add(name, plain_value(value), "1"), Done{};
  for (const std::string_view side : {"_baseline", "_proposal"}) {
    if (!name.ends_with(side)) continue;
    const std::string stem = name.substr(0, name.size() - side.size());
    const analytic::InputSpec* spec = meant_input(ask.solvers, stem);
    if (spec == nullptr) continue;
    add_variant(ask, side == "_proposal" ? 1 : 0, std::string(spec->name), plain_value(value),
                std::string(side.substr(1)));
    return Done{};
  }
  const analytic::InputSpec* spec = meant_input(ask.solvers, name);
  if (spec == nullptr) return Error{"there is no argument " + in_quotes(name)};
  const analytic::InputSpec* count = meant_input(ask.solvers, "n_" + name + "s");
  if (const auto many = text != nullptr ? repeated(*text) : std::nullopt;
      many && count != nullptr) {
    ask.common.emplace_back(std::string(count->name), many->count);
    ask.common.emplace_back(std::string(spec->name), many->each);
    return Done{};
  }
  const Value plain = plain_value(value);
  if (const analytic::Values* list = plain.as_list(); list != nullptr && !spec->is_list) {
    for (std::size_t i = 0; i < list->size(); ++i)
      add_variant(ask, i, std::string(spec->name), in_unit_of_name((*list)[i], name, *spec),
                  tag_of((*list)[i]));
    return Done{};
  }
  const Result<Value> argument =
      plain.as_text() != nullptr ? solved_reference(plain.text(), zoo) : Result<Value>(plain);
  if (!argument) return argument.error();
  ask.common.emplace_back(std::string(spec->name), in_unit_of_name(*argument, name, *spec));
  return Done{};
}

// What a case need not say: a solver that needs a device is asked about the fleet's, and one that
// needs a length (though the case asks for nothing that depends on it) about the book's usual.
void fill_in(Ask& ask, const Zoo& zoo) {
  const auto given = [&](std::string_view name) {
    return std::find_if(ask.common.begin(), ask.common.end(),
                        [&](const auto& field) { return field.first == name; });
  };
  const analytic::InputSpec* length = meant_input(ask.solvers, "seq_len");
  if (length != nullptr && length->required && ask.variants.empty() &&
      given(length->name) == ask.common.end())
    ask.common.emplace_back(std::string(length->name), 2048.0);
  const analytic::InputSpec* hardware = meant_input(ask.solvers, "hardware");
  const auto fleet = given("fleet");
  if (hardware == nullptr || !hardware->required || fleet == ask.common.end()) return;
  if (given("hardware") != ask.common.end()) return;
  if (const auto row = zoo.fleet(fleet->second))
    ask.common.emplace_back("hardware", row->node.accelerator.id);
}

Result<CaseRun> solve(const Ask& ask, std::size_t variant, const Zoo& zoo) {
  Fields arguments = ask.common;
  CaseRun run;
  if (!ask.variants.empty()) {
    const Fields& own = ask.variants[variant];
    arguments.insert(arguments.end(), own.begin(), own.end());
    run.tags = ask.tags[variant];
  }
  std::vector<std::string> names;
  for (const Solver* solver : ask.solvers) names.emplace_back(solver->name);
  const Result<Pipeline> pipeline = Pipeline::of(names);
  if (!pipeline) return pipeline.error();
  const Result<std::vector<Pipeline::Stage>> stages = pipeline->run(arguments, zoo);
  if (!stages) return stages.error();
  for (const Pipeline::Stage& stage : *stages) run.figures.add(stage.answer.outputs);
  run.told = run.figures.all().size();
  for (const Pipeline::Stage& stage : *stages) run.figures.add(stage.answer.inputs);
  for (const Figure& extra : ask.extra.all()) run.figures.add(extra.name, extra.value, "1");
  add_catalogue(run.figures, arguments, zoo);
  return run;
}

// "largest batch_size with feasible = True": the last whole number for which the answer holds, if
// it holds up to there: doubling, then halving.
Result<CaseRun> search(const Ask& ask, const std::string& text, const Zoo& zoo) {
  const std::vector<std::string> words = parts_of(text, " ");
  if (words.size() < 6 || words[0] != "largest" || words[2] != "with" || words[4] != "=")
    return Error{"no search that is understood: " + in_quotes(text)};
  const double wanted = analytic::same_name(words[5], "true") ? 1 : 0;
  const auto run_at = [&](double n) {
    Ask at = ask;
    at.common.emplace_back(words[1], n);
    return solve(at, 0, zoo);
  };
  const auto holds = [&](double n) {
    const Result<CaseRun> run = run_at(n);
    return run && run->figures.number(words[3]) == wanted;
  };
  constexpr double most = 0x1p30;
  double low = 0, high = 1;
  while (high < most && holds(high)) low = high, high *= 2;
  while (high - low > 1) {
    const double middle = std::floor((low + high) / 2);
    (holds(middle) ? low : high) = middle;
  }
  if (low < 1 || high >= most) return Error{"no largest " + words[1]};
  Result<CaseRun> best = run_at(low);
  if (best) best->figures.add("max_feasible_" + parts_of(words[1], "_")[0], low, "1");
  return best;
}

bool is_figure_of(const Case& test, const std::string& name) {
  return std::any_of(test.expected.begin(), test.expected.end(),
                     [&](const ExpectedFigure& figure) { return figure.name == name; });
}

}  // namespace

Result<std::vector<CaseRun>> solve_case(const Case& test, const Zoo& zoo) {
  if (test.solver == "Registry") return look_up_case(test, zoo);
  Ask ask;
  Result<std::vector<const Solver*>> solvers = solvers_of(test.solver);
  if (!solvers) return solvers.error();
  ask.solvers = *std::move(solvers);
  std::string wanted;
  for (const auto& [name, value] : test.inputs) {
    if (name == "search" && value.as_text() != nullptr) wanted = value.text();
    if (is_figure_of(test, name) && meant_input(ask.solvers, name) == nullptr)
      continue;  // in words, how the case works that figure out
    if (const Status status = add_input(ask, name, value, zoo); !status) return status.error();
  }
  fill_in(ask, zoo);
  std::vector<CaseRun> runs;
  for (std::size_t i = 0; i < std::max<std::size_t>(1, ask.variants.size()); ++i) {
    Result<CaseRun> run = wanted.empty() ? solve(ask, i, zoo) : search(ask, wanted, zoo);
    if (!run) return run.error();
    runs.push_back(*std::move(run));
  }
  return runs;
}

}  // namespace fleetsim
