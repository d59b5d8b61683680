#include "workloads/loads/run.h"

#include <algorithm>
#include <cmath>
#include <deque>

namespace fleetsim::loads {
namespace {

constexpr double rounding = 1e-9;              // of a budget, that sums of equal powers may be off
constexpr Duration patience = 40 * 365 * day;  // beyond the horizon, for what is still to be done

// What the run keeps of a job beside what a policy sees.
struct Progress {
  Choice choice{};
  double share = 0, watts = 0, slowdown = 1;  // as it runs
  Instant since{}, finish{};
  EventHandle timer{};
};

struct Hall {
  std::optional<double> budget{};
  double used = 0;
  std::size_t running = 0;
  std::deque<std::uint32_t> queue{};
  std::list<std::uint32_t> squeezed{};  // jobs with less power than they want

  double room() const { return *budget * (1 + rounding) - used; }
};

class Run {
 public:
  Run(const LoadsConfig& config, std::vector<Job> jobs) : config_(config) {
    out_.jobs = std::move(jobs);
    progress_.resize(out_.jobs.size());
    const std::size_t regions = config.sites.regions.size();
    out_.meters.resize(regions);
    halls_.resize(regions);
    deciders_.reserve(config.loads.size());
    for (const LoadConfig& load : config.loads) {
      deciders_.emplace_back(load, config.sites);
      parts_.emplace_back(regions);
      for (const Place& place : load.places) add_part(load.name, place.region.index);
    }
  }

  History run() {
    if (!out_.jobs.empty()) engine_.at(out_.jobs[0].arrival, on<&Run::arrive>(*this, 0));
    engine_.run_until(Instant{} + (config_.horizon + patience));
    for (std::uint32_t id = 0; id < out_.jobs.size(); ++id)
      if (out_.jobs[id].running()) settle(id);
    out_.events = engine_.events_run();
    return std::move(out_);
  }

  void arrive(std::uint64_t id) {
    if (id + 1 < out_.jobs.size())
      engine_.at(out_.jobs[id + 1].arrival, on<&Run::arrive>(*this, id + 1));
    act(static_cast<std::uint32_t>(id));
  }

  void wake(std::uint64_t number) {
    const auto id = static_cast<std::uint32_t>(number);
    Job& job = out_.jobs[id];
    if (job.running() && engine_.now() >= progress_[id].finish) return finish(id);
    if (job.state == Job::State::moving) job.state = Job::State::waiting;
    act(id);
  }

 private:
  void add_part(const std::string& name, std::size_t region) {
    if (!out_.meters[region]) out_.meters[region].emplace(config_.sites.regions[region]);
    if (!parts_.back()[region]) parts_.back()[region] = out_.meters[region]->part(name);
    halls_[region].budget = config_.sites.regions[region]->facility().budget;
  }
  const LoadConfig& load(const Job& job) const { return config_.loads[job.load]; }
  Hall& hall(const Job& job, std::uint32_t place) {
    return halls_[load(job).places[place].region.index];
  }

  void act(std::uint32_t id, bool in_turn = false);
  void ask_again(std::uint32_t id, Instant when);
  void move(std::uint32_t id, std::uint32_t to);
  void pause(std::uint32_t id);
  void admit(std::uint32_t id, bool in_turn);
  std::optional<double> fitting(std::uint32_t id, std::uint32_t place, double share, double room);
  void start(std::uint32_t id, double share);
  void change(std::uint32_t id);
  void draw(std::uint32_t id, double share);
  void settle(std::uint32_t id);
  void release(std::uint32_t id);
  void freed(std::size_t region);
  void finish(std::uint32_t id);

