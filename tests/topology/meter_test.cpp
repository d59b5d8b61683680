#include "topology/meter.h"

#include <gtest/gtest.h>

#include <cmath>

#include "analytic/book/operations.h"
#include "analytic/exact/carbon.h"
#include "sim/stream.h"

namespace fleetsim {
namespace {

constexpr double kwh = 3.6e6, gram_per_kwh = 1e-3 / kwh;

constexpr Instant at(std::int64_t s) {
  return Instant{} + s * 1_s;
}

std::shared_ptr<const Site> site_of(Grid grid, Facility facility) {
  auto made = Site::make(std::move(grid), std::move(facility));
  EXPECT_TRUE(made) << made.error().message;
  return std::make_shared<const Site>(*std::move(made));
}

class Draw {
 public:
  explicit Draw(std::uint64_t seed) : stream_(Chance{.seed = seed}.stream("tests")) {}
  double even(double low, double high) { return low + (high - low) * stream_.uniform(); }
  std::int64_t whole(std::int64_t low, std::int64_t high) {
    return low + static_cast<std::int64_t>(stream_.uniform() * static_cast<double>(high - low + 1));
  }

 private:
  Stream stream_;
};

// A series as a list, looked up with nothing but a remainder: knows no sums.
struct Plain {
  std::vector<double> values{1};
  std::int64_t step = 1, phase = 0;  // s

  Plain(Draw& draw, double low, double high, bool constant) {
    if (constant) {
      values = {draw.even(low, high)};
      return;
    }
    values.resize(static_cast<std::size_t>(draw.whole(2, 24)));
    for (double& value : values) value = draw.even(low, high);
    step = 10 * draw.whole(1, 6);
    phase = draw.whole(0, static_cast<std::int64_t>(values.size()) * step - 1);
  }
  double at(std::int64_t s) const {
    return values[static_cast<std::size_t>((s + phase) / step) % values.size()];
  }
  StepSeries series() const {
    if (values.size() == 1) return values[0];
    return StepSeries(values, step * 1_s, phase * 1_s);
  }
};

// A random history of three parts in two components, told to a meter and kept by the second.
struct History {
  static constexpr std::int64_t length = 1500;  // s

