#include "traces/checkpoint_message.h"

#include <fmt/format.h>

#include <algorithm>

#include "analytic/exact/checkpoint.h"
#include "sim/printable.h"
#include "sim/unit_text.h"
#include "topology/grid.h"

namespace fleetsim {
namespace {

using namespace training;
using Rule = CheckpointConfig::Rule;

constexpr std::pair<std::string_view, Rule> rules[] = {{"young", Rule::young},
                                                       {"daly", Rule::daly},
                                                       {"exact", Rule::exact},
                                                       {"adaptive", Rule::adaptive}};
constexpr Duration usual_write = 60_s;
constexpr double longest_write = 365.25 * 86400;  // as the schema has it

// Between two writes to the deepest level: so that sums of times stay within the clock.
constexpr double longest_pattern = 50 * 365.25 * 86400;

// The best interval by a rule. REQUIRES: it is not fixed.
Result<double> interval_by(Rule rule, double write, double mtbf) {
  if (rule == Rule::young) return analytic::young_interval(write, mtbf);
  if (rule == Rule::daly) return analytic::daly_interval(write, mtbf);
  return analytic::optimal_interval(write, mtbf);
}

class Reading {
 public:
  Reading(const Node& node, const CheckpointContext& job, const Provenance& provenance,
          std::vector<std::string>& warnings)
      : node_(node),
        job_(job),
        provenance_(provenance),
        warnings_(warnings) {}

  Result<CheckpointConfig> read() {
    const std::string strategy = node_.text("strategy");
    if (auto bad = only("drain_time", "ASYNC", strategy); !bad) return bad.error();
    if (auto bad = only("level", "MULTI", strategy); !bad) return bad.error();
    const Status costs = strategy == "MULTI" ? levels() : strategy == "ASYNC" ? async() : sync();
    if (!costs) return costs.error();
    if (auto bad = interval(); !bad) return bad.error();
    if (auto bad = verification(); !bad) return bad.error();
    if (auto bad = storage(); !bad) return bad.error();
    if (auto bad = pattern(); !bad) return bad.error();
    if (plan_.interval < plan_.drain) {
      warnings_.push_back(
          fmt::format("{}: a snapshot waits until the last has drained, which takes "
                      "{}: that is the interval",
                      node_.path("interval"), shown(plan_.drain)));
      plan_.interval = plan_.drain;
    }
    return plan_;
  }

 private:
  static std::string shown(Duration d) { return format_measure(seconds(d), "s"); }
  Error error(const std::string& path, const std::string& what) const {
    return provenance_.error(path, what);
  }

  Status only(const char* field, const char* of, const std::string& strategy) const {
    if (strategy == of || !node_.has(field)) return Done{};
    return error(node_.path(field),
                 fmt::format("found with the strategy {}; expected it with {}", strategy, of));
  }

  // A time that is given, or so much of the state through the storage, or `otherwise`. None of
  // these is an Error.
  Result<Duration> time(const Node& at, const char* field, double share,
                        std::optional<Duration> otherwise) const {
    if (at.has(field)) return from_seconds(at.in(field, "s"));
    if (!at.has("storage_bandwidth")) {
      if (at.has("total_bandwidth"))
        return error(at.path("total_bandwidth"),
                     "found without storage_bandwidth; expected the field \"storage_bandwidth\"");
      if (otherwise) return *otherwise;
      return error(at.path(), fmt::format("found no {}; expected it, or storage_bandwidth", field));
    }
    if (!job_.state)
      return error(at.path("storage_bandwidth"),
                   "without a model no state is known; expected the field \"model\" of the job");
    const double writers =
        at.has("writers") ? static_cast<double>(at.count("writers")) : job_.nodes;
    double rate = writers * at.in("storage_bandwidth", "B/s");
    if (at.has("total_bandwidth")) rate = std::min(rate, at.in("total_bandwidth", "B/s"));
    const double taken = *job_.state * share / rate;
    if (taken <= longest_write) return from_seconds(taken);
    return error(at.path("storage_bandwidth"),
                 fmt::format("{} take {}; expected a year at most",
                             format_measure(*job_.state * share, "B"), format_measure(taken, "s")));
  }

