#include "workloads/rare/exhaustion.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <string_view>

#include "sim/check.h"

namespace fleetsim::rare {
namespace {

constexpr std::uint64_t enough = 30;               // rises to a level that tell how common it is
constexpr std::uint64_t pilot_events = 4'000'000;  // after which the search ends in any case
constexpr double pilot_failures = 5'000;           // of a path of the search, at most

constexpr int several = 4;  // draws for one that is longer than the age of a repair

struct Repair {
  double begin = 0, end = 0;
};
constexpr auto later = [](const Repair& a, const Repair& b) { return a.end > b.end; };

struct Path {
  double now = 0;
  std::uint32_t floor = 0;    // it ends when fewer are broken
  std::uint32_t waiting = 0;  // for a crew
  std::vector<Repair> works;  // a heap, the next to end in front

  std::uint32_t broken() const { return static_cast<std::uint32_t>(works.size()) + waiting; }
};

// Paths and their copies, one after another.
class Histories {
 public:
  Histories(const ExhaustionConfig& config, const std::vector<std::uint32_t>& copies,
            const Chance& chance, std::string_view purpose, std::uint32_t entity)
      : config_(config),
        copies_(copies),
        memoryless_(std::holds_alternative<ExponentialLaw>(config.repair.kind())),
        gap_(*Law::exponential(1 / (config.places * config.node_rate))),
        failures_(chance.stream(std::string(purpose) + ".failures", entity)),
        repairs_(chance.stream(std::string(purpose) + ".repairs", entity)),
        rises_(copies.size(), 0) {}

  // One path from the begin, and what becomes of its copies.
  void run() {
    path_.now = 0;
    path_.floor = path_.waiting = 0;
    path_.works.clear();
    follow();
    while (held_ > 0) {
      std::swap(path_, stack_[--held_]);
      part();
      repair();
      follow();
    }
  }

  const std::vector<std::uint64_t>& rises() const { return rises_; }  // to each level, of all
  std::uint64_t events() const { return events_; }

 private:
  void follow() {
    while (to_next_failure() && rise()) repair();
  }

  // False if the path ends before.
  bool to_next_failure() {
    const double next = path_.now + gap_.draw(failures_);
    while (!path_.works.empty() && path_.works.front().end <= std::min(next, config_.horizon)) {
      path_.now = path_.works.front().end;
      mend();
      if (path_.broken() < path_.floor) return false;
    }
    path_.now = next;
    return next <= config_.horizon;
  }

  void mend() {
    ++events_;
    std::pop_heap(path_.works.begin(), path_.works.end(), later);
    path_.works.pop_back();
    if (path_.waiting == 0) return;
    --path_.waiting;
    repair();
  }

  // One more is broken: copies are kept for later. False if this was the last spare and one more.
  bool rise() {
    ++events_;
    const std::uint32_t level = path_.broken() + 1;
    ++rises_[level];
    if (level + 1 == rises_.size()) return false;
    for (std::uint32_t copy = 1; copy < copies_[level]; ++copy) {
      if (held_ == stack_.size()) stack_.emplace_back();
      stack_[held_] = path_;
      stack_[held_++].floor = level;
    }
    return true;
  }

  // A copy goes its own way: what is known of a repair at work is only for how long it has been.
  // Copies that shared its end would come to the next level together or not at all.
  void part() {
    for (Repair& work : path_.works) work.end = end_of(work);
    std::make_heap(path_.works.begin(), path_.works.end(), later);
  }

  // By the law of what is left at this age, which is that of draws that are longer. Where they are
  // not to be had, copies do share the end: it has this law as well.
  double end_of(const Repair& work) {
    if (memoryless_) return path_.now + config_.repair.draw(repairs_);
    for (int i = 0; i < several; ++i)
      if (const double end = work.begin + config_.repair.draw(repairs_); end > path_.now)
        return end;
    return work.end;
  }

  void repair() {
    if (config_.crews > 0 && path_.works.size() == config_.crews) {
      ++path_.waiting;
      return;
    }
    path_.works.push_back({path_.now, path_.now + config_.repair.draw(repairs_)});
    std::push_heap(path_.works.begin(), path_.works.end(), later);
  }

  const ExhaustionConfig& config_;
  const std::vector<std::uint32_t>& copies_;
  bool memoryless_;
  Law gap_;
  Stream failures_, repairs_;
  Path path_;
  std::vector<Path> stack_;  // the first held_ are to be followed; the others lend their memory
  std::size_t held_ = 0;
  std::vector<std::uint64_t> rises_;
  std::uint64_t events_ = 0;
};

// R_k from how often each level up to `known` was risen to with the copies of before: M_k is what
// brings k, or a level above that is seen more often, up to `wanted` a path.
std::vector<std::uint32_t> better_copies(const std::vector<std::uint32_t>& before,
                                         const std::vector<std::uint64_t>& rises,
                                         std::uint32_t known, double paths, double wanted) {
  std::vector<double> plain(known + 1);  // rises of a path without copies
  double parts = 1;
  for (std::uint32_t k = 1; k <= known; ++k) {
    plain[k] = static_cast<double>(rises[k]) / (parts * paths);
    parts *= before[k];
  }
  for (std::uint32_t k = known; k > 0; --k) plain[k - 1] = std::max(plain[k - 1], plain[k]);
  std::vector<std::uint32_t> out(before.size(), 1);
  parts = 1;
  for (std::uint32_t k = 1; k <= known && k + 2 <= before.size(); ++k) {
    out[k] = static_cast<std::uint32_t>(std::max(1.0, std::round(wanted / (plain[k] * parts))));
    parts *= out[k];
  }
  return out;
}

}  // namespace

Exhaustion::Exhaustion(const ExhaustionConfig& config)
    : config_(config),
      copies_(std::size_t{config.spares} + 2, 1) {
  check(config.places * config.node_rate * config.horizon > 0 && config.paths > 0,
        "there is something to see");
  choose_copies();
}

// Level by level, as far as paths get with the copies found so far.
void Exhaustion::choose_copies() {
  ExhaustionConfig pilot = config_;
  const double failures = config_.places * config_.node_rate * config_.horizon;
  const double share = std::min(1.0, pilot_failures / failures);  // rises grow with the horizon
  pilot.horizon *= share;
  const double wanted = std::max(1.0, failures / (config_.spares + 1.0));
  std::uint64_t events = 0;
  for (std::uint32_t known = 0; known < config_.spares && events < pilot_events;) {
    Histories histories(pilot, copies_, {}, "rare.pilot", known);
    const std::vector<std::uint64_t>& rises = histories.rises();
    double paths = 0;
    for (; paths < 2 || (rises[known + 1] < enough && events + histories.events() < pilot_events);
         ++paths)
      histories.run();
    events += histories.events();
    for (std::uint32_t k = known + 1; k < rises.size(); ++k)
      if (rises[k] >= enough) known = std::min(k, config_.spares);
    copies_ = better_copies(copies_, rises, known, paths * share, wanted);
  }
}

Exhaustion::Estimate Exhaustion::estimate(const Chance& chance, std::uint32_t entity) const {
  Histories histories(config_, copies_, chance, "rare", entity);
  for (std::uint32_t i = 0; i < config_.paths; ++i) histories.run();
  double weight = 1.0 / config_.paths;
  for (const std::uint32_t r : copies_) weight /= r;
  return {static_cast<double>(histories.rises().back()) * weight, histories.events()};
}

}  // namespace fleetsim::rare
