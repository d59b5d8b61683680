#include "tools/sweep_plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <numeric>
#include <set>

#include "analytic/front.h"
#include "sim/printable.h"
#include "sim/stream.h"

namespace fleetsim {
namespace {

using Values = std::vector<std::string>;  // of one point, by axis

constexpr std::size_t most_points = 100'000;
constexpr std::size_t longest_option = 500;  // in a message

class Planner {
 public:
  explicit Planner(const SweepRequest& request) : request_(request) {}
  Result<SweepPlan> plan();

 private:
  Status read_axes();
  Result<std::vector<Values>> grid();
  Result<std::vector<Values>> samples() const;
  Result<LoadedScenario> load(const Values& values) const;
  Error explain(const Error& error, const Values& values, const Values& sets) const;

  const SweepRequest& request_;
  SweepPlan plan_;
};

Status Planner::read_axes() {
  if (request_.vary.empty())
    return Error{"nothing to vary; expected --vary PATH=LO:HI:N or --vary PATH=A,B,C"};
  const std::vector<FieldDescription> schema = describe_schema();
  for (const std::string& option : request_.vary) {
    const Result<SweepAxis> axis = SweepAxis::parse(option, schema);
    if (!axis) return axis.error();
    for (const SweepAxis& earlier : plan_.axes)
      if (earlier.field().path == axis->field().path)
        return Error{"--vary " + printable(option, longest_option) +
                     ": this field is varied already"};
    plan_.axes.push_back(*axis);
    plan_.text += "--vary " + option + "\n";
  }
  if (!request_.sample.empty()) plan_.text += "--sample " + request_.sample + "\n";
  return Done{};
}

Error too_many(double points) {
  return Error{
      fmt::format("{:.0f} points are too many; a sweep has at most {}", points, most_points)};
}

Result<std::vector<Values>> Planner::grid() {
  std::vector<Values> axes;
  std::vector<std::size_t> sizes;
  double product = 1;
  for (const SweepAxis& axis : plan_.axes) {
    const Result<Values> values = axis.grid();
    if (!values) return values.error();
    axes.push_back(*values);
    sizes.push_back(values->size());
    product *= static_cast<double>(values->size());
    plan_.last_axis = values->size();
  }
  if (product > most_points) return too_many(product);
  std::vector<Values> points;
  analytic::Odometer odometer(sizes);
  do {
    points.emplace_back();
    for (std::size_t a = 0; a < axes.size(); ++a)
      points.back().push_back(axes[a][odometer.at()[a]]);
  } while (odometer.next() < axes.size());
  return points;
}

// "lhs:20".
Result<std::pair<Sampling, std::size_t>> parse_sample(const std::string& text) {
  const std::size_t colon = std::min(text.find(':'), text.size());
  const std::string name = text.substr(0, colon);
  std::size_t count = 0;
  const char* end = text.data() + text.size();
  const auto [stop, problem] = std::from_chars(std::min(text.data() + colon + 1, end), end, count);
  if ((name != "lhs" && name != "random") || problem != std::errc() || stop != end || count == 0)
    return Error{"--sample " + printable(text) + ": expected random:N or lhs:N"};
  if (count > most_points) return too_many(static_cast<double>(count));
  return std::pair(name == "lhs" ? Sampling::latin_hypercube : Sampling::random, count);
}

// The seed is that of the scenario at the beginning of all axes. What comes twice is left out.
Result<std::vector<Values>> Planner::samples() const {
  const auto sample = parse_sample(request_.sample);
  if (!sample) return sample.error();
  const auto values_at = [&](const std::vector<double>& shares) {
    Values values;
    for (std::size_t a = 0; a < shares.size(); ++a)
      values.push_back(plan_.axes[a].at(shares[a], sample->second));
    return values;
  };
  const Result<LoadedScenario> corner = load(values_at(std::vector<double>(plan_.axes.size(), 0)));
  if (!corner) return corner.error();
  std::vector<Values> points;
  std::set<Values> seen;
  for (const std::vector<double>& shares :
       sample_shares(sample->first, sample->second, plan_.axes.size(), corner->scenario.run.seed))
    if (Values values = values_at(shares); seen.insert(values).second)
      points.push_back(std::move(values));
  return points;
}

// An error of the scenario as it stands is told as it is. What a varied value causes is told of its
// --vary, or, when it shows elsewhere, of the point.
Error Planner::explain(const Error& error, const Values& values, const Values& sets) const {
  for (std::size_t a = 0; a < values.size(); ++a) {
    const std::string& set = sets[request_.sets.size() + a];
    const std::string prefix = "--set " + printable(set, longest_option) + ": ";
    if (!error.message.starts_with(prefix)) continue;
    return {"--vary " + printable(plan_.axes[a].option(), longest_option) + ": at " +
                printable(values[a]) + ": " + error.message.substr(prefix.size()),
            error.kind};
  }
  const Result<LoadedScenario> plain = load_scenario(request_.scenario, request_.sets);
  if (!plain && plain.error().message == error.message) return error;
  return {"--vary: at " + plan_.name_of(values) + ": " + error.message, error.kind};
}

Result<LoadedScenario> Planner::load(const Values& values) const {
  Values sets = request_.sets;
  for (std::size_t a = 0; a < values.size(); ++a)
    sets.push_back(plan_.axes[a].field().path + "=" + values[a]);
  Result<LoadedScenario> loaded = load_scenario(request_.scenario, sets);
  if (!loaded) return explain(loaded.error(), values, sets);
  loaded->scenario.run.keep_requests = 0;  // a sweep keeps no tables
  return loaded;
}

Result<SweepPlan> Planner::plan() {
  if (const Status read = read_axes(); !read) return read.error();
  const Result<std::vector<Values>> points = request_.sample.empty() ? grid() : samples();
  if (!points) return points.error();
  for (const Values& values : *points) {
    Result<LoadedScenario> loaded = load(values);
    if (!loaded) return loaded.error();
    plan_.points.push_back({values, *std::move(loaded)});
  }
  return std::move(plan_);
}

}  // namespace

std::string SweepPlan::name_of(const std::vector<std::string>& values) const {
  std::string name;
  for (std::size_t a = 0; a < values.size(); ++a)
    name += (a > 0 ? ", " : "") + printable(axes[a].field().path, longest_option) + "=" +
            printable(values[a]);
  return name;
}

Result<SweepPlan> plan_sweep(const SweepRequest& request) {
  return Planner(request).plan();
}

std::vector<std::vector<double>> sample_shares(Sampling sampling, std::size_t points,
                                               std::size_t axes, std::uint64_t seed) {
  std::vector<std::vector<double>> shares(points, std::vector<double>(axes));
  for (std::size_t axis = 0; axis < axes; ++axis) {
    Stream stream = Chance{.seed = seed}.stream("sweep.sample", static_cast<std::uint32_t>(axis));
    std::vector<std::size_t> strata(points);
    std::iota(strata.begin(), strata.end(), std::size_t{0});
    for (std::size_t left = points; left > 1; --left) {  // Fisher and Yates 1938
      const auto drawn = static_cast<std::size_t>(stream.uniform() * static_cast<double>(left));
      std::swap(strata[left - 1], strata[drawn]);
    }
    for (std::size_t i = 0; i < points; ++i)
      shares[i][axis] =
          sampling == Sampling::random
              ? stream.uniform()
              : (static_cast<double>(strata[i]) + stream.uniform()) / static_cast<double>(points);
  }
  return shares;
}

}  // namespace fleetsim
