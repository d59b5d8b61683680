#include "traces/requests/synth_requests.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <queue>

#include "traces/requests/open_requests.h"

namespace fleetsim::requests {

namespace {

constexpr double never = std::numeric_limits<double>::infinity();

// Numbers that all clients take theirs from.
struct Numbering {
  std::uint32_t session = 0;
  std::uint64_t hash = 0;
};

// Which requests continue which. An arrival takes the turn of the user who has been ready for
// longest; where none is, a session begins.
class SessionTurns {
 public:
  SessionTurns(const Recipe::Sessions& law, const Chance& chance, std::uint32_t entity,
               Numbering& numbers)
      : law_(law),
        stream_(chance.stream("requests.sessions", entity)),
        numbers_(numbers) {
    for (std::uint32_t i = 0; i < law_.shared_blocks; ++i) shared_.push_back(numbers_.hash++);
  }

  void place(RequestRow& row) {
    const double now = seconds(row.arrival - Instant{});
    Turn turn;
    if (!waiting_.empty() && waiting_.top().ready <= now) {
      turn = waiting_.top();
      waiting_.pop();
    } else {
      turn.session = ++numbers_.session;
      turn.hashes = shared_;
    }
    row.session = turn.session;
    if (law_.block_tokens > 0) hash(row, turn.hashes);
    const bool more = stream_.uniform() < law_.more;
    const double think = law_.think.value(stream_.uniform());
    if (!more) return;
    turn.ready = now + think;
    turn.order = ++order_;
    // The last block is not full: what is written behind it makes another one of it.
    turn.hashes = row.hashes;
    if (law_.block_tokens > 0 && row.prompt % law_.block_tokens != 0) turn.hashes.pop_back();
    if (turn.hashes.size() < shared_.size()) turn.hashes = shared_;
    waiting_.push(std::move(turn));
  }

 private:
  struct Turn {
    double ready = 0;  // s
    std::uint64_t order = 0;
    std::uint32_t session = 0;
    std::vector<std::uint64_t> hashes{};  // of what was said before
    bool operator>(const Turn& other) const {
      return ready != other.ready ? ready > other.ready : order > other.order;
    }
  };

  void hash(RequestRow& row, const std::vector<std::uint64_t>& before) {
    const std::uint64_t blocks =
        (std::uint64_t{row.prompt} + law_.block_tokens - 1) / law_.block_tokens;
    const auto common = static_cast<std::ptrdiff_t>(std::min<std::uint64_t>(blocks, before.size()));
    row.hashes.assign(before.begin(), before.begin() + common);
    while (row.hashes.size() < blocks) row.hashes.push_back(numbers_.hash++);
  }

  Recipe::Sessions law_;
  Stream stream_;
  Numbering& numbers_;
  std::vector<std::uint64_t> shared_{};
  std::priority_queue<Turn, std::vector<Turn>, std::greater<>> waiting_{};
  std::uint64_t order_ = 0;
};

struct OneClient {
  ArrivalTimes times;
  LengthPairs lengths;
  std::optional<SessionTurns> turns{};
};

class Synthesis : public RowSource {
 public:
  Synthesis(const Recipe& recipe, std::uint64_t seed) {
    const Chance chance{.seed = seed};
    std::uint32_t entity = 0;
    for (const Recipe::Client& client : recipe.clients)
      for (std::uint32_t i = 0; i < client.count; ++i, ++entity) add(client, chance, entity);
    for (std::size_t i = 0; i < clients_.size(); ++i) {
      clients_[i].times.stop_at(recipe.span);
      order_.emplace(clients_[i].times.next(), i);
    }
  }

  std::uint32_t block_tokens() const override { return block_tokens_; }

  Result<bool> next(RequestRow& row) override {
    if (order_.empty() || order_.top().first == never) return false;
    const auto [time, i] = order_.top();
    order_.pop();
    OneClient& client = clients_[i];
    row.arrival = {std::llround(time * 1e9)};
    row.session = 0;
    row.hashes.clear();
    client.lengths.draw(row.prompt, row.output);
    if (client.turns) client.turns->place(row);
    order_.emplace(client.times.next(), i);
    return true;
  }

