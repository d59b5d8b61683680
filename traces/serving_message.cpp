#include "traces/serving_message.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <set>

#include "analytic/book/workload.h"
#include "sim/nearest.h"
#include "sim/printable.h"
#include "sim/unit_text.h"
#include "traces/admission_message.h"
#include "traces/client_message.h"
#include "traces/node_power_message.h"
#include "traces/pass_table_file.h"
#include "traces/replica_message.h"
#include "traces/transfer_message.h"
#include "workloads/serving/calibration.h"
#include "workloads/serving/deployment.h"
#include "workloads/serving/placement.h"

namespace fleetsim {
namespace {

using namespace serving;

analytic::Precision precision_of(const Node& node, const char* field) {
  const auto precision =
      analytic::precision_named(node.text(node.has(field) ? field : "precision"));
  check(precision.has_value(), "each precision of the schema is known");
  return *precision;
}

Routing routing_of(const std::string& name) {
  const std::pair<const char*, Routing> names[] = {
      {"RANDOM", Routing::random},
      {"ROUND_ROBIN", Routing::round_robin},
      {"LEAST_OUTSTANDING", Routing::least_outstanding},
      {"LEAST_KV", Routing::least_kv},
      {"POWER_OF_TWO", Routing::power_of_two},
      {"PREFIX", Routing::prefix},
      {"NEAREST", Routing::nearest},
      {"NEAREST_LEAST_LOADED", Routing::nearest_least_loaded},
      {"CENTRAL", Routing::central},
      {"STICKY", Routing::sticky},
      {"CLEANEST", Routing::cleanest},
      {"CHEAPEST", Routing::cheapest}};
  for (const auto& [text, routing] : names)
    if (name == text) return routing;
  check(false, "each policy of the schema is known");
  return {};
}

class Reading {
 public:
  Reading(const Node& message, const NamedFleet& fleet, const Zoo& zoo,
          const Provenance& provenance)
      : message_(message),
        fleet_(fleet),
        zoo_(zoo),
        provenance_(provenance),
        placer_(fleet.fleet->plan()) {}

  Result<ReadServing> read() {
    config_.name = message_.text("name");
    models_ = ModelNames(message_);
    if (message_.has("calibration") && models_.none())
      return error(message_.path("calibration"), "found without a model; expected it beside one");
    const bool table = message_.child("measured").has("table");
    if (models_.none() ? !message_.has("measured") : message_.has("measured") && !table)
      return error(message_.path("model"), "expected either model or measured");
    for (const Node& group : message_.children("replica"))
      if (auto bad = replicas(group); !bad) return bad.error();
    if (auto bad = roles_of(message_, fleet_, provenance_, config_, warnings_); !bad)
      return bad.error();
    if (message_.has("window"))
      config_.window = static_cast<std::uint32_t>(message_.in("window", "token"));
    if (auto bad = blocks_of_traces(); !bad) return bad.error();
    warn_of_too_long(message_, config_, warnings_);
    config_.routing = routing_of(message_.child("router").text("policy"));
    if (auto bad = admission_of(message_, provenance_, config_); !bad) return bad.error();
    const Node slo = message_.child("slo");
    if (slo.has("ttft")) config_.slo.ttft = from_seconds(slo.in("ttft", "s"));
    if (slo.has("tpot")) config_.slo.tpot = from_seconds(slo.in("tpot", "s"));
    if (slo.has("e2e")) config_.slo.e2e = from_seconds(slo.in("e2e", "s"));
    return ReadServing{std::move(config_), std::move(warnings_)};
  }

 private:
  Error error(const std::string& path, const std::string& what) const {
    return provenance_.error(path, what);
  }

