#include <gtest/gtest.h>

#include <map>
#include <tuple>

#include "workloads/serving/gateway.h"
#include "workloads/serving/rate_limit.h"
#include "workloads/serving/retries.h"
#include "workloads/serving/router.h"

// Who is let in, in which order and where to: each part against the plainest way to say the same.
namespace fleetsim::serving {
namespace {

std::uint32_t below(Stream& stream, std::uint32_t n) {
  return static_cast<std::uint32_t>(stream.uniform() * n);
}

TEST(ServingLeastLoaded, IsTheFirstOfTheLeast) {
  Stream stream = Chance{.seed = 1}.stream("test.least");
  for (const std::uint32_t n : {1u, 2u, 3u, 7u, 8u, 100u}) {
    LeastLoaded tree(n);
    std::vector<std::uint64_t> loads(n, 0);
    EXPECT_EQ(tree.best(), 0u);
    for (int i = 0; i < 4000; ++i) {
      const std::uint32_t seat = below(stream, n);
      loads[seat] = stream.uniform() < 0.3 ? LeastLoaded::closed : below(stream, 6);
      tree.set(seat, loads[seat]);
      const auto least = std::min_element(loads.begin(), loads.end());
      if (*least == LeastLoaded::closed)
        ASSERT_EQ(tree.best(), std::nullopt);
      else
        ASSERT_EQ(tree.best(), static_cast<std::uint32_t>(least - loads.begin()));
    }
  }
}

ServingConfig three_groups(Routing routing) {
  ServingConfig config;
  config.routing = routing;
  for (const std::uint32_t replicas : {3u, 1u, 5u}) {
    GroupConfig group{
        .name = "g", .replicas = replicas, .model = config.groups.size() == 1 ? 1u : 0u};
    group.scheduler.max_batch = 4;
    config.groups.push_back(group);
  }
  config.clients.push_back({.name = "near", .delay = {1_ms, 5_ms, 9_ms}});
  config.clients.push_back({.name = "equal", .delay = {2_ms, 2_ms, 2_ms}});
  config.clients.push_back({.name = "other", .delay = {9_ms, 5_ms, 1_ms}, .model = 1});
  return config;
}

std::vector<Seat> seats_of(const ServingConfig& config) {
  std::vector<Seat> seats;
  for (std::uint32_t g = 0; g < config.groups.size(); ++g)
    for (std::uint32_t i = 0; i < config.groups[g].replicas; ++i)
      seats.push_back({.replica = nullptr, .group = g});
  return seats;
}

// By looking at every seat.
std::optional<std::uint32_t> plainly(const ServingConfig& config, const std::vector<Seat>& seats,
                                     const Request& request) {
  const ClientConfig& client = config.clients[request.client];
  std::optional<std::uint32_t> found;
  std::tuple<bool, Duration, std::uint64_t> least;
  for (std::uint32_t s = 0; s < seats.size(); ++s) {
    const bool full = seats[s].outstanding >= 4;
    if (config.groups[seats[s].group].model != client.model) continue;
    if (config.routing == Routing::central && full) continue;
    const Duration delay = client.delay[seats[s].group];
    std::tuple<bool, Duration, std::uint64_t> key{false, {}, seats[s].outstanding};
    if (config.routing == Routing::nearest) std::get<1>(key) = delay;
    if (config.routing == Routing::nearest_least_loaded)
      key = {full, full ? Duration{} : delay, seats[s].outstanding};
    if (!found || key < least) {
      found = s;
      least = key;
    }
  }
  return found;
}

TEST(ServingRouter, ChoosesAsIfItLookedAtEverySeat) {
  Stream stream = Chance{.seed = 2}.stream("test.router");
  for (const Routing routing : {Routing::least_outstanding, Routing::central, Routing::nearest,
                                Routing::nearest_least_loaded}) {
    const ServingConfig config = three_groups(routing);
    std::vector<Seat> seats = seats_of(config);
    Router router(config, seats, Chance{}.stream("test"));
    for (int i = 0; i < 5000; ++i) {
      const std::uint32_t seat = below(stream, 9);
      seats[seat].outstanding = below(stream, 6);
      router.update(seat);
      const Request request{.client = below(stream, 3)};
      ASSERT_EQ(router.choose(request, {}), plainly(config, seats, request)) << i;
    }
  }
}

TEST(ServingRouter, TurnsAndDrawsStayWithTheModel) {
  for (const Routing routing : {Routing::round_robin, Routing::random}) {
    const ServingConfig config = three_groups(routing);
    const std::vector<Seat> seats = seats_of(config);
    Router router(config, seats, Chance{.seed = 3}.stream("test"));
    std::map<std::uint32_t, int> chosen;
    for (int i = 0; i < 8000; ++i) {
      EXPECT_EQ(router.choose({.client = 2}, {}), 3u);
      ++chosen[*router.choose({.client = 0}, {})];
    }
    ASSERT_EQ(chosen.size(), 8u);
    for (const auto& [seat, n] : chosen) {
      EXPECT_NE(seat, 3u);
      EXPECT_NEAR(n, 1000, routing == Routing::random ? 150 : 0);
    }
  }
}

TEST(ServingRouter, ASessionStaysWhereItIs) {
  const ServingConfig config = three_groups(Routing::sticky);
  std::vector<Seat> seats = seats_of(config);
  Router router(config, seats, Chance{}.stream("test"));
  std::map<std::uint32_t, int> homes;
  for (std::uint64_t name = 1; name <= 4000; ++name) {
    const auto home = router.choose({.session = name}, {});
    ++homes[*home];
    seats[*home].outstanding += 1;
    router.update(*home);
    EXPECT_EQ(router.choose({.client = 1, .session = name}, {}), home);
  }
  EXPECT_EQ(homes.size(), 8u);
  for (const auto& [seat, n] : homes) EXPECT_NEAR(n, 500, 110) << seat;  // 5 deviations
  const auto least = router.choose({}, {});
  for (const Seat& seat : seats)
    EXPECT_TRUE(seat.group == 1 || seats[*least].outstanding <= seat.outstanding);
}

ServingConfig two_tenants() {
  ServingConfig config;
  config.fair = true;
  config.clients.push_back({.name = "one", .tenant = "a", .weight = 1});
  config.clients.push_back({.name = "two", .tenant = "b", .weight = 3});
  return config;
}

// Within one request of the weights at any time, whatever the lengths.
TEST(ServingGateway, SharesTokensByWeight) {
  Stream stream = Chance{.seed = 4}.stream("test.fair");
  Gateway gateway(two_tenants());
  std::vector<Request> requests;
  for (std::uint32_t i = 0; i < 4000; ++i) {
    requests.push_back({.prompt = 1 + below(stream, 900), .output = 100, .client = i % 2});
    gateway.stand(requests.back(), i);
  }
  double had[2] = {0, 0};
  for (int i = 0; i < 2000; ++i) {
    const auto next = gateway.next();
    const Request& request = requests[next->call];
    had[request.client] += request.prompt + request.output;
    gateway.serve(*next, request);
    EXPECT_LE(std::abs(had[0] - had[1] / 3), 1000);
  }
  EXPECT_EQ(gateway.waiting(), 2000u);
}

TEST(ServingGateway, NobodySavesUp) {
  Gateway gateway(two_tenants());
  const Request one{.prompt = 99, .output = 1, .client = 0},
      two{.prompt = 99, .output = 1, .client = 1};
  for (std::uint32_t i = 0; i < 300; ++i) gateway.stand(one, i);
  for (int i = 0; i < 200; ++i) gateway.serve(*gateway.next(), one);
  for (std::uint32_t i = 0; i < 100; ++i) gateway.stand(two, 1000 + i);
  int of_one = 0;
  for (int i = 0; i < 40; ++i) {
    const auto next = gateway.next();
    of_one += next->call < 1000;
    gateway.serve(*next, next->call < 1000 ? one : two);
  }
  EXPECT_NEAR(of_one, 10, 1);
}

TEST(ServingGateway, WhoWantsAnotherModelIsNotHeldUp) {
  ServingConfig config = two_tenants();
  config.fair = false;
  config.clients[1].model = 1;
  Gateway gateway(config);
  gateway.stand({.client = 0}, 10);
  const auto gone = gateway.stand({.client = 1}, 20);
  gateway.stand({.client = 1}, 21);
  EXPECT_EQ(gateway.next()->call, 10u);
  gateway.hold(*gateway.next());
  EXPECT_EQ(gateway.next()->call, 20u);
  gateway.leave(gone);
  EXPECT_EQ(gateway.next()->call, 21u);
  gateway.hold(*gateway.next());
  EXPECT_FALSE(gateway.next());
  gateway.release();
  EXPECT_EQ(gateway.next()->call, 10u);
  EXPECT_EQ(gateway.waiting(), 2u);
}

// A bucket of whole tokens, in exact binary times.
TEST(ServingRateLimit, IsABucketOfTokens) {
  Stream stream = Chance{.seed = 5}.stream("test.bucket");
  RateLimit limit({.rate = 4, .burst = 3});
  double tokens = 3;
  Instant last{};
  int admitted = 0;
  for (int i = 0; i < 5000; ++i) {
    const Instant now = last + Duration{std::int64_t{below(stream, 20)} * 15'625'000};
    tokens = std::min(3.0, tokens + 4 * seconds(now - last));
    const bool there = tokens >= 1;
    tokens -= there;
    ASSERT_EQ(limit.admits(now), there) << i;
    admitted += there;
    last = now;
  }
  EXPECT_GT(admitted, 1000);
  EXPECT_LT(admitted, 5000);
}

TEST(ServingRetries, WaitGrowsAndJitterDrawsItsShare) {
  ClientConfig client;
  client.retry = RetryConfig{.attempts = 3, .backoff = *Law::constant(2), .growth = 3};
  Retries plain(client, {}, 0);
  EXPECT_EQ(plain.wait(1), 2_s);
  EXPECT_EQ(plain.wait(3), 18_s);
  EXPECT_FALSE(plain.wait(4));
  client.retry->jitter = 0.5;
  Retries drawn(client, {}, 0);
  double sum = 0;
  for (int i = 0; i < 10000; ++i) {
    const double wait = seconds(*drawn.wait(2));
    EXPECT_TRUE(wait >= 3 && wait <= 6);
    sum += wait;
  }
  EXPECT_NEAR(sum / 10000, 4.5, 5 * 3 / std::sqrt(12 * 10000));
}

TEST(ServingRetries, ABudgetIsEarnedByRequests) {
  ClientConfig client;
  client.retry = RetryConfig{.attempts = 9, .backoff = *Law::constant(1), .budget = 0.25};
  Retries retries(client, {}, 0);
  const auto granted = [&](int requests, int failures) {
    for (int i = 0; i < requests; ++i) retries.sent();
    int n = 0;
    for (int i = 0; i < failures; ++i) n += retries.wait(1).has_value();
    return n;
  };
  EXPECT_EQ(granted(8, 10), 2);
  EXPECT_EQ(granted(3, 10), 0);
  EXPECT_EQ(granted(1, 10), 1);
  EXPECT_EQ(granted(100000, 1000), 100);
}

}  // namespace
}  // namespace fleetsim::serving