  explicit History(std::uint64_t seed)
      : draw(seed),
        begin(billing_month.ns / 1'000'000'000 - draw.whole(0, 2 * length)),
        carbon(draw, 0, 1e-7, draw.whole(0, 3) == 0),
        price(draw, -1e-8, 3e-8, draw.whole(0, 3) == 0),
        per_it(draw, 1, 2, draw.whole(0, 1) == 0),
        fixed(draw.whole(0, 1) == 0 ? 0 : draw.even(0, 500)),
        charge(draw.even(0, 1)) {
    Facility facility{.per_it = per_it.series(), .fixed = fixed, .wue = 1.8 / kwh};
    Meter made(site_of(
        {.carbon = carbon.series(), .price = price.series(), .demand_charge = charge}, facility));
    const Meter::Part parts[] = {made.part("gpu"), made.part("host"), made.part("gpu")};
    for (auto& watts : second) watts.assign(length, 0);
    for (std::size_t p = 0; p < 3; ++p) tell(made, parts[p], second[p % 2]);
    meter.emplace(std::move(made));
  }

  void tell(Meter& made, Meter::Part part, std::vector<double>& watts) {
    std::int64_t now = 0;
    double power = 0;
    while (now < length) {
      const std::int64_t next = std::min(length, now + draw.whole(0, 200));
      for (std::int64_t s = now; s < next; ++s) watts[static_cast<std::size_t>(s)] += power;
      now = next;
      if (now == length) break;
      power = draw.whole(0, 2) == 0 ? 0 : draw.even(0, 1000);
      made.set(at(begin + now), part, power);
      const std::int64_t last = now + draw.whole(1, 300);
      if (last > length || draw.whole(0, 2) != 0) continue;
      const double joules = draw.even(0, 1e5);  // told of what lies ahead or behind alike
      made.add(part, at(begin + now), at(begin + last), joules);
      for (std::int64_t s = now; s < last; ++s)
        watts[static_cast<std::size_t>(s)] += joules / static_cast<double>(last - now);
    }
  }

  Draw draw;
  std::int64_t begin;
  Plain carbon, price, per_it;
  double fixed, charge;
  std::vector<double> second[2];
  std::optional<Meter> meter;
};

// Second by second.
SiteUsage counted(const History& h, std::int64_t from, std::int64_t to) {
  SiteUsage out;
  double before = 0, month_peak = 0;
  std::int64_t in_month = 0;
  const auto bill = [&] {
    out.demand_cost += h.charge * month_peak * static_cast<double>(in_month) / 2'628'000;
    month_peak = 0;
    in_month = 0;
  };
  for (std::int64_t s = from; s < to; ++s) {
    const double gpu = h.second[0][static_cast<std::size_t>(s)];
    const double host = h.second[1][static_cast<std::size_t>(s)];
    const std::int64_t now = h.begin + s;
    const double facility = (gpu + host) * h.per_it.at(now) + h.fixed;
    out.components["gpu"] += gpu;
    out.components["host"] += host;
    out.it += gpu + host;
    out.facility += facility;
    out.carbon += facility * h.carbon.at(now);
    out.energy_cost += facility * h.price.at(now);
    out.peak_power = std::max(out.peak_power, facility);
    out.peak_it = std::max(out.peak_it, gpu + host);
    if (s > from) out.largest_step = std::max(out.largest_step, std::abs(gpu + host - before));
    before = gpu + host;
    if (now % 2'628'000 == 0) bill();
    month_peak = std::max(month_peak, facility);
    ++in_month;
  }
  bill();
  return out;
}

TEST(Meter, AThousandHistoriesAgreeWithCountingSeconds) {
  int months = 0;
  for (std::uint64_t seed = 1; seed <= 1000; ++seed) {
    History h(seed);
    const std::int64_t from = h.draw.whole(0, History::length - 2);
    const std::int64_t to = h.draw.whole(from + 1, History::length - 1);
    const SiteUsage seen = h.meter->usage(at(h.begin + from), at(h.begin + to));
    const SiteUsage sum = counted(h, from, to);
    const double scale = sum.facility + 1;
    EXPECT_NEAR(seen.it, sum.it, 1e-9 * scale) << seed;
    EXPECT_NEAR(seen.facility, sum.facility, 1e-9 * scale) << seed;
    EXPECT_NEAR(seen.carbon, sum.carbon, 1e-9 * 1e-7 * scale) << seed;
    EXPECT_NEAR(seen.energy_cost, sum.energy_cost, 1e-9 * 3e-8 * scale) << seed;
    EXPECT_NEAR(seen.demand_cost, sum.demand_cost, 1e-9 * (sum.demand_cost + 1e-3)) << seed;
    EXPECT_NEAR(seen.peak_power, sum.peak_power, 1e-9 * (sum.peak_power + 1)) << seed;
    EXPECT_NEAR(seen.peak_it, sum.peak_it, 1e-9 * (sum.peak_it + 1)) << seed;
    EXPECT_NEAR(seen.largest_step, sum.largest_step, 1e-9 * (sum.peak_it + 1)) << seed;
    EXPECT_NEAR(seen.mean_power, sum.facility / static_cast<double>(to - from), 1e-9 * scale);
    EXPECT_NEAR(seen.water, sum.it * 1.8 / kwh, 1e-9 * scale);
    EXPECT_NEAR(seen.water_by_book, sum.facility * 1.8 / kwh, 1e-9 * scale);
    double parts = 0;
    for (const auto& [name, joules] : seen.components) {
      EXPECT_NEAR(joules, sum.components.at(name), 1e-9 * scale) << seed << name;
      parts += joules;
    }
    EXPECT_EQ(parts, seen.it);
    months += at(h.begin + from) < Instant{billing_month.ns} &&
              Instant{billing_month.ns} < at(h.begin + to);
  }
  EXPECT_GT(months, 100);  // windows that two bills fall into
}

// Windows that follow each other add up to the whole.
TEST(Meter, EnergyIsConserved) {
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    History h(seed);
    const auto usage = [&](std::int64_t from, std::int64_t to) {
      return h.meter->usage(at(h.begin + from), at(h.begin + to));
    };
    const std::int64_t cut = h.draw.whole(1, History::length - 1);
    const SiteUsage whole = usage(0, History::length), first = usage(0, cut),
                    second = usage(cut, History::length);
    EXPECT_NEAR(first.it + second.it, whole.it, 1e-9 * whole.it);
    EXPECT_NEAR(first.carbon + second.carbon, whole.carbon, 1e-9 * whole.carbon);
    EXPECT_NEAR(first.facility + second.facility, whole.facility, 1e-9 * whole.facility);
    EXPECT_NEAR(std::max(first.peak_it, second.peak_it), whole.peak_it, 1e-9);
  }
}

// e.trace: the exact integral by segments.
TEST(Meter, AgreesWithStepwiseCarbon) {
  Draw draw(7);
  for (int trial = 0; trial < 100; ++trial) {
    std::vector<double> hours(24), grid_from(24), watts, watts_from;
    for (std::size_t i = 0; i < 24; ++i) {
      hours[i] = draw.even(10, 800) * gram_per_kwh;
      grid_from[i] = 3600.0 * static_cast<double>(i);
    }
    const double pue = draw.even(1, 1.6);
    Meter meter(site_of({.carbon = StepSeries(hours, 3600_s)}, {.per_it = pue}));
    const Meter::Part part = meter.part("accelerators");
    for (double now = 0; now < 86'400; now += std::floor(draw.even(1, 9000))) {
      watts_from.push_back(now);
      watts.push_back(draw.even(0, 1e6));
      meter.set(Instant{} + from_seconds(now), part, watts.back());
    }
    const auto form =
        analytic::stepwise_carbon({watts_from, watts}, {grid_from, hours}, 86'400, pue);
    ASSERT_TRUE(form);
    const SiteUsage usage = meter.usage({}, at(86'400));
    EXPECT_NEAR(usage.carbon, form->carbon, 1e-9 * form->carbon);
    EXPECT_NEAR(usage.facility, form->energy, 1e-9 * form->energy);
  }
}

// e.carbon: constant power and grid, and the book's solver of it.
TEST(Meter, AgreesWithTheConstantCaseAndTheBook) {
  analytic::SustainabilityIn in;
  in.fleet.node.accelerator.tdp = 700;
  in.fleet.nodes = 32;
  in.duration_days = 30 * 86400.0;
  in.mfu = 0.42;
  in.grid = analytic::Grid{.carbon_intensity = 429 * gram_per_kwh, .pue = 1.12, .wue = 1.8 / kwh};
  const auto book = analytic::sustainability(in);
  ASSERT_TRUE(book) << book.error().message;
  Meter meter(site_of({.carbon = 429 * gram_per_kwh, .price = 0.12 / kwh},
                      {.per_it = 1.12, .wue = 1.8 / kwh}));
  const NodePower power{.devices = 8, .peak = 700};
  meter.set({}, meter.part("accelerators"), 32 * power.node(Activity::compute, 0.42).total());
  const SiteUsage usage = meter.usage({}, at(30 * 86'400));
  EXPECT_NEAR(usage.it, book->it_energy_kwh, 1e-9 * usage.it);
  EXPECT_NEAR(usage.facility, book->total_energy_kwh, 1e-9 * usage.facility);
  EXPECT_NEAR(usage.carbon, book->carbon_footprint_kg, 1e-9 * usage.carbon);
  EXPECT_NEAR(usage.water_by_book, book->water_usage_liters, 1e-9 * usage.water);
  EXPECT_NEAR(usage.water, book->water_usage_exact, 1e-9 * usage.water);
  EXPECT_NEAR(usage.water_by_book / usage.water, 1.12, 1e-12);
  EXPECT_NEAR(usage.energy_cost, usage.facility * 0.12 / kwh, 1e-9 * usage.energy_cost);
  const auto form =
      analytic::constant_load_carbon({usage.peak_it, 30 * 86400.0, 1.12, 429 * gram_per_kwh});
  EXPECT_NEAR(usage.carbon, form->carbon, 1e-9 * usage.carbon);
  EXPECT_EQ(usage.largest_step, 0);
  EXPECT_NEAR(usage.mean_power, usage.peak_power, 1e-9 * usage.peak_power);
}

TEST(Meter, DemandIsChargedByTheMonth) {
  Meter meter(site_of({.demand_charge = 0.015}, {.per_it = 1.2, .fixed = 100}));
  const Meter::Part part = meter.part("accelerators");
  meter.set({}, part, 1000);
  const Instant month = Instant{} + billing_month;
  meter.set(month, part, 0);
  meter.add(part, month + 100_s, month + 200_s, 5e5);  // 5 kW
  // A month of 1,300 W, a month whose peak is 6,100 W, half a month of nothing but overhead.
  const SiteUsage usage = meter.usage({}, month + billing_month + Duration{billing_month.ns / 2});
  EXPECT_NEAR(usage.demand_cost, 0.015 * (1300 + 6100 + 100 / 2.0), 1e-9);
  EXPECT_NEAR(usage.peak_power, 6100, 1e-9);
  EXPECT_NEAR(usage.largest_step, 5000, 1e-9);
}

TEST(Meter, ShowsNothingWhereNothingDraws) {
  Meter meter(site_of({.carbon = 1e-7}, {}));
  const Meter::Part part = meter.part("accelerators");
  meter.set(at(5), part, 100);
  meter.set(at(5), part, 0);
  meter.add(part, at(1), at(2), 0);
  const SiteUsage usage = meter.usage({}, at(10));
  EXPECT_EQ(usage.it, 0);
  EXPECT_EQ(usage.carbon, 0);
  EXPECT_EQ(usage.peak_power, 0);
  EXPECT_EQ(usage.components, (std::map<std::string, double>{{"accelerators", 0}}));
}

}  // namespace
}  // namespace fleetsim