  Status replicas(const Node& node) {
    const auto found =
        cluster_named(node.text("cluster"), node.path("cluster"), fleet_, provenance_);
    if (!found) return found.error();
    const ClusterPlan& cluster = fleet_.fleet->plan().clusters[found->index];
    GroupConfig group{
        .name = node.has("name") ? node.text("name") : cluster.name,
        .cluster = *found,
        .replicas = static_cast<std::uint32_t>(node.count("count")),
        .devices = static_cast<std::uint32_t>(node.count("tensor") * node.count("pipeline"))};
    if (!names_.insert(group.name).second)
      return error(node.path(node.has("name") ? "name" : "cluster"),
                   "found " + in_quotes(group.name) + " twice; expected another name");
    if (auto bad = placed(node, cluster); !bad) return bad;
    for (std::uint32_t i = 0; i < group.replicas; ++i) {
      const Stand stand = placer_.take(*found, group.devices);
      if (stand.node + stand.nodes > cluster.nodes)
        return error(
            node.path("count"),
            fmt::format("replica {} of {} devices is the first without room; expected at most {} "
                        "devices, those of cluster {}",
                        i + 1, group.devices, std::uint64_t{cluster.nodes} * cluster.devices,
                        in_quotes(cluster.name)));
    }
    regions_.push_back(cluster.region);
    if (auto bad = scheduler(group.scheduler); !bad) return bad;
    group.scheduler.role = role_of(node);
    const Status passes = models_.none() ? measured(group) : deployed(node, *found, group);
    if (passes && message_.child("measured").has("table"))
      if (auto bad = tabled(group); !bad) return bad;
    if (message_.has("calibration")) apply(calibration(), group.cost);
    if (passes) config_.groups.push_back(std::move(group));
    return passes;
  }

  // Devices that share a layer lie on one node, or on whole ones.
  Status placed(const Node& node, const ClusterPlan& cluster) const {
    const auto tensor = static_cast<std::uint32_t>(node.count("tensor"));
    const auto expert = static_cast<std::uint32_t>(node.count("expert"));
    if (cluster.devices % tensor != 0 && tensor % cluster.devices != 0)
      return error(node.path("tensor"),
                   fmt::format("found {} on nodes of {} devices; expected one that divides the "
                               "other",
                               tensor, cluster.devices));
    if (tensor % expert != 0)
      return error(node.path("expert"),
                   fmt::format("found {} groups of {} devices; expected a divisor of tensor",
                               expert, tensor));
    return Done{};
  }

  Calibration calibration() const {
    const Node node = message_.child("calibration");
    return {.token = node.number("token"),
            .pair = node.number("pair"),
            .weights = node.number("weights"),
            .key = node.number("key"),
            .launch = node.in("launch", "s"),
            .sequence = node.in("sequence", "s"),
            .each_token = node.in("each_token", "s")};
  }

  Status scheduler(SchedulerConfig& out) const {
    const Node node = message_.child("scheduler");
    out.max_batch = static_cast<std::uint32_t>(node.count("max_batch"));
    out.max_tokens = static_cast<std::uint32_t>(node.in("max_tokens", "token"));
    if (node.has("chunked_prefill")) {
      out.chunk = static_cast<std::uint32_t>(node.in("chunked_prefill", "token"));
      if (*out.chunk > out.max_tokens)
        return error(node.path("chunked_prefill"),
                     fmt::format("found {}; expected at most max_tokens, {}",
                                 in_quotes(node.text("chunked_prefill")), out.max_tokens));
    }
    out.page_tokens = static_cast<std::uint32_t>(node.count("page"));
    out.block_tokens = out.page_tokens;
    out.prefix_cache = node.flag("prefix_cache");
    return replica_features(message_, provenance_, out);
  }

  // A link between so many devices that follow each other: inside their node, or the ports of
  // their nodes.
  static analytic::Link link_of(const ClusterPlan& cluster, std::uint32_t devices) {
    if (cluster.devices % devices == 0)
      return {.name = "node",
              .bandwidth = cluster.device_rate,
              .latency = seconds(cluster.node_latency)};
    return {.name = "fabric",
            .bandwidth = cluster.port_rate * cluster.ports / cluster.devices,
            .latency = seconds(cluster.fabric_latency)};
  }

