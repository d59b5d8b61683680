#include <algorithm>
#include <cmath>
#include <functional>
#include <queue>

#include "sim/engine.h"
#include "tools/bench.h"

namespace fleetsim {
namespace {

// The hold model: so many events are always pending, and each, when it runs, schedules itself again
// after a random increment of some shape. The generator is the cheapest that will do (SplitMix64),
// so that what is measured is the queue.
class Increments {
 public:
  using Shape = double (*)(double u);
  explicit Increments(Shape shape) : shape_(shape) {}
  std::int64_t next() {
    state_ += 0x9E3779B97F4A7C15u;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    z ^= z >> 31;
    return static_cast<std::int64_t>(shape_((static_cast<double>(z >> 11) + 0.5) * 0x1p-53) * 1e9);
  }

 private:
  Shape shape_;
  std::uint64_t state_ = 42;
};

double exponential(double u) {
  return -std::log(u);
}

// Each contender: fill(n), then run(n).
class EngineHold {
 public:
  explicit EngineHold(Increments::Shape shape) : increments_(shape) {}
  void fill(std::uint64_t pending) {
    for (std::uint64_t i = 0; i < pending; ++i) fire(i);
  }
  void run(std::uint64_t events) {
    while (events-- > 0) engine_.step();
  }
  double bytes() const {
    return static_cast<double>(engine_.footprint()) / static_cast<double>(engine_.pending());
  }

 private:
  void fire(std::uint64_t i) {
    engine_.after({increments_.next()}, on<&EngineHold::fire>(*this, i));
  }
  Engine engine_;
  Increments increments_;
};

// What most programs would write: std::priority_queue of time, number and a std::function.
class FunctionHold {
 public:
  explicit FunctionHold(Increments::Shape shape) : increments_(shape) {}
  void fill(std::uint64_t pending) {
    for (std::uint64_t i = 0; i < pending; ++i) fire(i);
  }
  void run(std::uint64_t events) {
    while (events-- > 0) {
      Entry next = std::move(const_cast<Entry&>(queue_.top()));  // spares it a copy
      queue_.pop();
      now_ = next.when;
      next.run();
    }
  }

 private:
  struct Entry {
    std::int64_t when;
    std::uint64_t number;
    std::function<void()> run;
    friend bool operator<(const Entry& a, const Entry& b) {
      return a.when != b.when ? a.when > b.when : a.number > b.number;
    }
  };
  void fire(std::uint64_t i) {
    const std::uint64_t number = scheduled_++;
    queue_.push({now_ + increments_.next(), number, [this, i, number] {
                   latest_ = number;  // a closure of three words, as handlers have
                   fire(i);
                 }});
  }
  std::priority_queue<Entry> queue_;
  std::int64_t now_ = 0;
  std::uint64_t scheduled_ = 0, latest_ = 0;
  Increments increments_;
};

// A 4-ary heap of 24-byte entries, without dispatch and without handles: a bare pending set.
class HeapHold {
 public:
  explicit HeapHold(Increments::Shape shape) : increments_(shape) {}
  void fill(std::uint64_t pending) {
    for (std::uint64_t i = 0; i < pending; ++i) push({increments_.next(), scheduled_++, i});
  }
  void run(std::uint64_t events) {
    while (events-- > 0) {
      const Entry next = pop();
      push({next.when + increments_.next(), scheduled_++, next.what});
    }
  }

 private:
  struct Entry {
    std::int64_t when = 0;
    std::uint64_t number = 0, what = 0;
    bool before(const Entry& b) const { return when != b.when ? when < b.when : number < b.number; }
  };
  void push(Entry entry) {
    std::size_t i = heap_.size();
    heap_.push_back(entry);
    for (; i > 0 && entry.before(heap_[(i - 1) / 4]); i = (i - 1) / 4)
      heap_[i] = heap_[(i - 1) / 4];
    heap_[i] = entry;
  }
  Entry pop() {
    const Entry top = heap_[0], last = heap_.back();
    heap_.pop_back();
    const std::size_t n = heap_.size();
    std::size_t i = 0;
    while (4 * i + 1 < n) {
      std::size_t least = 4 * i + 1;
      for (std::size_t c = least + 1; c < std::min(4 * i + 5, n); ++c)
        if (heap_[c].before(heap_[least])) least = c;
      if (!heap_[least].before(last)) break;
      heap_[i] = heap_[least];
      i = least;
    }
    if (n > 0) heap_[i] = last;
    return top;
  }
  std::vector<Entry> heap_;
  std::uint64_t scheduled_ = 0;
  Increments increments_;
};

// Timed after as many events as are pending, when the hold model has lost its start.
template <class Hold>
double events_per_second(Hold& hold, std::uint64_t pending, std::uint64_t events) {
  hold.fill(pending);
  hold.run(pending);
  const double start = thread_seconds();
  hold.run(events);
  return static_cast<double>(events) / (thread_seconds() - start);
}

// The better of two, for a neighbour may have taken the cache away from one.
template <class Hold>
double best_rate(Increments::Shape shape, std::uint64_t pending, std::uint64_t events) {
  double best = 0;
  for (int i = 0; i < 2; ++i) {
    Hold hold(shape);
    best = std::max(best, events_per_second(hold, pending, events));
  }
  return best;
}

double engine_bytes(Increments::Shape shape, std::uint64_t pending) {
  EngineHold hold(shape);
  hold.fill(pending);
  hold.run(2 * pending);
  return hold.bytes();
}

// The increments that have slowed queues of this kind.
struct NamedShape {
  const char* name;
  Increments::Shape shape;
};
constexpr NamedShape shapes[] = {
    {"uniform", [](double u) { return u; }},
    {"one instant", [](double) { return 1.0; }},
    {"few instants", [](double u) { return std::floor(u * 4) + 1; }},
    {"bimodal", [](double u) { return u < 0.9 ? u * 1e-3 : u * 1e3; }},
    {"far future", [](double u) { return u < 0.999 ? u : 1e8 * u; }},
    {"heavy tail", [](double u) { return std::min(1e7, 1e-3 / u / u); }},
};

}  // namespace

std::vector<BenchRow> bench_kernel(const BenchOptions& options) {
  std::vector<BenchRow> rows;
  for (std::uint64_t pending = 10; pending <= options.largest; pending *= 10) {
    const double engine = best_rate<EngineHold>(exponential, pending, options.events);
    const double baseline = best_rate<FunctionHold>(exponential, pending, options.events);
    const double heap = best_rate<HeapHold>(exponential, pending, options.events);
    rows.push_back({{{"pending", std::to_string(pending)}},
                    {{"events_per_s", engine},
                     {"baseline_events_per_s", baseline},
                     {"ratio", engine / baseline},
                     {"heap4_events_per_s", heap},
                     {"bytes_per_event", engine_bytes(exponential, pending)}}});
  }
  return rows;
}

std::vector<BenchRow> bench_shapes(const BenchOptions& options) {
  std::vector<BenchRow> rows;
  const std::uint64_t pending = std::min<std::uint64_t>(options.largest, 1'000'000);
  for (const NamedShape& s : shapes) {
    const double engine = best_rate<EngineHold>(s.shape, pending, options.events);
    const double baseline = best_rate<FunctionHold>(s.shape, pending, options.events);
    rows.push_back({{{"shape", s.name}, {"pending", std::to_string(pending)}},
                    {{"events_per_s", engine},
                     {"baseline_events_per_s", baseline},
                     {"ratio", engine / baseline},
                     {"bytes_per_event", engine_bytes(s.shape, pending)}}});
  }
  return rows;
}

}  // namespace fleetsim
