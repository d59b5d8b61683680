#include <gtest/gtest.h>

#include "analytic/exact/checkpoint.h"
#include "traces/scenario_file.h"

namespace fleetsim {
namespace {

struct Parts {
  std::string failures = "component { class: GPU }", cluster = "", training = "", checkpoint = "",
              rest = "";
};

Result<LoadedScenario> loaded(const Parts& parts) {
  return load_scenario_text(
      "name: \"x\"\n"
      "fleet { region { name: \"here\" grid: \"Iowa\"\n"
      "  cluster { name: \"a\" node: \"DGX_H100\" count: 128 " +
          parts.cluster +
          " } } }\n"
          "failures { " +
          parts.failures +
          " }\n"
          "training { name: \"j\" cluster: \"a\" " +
          parts.training + " checkpoint { " + parts.checkpoint + " } }\n" + parts.rest +
          "\n"
          "run { horizon: \"1 d\" replications: 2 }\n",
      "x.textproto");
}

const training::TrainingConfig& config(const Result<LoadedScenario>& scenario) {
  EXPECT_TRUE(scenario) << scenario.error().message;
  return *scenario->scenario.training;
}

constexpr const char* llama =
    "model: \"Llama3_70B\" tokens: 1e12 global_batch: 1024 seq_len: 8192 efficiency: 0.45 "
    "parallelism { tensor: 8 pipeline: 4 data: 32 microbatches: 32 }";

TEST(TrainingMessages, CountsAndLivesAreThoseOfTheCatalogue) {
  const auto plain = loaded({.failures = ""});
  const FailurePlan& usual = config(plain).failures[0];
  ASSERT_EQ(usual.components.size(), 3u);
  EXPECT_EQ(usual.components[0].name, "gpu");
  EXPECT_EQ(usual.components[0].per_node, 8u);
  EXPECT_EQ(usual.components[0].life.mean(), 50'000 * 3600.0);
  EXPECT_EQ(usual.components[1].per_node, 8u);
  EXPECT_EQ(usual.components[2].per_node, 2u);
  EXPECT_EQ(usual.detection, 60_s);

  const auto given =
      loaded({.failures = "component { class: SWITCH } component { class: SOFTWARE name: \"bugs\" "
                          "time_to_failure { exponential { rate: \"2 /d\" } } effect: RESTART }"
                          "component { class: GPU per_node: 3 total: 5 }"});
  const FailurePlan& plan = config(given).failures[0];
  EXPECT_EQ(plan.components[0].shared, 48u);  // 1,024 ports on switches of 64: 32 leaves, 16 spines
  EXPECT_EQ(plan.components[0].per_node, 0u);
  EXPECT_EQ(plan.components[1].name, "bugs");
  EXPECT_EQ(plan.components[1].shared, 1u);
  EXPECT_DOUBLE_EQ(plan.components[1].life.mean(), 43'200);
  EXPECT_FALSE(plan.components[1].replaced);
  EXPECT_EQ(plan.components[2].per_node, 3u);
  EXPECT_EQ(plan.components[2].shared, 5u);
}

TEST(TrainingMessages, AStepTakesItsFlops) {
  const auto scenario = loaded({.cluster = "spares: 2", .training = llama});
  const training::JobConfig& job = config(scenario).jobs[0];
  const double tokens = 1024 * 8192;
  EXPECT_DOUBLE_EQ(job.step->tokens, tokens);
  EXPECT_DOUBLE_EQ(job.step->flops, 6 * 70.6e9 * tokens);
  EXPECT_DOUBLE_EQ(job.step->peak, 1024 * 989e12);
  EXPECT_DOUBLE_EQ(job.step->seconds, job.step->flops / (job.step->peak * 0.45));
  EXPECT_NEAR(seconds(*job.work), 1e12 / tokens * job.step->seconds, 1e-6);
  EXPECT_EQ(config(scenario).fleet->plan().clusters[0].spares, 2u);
  EXPECT_TRUE(scenario->warnings.empty());
}

// Term by term: arithmetic as the efficiency has it, the rest on top, and jobs lie side by side.
TEST(TrainingMessages, AStepIsTheSumOfItsTerms) {
  const std::string model =
      "model: \"Llama3_70B\" global_batch: 1024 seq_len: 8192 nodes: 64 "
      "parallelism { tensor: 8 pipeline: 4 microbatches: 32 recomputation: FULL } ";
  const auto scenario = loaded({.training = model + "step { efficiency: 0.6 }"});
  const training::StepConfig& step = *config(scenario).jobs[0].step;
  ASSERT_TRUE(step.model.has_value());
  const training::StepTerms& terms = step.model->terms;
  const double tokens = 1024 * 8192;
  EXPECT_NEAR(terms.compute, 8 * 70.6e9 * tokens / (512 * 989e12 * 0.6), 1e-9);
  EXPECT_NEAR(terms.bubble, 3.0 / 32 * (terms.compute + terms.tensor + terms.pipeline), 1e-9);
  EXPECT_EQ(terms.straggler, 0);
  EXPECT_EQ(step.seconds, terms.total());
  EXPECT_NEAR(step.mfu() * step.scaling(), step.flops / (step.peak * step.seconds), 1e-12);
  EXPECT_EQ(config(scenario).jobs[0].replicas, 16u);

  const auto late = loaded({.training = model + "step { efficiency: 0.6 jitter { exponential { "
                                                "mean: \"2 %\" } } }"});
  double harmonic = 0;
  for (int i = 1; i <= 16; ++i) harmonic += 1.0 / i;
  const training::StepTerms& waiting = config(late).jobs[0].step->model->terms;
  const double replica = terms.total() - terms.data;
  EXPECT_NEAR(waiting.straggler, replica * 0.02 * harmonic, 1e-6 * replica);
}

TEST(TrainingMessages, StepsAndElasticJobsAreChecked) {
  const std::string model =
      "model: \"Llama3_8B\" parallelism { tensor: 8 pipeline: 4 microbatches: 8 } ";
  const auto message = [&](const std::string& more,
                           const char* failures = "component { class: GPU }") {
    const auto scenario = loaded({.failures = failures, .training = more});
    return scenario ? std::string("fine") : scenario.error().message;
  };
  const auto says = [&](const std::string& text, const char* what) {
    EXPECT_NE(text.find(what), std::string::npos) << text;
  };
  says(message("step {}"), "training[0].step: a step needs a model");
  says(message(model + "efficiency: 0.4 step {}"), "training[0].efficiency: found beside step");
  says(message(model + "step { chunks: 9 }"), "step.chunks: found 9; expected at most 8");
  says(message("model: \"Llama3_8B\" parallelism { zero_stage: 3 } step { chunks: 2 }"),
       "step.chunks: found without a pipeline");
  says(message(model + "step { efficiency: 1.5 }"), "step.efficiency");
  says(message(model + "step { overlap: -1 }"), "step.overlap");
  says(message(model + "elastic { min_data: 2 }"), "expected failures.repair");
  const char* repaired = "component { class: GPU } repair { constant { value: \"1 d\" } }";
  says(message(model + "elastic { min_data: 33 }", repaired),
       "min_data: found 33; expected at most 32");
  says(message("elastic { min_data: 1025 }", repaired), "expected at most 1024");
  EXPECT_EQ(message(model + "elastic { min_data: 2 } step { chunks: 8 }", repaired), "fine");
}

TEST(TrainingMessages, WordsBecomeIntervals) {
  const double mtbf = 50'000 * 3600.0 / 1024;
  const auto interval = [](const char* word) {
    const auto scenario = loaded({.checkpoint = std::string("interval: \"") + word + "\""});
    return seconds(config(scenario).jobs[0].checkpoint.interval);
  };
  EXPECT_NEAR(interval("young"), *analytic::young_interval(60, mtbf), 1e-8);
  EXPECT_NEAR(interval("daly"), *analytic::daly_interval(60, mtbf), 1e-8);
  EXPECT_NEAR(interval("exact"), *analytic::optimal_interval(60, mtbf), 1e-8);
  EXPECT_NEAR(interval("adaptive"), *analytic::optimal_interval(60, mtbf), 1e-8);
  EXPECT_EQ(interval("20 min"), 1200);
  const auto set = load_scenario_text(
      "name: \"x\" fleet { region { name: \"r\" cluster { name: \"a\" node: \"DGX_H100\" count: 1 "
      "} } }"
      "training { name: \"j\" cluster: \"a\" } run { horizon: \"1 d\" }",
      "x.textproto", std::vector<std::string>{"training[0].checkpoint.interval=7 min"});
  EXPECT_EQ(config(set).jobs[0].checkpoint.interval, 420_s);
}

// Three levels, the last two as told.
std::string levels(const std::string& second, const std::string& third) {
  const auto level = [](const std::string& name, const std::string& more) {
    const bool timed = more.find("write_time") != std::string::npos;
    return "level { name: \"" + name + "\" " + (timed ? "" : "write_time: \"1 s\" ") + more + " }";
  };
  return "strategy: MULTI " + level("a", "survives: 0.5") + level("b", second) + level("c", third);
}

TEST(TrainingMessages, StrategiesAreTakenOver) {
  const auto plan_of = [](const std::string& checkpoint) {
    return config(loaded({.training = llama, .checkpoint = checkpoint})).jobs[0].checkpoint;
  };
  const auto sync = plan_of("storage_bandwidth: \"2 GB/s\" incremental: 0.25");
  EXPECT_NEAR(seconds(sync.restore), 70.6e9 * 14 / (128 * 2e9), 1e-8);  // a writer a node
  EXPECT_NEAR(seconds(sync.write), seconds(sync.restore) / 4, 1e-8);
  const auto shared = plan_of("storage_bandwidth: \"2 GB/s\" total_bandwidth: \"100 GB/s\"");
  EXPECT_NEAR(seconds(shared.restore), 70.6e9 * 14 / 100e9, 1e-8);  // less than 128 writers could
  const auto plenty = plan_of("storage_bandwidth: \"2 GB/s\" total_bandwidth: \"1 TB/s\"");
  EXPECT_EQ(plenty.restore, sync.restore);
  const auto drained = plan_of(
      "strategy: ASYNC write_time: \"3 s\" storage_bandwidth: \"2 GB/s\" writers: 8 "
      "restore_time: \"9 s\"");
  EXPECT_EQ(drained.write, 3_s);
  EXPECT_EQ(drained.restore, 9_s);
  EXPECT_NEAR(seconds(drained.drain), 70.6e9 * 14 / 16e9, 1e-8);
  const auto three = plan_of(levels("every: 4 survives: 0.75 restore_time: \"7 s\"", "every: 12"));
  ASSERT_EQ(three.levels(), 3u);
  EXPECT_EQ(three.survives, 0.5);
  EXPECT_EQ(three.deeper[0].every, 4u);
  EXPECT_EQ(three.deeper[0].survives, 0.75);
  EXPECT_EQ(three.deeper[0].restore, 7_s);
  EXPECT_EQ(three.deeper[1].every, 12u);

  // What comes to the same is the same, bit for bit: the plans are equal.
  for (const char* same : {"strategy: ASYNC write_time: \"60 s\" drain_time: \"0 s\"",
                           "strategy: MULTI level { name: \"a\" write_time: \"60 s\" }"}) {
    const auto plan = plan_of(same), plain = plan_of("");
    EXPECT_EQ(plan.interval, plain.interval);
    EXPECT_EQ(plan.write, plain.write);
    EXPECT_EQ(plan.restore, plain.restore);
    EXPECT_EQ(plan.drain, plain.drain);
    EXPECT_EQ(plan.survives, plain.survives);
    EXPECT_EQ(plan.levels(), plain.levels());
  }
  const auto slow = loaded({.checkpoint = "strategy: ASYNC interval: \"1 min\" write_time: \"3 s\" "
                                          "drain_time: \"5 min\""});
  EXPECT_EQ(config(slow).jobs[0].checkpoint.interval, 300_s);
  ASSERT_EQ(slow->warnings.size(), 1u);
  EXPECT_NE(slow->warnings[0].find("waits until the last has drained"), std::string::npos);
}

struct Refused {
  Parts parts;
  const char* says;
};

void expect_refused(const std::vector<Refused>& cases) {
  for (const Refused& c : cases) {
    const auto scenario = loaded(c.parts);
    ASSERT_FALSE(scenario) << c.says;
    EXPECT_NE(scenario.error().message.find(c.says), std::string::npos) << scenario.error().message;
    EXPECT_TRUE(scenario.error().message.starts_with("x.textproto:")) << scenario.error().message;
  }
}

TEST(TrainingMessages, PlansThatCannotBeAreRefused) {
  const std::string twice = "training { name: \"j\" cluster: \"a\" }";
  const std::string half = "training { name: \"k\" cluster: \"a\" nodes: 64 }";
  expect_refused({
      {{.training = "parallelism { tensor: 8 pipeline: 4 data: 16 }"},
       "8 x 4 x 16 = 512; expected 1024, the devices of 128 nodes"},
      {{.training = "model: \"Llama3_70B\""}, "1.04 TB too much; expected zero_stage 3 for one"},
      {{.training = "model: \"Llama3_405B\" parallelism { tensor: 8 data: 128 }"},
       "724 GB too much; expected zero_stage 3 for one"},
      {{.training = "model: \"Llama3_70BB\""}, "did you mean \"Llama3_70B\"?"},
      {{.training = "tokens: 1e12"}, "tokens need a model"},
      {{.training = std::string(llama) + " work: \"5 h\""}, "found beside tokens"},
      {{.training = "nodes: 129"}, "takes 129 nodes; expected at most 128"},
      {{.training = "nodes: 100", .rest = half}, "at most 28, which cluster \"a\" has left"},
      {{.training = "model: \"Llama3_8B\" global_batch: 64"},
       "found 64 for 1024 replicas; expected a sequence each"},
      {{.training = "nodes: 64", .rest = twice}, "\"j\" twice"},
      {{.rest = "training { name: \"k\" cluster: \"b\" }"},
       "found \"b\"; expected the name of a cluster"},
      {{.rest = "network { pattern { name: \"p\" cluster: \"a\" size: \"1 B\" } }"},
       "found beside training or failures"},
      {{.failures = "repair { constant { value: \"1 h\" } }",
        .training = "elastic { min_data: 1 }",
        .checkpoint = "strategy: ASYNC write_time: \"3 s\" drain_time: \"9 s\""},
       "expected SYNC"},
  });
}

TEST(TrainingMessages, CheckpointsThatCannotBeAreRefused) {
  expect_refused({
      {{.checkpoint = "interval: \"0 s\""}, "above 0 s"},
      {{.checkpoint = "interval: \"5 kg\""}, "is a mass"},
      {{.checkpoint = "interval: \"exakt\""}, "did you mean \"exact\"?"},
      {{.checkpoint = "interval: \"exact\" write_time: \"0 s\""}, "writes take no time"},
      {{.checkpoint = "write_time: \"-5 s\""}, "at least 0 s"},
      {{.checkpoint = "drain_time: \"5 s\""},
       "found with the strategy SYNC; expected it with ASYNC"},
      {{.checkpoint = "strategy: ASYNC"}, "found ASYNC without write_time"},
      {{.checkpoint = "strategy: ASYNC write_time: \"3 s\""}, "found no drain_time"},
      {{.checkpoint = "storage_bandwidth: \"1 GB/s\""}, "expected the field \"model\""},
      {{.checkpoint = "total_bandwidth: \"1 GB/s\""}, "found without storage_bandwidth"},
      {{.training = llama, .checkpoint = "storage_bandwidth: \"1 B/s\""},
       "988 GB take 245 yr; expected a year at most"},
      {{.checkpoint = "strategy: MULTI"}, "found MULTI without a level"},
      {{.checkpoint = "level { name: \"a\" write_time: \"1 s\" }"}, "expected it with MULTI"},
      {{.checkpoint = "strategy: MULTI write_time: \"1 s\" level { name: \"a\" }"},
       "found beside MULTI"},
      {{.checkpoint = "strategy: MULTI level { name: \"a\" }"}, "found no write_time"},
      {{.checkpoint = "strategy: MULTI level { name: \"a\" write_time: \"1 s\" survives: 0.5 }"},
       "nothing is behind the last level"},
      {{.checkpoint = "strategy: MULTI level { name: \"a\" write_time: \"1 s\" every: 2 }"},
       "expected 1 for the first level"},
      {{.checkpoint = levels("every: 2", "every: 3")}, "expected a multiple of 2"},
      {{.checkpoint = levels("every: 2", "every: 2")}, "expected a multiple of 2"},
      {{.checkpoint = levels("every: 2 survives: 0.1", "every: 4")}, "expected 0.5 at least"},
      {{.checkpoint = levels("every: 2", "every: 1000000 write_time: \"1 d\"")},
       "expected less than 50 years"},
      {{.checkpoint = levels("every: 2", "every: 4") + " interval: \"exact\""},
       "which have a best pair"},
  });
}

// What the experts of a layer and the parts of a sequence cost, and where they lie.
TEST(TrainingMessages, ExpertsAndSequencesAreSpread) {
  const std::string mixtral = "model: \"Mixtral_8x7B_config\" seq_len: 8192 step {} ";
  const auto step = [&](const std::string& parallelism) {
    const auto scenario =
        loaded({.training = mixtral + "parallelism { tensor: 2 pipeline: 4 zero_stage: 1 " +
                            parallelism + " }"});
    return *config(scenario).jobs[0].step;
  };
  const training::StepTerms plain = step("").model->terms;
  EXPECT_EQ(plain.expert + plain.context, 0);
  const training::StepTerms experts = step("expert: 8").model->terms;
  EXPECT_GT(experts.expert, 0);
  EXPECT_EQ(experts.compute, plain.compute);
  EXPECT_DOUBLE_EQ(experts.tensor, plain.tensor / 2);
  EXPECT_LT(experts.data, plain.data);
  const training::StepTerms context = step("context: 4").model->terms;
  EXPECT_NEAR(context.compute, plain.compute, 1e-12);
  EXPECT_GT(context.context, 0);
  EXPECT_NEAR(context.tensor / plain.tensor, 1, 1e-3);  // four times the sequences, a fourth each
  EXPECT_EQ(config(loaded({.training = mixtral + "parallelism { tensor: 2 pipeline: 4 "
                                                 "zero_stage: 1 context: 4 }"}))
                .jobs[0]
                .replicas,
            32u);
}

// By hand: 65,536 tokens of 4,096 numbers go to two of eight experts each, which lie on eight
// nodes; each of eight devices hands over an eighth of them, and gathers the others'.
TEST(TrainingMessages, AnExchangeWithExpertsByHand) {
  const auto scenario = loaded(
      {.cluster = "fabric { topology: RAIL_OPTIMISED }",
       .training = "model: \"Mixtral_8x7B_config\" seq_len: 8192 step {} parallelism { tensor: 8 "
                   "expert: 8 zero_stage: 1 }"});
  const training::JobConfig& job = config(scenario).jobs[0];
  const ClusterPlan& plan = config(scenario).fleet->plan().clusters[0];
  const double bytes = 65'536.0 * 4096 * 2 * 2 / 8;
  const double over = 7 * (seconds(plan.fabric_latency) + bytes / 8 / 50e9);
  const double inside = 7 * (seconds(plan.node_latency) + bytes / plan.device_rate);
  EXPECT_NEAR(job.step->model->terms.expert / (4 * 32 * (over + inside)), 1, 1e-9);
  EXPECT_NEAR(job.step->model->by_ring.expert / job.step->model->terms.expert, 1, 1e-9);
}

TEST(TrainingMessages, SpreadsThatCannotBeAreRefused) {
  const std::string mixtral = "model: \"Mixtral_8x7B\" global_batch: 2048 ";
  expect_refused({
      {{.training = "parallelism { tensor: 8 pipeline: 4 data: 16 context: 4 }"},
       "tensor x pipeline x data x context = 8 x 4 x 16 x 4 = 2048; expected 1024"},
      {{.training = "parallelism { tensor: 8 context: 3 data: 1 }"}, "8 x 1 x 1 x 3 = 24"},
      {{.training = "parallelism { tensor: 8 expert: 2 }"},
       "expert: found 2 where the job has no experts; expected 1"},
      {{.training = "model: \"Llama3_8B\" parallelism { expert: 4 }"},
       "expert: found 4 where \"Llama-3.1-8B\" has no experts; expected 1"},
      {{.training = mixtral + "parallelism { expert: 3 zero_stage: 3 }"},
       "expert: found 3; expected a divisor of 1024, data x context"},
      {{.training = mixtral + "parallelism { expert: 16 zero_stage: 3 }"},
       "expert: found 16; expected a divisor of 8, the experts of a layer"},
      {{.training = mixtral + "seq_len: 4100 parallelism { context: 8 zero_stage: 3 }"},
       "context: found 8; expected a divisor of 4100, the tokens of a sequence"},
      {{.training = mixtral + "parallelism { tensor: 1 expert: 2 }"}, "too much; expected zero"},
      {{.failures = "repair { constant { value: \"1 h\" } }",
        .training = mixtral + "parallelism { tensor: 2 pipeline: 4 zero_stage: 1 expert: 8 } "
                              "elastic { min_data: 1 }"},
       "found where replicas share experts 8 ways"},
  });
  // What does not fit a device whole does with an eighth of the experts.
  const auto fits = [&](const char* expert) {
    return bool(
        loaded({.training = mixtral + "parallelism { pipeline: 2 zero_stage: 1 " + expert + " }"}));
  };
  EXPECT_FALSE(fits(""));
  EXPECT_TRUE(fits("expert: 8"));
}

// Another region, linked to the first.
Result<LoadedScenario> two_regions(
    const std::string& outer, const std::string& more = "",
    const char* link = "bandwidth: \"400 Gb/s\" latency: \"40 ms\"") {
  return load_scenario_text(
      std::string("name: \"x\" fleet { region { name: \"a\" cluster { name: \"a\" node: "
                  "\"DGX_H100\" count: 64 } } region { name: \"b\" cluster { name: \"b\" node: "
                  "\"DGX_H100\" count: 96 } } ") +
          (*link != '\0' ? "link { between: \"a\" and: \"b\" " + std::string(link) + " }" : "") +
          " } failures { component { class: GPU } } training { name: \"j\" cluster: \"a\" model: "
          "\"Llama3_70B\" global_batch: 512 parallelism { tensor: 8 pipeline: 4 microbatches: 32 } "
          "step {} outer { " +
          outer + " } " + more + " } run { horizon: \"1 d\" }",
      "x.textproto");
}

TEST(TrainingMessages, RegionsTrainAsMuchEach) {
  const auto scenario = two_regions("cluster: \"b\" every: 32");
  const training::JobConfig& job = config(scenario).jobs[0];
  EXPECT_EQ(job.clusters().size(), 2u);
  EXPECT_EQ(job.all_devices(), 1024);
  EXPECT_EQ(job.replicas, 16u);
  EXPECT_DOUBLE_EQ(job.step->tokens, 2 * 512 * 4096);
  EXPECT_DOUBLE_EQ(job.step->peak, 1024 * 989e12);
  const training::StepTerms& terms = job.step->model->terms;
  const double exchange = 70.6e9 * 2 / 50e9 + 2 * 0.04;  // 2 (r-1)/r G/BW + 2 (r-1) t, and fabrics
  EXPECT_NEAR(terms.outer * 32, exchange, 1e-4);
  EXPECT_EQ(job.step->seconds, terms.total());
  EXPECT_NEAR(job.step->mfu() * job.step->scaling(),
              job.step->flops / (job.step->peak * job.step->seconds), 1e-12);
  const double half = config(two_regions("cluster: \"b\" every: 32 overlap: 0.5 payload: \"1 GB\""))
                          .jobs[0]
                          .step->model->terms.outer;
  EXPECT_NEAR(half * 32, (1e9 / 50e9 + 2 * 0.04) / 2, 1e-4);
}

TEST(TrainingMessages, RegionsThatCannotBeAreRefused) {
  const auto message = [](const Result<LoadedScenario>& scenario) {
    return scenario ? std::string("fine") : scenario.error().message;
  };
  const auto says = [&](const Result<LoadedScenario>& scenario, const char* what) {
    EXPECT_NE(message(scenario).find(what), std::string::npos) << message(scenario);
  };
  says(two_regions(""), "cluster");
  says(two_regions("cluster: \"a\""), "outer.cluster[0]: found \"a\" twice");
  says(two_regions("cluster: \"b\" cluster: \"b\""), "outer.cluster[1]: found \"b\" twice");
  says(two_regions("cluster: \"c\""), "found \"c\"; expected the name of a cluster");
  says(two_regions("cluster: \"b\"", "", ""), "expected a link between regions");
  says(two_regions("cluster: \"b\" every: 0"), "outer.every");
  says(two_regions("cluster: \"b\" overlap: 1.1"), "outer.overlap");
  says(two_regions("cluster: \"b\" payload: \"1e18 B\"", "",
                   "bandwidth: \"1 B/s\" latency: \"1 ms\""),
       "outer: an exchange takes more than 30 years");
  says(two_regions("cluster: \"b\"", "elastic {}"), "elastic: found beside outer");
  says(loaded({.training = "model: \"Llama3_8B\" outer { cluster: \"a\" }"}),
       "outer: an exchange is a part of a step; expected the field \"step\"");
  says(two_regions("cluster: \"b\"", "} training { name: \"k\" cluster: \"b\" nodes: 33"),
       "takes 33 nodes; expected at most 32");
  EXPECT_EQ(message(two_regions("cluster: \"b\"")), "fine");
}

TEST(TrainingMessages, FailuresThatCannotBeAreRefused) {
  expect_refused({
      {{.failures = "component { class: OTHER per_node: 1 }"}, "no life for the class OTHER"},
      {{.failures = "component { class: PCIE_SWITCH }"}, "expected per_node or total"},
      {{.failures = "component { class: GPU } component { class: GPU }"}, "\"gpu\" twice"},
      {{.failures = "component { class: GPU time_to_failure { constant { value: \"0 s\" } } }"},
       "live for 0 s"},
      {{.failures = "component { class: GPU effect: RESTART time_to_failure { gamma { mean: "
                    "\"5 h\" cv: 2 } } }"},
       "expected exponential or weibull"},
      {{.failures = "component { class: GPU time_to_failure { exponential { rate: \"-1 /d\" } } }"},
       "above 0"},
      {{.failures = "scripted { at: \"1 h\" what: \"b/node/0\" }"}, "CLUSTER/node/NUMBER"},
      {{.failures = "scripted { at: \"1 h\" what: \"a/node/128\" }"}, "a number below 128"},
      {{.failures = "scripted { at: \"1 h\" what: \"a/nod/1\" }"}, "expected a/node/NUMBER"},
      {{.failures = "scripted { at: \"1 h\" what: \"a/node/1x\" }"}, "expected a/node/NUMBER"},
      {{.failures = "shock { name: \"r\" time_to_failure: \"1 d\" } "
                    "shock { name: \"r\" time_to_failure: \"1 d\" }"},
       "\"r\" twice"},
      {{.failures = "shock { name: \"r\" time_to_failure: \"0 s\" }"}, "above 0 s"},
      {{.failures = "shock { name: \"r\" time_to_failure: \"1 d\" hits: 1.5 }"}, "at most 1"},
      {{.failures = "lemons { share: \"120 %\" }"}, "at most 1"},
      {{.failures = "trace: \"nowhere.csv\""}, "nowhere.csv"},
      {{.failures = "spare_wear: 0.5 component { class: NODE time_to_failure { weibull { shape: 2 "
                    "mean: \"1 d\" } } }"},
       "expected exponential"},
  });
}

TEST(TrainingMessages, HardlyUsefulPlansAreWarnings) {
  const auto long_interval = loaded({.checkpoint = "interval: \"60 h\""});
  ASSERT_TRUE(long_interval) << long_interval.error().message;
  ASSERT_EQ(long_interval->warnings.size(), 1u);
  EXPECT_NE(long_interval->warnings[0].find("beyond the MTBF of 2.03 d: c.exact gives"),
            std::string::npos)
      << long_interval->warnings[0];
  const auto slow = loaded({.training = "restart { time: \"60 h\" }"});
  ASSERT_TRUE(slow) << slow.error().message;
  ASSERT_EQ(slow->warnings.size(), 1u);
  EXPECT_NE(slow->warnings[0].find("may never be done"), std::string::npos);
  const auto full = loaded({.training = "model: \"Llama3_70B\" seq_len: 131072 parallelism { "
                                        "tensor: 8 pipeline: 4 }"});
  ASSERT_TRUE(full) << full.error().message;
  ASSERT_EQ(full->warnings.size(), 1u);
  EXPECT_NE(full->warnings[0].find("activations"), std::string::npos);
}

}  // namespace
}  // namespace fleetsim
