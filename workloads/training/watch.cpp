#include "workloads/training/watch.h"

#include <algorithm>

namespace fleetsim::training {

Watch::Watch(Engine& engine, const Job& job, std::size_t causes, const Plan& plan, Event cut)
    : engine_(engine),
      job_(job),
      told_(cut),
      failures_(causes, 0) {
  const Duration window{(plan.end - plan.warm_up).ns / plan.windows};
  for (std::uint32_t i = 0; i < plan.windows; ++i)
    edges_.push_back(Instant{} + plan.warm_up + i * window);
  edges_.push_back(Instant{} + plan.end);
  for (std::size_t i = 0; i < edges_.size(); ++i) engine_.at(edges_[i], on<&Watch::due>(*this, i));
  engine_.at(latest(plan), on<&Watch::close>(*this));
  if (plan.warm_up == Duration{}) note(1);
}

Watch::Count Watch::counted() const {
  const Instant now = engine_.now();
  return {failures_,
          interruptions_,
          corruptions_,
          now - Instant{},
          {static_cast<std::int64_t>(slowed_.area(now))}};
}

Watch::Book Watch::book() const {
  const Instant now = engine_.now();
  return {job_.ledger(now), job_.interval_area(now), job_.toll()};
}

void Watch::due(std::uint64_t edge) {
  if (edge < counts_.size()) return;  // the job was done before
  if (stood_) {
    books_.resize(counts_.size(), *stood_);
    told_.run(told_.self, told_.arg);
  }
  counts_.push_back(counted());
  stood_.reset();
  seek();
}

void Watch::seek() {
  engine_.cancel(next_cut_);
  if (books_.size() >= counts_.size()) return;
  if (!stood_ && job_.stands()) stood_ = book();
  const Instant saved = job_.next_saved(engine_.now());
  if (saved != end_of_time) next_cut_ = engine_.at(saved, on<&Watch::cut>(*this));
}

void Watch::changed() {
  seek();
}

void Watch::cut(std::uint64_t) {
  enter(counts_.size());
}

void Watch::close(std::uint64_t) {
  enter(edges_.size());
}

void Watch::finished() {
  while (counts_.size() < edges_.size()) counts_.push_back(counted());
  enter(edges_.size());
}

void Watch::enter(std::size_t edges) {
  if (is_closed()) return;
  note(edges);
  engine_.cancel(next_cut_);
  told_.run(told_.self, told_.arg);
}

void Watch::note(std::size_t edges) {
  if (books_.size() < edges) books_.resize(edges, book());
  stood_.reset();
}

std::vector<JobWindow> Watch::windows() const {
  check(is_closed(), "a watch is over when its windows are asked for");
  std::vector<JobWindow> out;
  for (std::size_t i = 0; i + 1 < edges_.size(); ++i) {
    JobWindow window{.ledger = books_[i + 1].ledger - books_[i].ledger,
                     .interval_area = books_[i + 1].interval_area - books_[i].interval_area,
                     .failures = counts_[i + 1].failures,
                     .interruptions = counts_[i + 1].interruptions - counts_[i].interruptions,
                     .corruptions = counts_[i + 1].corruptions - counts_[i].corruptions,
                     .exposed = counts_[i + 1].exposed - counts_[i].exposed,
                     .slowed = counts_[i + 1].slowed - counts_[i].slowed,
                     .toll = books_[i + 1].toll - books_[i].toll};
    for (std::size_t c = 0; c < window.failures.size(); ++c)
      window.failures[c] -= counts_[i].failures[c];
    out.push_back(std::move(window));
  }
  return out;
}

}  // namespace fleetsim::training
