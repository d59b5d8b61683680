#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <string>

#include "sim/digest.h"
#include "workloads/serving/sensitivity.h"
#include "workloads/serving/serving_model.h"

// What a run shows beside its metrics: series, records, and what 5 % of capacity would do.
namespace fleetsim::serving {
namespace {

constexpr double token = 1e-4, weights = 5e-3, launch = 1e-3;

ServingConfig fleet(std::uint32_t replicas) {
  ServingConfig config;
  GroupConfig group{.name = "gpus", .replicas = replicas};
  group.cost = {
      .token = token, .pair = 1e-9, .weights = weights, .key = 4e-8, .launch_decode = launch};
  group.scheduler = {.max_batch = 8, .max_tokens = 512, .chunk = 128, .pages = 150};
  config.groups = {group};
  ClientConfig client{.name = "all", .arrivals = queueing::Renewal{*Law::exponential(0.04)}};
  client.prompt = *Law::lognormal_mean_cv(300, 1);
  client.output = *Law::exponential(60);
  client.delay = {Duration{}};
  config.clients = {client};
  return config;
}

ServingConfig troubled() {
  ServingConfig config = fleet(3);
  ClientConfig& client = config.clients.front();
  client.timeout = *Law::exponential(3);
  client.patience = *Law::exponential(2);
  client.retry = RetryConfig{.attempts = 2, .backoff = *Law::exponential(0.5)};
  client.delay = {20_ms};
  config.queue_limit = 6;
  return config;
}

Observation observed(const ServingConfig& config, const Plan& plan, RecordSink* sink = nullptr) {
  return ServingModel(config).simulate({.seed = 9}, plan, sink);
}

double value_of(const Observation& seen, const std::string& metric) {
  for (const Measured& one : seen.windows.back())
    if (one.metric.name == metric) return one.value;
  return std::nan("");
}

const Series& series_of(const Observation& seen, const std::string& name) {
  for (const Series& series : seen.series)
    if (series.name == name) return series;
  ADD_FAILURE() << "no series " << name;
  return seen.series.front();
}

double mean_of(const Series& series) {
  double sum = 0;
  for (const double value : series.value) sum += value;
  return sum / static_cast<double>(series.value.size());
}

// The areas under batch and pages are those that the metrics are made of, whatever bins they are
// cut into: at the end nothing is under way.
TEST(ServingSeries, BinsAddUpToTheMetrics) {
  ServingConfig config = fleet(3);
  auto trace = std::make_shared<RequestTrace>();
  for (std::uint32_t i = 0; i < 500; ++i) {
    trace->arrival.push_back(Instant{} + Duration{i * 37'000'001L});
    trace->prompt.push_back(100 + 7 * (i % 61));
    trace->output.push_back(1 + 3 * (i % 47));
  }
  config.clients.front() = {.name = "all", .arrivals = Replay{trace}};
  config.clients.front().delay = {Duration{}};
  for (const std::uint32_t bins : {1u, 10u, 7'001u}) {
    const Observation seen = observed(config, {.end = 60_s, .bins = bins});
    ASSERT_EQ(value_of(seen, "serving.completed"), 500);
    ASSERT_GT(value_of(seen, "serving.preempted"), 0);
    const double batch =
        value_of(seen, "serving.batch_size") * value_of(seen, "serving.utilization") * 3;
    EXPECT_NEAR(mean_of(series_of(seen, "serving.batch")) / batch, 1, 1e-10) << bins;
    const double kv = value_of(seen, "serving.kv_occupancy");
    EXPECT_NEAR(mean_of(series_of(seen, "serving.kv")) / kv, 1, 1e-10) << bins;
    for (const double share : series_of(seen, "serving.kv").value) {
      EXPECT_GE(share, -1e-12);
      EXPECT_LE(share, 1 + 1e-12);
    }
    for (const double sequences : series_of(seen, "serving.batch").value)
      EXPECT_LE(sequences, 24 + 1e-9);
  }
}

// One request alone: it decodes from its first token to its last, bin by bin, also where a bin is
// shorter than a pass.
TEST(ServingSeries, APassUnderWayCountsAsFarAsItHasCome) {
  ServingConfig config = fleet(1);
  ClientConfig& client = config.clients.front();
  client.arrivals = queueing::Renewal{*Law::constant(1)};
  client.prompt = *Law::constant(100);
  client.output = *Law::constant(50);
  const Observation seen = observed(config, {.end = 2_s, .bins = 1'000});  // of 2 ms
  const double e2e = value_of(seen, "serving.e2e.mean");
  const Series& batch = series_of(seen, "serving.batch");
  for (std::size_t i = 0; i < batch.value.size(); ++i) {
    const double since = batch.t[i] - 1;  // the request came at 1 s
    const double part = since >= e2e ? e2e - (since - 0.002) : 0.002;
    const double expected = since < 0.001 ? 0 : std::max(0.0, part / 0.002);
    EXPECT_NEAR(batch.value[i], expected, 1e-6) << batch.t[i];
  }
  EXPECT_NEAR(series_of(seen, "serving.kv").value[510], 7.0 / 150, 1.0 / 150);
}

// Ten a second before one who takes one at a time and 0.25 s for each: at the end of each second
// six more wait.
TEST(ServingSeries, TheLineGrowsByWhatIsTooMuch) {
  ServingConfig config = fleet(1);
  config.groups.front().cost = {.token = 2.5e-3};
  config.groups.front().scheduler = {.max_batch = 1, .pages = 1'000};
  ClientConfig& client = config.clients.front();
  client.arrivals = queueing::Renewal{*Law::constant(0.1)};
  client.prompt = *Law::constant(100);
  client.output = *Law::constant(1);
  for (const Routing routing : {Routing::round_robin, Routing::central}) {
    config.routing = routing;
    const Observation seen = observed(config, {.end = 100_s, .bins = 100});
    const Series& queue = series_of(seen, "serving.queue");
    ASSERT_EQ(queue.value.size(), 100u);
    for (std::size_t i = 0; i < 100; ++i)
      EXPECT_NEAR(queue.value[i], 6 * queue.t[i], 1.0) << queue.t[i];
    EXPECT_NEAR(series_of(seen, "serving.batch").value[50], 1, 1e-9);
  }
}

// Counts records, and that spans and levels are such.
class Audit final : public RecordSink {
 public:
  void write(std::span<const Record> batch) override {
    for (const Record& record : batch) add(record);
  }
  std::map<std::string, int> count;
  std::map<std::string, double> sum;
  int inside = 0;
  double in_batch() const { return total("serving.batch"); }
  double in_line() const { return total("serving.queue"); }

 private:
  void add(const Record& record) {
    EXPECT_GE(record.when, last_);
    last_ = record.when;
    const std::string what = record.what;
    if (record.shape == Record::Shape::counter) {
      levels_[{what, record.who}] = record.value;
      return;
    }
    const bool ends = record.shape == Record::Shape::end;
    if (record.shape == Record::Shape::begin) {
      EXPECT_TRUE(begun_.try_emplace(record.who, record.when).second);
      ++inside;
    } else {
      const auto begin = begun_.find(record.who);
      ASSERT_TRUE(begin != begun_.end()) << what << " of who has not come, or is gone";
      if (ends) {
        EXPECT_EQ(record.value, seconds(record.when - begin->second));
        begun_.erase(begin);
        --inside;
      }
    }
    ++count[what + (ends ? ".end" : "")];
    sum[what + (ends ? ".end" : "")] += record.value;
  }
  double total(const std::string& what) const {
    double out = 0;
    for (const auto& [key, level] : levels_)
      if (key.first == what) out += level;
    return out;
  }

  Instant last_{};
  std::map<std::uint64_t, Instant> begun_;
  std::map<std::pair<std::string, std::uint64_t>, double> levels_;
};

TEST(ServingRecords, TellWhatTheMetricsCount) {
  Audit audit;
  const Observation seen = observed(troubled(), {.end = 200_s}, &audit);
  EXPECT_EQ(audit.count["serving.request"], value_of(seen, "serving.arrived"));
  EXPECT_EQ(audit.count["serving.completed"], value_of(seen, "serving.completed"));
  EXPECT_EQ(audit.count["serving.refused"], value_of(seen, "serving.rejected"));
  EXPECT_EQ(audit.count["serving.timed_out"], value_of(seen, "serving.timed_out"));
  EXPECT_EQ(audit.count["serving.retry"], value_of(seen, "serving.retried"));
  EXPECT_EQ(audit.count["serving.preempted"], value_of(seen, "serving.preempted"));
  for (const char* what : {"serving.refused", "serving.timed_out", "serving.retry",
                           "serving.preempted", "serving.scheduled", "serving.first_token"})
    EXPECT_GT(audit.count[what], 10) << what;
  EXPECT_EQ(audit.inside, audit.count["serving.request"] - audit.count["serving.request.end"]);
  EXPECT_NEAR(audit.sum["serving.completed"] / audit.count["serving.completed"],
              value_of(seen, "serving.e2e.mean"), 1e-9);
}

TEST(ServingRecords, LevelsReturnToNothing) {
  ServingConfig config = fleet(2);
  auto trace = std::make_shared<RequestTrace>();
  for (std::uint32_t i = 0; i < 200; ++i) {
    trace->arrival.push_back(Instant{} + Duration{i * 10'000'000L});
    trace->prompt.push_back(300);
    trace->output.push_back(40);
  }
  config.clients.front() = {.name = "all", .arrivals = Replay{trace}};
  config.clients.front().delay = {Duration{}};
  Audit half, whole;
  observed(config, {.end = 1_s}, &half);
  EXPECT_EQ(half.in_batch() + half.in_line(), half.inside);  // no distance: here or there
  EXPECT_GT(half.in_line(), 0);
  observed(config, {.end = 60_s}, &whole);
  EXPECT_EQ(whole.count["serving.completed"], 200);
  EXPECT_EQ(whole.in_batch(), 0);
  EXPECT_EQ(whole.in_line(), 0);
}

std::uint64_t digest_of(const ServingConfig& config) {
  Digest digest;
  observed(config, {.end = 100_s}, &digest);
  return digest.value();
}

// The history, record by record, is that of one pass at a time.
TEST(ServingRecords, OnePassAtATimeHasTheSameHistory) {
  ServingConfig config = troubled();
  const std::uint64_t fast = digest_of(config);
  EXPECT_EQ(digest_of(config), fast);
  config.groups.front().scheduler.one_by_one = true;
  EXPECT_EQ(digest_of(config), fast);
  config.groups.front().cost.launch_decode *= 1.01;
  EXPECT_NE(digest_of(config), fast);
}

TEST(ServingRecords, WatchingChangesNothing) {
  Audit audit;
  const Plan plan{.warm_up = 10_s, .end = 100_s};
  const Observation watched = observed(troubled(), plan, &audit),
                    alone = observed(troubled(), plan);
  EXPECT_EQ(watched.events, alone.events);
  for (std::size_t i = 0; i < alone.windows[0].size(); ++i) {
    const double a = watched.windows[0][i].value, b = alone.windows[0][i].value;
    EXPECT_TRUE(a == b || (std::isnan(a) && std::isnan(b))) << alone.windows[0][i].metric.name;
  }
}

// A request alone takes as much longer as its passes do; a queue, more.
TEST(ServingSensitivity, IsThatOfThePasses) {
  ServingConfig config = fleet(1);
  ClientConfig& client = config.clients.front();
  client.arrivals = queueing::Renewal{*Law::constant(5)};
  client.prompt = *Law::constant(100);
  client.output = *Law::constant(10);
  const Plan plan{.warm_up = 10_s, .end = 300_s};
  const auto alone = sensitivity(config, {.seed = 1}, plan);
  ASSERT_EQ(alone.size(), 1u);
  EXPECT_EQ(alone[0].metric, "serving.ttft.p99");
  EXPECT_NE(alone[0].text.find("(+5.3 %)"), std::string::npos) << alone[0].text;
  EXPECT_NE(alone[0].text.find("(-4.8 %)"), std::string::npos) << alone[0].text;

  client.arrivals = queueing::Renewal{*Law::exponential(0.27)};
  const auto queued = sensitivity(config, {.seed = 1}, plan);
  EXPECT_EQ(queued[0].text, sensitivity(config, {.seed = 1}, plan)[0].text);
  client.output = *Law::constant(1'000'000);  // more than it holds: all are refused
  EXPECT_TRUE(sensitivity(config, {.seed = 1}, plan).empty());
}

TEST(ServingSensitivity, StretchesAllThatAPassTakes) {
  PassCost cost{.token = 1e-4,
                .pair = 1e-8,
                .weights = 5e-3,
                .key = 4e-7,
                .experts = 2e-3,
                .chosen = 0.25,
                .message = 1e-6,
                .sequence = 1e-5,
                .launch_decode = 1e-3,
                .launch_prefill = 2e-3};
  const auto seconds_of_pass = [&](double slow_down, const Work& work) {
    return seconds_of(IterationCost(cost, slow_down).pace(work).passes(3));
  };
  const std::vector<Work> works = {
      {.decodes = 3, .context = 4'000},
      {.fresh = 1'000, .pairs = 500'500},
      {.decodes = 2, .context = 90, .fresh = 10, .pairs = 55, .reread = 7}};
  const auto compare = [&] {
    for (const Work& work : works)
      EXPECT_NEAR(seconds_of_pass(1.25, work) / seconds_of_pass(1, work), 1.25, 1e-9);
  };
  compare();
  cost.measured_prefill = *Polyline::make({{0, 0}, {1'000, 0.2}});
  cost.measured_decode = *Polyline::make({{1, 0.01}, {100, 0.03}});
  compare();
}

}  // namespace
}  // namespace fleetsim::serving
