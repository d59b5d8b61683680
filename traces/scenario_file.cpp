#include "traces/scenario_file.h"

#include <fmt/format.h>
#include <google/protobuf/text_format.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <string_view>

#include "sim/printable.h"
#include "topology/bill.h"
#include "traces/admission_message.h"
#include "traces/binary_parse.h"
#include "traces/device_message.h"
#include "traces/failures_message.h"
#include "traces/field_rules.h"
#include "traces/json_text.h"
#include "traces/load_message.h"
#include "traces/network_message.h"
#include "traces/node.h"
#include "traces/offered_load.h"
#include "traces/provenance.h"
#include "traces/queueing_message.h"
#include "traces/rare_message.h"
#include "traces/read_file.h"
#include "traces/replica_upkeep_message.h"
#include "traces/schema.h"
#include "traces/serving_message.h"
#include "traces/settings.h"
#include "traces/site_message.h"
#include "traces/spot_message.h"
#include "traces/text_parse.h"
#include "traces/training_budget.h"
#include "workloads/serving/energy.h"
#include "workloads/serving/placement.h"

namespace fleetsim {
namespace {

using google::protobuf::Message;

constexpr std::size_t largest = std::size_t{16} << 20;  // bytes of a scenario
constexpr std::uint64_t fewest_for_regression = 10;  // replications per control variate, at least

enum class Form { text, json, binary };

Form form_of(std::string_view bytes, const std::string& name) {
  const std::string extension = std::filesystem::path(name).extension().string();
  if (extension == ".json") return Form::json;
  if (extension == ".pb") return Form::binary;
  if (extension == ".textproto" || extension == ".txtpb" || extension == ".prototxt")
    return Form::text;
  const auto first = bytes.find_first_not_of(" \t\r\n");
  if (first != bytes.npos && bytes[first] == '{') return Form::json;
  return bytes.find('\0') == bytes.npos ? Form::text : Form::binary;
}

std::string printed(const Message& message) {
  google::protobuf::TextFormat::Printer printer;
  printer.SetUseUtf8StringEscaping(true);
  std::string text;
  check(printer.PrintToString(message, &text), "a message that was read can be printed");
  return text;
}

// Fills `message` and notes in `provenance` where its values stand.
Status parse(const std::string& bytes, Form form, const Schema& schema, Message& message,
             Provenance& provenance) {
  if (form == Form::binary) return parse_binary(bytes, provenance, message);
  provenance.text = bytes.starts_with("\xEF\xBB\xBF") ? bytes.substr(3) : bytes;
  if (form == Form::json) {
    JsonText json = text_of_json(provenance.text, schema.scenario());
    provenance.text = std::move(json.text);
    provenance.origin = std::move(json.origin);
    if (json.complaint) return provenance.error_at(json.complaint->place, json.complaint->what);
  }
  if (const auto complaint = parse_text(provenance.text, schema, "", message))
    return provenance.error_at(complaint->place, complaint->what);
  return Done{};
}

Result<RunConfig> run_of(const Node& run, const Provenance& provenance) {
  RunConfig config;
  config.horizon = from_seconds(run.in("horizon", "s"));
  if (run.text("warm_up") != "auto") config.warm_up = from_seconds(run.in("warm_up", "s"));
  config.replications = static_cast<std::uint32_t>(run.count("replications"));
  config.batches = static_cast<std::uint32_t>(run.count("batches"));
  config.seed = run.count("seed");
  config.antithetic = run.flag("antithetic");
  config.control_variates = run.flag("control_variates");
  config.keep_requests = static_cast<std::uint32_t>(run.count("keep_requests"));
  if (config.warm_up && *config.warm_up >= config.horizon)
    return provenance.error(run.path("warm_up"), "found " + in_quotes(run.text("warm_up")) +
                                                     "; expected less than the horizon, " +
                                                     in_quotes(run.text("horizon")));
  if (config.antithetic && config.replications % 2 != 0)
    return provenance.error(run.path("replications"),
                            "found " + std::to_string(config.replications) +
                                "; expected an even number, for antithetic runs come in pairs");
  if (config.control_variates && config.replications < fewest_for_regression)
    return provenance.error(run.path("replications"),
                            "found " + std::to_string(config.replications) + "; expected " +
                                std::to_string(fewest_for_regression) +
                                " or more, for control_variates fits a line through them");
  return config;
}

// What begins at rest is watched from then on, unless the scenario says otherwise.
Status watch_from_start(const Provenance& provenance, bool always, LoadedScenario& loaded) {
  std::optional<Duration>& warm_up = loaded.scenario.run.warm_up;
  if (always && warm_up && *warm_up > Duration{})
    return provenance.error("run.warm_up",
                            "a network begins idle and is watched from then on; "
                            "expected \"0 s\" or \"auto\"");
  if (!warm_up) warm_up = Duration{};
  return Done{};
}

Status read_network(const Node& root, const NamedFleet& fleet, const Provenance& provenance,
                    LoadedScenario& loaded) {
  auto network = network_of(root.child("network"), fleet, provenance);
  if (!network) return network.error();
  loaded.warnings.insert(loaded.warnings.end(), network->warnings.begin(), network->warnings.end());
  loaded.scenario.network = std::move(network->config);
  loaded.scenario.network->horizon = loaded.scenario.run.horizon;
  return watch_from_start(provenance, true, loaded);
}

// What the networks of a fleet cost. A multiplier on the price of devices stands for all that is
// bought with them, the network too; and nobody buys a network for rented nodes.
std::optional<double> network_price(const Fleet& fleet, const Sites& sites, bool rented) {
  const bool apart = std::all_of(sites.owned.begin(), sites.owned.end(),
                                 [](const Ownership& one) { return one.multiplier == 1; });
  const Bill bill = bill_of(fleet);
  if (!apart || rented || !bill.price) return std::nullopt;
  return *bill.price;
}

void count_energy(LoadedScenario& loaded) {
  training::TrainingConfig& config = *loaded.scenario.training;
  const bool rented = std::any_of(config.failures.begin(), config.failures.end(),
                                  [](const FailurePlan& plan) { return plan.spot.has_value(); });
  config.energy = training::EnergyConfig{
      .sites = loaded.sites, .network_price = network_price(*config.fleet, loaded.sites, rented)};
}

// `others`: nodes of each cluster that jobs do not have.
Status read_training(const Node& root, const NamedFleet& fleet, const Zoo& zoo,
                     const Provenance& provenance, LoadedScenario& loaded,
                     const std::vector<std::uint32_t>& others = {}) {
  auto training = training_in_budget(root, fleet, zoo, provenance, loaded.sites, others);
  if (!training) return training.error();
  loaded.warnings.insert(loaded.warnings.end(), training->warnings.begin(),
                         training->warnings.end());
  loaded.scenario.training = std::move(training->config);
  const Status watched = watch_from_start(provenance, false, loaded);
  loaded.scenario.training->horizon = loaded.scenario.run.horizon;
  loaded.scenario.training->warm_up = *loaded.scenario.run.warm_up;
  count_energy(loaded);
  if (!watched || !root.child("failures").has("rare")) return watched;
  auto rare = rare_of(root.child("failures"), *loaded.scenario.training, provenance);
  if (!rare) return rare.error();
  loaded.scenario.rare = *std::move(rare);
  return Done{};
}

Status read_loads(const Node& root, const NamedFleet& fleet, const Provenance& provenance,
                  LoadedScenario& loaded) {
  auto loads = loads_of(root, fleet, loaded.sites, provenance);
  if (!loads) return loads.error();
  loaded.warnings.insert(loaded.warnings.end(), loads->warnings.begin(), loads->warnings.end());
  const Status watched = watch_from_start(provenance, false, loaded);
  loads->config.horizon = loaded.scenario.run.horizon;
  loads->config.warm_up = *loaded.scenario.run.warm_up;
  loaded.scenario.loads = std::move(loads->config);
  return watched;
}

// Nodes by cluster that replicas stand on.
std::vector<std::uint32_t> nodes_of(const serving::ServingConfig& config, const FleetPlan& plan) {
  std::vector<std::uint32_t> out(plan.clusters.size(), 0);
  for (const serving::Stand& stand : serving::stands_of(config.groups, serving::Placer(plan)))
    out[stand.cluster.index] = stand.node + stand.nodes;
  return out;
}

Result<std::vector<FailurePlan>> failures_of_replicas(const Node& root, const NamedFleet& fleet,
                                                      const Zoo& zoo,
                                                      const Provenance& provenance) {
  if (!root.has("failures")) return std::vector<FailurePlan>{};
  const Node failures = root.child("failures");
  if (failures.has("rare"))
    return provenance.error("failures.rare", "found beside serving; expected it beside training");
  return failures_of(failures, fleet, zoo, provenance);
}

Status read_serving(const Node& root, const NamedFleet& fleet, const Zoo& zoo,
                    const Provenance& provenance, LoadedScenario& loaded) {
  auto read = serving_of(root.child("serving"), fleet, zoo, provenance);
  if (!read) return read.error();
  loaded.warnings.insert(loaded.warnings.end(), read->warnings.begin(), read->warnings.end());
  serving::ServingConfig& config = read->config;
  auto plans = failures_of_replicas(root, fleet, zoo, provenance);
  if (!plans) return plans.error();
  if (root.has("training")) {  // which reads the same plans, and lowers caps
    const auto nodes = nodes_of(config, fleet.fleet->plan());
    if (auto bad = read_training(root, fleet, zoo, provenance, loaded, nodes); !bad) return bad;
    loaded.scenario.training->energy.reset();
    plans = loaded.scenario.training->failures;
    loaded.warnings.push_back("serving: energy is not counted where training shares the fleet");
  }
  config.energy = serving::ServingConfig::Energy{
      .fleet = fleet.fleet,
      .sites = loaded.sites,
      .use = root.child("serving").has("measured") ? 1 : root.child("serving").number("efficiency"),
      .network_price = network_price(*fleet.fleet, loaded.sites, false),
      .counted = !root.has("training")};
  serving::heed_caps(config);
  if (auto bad = read_upkeep(root.child("serving"), *std::move(plans), fleet, provenance, config);
      !bad)
    return bad;
  if (auto bad = look_for_line(root.child("serving"), provenance, config); !bad) return bad;
  loaded.scenario.serving = std::move(config);
  return Done{};
}

// What uses the fleet.
Status read_on_fleet(const Node& root, const Provenance& provenance, LoadedScenario& loaded) {
  const bool network = root.has("network");
  const bool loads = root.has("load");
  const bool serving = root.has("serving");
  const char* user = network                ? "network"
                     : loads                ? "load"
                     : serving              ? "serving"
                     : root.has("training") ? "training"
                                            : "failures";
  if (network && (root.has("training") || root.has("failures")))
    return provenance.error("network", "found beside training or failures; expected one of them");
  if (loads && (network || root.has("training") || root.has("failures")))
    return provenance.error("load", "found beside another workload; expected one of the two");
  if (serving && (network || loads))
    return provenance.error("serving", "found beside another workload; expected one of the two");
  if (!root.has("fleet"))
    return provenance.error(user, "found without a fleet; expected the field \"fleet\"");
  if (!root.has("training"))
    if (auto bad = refuse_spot(root.child("fleet"), user, provenance); !bad) return bad;
  const auto zoo = load_zoo({});
  if (!zoo) return zoo.error();
  const auto fleet = fleet_of(root.child("fleet"), *zoo, provenance);
  if (!fleet) return fleet.error();
  if (!loads && fleet->clusters.empty())  // a load may be known by its power alone
    return provenance.error("fleet.region", "no region has a cluster; expected at least one");
  loaded.warnings = fleet->warnings;
  auto sites = sites_of(root, *fleet, *zoo, provenance);
  if (!sites) return sites.error();
  loaded.warnings.insert(loaded.warnings.end(), sites->warnings.begin(), sites->warnings.end());
  loaded.sites = std::move(sites->sites);
  if (network) return read_network(root, *fleet, provenance, loaded);
  if (serving) return read_serving(root, *fleet, *zoo, provenance, loaded);
  if (loads) return read_loads(root, *fleet, provenance, loaded);
  return read_training(root, *fleet, *zoo, provenance, loaded);
}

Status read_devices(const Node& root, const Provenance& provenance, LoadedScenario& loaded) {
  auto devices = devices_of(root, provenance);
  if (!devices) return devices.error();
  loaded.warnings = std::move(devices->warnings);
  const Status watched = watch_from_start(provenance, false, loaded);
  devices->config.horizon = loaded.scenario.run.horizon;
  devices->config.warm_up = *loaded.scenario.run.warm_up;
  loaded.scenario.devices = std::move(devices->config);
  return watched;
}

// What the scenario simulates: exactly one of what it may be.
Status read_workload(const Node& root, const Provenance& provenance, LoadedScenario& loaded) {
  const bool on_fleet = root.has("network") || root.has("training") || root.has("failures") ||
                        root.has("load") || root.has("serving");
  if (!root.has("queueing") && !on_fleet && !root.has("device"))
    return provenance.error("",
                            "nothing to simulate; expected the field \"queueing\", \"network\", "
                            "\"training\", \"serving\", \"device\" or \"load\"");
  if (root.has("device") && (root.has("queueing") || on_fleet || root.has("fleet")))
    return provenance.error("device", "found beside another workload; expected one of the two");
  if (root.has("device")) return read_devices(root, provenance, loaded);
  if (root.has("queueing") && on_fleet)
    return provenance.error("queueing", "found beside what is on a fleet; expected one of the two");
  if (on_fleet) return read_on_fleet(root, provenance, loaded);
  auto queueing = queueing_of(root.child("queueing"), provenance);
  if (!queueing) return queueing.error();
  loaded.warnings = queueing_warnings(*queueing);
  loaded.scenario.queueing = *std::move(queueing);
  return Done{};
}

Result<LoadedScenario> load(const std::string& bytes, const std::string& name,
                            std::span<const std::string> sets) {
  Schema schema;
  const std::unique_ptr<Message> message = schema.empty_scenario();
  Provenance provenance{.file = name, .root = &schema.scenario()};
  const Form form = form_of(bytes, name);
  if (auto bad = parse(bytes, form, schema, *message, provenance); !bad) return bad.error();
  if (message->ByteSizeLong() == 0)
    return Error{printable(name, 500) +
                 ": empty scenario; expected at least name, queueing and run"};
  LoadedScenario loaded{.source_text = form == Form::binary ? printed(*message) : bytes};
  for (const std::string& set : sets)
    if (auto bad = apply_setting(set, schema, *message, provenance); !bad) return bad.error();
  if (auto bad = check_fields(*message, schema, provenance); !bad) return bad.error();
  fill_defaults(*message);
  loaded.resolved_text = printed(*message);

  const Node root(*message, "");
  auto run = run_of(root.child("run"), provenance);
  if (!run) return run.error();
  loaded.scenario.name = root.text("name");
  loaded.scenario.run = *run;
  if (auto bad = read_workload(root, provenance, loaded); !bad) return bad.error();
  return loaded;
}

}  // namespace

Result<LoadedScenario> load_scenario(const std::string& path, std::span<const std::string> sets) {
  const auto bytes = read_file(path, largest);
  if (!bytes) return bytes.error();
  return load(*bytes, path, sets);
}

Result<LoadedScenario> load_scenario_text(const std::string& text, const std::string& display_name,
                                          std::span<const std::string> sets) {
  if (text.size() > largest)
    return Error{printable(display_name, 500) + ": is larger than " +
                 std::to_string(largest >> 20) + " MiB; expected a smaller scenario"};
  return load(text, display_name, sets);
}

}  // namespace fleetsim