  Status deployed(const Node& node, ClusterId where, GroupConfig& group) {
    const Node& namer = node.has("model") ? node : message_;
    if (!namer.has("model"))
      return error(node.path(), "has no model; expected one here or in serving");
    const auto model = zoo_.model(analytic::Value(namer.text("model")));
    if (!model) return error(namer.path("model"), model.error().message);
    group.model = models_.number(namer.text("model"));
    const auto tensor = static_cast<std::uint32_t>(node.count("tensor"));
    const Node scheduler = message_.child("scheduler");
    const ClusterPlan& cluster = fleet_.fleet->plan().clusters[where.index];
    DeploymentIn in{.model = *model,
                    .device = fleet_.hardware[where.index].accelerator,
                    .arithmetic = precision_of(message_, "precision"),
                    .weights = precision_of(message_, "weights"),
                    .kv = precision_of(message_, "kv"),
                    .efficiency = message_.number("efficiency"),
                    .memory_efficiency = message_.number("memory_efficiency"),
                    .tensor = tensor,
                    .pipeline = static_cast<std::int64_t>(node.count("pipeline")),
                    .expert = static_cast<std::int64_t>(node.count("expert")),
                    .expert_skew = message_.number("expert_skew"),
                    .link = link_of(cluster, tensor),
                    .hop = link_of(cluster, group.devices),
                    .kv_memory = scheduler.in("kv_memory", "1"),
                    .reserve = scheduler.in("reserve", "B")};
    if (message_.has("overhead")) in.overhead = message_.in("overhead", "s");
    const auto deployment = deploy(in);
    if (!deployment) return error(node.path(), deployment.error().message);
    group.cost = deployment->cost;
    group.cost.sequence = message_.in("sequence_overhead", "s");
    group.key_bytes = analytic::kv_bytes_per_token(*model, bytes_of(in.kv));
    group.peak = in.device.flops_at(in.arithmetic) * tensor;
    group.token_flops = deployment->cost.token * group.peak * in.efficiency;
    group.scheduler.key_bytes = deployment->key_bytes * tensor;
    const double page = deployment->key_bytes * group.scheduler.page_tokens;
    return hold(std::floor(deployment->free_bytes / page), group.scheduler);
  }

  Status measured(GroupConfig& group) {
    const Node node = message_.child("measured");
    for (const auto& [field, curve] : {std::pair{"prefill", &group.cost.measured_prefill},
                                       std::pair{"decode", &group.cost.measured_decode}})
      if (node.has(field)) {
        const auto read = curve_of(node, field, provenance_);
        if (!read) return read.error();
        *curve = *read;
      }
    if (node.has("table") && (node.has("prefill") || node.has("decode")))
      return error(node.path("table"), "found beside curves; expected one or the other");
    if (!group.cost.measured_prefill && !node.has("table"))
      return error(node.path(), "no times of prompts; expected the field \"prefill\"");
    group.cost.launch_decode = group.cost.launch_prefill =
        message_.has("overhead") ? message_.in("overhead", "s") : 0;
    group.cost.sequence = message_.in("sequence_overhead", "s");
    if (!message_.child("scheduler").has("kv_tokens"))
      return error(message_.path("measured"),
                   "no model tells how much memory keys and values take; expected the field "
                   "\"scheduler.kv_tokens\"");
    return hold(0, group.scheduler);
  }

  // The table in place of the model's passes; the model stands in where its file is not there.
  Status tabled(GroupConfig& group) {
    const Node node = message_.child("measured");
    const std::string path = provenance_.beside_or_shared(node.text("table"));
    if (message_.has("model") && !std::filesystem::exists(path)) {
      warn(fmt::format("{}: {} is not there; passes take what the data sheet says",
                       node.path("table"), printable(path, 500)));
      return Done{};
    }
    auto read = read_pass_table(path, node.text("where"));
    if (!read) {
      Error bad = error(node.path("table"), read.error().message);
      bad.kind = read.error().kind;
      return bad;
    }
    if (message_.has("calibration"))
      return error(message_.path("calibration"),
                   "found beside times that were measured; expected "
                   "one or the other");
    const PassTable& table = read->table;
    if (group.scheduler.max_batch > table.last_batch())
      warn(
          fmt::format("{}: goes up to batches of {}, max_batch to {}; beyond that it goes straight "
                      "on",
                      node.path("table"), table.last_batch(), group.scheduler.max_batch));
    const std::uint32_t longest = group.scheduler.chunk.value_or(group.scheduler.max_tokens);
    if (longest > table.last_prompt())
      warn(
          fmt::format("{}: goes up to prompts of {} tokens, a pass to {}; beyond that it goes "
                      "straight on",
                      node.path("table"), table.last_prompt(), longest));
    group.cost = {.table = std::make_shared<const PassTable>(std::move(read->table))};
    group.cost.launch_decode = group.cost.launch_prefill =
        message_.has("overhead") ? message_.in("overhead", "s") : 0;
    group.cost.sequence = message_.in("sequence_overhead", "s");
    return Done{};
  }

