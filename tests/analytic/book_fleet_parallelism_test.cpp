#include "analytic/book/parallelism.h"
#include "tests/analytic/book_fleet.h"

namespace fleetsim::analytic {
namespace {

constexpr double published = 1e-9;

void expect_plan(const ParallelPlan& plan, std::int64_t tp, std::int64_t pp, double mfu) {
  EXPECT_EQ(plan.tp, tp);
  EXPECT_EQ(plan.pp, pp);
  expect_relative(plan.mfu, mfu, published);
}

TEST(BookParallelism, Llama405bOn16384) {  // paper-a7-parallelism-llama405b
  const ParallelismIn in{
      .model = transformer(
          {.parameters = 405e9, .layers = 126, .hidden_dim = 16384, .heads = 128, .kv_heads = 8}),
      .fleet = dgx_h100s(2048, ndr()),
      .batch_size = 2048,
      .efficiency = 0.42,
      .seq_len = 8192,
      .activation_recomputation = true};
  const ParallelismOut out = good(optimize_parallelism(in));
  expect_plan(out.best, 8, 16, 0.2090434868012191);
  EXPECT_EQ(out.best.dp, 128);
  EXPECT_EQ(out.total_searched, 14);
  expect_plan(out.top_candidates.at(1), 8, 32, 0.20608443620236455);
  // A quarter of the arithmetic is recomputation, and launches are no arithmetic at all.
  EXPECT_LT(out.best.model_mfu, 0.75 * out.best.mfu);
  EXPECT_FALSE(out.stages_beyond_layers);
}

TEST(BookParallelism, Gpt3On2048) {  // paper-r4-parallelism-gpt3
  ParallelismIn in{.model = gpt3(), .fleet = dgx_h100s(256, hdr()), .batch_size = 2048};
  const ParallelismOut out = good(optimize_parallelism(in));
  expect_plan(out.best, 8, 8, 0.3961157817346712);
  EXPECT_EQ(out.total_searched, 13);
  expect_relative(out.screen_capacity, 77.30941132800001e9, published);
  EXPECT_EQ(out.smallest_feasible_max_pp, 8);
  in.max_pp = 4;
  expect_error(optimize_parallelism(in), "activation_recomputation");
  in.max_pp = 8;
  EXPECT_GT(good(optimize_parallelism(in)).total_searched, 0);
}

TEST(BookParallelism, Llama70bOn256) {  // paper-sG-parallelism-llama70b
  const ParallelismOut out = good(
      optimize_parallelism({.model = llama3_70b(), .fleet = research_256(), .batch_size = 2048}));
  expect_plan(out.best, 2, 16, 0.45770740348503874);
  expect_plan(out.top_candidates.at(1), 2, 32, 0.4561974846068912);
  expect_plan(out.top_candidates.at(2), 2, 128, 0.45227281589091783);
  EXPECT_EQ(out.top_candidates.size(), 5u);
}

TEST(BookParallelism, EveryCandidateIsAStepOfDistributedModel) {
  const ParallelismOut out = good(
      optimize_parallelism({.model = llama3_8b(), .fleet = dgx_h100s(4, ndr()), .batch_size = 64}));
  double last = 1;
  for (const ParallelPlan& plan : out.top_candidates) {
    const DistributedOut step =
        good(distributed({.model = llama3_8b(),
                          .fleet = dgx_h100s(4, ndr()),
                          .batch_size = 64,
                          .tp_size = plan.tp,
                          .pp_size = plan.pp,
                          .microbatch_count = plan.pp > 1 ? 64 / plan.dp : 1,
                          .overlap_comm = true}));
    expect_relative(plan.step_time, step.step_latency_total, 1e-12);
    expect_relative(plan.model_mfu, step.fleet_mfu, 1e-12);
    EXPECT_TRUE(step.feasible);
    EXPECT_LE(plan.mfu, last);
    last = plan.mfu;
  }
}

TEST(BookParallelism, RefusesWhatCannotBe) {
  ParallelismIn in{.model = llama3_8b(), .fleet = research_256(), .batch_size = 0};
  expect_error(optimize_parallelism(in), "batch_size");
  in.batch_size = 64, in.max_tp = 0;
  expect_error(optimize_parallelism(in), "max_tp");
}

TEST(BookParallelism, OnlyTransformersAreSplit) {
  const ParallelismOut out = good(
      optimize_parallelism({.model = resnet50(), .fleet = research_256(), .batch_size = 4096}));
  EXPECT_EQ(out.total_searched, 1);
  EXPECT_EQ(out.best.dp, 256);
}

}  // namespace
}  // namespace fleetsim::analytic