  const LoadsConfig& config_;
  std::vector<Decider> deciders_;
  std::vector<std::vector<std::optional<Meter::Part>>> parts_;  // by load and region
  std::vector<Progress> progress_;                              // by job
  std::vector<Hall> halls_;                                     // by region
  Engine engine_;
  History out_;
};

// Asks the policy and does what it says. `in_turn`: the job is the first of its queue.
void Run::act(std::uint32_t id, bool in_turn) {
  Job& job = out_.jobs[id];
  Progress& now = progress_[id];
  if (job.running()) settle(id);
  const std::optional<std::uint32_t> before = now.choice.place;
  now.choice = deciders_[job.load].decide(job, engine_.now());
  const std::optional<std::uint32_t> place = now.choice.place;
  in_turn = in_turn && place == before;
  if (!place || (job.running() && *job.at != *place)) {
    if (job.running()) pause(id);
    job.state = Job::State::waiting;
    if (!place) return ask_again(id, now.choice.until);
  }
  if (job.at && *job.at != *place) return move(id, *place);
  if (!job.running()) return admit(id, in_turn);
  change(id);
  ask_again(id, std::min(now.finish, now.choice.until));
}

void Run::ask_again(std::uint32_t id, Instant when) {
  engine_.cancel(progress_[id].timer);
  progress_[id].timer = engine_.at(when, on<&Run::wake>(*this, id));
}

void Run::move(std::uint32_t id, std::uint32_t to) {
  Job& job = out_.jobs[id];
  const Move& way = load(job).move(*job.at, to);
  ++job.moves;
  job.cost += way.price;
  out_.paid.push_back({engine_.now(), way.price});
  job.at = to;
  job.state = Job::State::moving;
  ask_again(id, engine_.now() + way.time);
}

void Run::pause(std::uint32_t id) {
  Job& job = out_.jobs[id];
  ++job.pauses;
  job.left = job.left + load(job).pause;
  release(id);
}

// The share of its peak with which it may run there, if at all.
std::optional<double> Run::fitting(std::uint32_t id, std::uint32_t place, double share,
                                   double room) {
  const Job& job = out_.jobs[id];
  const Place& there = load(job).places[place];
  if (there.draw(share).watts <= room) return share;
  if (!load(job).cap_when_over) return std::nullopt;
  const auto within = there.share_within(room);
  return within ? std::optional(std::min(share, *within)) : std::nullopt;
}

void Run::admit(std::uint32_t id, bool in_turn) {
  Job& job = out_.jobs[id];
  const Choice& choice = progress_[id].choice;
  Hall& there = hall(job, *choice.place);
  std::optional<double> share = choice.share;
  if (there.budget)
    share = there.queue.empty() || in_turn ? fitting(id, *choice.place, choice.share, there.room())
                                           : std::nullopt;
  if (share) return start(id, *share);
  job.state = Job::State::queued;
  engine_.cancel(progress_[id].timer);
  there.queue.push_back(id);
}

void Run::start(std::uint32_t id, double share) {
  Job& job = out_.jobs[id];
  Progress& now = progress_[id];
  job.at = *now.choice.place;
  job.state = Job::State::running;
  if (!job.started) job.started = engine_.now();
  now.since = engine_.now();
  Hall& there = hall(job, *job.at);
  ++there.running;
  now.watts = 0;
  draw(id, share);
  ask_again(id, std::min(now.finish, now.choice.until));
}

// From now on it draws what it does at that share.
void Run::draw(std::uint32_t id, double share) {
  const Job& job = out_.jobs[id];
  Progress& now = progress_[id];
  Hall& there = hall(job, *job.at);
  const Draw next = load(job).places[*job.at].draw(share);
  there.used += next.watts - now.watts;
  now.share = share;
  now.watts = next.watts;
  now.slowdown = next.slowdown;
  const double left = std::ceil(static_cast<double>(job.left.ns) * next.slowdown);
  const bool clock_holds = left < static_cast<double>(longest_duration.ns);
  const Duration slowed{clock_holds ? static_cast<std::int64_t>(left) : longest_duration.ns};
  now.finish = engine_.now() + (next.slowdown == 1 ? job.left : slowed);
  const bool listed =
      std::find(there.squeezed.begin(), there.squeezed.end(), id) != there.squeezed.end();
  if (share < now.choice.share && !listed) there.squeezed.push_back(id);
  if (share >= now.choice.share && listed) there.squeezed.remove(id);
}

// To the share that its policy wants, or as near as the site allows: what it has it keeps.
void Run::change(std::uint32_t id) {
  const Job& job = out_.jobs[id];
  Progress& now = progress_[id];
  settle(id);
  double share = now.choice.share;
  const Hall& there = hall(job, *job.at);
  if (there.budget && share > now.share) {
    const Place& place = load(job).places[*job.at];
    const double room = there.room() + now.watts;
    if (place.draw(share).watts > room)
      share = std::max(now.share, std::min(share, place.share_within(room).value_or(0)));
  }
  draw(id, share);
}

void Run::settle(std::uint32_t id) {
  Job& job = out_.jobs[id];
  Progress& now = progress_[id];
  const Instant from = now.since, to = engine_.now();
  if (from == to) return;
  const std::size_t region = load(job).places[*job.at].region.index;
  const Site& site = *config_.sites.regions[region];
  const double joules = now.watts * seconds(to - from);
  out_.meters[region]->add(*parts_[job.load][region], from, to, joules);
  out_.pieces.push_back({id, *job.at, from, to, now.watts});
  job.it += joules;
  job.facility += now.watts * site.facility().per_it.integral(from, to);
  job.carbon += now.watts * site.carbon_per_it().integral(from, to);
  job.cost += now.watts * site.cost_per_it().integral(from, to);
  const Duration done =
      now.slowdown == 1
          ? to - from
          : Duration{std::llround(static_cast<double>((to - from).ns) / now.slowdown)};
  job.left = std::max(Duration{}, job.left - done);
  now.since = to;
}

// REQUIRES: what it has drawn is settled.
void Run::release(std::uint32_t id) {
  Job& job = out_.jobs[id];
  Hall& there = hall(job, *job.at);
  there.used = --there.running == 0 ? 0 : there.used - progress_[id].watts;
  there.squeezed.remove(id);
  progress_[id].watts = 0;
  job.state = Job::State::waiting;
  if (there.budget) freed(load(job).places[*job.at].region.index);
}

void Run::freed(std::size_t region) {
  Hall& there = halls_[region];
  while (!there.queue.empty()) {
    const std::uint32_t first = there.queue.front();
    if (!fitting(first, *progress_[first].choice.place, 1, there.room())) return;
    there.queue.pop_front();
    Job& job = out_.jobs[first];
    job.state = Job::State::waiting;
    if (job.schedule) job.schedule.reset();
    act(first, true);
  }
  const std::list<std::uint32_t> squeezed = there.squeezed;
  for (const std::uint32_t id : squeezed) {
    change(id);
    ask_again(id, std::min(progress_[id].finish, progress_[id].choice.until));
  }
}

void Run::finish(std::uint32_t id) {
  Job& job = out_.jobs[id];
  settle(id);
  job.ended = engine_.now();
  job.schedule.reset();
  release(id);
  job.state = Job::State::done;
}

}  // namespace

std::vector<Job> jobs_of(const LoadsConfig& config, const Chance& chance, Instant end) {
  std::vector<Job> out;
  for (std::uint32_t i = 0; i < config.loads.size(); ++i) {
    const LoadConfig& load = config.loads[i];
    Stream gaps = chance.stream("loads.gap", i), needs = chance.stream("loads.needs", i);
    Instant arrival = Instant{} + load.first;
    if (load.random_first) arrival = arrival + from_seconds(load.gap->draw(gaps));
    while (arrival < end) {
      Job job{.load = i, .arrival = arrival, .needs = from_seconds(load.needs.draw(needs))};
      job.needs = std::max(1_ns, job.needs);
      job.left = job.needs;
      if (load.deadline) job.deadline = arrival + *load.deadline;
      out.push_back(job);
      if (!load.gap) break;
      arrival = arrival + from_seconds(load.gap->draw(gaps));
    }
  }
  std::stable_sort(out.begin(), out.end(),
                   [](const Job& a, const Job& b) { return a.arrival < b.arrival; });
  return out;
}

History run(const LoadsConfig& config, std::vector<Job> jobs) {
  return Run(config, std::move(jobs)).run();
}

}  // namespace fleetsim::loads