  // Once, however many groups say it.
  void warn(std::string text) {
    if (std::find(warnings_.begin(), warnings_.end(), text) == warnings_.end())
      warnings_.push_back(std::move(text));
  }

  Status hold(double pages, SchedulerConfig& out) const {
    const Node node = message_.child("scheduler");
    if (node.has("kv_tokens")) pages = std::floor(node.in("kv_tokens", "token") / out.page_tokens);
    out.pages = static_cast<std::int64_t>(pages);
    out.watermark = static_cast<std::int64_t>(std::floor(pages * node.number("watermark")));
    if (out.pages > 0) return Done{};
    return error(node.path(), "not a page of keys and values fits; expected more memory for them");
  }

  Status blocks_of_traces() {
    for (const Node& node : message_.children("clients")) {
      auto client = client_of(node, fleet_, regions_, provenance_, warnings_);
      if (!client) return client.error();
      if (!client_names_.insert(client->name).second)
        return error(node.path("name"),
                     "found " + in_quotes(client->name) + " twice; expected another name");
      const auto asked = models_.asked_by(node, provenance_);
      if (!asked) return asked.error();
      client->model = *asked;
      config_.clients.push_back(*std::move(client));
    }
    return agree_on_blocks();
  }

  // Hashes stand for blocks of so many tokens; all traces with hashes must agree, and pages fit in.
  Status agree_on_blocks() {
    std::uint32_t block = 0;
    bool named = false;  // by sessions, in blocks of a page
    for (const ClientConfig& client : config_.clients)
      named = named || (client.sessions && client.sessions->growth);
    for (std::size_t i = 0; i < config_.clients.size(); ++i) {
      const auto* replay = std::get_if<Replay>(&config_.clients[i].arrivals);
      if (replay == nullptr || replay->trace->first_hash.empty()) continue;
      const std::uint32_t here = replay->trace->block_tokens;
      const std::string path = message_.children("clients")[i].path("trace");
      if (block > 0 && here != block)
        return error(path, fmt::format("its blocks have {} tokens; expected {}, as those of the "
                                       "trace before",
                                       here, block));
      block = here;
    }
    const bool cache = message_.child("scheduler").flag("prefix_cache");
    if (block == 0) {
      if (cache && !named)
        warnings_.push_back(message_.path("scheduler") +
                            ".prefix_cache: no trace with hashes of blocks, so nothing is found");
      return Done{};
    }
    for (GroupConfig& group : config_.groups) {
      if (block % group.scheduler.page_tokens != 0)
        return error(message_.child("scheduler").path("page"),
                     fmt::format("found {}; expected a divisor of {}, the tokens of a block",
                                 group.scheduler.page_tokens, block));
      group.scheduler.block_tokens = block;
    }
    return Done{};
  }

  const Node& message_;
  const NamedFleet& fleet_;
  const Zoo& zoo_;
  const Provenance& provenance_;
  Placer placer_;
  ServingConfig config_;
  std::vector<std::string> warnings_;
  ModelNames models_;
  std::vector<RegionId> regions_;  // by group
  std::set<std::string> names_, client_names_;
};

}  // namespace

Result<ReadServing> serving_of(const Node& message, const NamedFleet& fleet, const Zoo& zoo,
                               const Provenance& provenance) {
  return Reading(message, fleet, zoo, provenance).read();
}

}  // namespace fleetsim
