#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "sim/nearest.h"
#include "sim/printable.h"
#include "tools/solve_verbs.h"

namespace fleetsim {
namespace {

// A key of a block, and the argument of SystemEvaluation that it is; empty: read elsewhere.
struct Key {
  std::string_view key, argument;
  bool required = false;
};

constexpr Key top_keys[] = {{"version", "", true},
                            {"name", "scenario_name", true},
                            {"workload", "", true},
                            {"hardware", "", true},
                            {"ops", ""},
                            {"constraints", ""}};
constexpr Key workload_keys[] = {
    {"name", "model", true}, {"batch_size", "batch_size"}, {"seq_len", "seq_len"}};
constexpr Key hardware_keys[] = {{"name", "hardware", true},
                                 {"nodes", "nodes"},
                                 {"accelerators_per_node", "accelerators_per_node"},
                                 {"intra_node_bw", "intra_node_bw"},
                                 {"fabric_bandwidth", "fabric_bandwidth"},
                                 {"precision", "precision"},
                                 {"efficiency", "efficiency"}};
constexpr Key ops_keys[] = {{"region", "region"}, {"duration_days", "duration_days"}};
constexpr Key constraint_keys[] = {{"assert", ""}};
constexpr Key assert_keys[] = {{"metric", "", true}, {"max", ""}, {"min", ""}};

// A block's keys: none unknown, none missing; those that are arguments go to `arguments`.
template <std::size_t N>
Status read_block(const Json& json, const std::string& place, const Key (&keys)[N],
                  analytic::Fields& arguments) {
  if (!json.is_object()) return Error{place + ": expected an object"};
  std::vector<std::string> names;
  for (const Key& key : keys) names.emplace_back(key.key);
  for (const auto& [name, value] : json.items()) {
    const auto known = std::find(names.begin(), names.end(), name);
    if (known == names.end())
      return Error{
          fmt::format("{}: unknown key {}{}", place, in_quotes(name), did_you_mean(name, names))};
    const Key& key = keys[static_cast<std::size_t>(known - names.begin())];
    if (!key.argument.empty() && !value.is_null())
      arguments.emplace_back(std::string(key.argument), value_of(value));
  }
  for (const Key& key : keys)
    if (key.required && !json.contains(key.key))
      return Error{fmt::format("{}: {} is missing", place, key.key)};
  return Done{};
}

Status read_asserts(const Json& block, const std::string& place, Plan& plan) {
  analytic::Fields none;
  if (const Status status = read_block(block, place, constraint_keys, none); !status) return status;
  const Json list = block.value("assert", Json::array());
  if (!list.is_array()) return Error{place + ": assert: expected a list"};
  for (const Json& item : list) {
    const Status status = read_block(item, place + ": assert", assert_keys, none);
    if (!status) return status;
    if (!item["metric"].is_string()) return Error{place + ": assert: metric is no text"};
    const auto bound = [&](const char* key, const char* op) {
      if (!item.contains(key)) return;
      const Json& value = item[key];
      const std::string text = value.is_string() ? value.get<std::string>() : value.dump();
      plan.constraints.push_back(
          fmt::format("{} {} {}", item["metric"].get<std::string>(), op, text));
    };
    bound("max", "<=");
    bound("min", ">=");
  }
  return Done{};
}

}  // namespace

Result<Plan> read_plan(const Json& json, const std::string& source) {
  Plan plan;
  const auto block = [&](const char* name, const auto& keys) -> Status {
    if (!json.contains(name)) return Done{};
    return read_block(json[name], source + ": " + name, keys, plan.arguments);
  };
  if (const Status s = read_block(json, source, top_keys, plan.arguments); !s) return s.error();
  if (const Status s = block("workload", workload_keys); !s) return s.error();
  if (const Status s = block("hardware", hardware_keys); !s) return s.error();
  if (const Status s = block("ops", ops_keys); !s) return s.error();
  if (json.contains("ops") && !json["ops"].contains("duration_days"))
    plan.arguments.emplace_back("duration_days", 30.0);  // as the book has it
  if (json.contains("constraints")) {
    const Status s = read_asserts(json["constraints"], source + ": constraints", plan);
    if (!s) return s.error();
  }
  return plan;
}

}  // namespace fleetsim