 private:
  void add(const Recipe::Client& client, const Chance& chance, std::uint32_t entity) {
    clients_.push_back(
        {ArrivalTimes(client.rate, *unit_gap(client.gaps), rate_factors(client, chance, entity),
                      chance.stream("requests.gaps", entity)),
         LengthPairs(client.prompt, client.output, client.correlation,
                     chance.stream("requests.lengths", entity)),
         std::nullopt});
    if (!client.sessions) return;
    block_tokens_ = std::max(block_tokens_, client.sessions->block_tokens);
    clients_.back().turns.emplace(*client.sessions, chance, entity, *numbers_);
  }

  using Place = std::pair<double, std::size_t>;  // the next arrival of a client
  std::unique_ptr<Numbering> numbers_ = std::make_unique<Numbering>();
  std::vector<OneClient> clients_{};
  std::uint32_t block_tokens_ = 0;
  std::priority_queue<Place, std::vector<Place>, std::greater<>> order_{};
};

}  // namespace

ArrivalTimes::ArrivalTimes(double rate, Law unit_gap,
                           std::vector<std::unique_ptr<RateFactor>> factors, Stream stream)
    : rate_(rate),
      law_(std::move(unit_gap)),
      factors_(std::move(factors)),
      stream_(stream) {}

double ArrivalTimes::rate() const {
  double rate = rate_;
  for (const auto& factor : factors_) rate *= factor->value();
  return rate;
}

double ArrivalTimes::until() const {
  double first = end_;
  for (const auto& factor : factors_) first = std::min(first, factor->until());
  return first;
}

double ArrivalTimes::next() {
  const Law* law = &law_;
  for (const auto& factor : factors_)
    if (factor->gaps() != nullptr) law = factor->gaps();
  double left = law->draw(stream_);
  while (now_ < end_) {
    const double rate = this->rate(), until = this->until();
    if (rate > 0 && now_ + left / rate < until) return now_ += left / rate;
    left -= rate * (until - now_);
    left = std::max(left, 0.0);
    now_ = until;
    for (const auto& factor : factors_)
      while (factor->until() <= now_) factor->advance();
  }
  return never;
}

LengthPairs::LengthPairs(QuantileTable prompt, QuantileTable output, double correlation,
                         Stream stream)
    : prompt_(std::move(prompt)),
      output_(std::move(output)),
      correlation_(correlation),
      stream_(stream) {}

void LengthPairs::draw(std::uint32_t& prompt, std::uint32_t& output) {
  static const Law law = *Law::lognormal(0, 1);
  const auto share = [](double normal) { return std::erfc(-normal * M_SQRT1_2) / 2; };
  const auto tokens = [](double length) {
    return static_cast<std::uint32_t>(std::max(1LL, std::llround(length)));
  };
  const double first = std::log(law.draw(stream_)), other = std::log(law.draw(stream_));
  const double second = correlation_ * first + std::sqrt(1 - correlation_ * correlation_) * other;
  prompt = tokens(prompt_.value(share(first)));
  output = tokens(output_.value(share(second)));
}

Result<Rows> synthesise(const Recipe& recipe, std::uint64_t seed) {
  std::uint32_t block_tokens = 0;
  for (const Recipe::Client& client : recipe.clients) {
    const std::uint32_t tokens = client.sessions ? client.sessions->block_tokens : 0;
    if (tokens != 0 && block_tokens != 0 && tokens != block_tokens)
      return Error{"the clients of a recipe need the same block_tokens"};
    block_tokens = std::max(block_tokens, tokens);
  }
  return Rows(std::make_unique<Synthesis>(recipe, seed));
}

Result<serving::RequestTrace> load_twin(const std::string& name, std::uint64_t seed) {
  const Result<Recipe> recipe = twin_recipe(name);
  if (!recipe) return recipe.error();
  const Result<Rows> rows = synthesise(*recipe, seed);
  if (!rows) return rows.error();
  return collect(**rows);
}

}  // namespace fleetsim::requests