  double saved_share() const { return node_.number("incremental"); }

  Status sync() {
    const auto write = time(node_, "write_time", saved_share(), usual_write);
    if (!write) return write.error();
    plan_.write = *write;
    return restore(node_, plan_.restore);
  }

  Status restore(const Node& at, Duration& out) const {
    const auto read = time(at, "restore_time", 1, Duration{});
    if (!read) return read.error();
    out = *read;
    return Done{};
  }

  Status async() {
    if (!node_.has("write_time"))
      return error(node_.path(),
                   "found ASYNC without write_time; expected how long a snapshot stops the work");
    plan_.write = from_seconds(node_.in("write_time", "s"));
    const auto drain = time(node_, "drain_time", saved_share(), {});
    if (!drain) return drain.error();
    plan_.drain = *drain;
    return restore(node_, plan_.restore);
  }

  Status levels() {
    for (const char* field : {"write_time", "restore_time", "storage_bandwidth", "writers",
                              "total_bandwidth", "storage_price"})
      if (node_.has(field))
        return error(node_.path(field), "found beside MULTI; expected it in each level");
    const std::vector<Node> nodes = node_.children("level");
    if (nodes.empty())
      return error(node_.path(), "found MULTI without a level; expected one at least");
    CheckpointLevel last{};
    for (std::size_t i = 0; i < nodes.size(); ++i) {
      const auto next = level(nodes[i], i == 0 ? nullptr : &last);
      if (!next) return next.error();
      last = *next;
      if (i > 0) {
        plan_.deeper.push_back(last);
        continue;
      }
      plan_.write = last.write;
      plan_.restore = last.restore;
      plan_.survives = last.survives;
    }
    if (last.survives == 1) return Done{};
    return error(
        nodes.back().path("survives"),
        fmt::format("found {}; expected 1, for nothing is behind the last level", last.survives));
  }

  Result<CheckpointLevel> level(const Node& node, const CheckpointLevel* above) const {
    CheckpointLevel out{.name = node.text("name"),
                        .every = static_cast<std::uint32_t>(node.count("every")),
                        .survives = node.number("survives")};
    const auto write = time(node, "write_time", saved_share(), {});
    if (!write) return write.error();
    out.write = *write;
    if (auto bad = restore(node, out.restore); !bad) return bad.error();
    if (above == nullptr && out.every != 1)
      return error(node.path("every"),
                   fmt::format("found {}; expected 1 for the first level", out.every));
    if (above == nullptr) return out;
    if (out.every <= above->every || out.every % above->every != 0)
      return error(node.path("every"), fmt::format("found {}; expected a multiple of {}, which the "
                                                   "level before has, and more",
                                                   out.every, above->every));
    if (out.survives < above->survives)
      return error(node.path("survives"),
                   fmt::format("found {}; expected {} at least, which the level before survives",
                               out.survives, above->survives));
    return out;
  }

  Status interval() {
    const std::string text = node_.text("interval");
    for (const auto& [word, rule] : rules)
      if (text == word) plan_.rule = rule;
    if (plan_.rule == Rule::fixed) {
      plan_.interval = from_seconds(node_.in("interval", "s"));
      return Done{};
    }
    const std::string found = "found " + in_quotes(text);
    if (plan_.levels() > 1)
      return error(node_.path("interval"), found +
                                               " with several levels, which have a best pair "
                                               "of interval and every; expected a time");
    if (job_.failure_rate == 0)
      return error(node_.path("interval"), found + " where nothing fails; expected a time");
    if (plan_.write == Duration{})
      return error(node_.path("interval"),
                   found + " where writes take no time; expected a time, as short as you like");
    const auto best = interval_by(plan_.rule, seconds(plan_.write), 1 / job_.failure_rate);
    if (!best) return error(node_.path("interval"), best.error().message);
    plan_.interval = from_seconds(*best);
    return Done{};
  }

