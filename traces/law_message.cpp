#include "traces/law_message.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <span>
#include <string_view>
#include <vector>

#include "sim/unit_text.h"
#include "traces/number_file.h"
#include "traces/schema.h"

namespace fleetsim {
namespace {

using Values = std::span<const double>;

// One way of giving a law: the fields that must be there, no other, and what is made of them.
struct Form {
  std::string_view law;
  std::array<std::string_view, 3> fields;
  Result<Law> (*make)(Values value);
};

constexpr Form forms[] = {
    {"constant", {"value"}, [](Values v) { return Law::constant(v[0]); }},
    {"exponential", {"mean"}, [](Values v) { return Law::exponential(v[0]); }},
    {"exponential", {"rate"}, [](Values v) { return Law::exponential(1 / v[0]); }},
    {"uniform", {"low", "high"}, [](Values v) { return Law::uniform(v[0], v[1]); }},
    {"uniform", {"mean", "cv"}, [](Values v) { return Law::uniform_mean_cv(v[0], v[1]); }},
    {"gamma", {"mean", "cv"}, [](Values v) { return Law::gamma_mean_cv(v[0], v[1]); }},
    {"gamma", {"shape", "scale"}, [](Values v) { return Law::gamma(v[0], v[1]); }},
    {"weibull", {"shape", "scale"}, [](Values v) { return Law::weibull(v[0], v[1]); }},
    {"weibull", {"shape", "mean"}, [](Values v) { return Law::weibull_shape_mean(v[0], v[1]); }},
    {"weibull", {"mean", "cv"}, [](Values v) { return Law::weibull_mean_cv(v[0], v[1]); }},
    {"lognormal", {"mean", "cv"}, [](Values v) { return Law::lognormal_mean_cv(v[0], v[1]); }},
    {"lognormal",
     {"median", "sigma"},
     [](Values v) { return Law::lognormal(std::log(v[0]), v[1]); }},
    {"pareto", {"shape", "low", "high"}, [](Values v) { return Law::pareto(v[0], v[1], v[2]); }},
    {"pareto",
     {"shape", "mean", "cv"},
     [](Values v) { return Law::pareto_mean_cv(v[0], v[1], v[2]); }},
    {"hyperexponential",
     {"mean", "cv"},
     [](Values v) { return Law::hyperexponential_mean_cv(v[0], v[1]); }},
};

std::vector<std::string> fields_of(const Form& form) {
  std::vector<std::string> fields;
  for (const std::string_view field : form.fields)
    if (!field.empty()) fields.emplace_back(field);
  return fields;
}

// "mean and cv, or shape and scale".
std::string ways(std::string_view law) {
  std::string text;
  for (const Form& form : forms)
    if (form.law == law) text += (text.empty() ? "" : ", or ") + joined_by_and(fields_of(form));
  return text + (law == "hyperexponential" ? ", or branch" : "");
}

double value_of(const Node& law, const std::string& field, const std::string& unit) {
  if (field == "rate") return law.in("rate", inverse_unit(unit));
  if (field == "cv" || field == "shape" || field == "sigma") return law.number(field.c_str());
  return law.in(field.c_str(), unit);
}

Result<Law> mixture(const Node& law, const std::string& unit, const Provenance& provenance) {
  std::vector<double> probability, mean;
  for (const Node& branch : law.children("branch")) {
    probability.push_back(branch.number("probability"));
    mean.push_back(branch.in("mean", unit));
  }
  auto made = Law::hyperexponential(std::move(probability), std::move(mean));
  if (!made) return provenance.error(law.path(), made.error().message);
  return made;
}

Result<Law> empirical(const Node& law, const std::string& unit, const Provenance& provenance) {
  std::vector<double> value, weight = law.numbers("weight");
  if (law.has("file") == law.has("value"))
    return provenance.error(law.path(), "expected either value or file");
  if (law.has("file")) {
    if (law.has("weight"))
      return provenance.error(law.path("weight", 0), "expected the weights in the file too");
    const ColumnRequest requests[] = {{"value", unit, true}, {"weight", "1", false}};
    auto columns = read_columns(provenance.beside(law.text("file")), requests);
    if (!columns) {
      Error error = provenance.error(law.path("file"), columns.error().message);
      error.kind = columns.error().kind;
      return error;
    }
    value = std::move((*columns)[0]), weight = std::move((*columns)[1]);
  }
  const auto quantities = law.texts("value");
  for (std::size_t i = 0; i < quantities.size(); ++i)
    value.push_back(*parse_in(quantities[i], unit));
  if (weight.empty()) weight.assign(value.size(), 1);
  if (weight.size() != value.size())
    return provenance.error(law.path("weight", 0), "found " + std::to_string(weight.size()) +
                                                       " weights; expected one for each of the " +
                                                       std::to_string(value.size()) + " values");
  auto made = Law::empirical(std::move(value), std::move(weight));
  if (!made) return provenance.error(law.path(), made.error().message);
  return made;
}

}  // namespace

Result<Law> law_of(const Node& distribution, const std::string& unit,
                   const Provenance& provenance) {
  const std::string name = distribution.chosen("law");
  const Node law = distribution.child(name.c_str());
  if (name == "empirical") return empirical(law, unit, provenance);
  const auto present = law.present();
  if (present == std::vector<std::string>{"branch"}) return mixture(law, unit, provenance);
  for (const Form& form : forms) {
    const auto fields = fields_of(form);
    if (form.law != name ||
        !std::is_permutation(fields.begin(), fields.end(), present.begin(), present.end()))
      continue;
    std::vector<double> values;
    for (const std::string& field : fields) values.push_back(value_of(law, field, unit));
    auto made = form.make(values);
    // The last field is the one that has to suit the others.
    if (!made) return provenance.error(law.path(fields.back()), made.error().message);
    return made;
  }
  return provenance.error(present.empty() ? law.path() : law.path(present.back()),
                          "found " + (present.empty() ? "nothing" : joined_by_and(present)) +
                              "; expected " + ways(name));
}

}  // namespace fleetsim
