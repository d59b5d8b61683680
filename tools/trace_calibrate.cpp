#include "tools/trace_calibrate.h"

#include <fmt/format.h>

#include <array>
#include <nlohmann/json.hpp>

#include "sim/unit_text.h"
#include "tools/text_table.h"
#include "traces/requests/measured_requests.h"
#include "traces/scenario_file.h"

namespace fleetsim {
namespace {

using serving::Calibration;
using serving::Errors;

constexpr std::array names = {"TTFT mean", "TTFT p99", "TPOT mean",
                              "TPOT p99",  "E2E mean", "E2E p99"};
std::array<double, names.size()> figures(const Errors& errors) {
  return {errors.ttft_mean, errors.ttft_p99, errors.tpot_mean,
          errors.tpot_p99,  errors.e2e_mean, errors.e2e_p99};
}

struct Fit {
  std::size_t requests = 0;
  Calibration found{};
  Errors data_sheet{}, told{}, held_out{};
};

Result<Fit> fit(const TraceOptions& options) {
  const auto loaded = load_scenario(options.scenario, options.sets);
  if (!loaded) return loaded.error();
  if (!loaded->scenario.serving)
    return Error{fmt::format("{}: found no serving; expected the service that was measured",
                             options.scenario)};
  const serving::ServingConfig& config = *loaded->scenario.serving;
  if (config.replicas() != 1)
    return Error{fmt::format("{}: found {} replicas; expected the one that was measured",
                             options.scenario, config.replicas())};
  const auto measured = requests::load_measured(options.files.front());
  if (!measured) return measured.error();
  if (measured->size() < 2)
    return Error{
        fmt::format("{}: found one request; expected two at least: every other one is "
                    "held back from the fit",
                    options.files.front())};
  for (const serving::MeasuredRequest& request : *measured)
    if (!serving::holds(config.groups.front().scheduler, request.prompt + request.output))
      return Error{
          fmt::format("{}: a request of {} and {} tokens is more than a replica holds; "
                      "expected more memory for keys and values",
                      options.files.front(), request.prompt, request.output)};
  Fit out{.requests = measured->size()};
  out.found = serving::calibrate(config, *measured);
  out.data_sheet = serving::errors_of(config, {}, *measured, false);
  out.told = serving::errors_of(config, out.found, *measured, true);
  out.held_out = serving::errors_of(config, out.found, *measured, false);
  return out;
}

std::string message_of(const Calibration& c) {
  return fmt::format(
      "calibration {{ token: {:.6g}  pair: {:.6g}  weights: {:.6g}  key: {:.6g}  launch: \"{:.6g} "
      "us\"  sequence: \"{:.6g} us\"  each_token: \"{:.6g} us\" }}",
      c.token, c.pair, c.weights, c.key, 1e6 * c.launch, 1e6 * c.sequence, 1e6 * c.each_token);
}

std::string as_text(const Fit& fit, const TraceOptions& options) {
  std::vector<std::string> heading = {"error"};
  heading.insert(heading.end(), names.begin(), names.end());
  std::vector<bool> right(heading.size(), true);
  right[0] = false;
  TextTable table(heading, right);
  for (const auto& [what, errors] : {std::pair{"data sheet, held out", &fit.data_sheet},
                                     {"fitted, told", &fit.told},
                                     {"fitted, held out", &fit.held_out}}) {
    std::vector<std::string> cells = {what};
    for (const double error : figures(*errors))
      cells.push_back(fmt::format("{:+.1f} %", 100 * error));
    table.add(cells);
  }
  return fmt::format("{}: {} requests, every other one told to the fit\n\n{}\n{}\n",
                     options.files.front(), fit.requests, table.text(), message_of(fit.found));
}

nlohmann::ordered_json json_of(const Errors& errors) {
  nlohmann::ordered_json out;
  for (std::size_t i = 0; i < names.size(); ++i) out[names[i]] = figures(errors)[i];
  return out;
}

std::string as_json(const Fit& fit) {
  const Calibration& c = fit.found;
  nlohmann::ordered_json out{{"requests", fit.requests},
                             {"calibration",
                              {{"token", c.token},
                               {"pair", c.pair},
                               {"weights", c.weights},
                               {"key", c.key},
                               {"launch_s", c.launch},
                               {"sequence_s", c.sequence},
                               {"each_token_s", c.each_token}}},
                             {"errors",
                              {{"data_sheet_held_out", json_of(fit.data_sheet)},
                               {"fitted_told", json_of(fit.told)},
                               {"fitted_held_out", json_of(fit.held_out)}}}};
  return out.dump(2) + "\n";
}

}  // namespace

Result<std::string> trace_calibrate(const TraceOptions& options) {
  const auto found = fit(options);
  if (!found) return found.error();
  return options.format == Format::json ? as_json(*found) : as_text(*found, options);
}

}  // namespace fleetsim