  void look_for_useless(const Verification& given) {
    const char* why =
        job_.corruptible ? "without verify_every" : "where no part has the effect CORRUPT";
    const std::pair<const char*, bool> fields[] = {{"verify_every", given.every > 0},
                                                   {"verify_time", given.time > Duration{}},
                                                   {"retain", given.retain > 0 && !is_priced()}};
    for (const auto& [field, is_given] : fields)
      if (is_given) warnings_.push_back(fmt::format("{} has no use {}", node_.path(field), why));
    if (job_.corruptible)
      warnings_.push_back(fmt::format(
          "{}: parts corrupt the state and nothing verifies it, so that work on corrupt state "
          "counts as useful; expected checks every so many writes",
          node_.path("verify_every")));
  }

  bool is_priced() const { return node_.has("storage_price"); }

  Status storage() {
    for (const Node& level : node_.children("level"))
      if (auto bad = storage_at(level); !bad) return bad;
    if (!is_priced()) return Done{};
    if (node_.count("retain") > 0) return storage_at(node_);
    return error(node_.path("storage_price"),
                 "found where all checkpoints are kept; expected the field \"retain\", which says "
                 "how many are");
  }

  // One whole checkpoint and what later ones change of it.
  Status storage_at(const Node& at) {
    if (!at.has("storage_price")) {
      if (at.departs("retain"))
        warnings_.push_back(at.path("retain") + " has no use without storage_price");
      return Done{};
    }
    if (!job_.state)
      return error(at.path("storage_price"),
                   "without a model the size of a checkpoint is not known; expected the field "
                   "\"model\" of the job");
    const double copies = 1 + (static_cast<double>(at.count("retain")) - 1) * saved_share();
    plan_.storage +=
        at.in("storage_price", "USD/B") * *job_.state * copies / seconds(billing_month);
    return Done{};
  }

  // What nothing has a use for is said and left out.
  Status verification() {
    const std::string strategy = node_.text("strategy");
    const auto every = static_cast<std::uint32_t>(node_.count("verify_every"));
    if (every > 0)
      if (auto bad = only("verify_every", "SYNC", strategy); !bad) return bad.error();
    if (every > 0 && plan_.rule == Rule::adaptive)
      return error(node_.path("interval"),
                   "found \"adaptive\" beside verify_every; expected an interval that stays");
    const Verification given{.every = every,
                             .time = from_seconds(node_.in("verify_time", "s")),
                             .retain = static_cast<std::uint32_t>(node_.count("retain"))};
    if (!job_.corruptible || every == 0) {
      look_for_useless(given);
      return Done{};
    }
    plan_.verify = given;
    const double longest =
        every * seconds(plan_.interval + plan_.write) + seconds(plan_.verify.time);
    if (longest < longest_pattern) return Done{};
    return error(node_.path("verify_every"),
                 fmt::format("up to {} between checks; expected less than 50 years",
                             format_measure(longest, "s")));
  }

  Status pattern() const {
    if (plan_.deeper.empty()) return Done{};
    Duration write = plan_.write;
    for (const CheckpointLevel& level : plan_.deeper) write = std::max(write, level.write);
    const double longest = plan_.deeper.back().every * seconds(plan_.interval + write);
    if (longest < longest_pattern) return Done{};
    return error(node_.path("level"),
                 fmt::format("up to {} between writes to the last; expected less "
                             "than 50 years",
                             format_measure(longest, "s")));
  }

  const Node& node_;
  const CheckpointContext& job_;
  const Provenance& provenance_;
  std::vector<std::string>& warnings_;
  CheckpointConfig plan_;
};

}  // namespace

Result<CheckpointConfig> checkpoint_of(const Node& node, const CheckpointContext& job,
                                       const Provenance& provenance,
                                       std::vector<std::string>& warnings) {
  return Reading(node, job, provenance, warnings).read();
}

}  // namespace fleetsim
