#include "workloads/queueing/source.h"

#include "workloads/queueing/system.h"

namespace fleetsim::queueing {
namespace {

class RenewalSource final : public Source {
 public:
  RenewalSource(System& system, const Renewal& config, std::uint32_t index, Stream chance)
      : system_(system),
        config_(config),
        index_(index),
        chance_(chance) {}
  void start() override { expect_next(); }

 private:
  void expect_next() {
    system_.engine().after(from_seconds(config_.interarrival.draw(chance_)),
                           on<&RenewalSource::arrive>(*this));
  }
  void arrive(std::uint64_t) {
    expect_next();
    system_.enter(index_);
  }

  System& system_;
  const Renewal& config_;
  std::uint32_t index_;
  Stream chance_;
};

// In a state, gaps are exponential; a gap that outlasts the state is forgotten at its end, which
// changes nothing because the exponential law has no memory.
class MmppSource final : public Source {
 public:
  MmppSource(System& system, const Mmpp& config, std::uint32_t index, Stream chance)
      : system_(system),
        config_(config),
        index_(index),
        chance_(chance) {}
  void start() override { enter_state(0); }

 private:
  void enter_state(std::uint64_t state) {
    state_ = state;
    const double stay = unit_.draw(chance_) * config_.states[state_].mean_stay;
    system_.engine().cancel(next_);
    system_.engine().after(from_seconds(stay), on<&MmppSource::enter_state>(
                                                   *this, (state_ + 1) % config_.states.size()));
    expect_next();
  }
  void expect_next() {
    const double rate = config_.states[state_].rate;
    if (rate <= 0) return;
    const double gap = unit_.draw(chance_) / rate;
    next_ = system_.engine().after(from_seconds(gap), on<&MmppSource::arrive>(*this));
  }
  void arrive(std::uint64_t) {
    expect_next();
    system_.enter(index_);
  }

  System& system_;
  const Mmpp& config_;
  std::uint32_t index_;
  Stream chance_;
  Law unit_ = *Law::exponential(1);
  std::uint64_t state_ = 0;
  EventHandle next_;
};

class ScheduleSource final : public Source {
 public:
  ScheduleSource(System& system, const Schedule& config, std::uint32_t index)
      : system_(system),
        config_(config),
        index_(index) {}
  void start() override { expect(0); }

 private:
  void expect(std::size_t arrival) {
    if (arrival < config_.at.size())
      system_.engine().at(config_.at[arrival], on<&ScheduleSource::arrive>(*this, arrival));
  }
  void arrive(std::uint64_t arrival) {
    expect(arrival + 1);
    system_.enter(index_);
  }

  System& system_;
  const Schedule& config_;
  std::uint32_t index_;
};

class PopulationSource final : public Source {
 public:
  PopulationSource(System& system, const Population& config, std::uint32_t index, Stream chance)
      : system_(system),
        config_(config),
        index_(index),
        chance_(chance) {}
  void start() override {
    for (std::uint32_t i = 0; i < config_.count; ++i) returned();
  }
  void returned() override {
    system_.engine().after(from_seconds(config_.think.draw(chance_)),
                           on<&PopulationSource::visit>(*this));
  }

 private:
  void visit(std::uint64_t) { system_.enter(index_); }

  System& system_;
  const Population& config_;
  std::uint32_t index_;
  Stream chance_;
};

}  // namespace

std::unique_ptr<Source> make_source(System& system, const SourceConfig& config, std::uint32_t index,
                                    Stream chance) {
  if (const auto* renewal = std::get_if<Renewal>(&config.arrivals))
    return std::make_unique<RenewalSource>(system, *renewal, index, chance);
  if (const auto* mmpp = std::get_if<Mmpp>(&config.arrivals))
    return std::make_unique<MmppSource>(system, *mmpp, index, chance);
  if (const auto* schedule = std::get_if<Schedule>(&config.arrivals))
    return std::make_unique<ScheduleSource>(system, *schedule, index);
  return std::make_unique<PopulationSource>(system, std::get<Population>(config.arrivals), index,
                                            chance);
}

}  // namespace fleetsim::queueing
