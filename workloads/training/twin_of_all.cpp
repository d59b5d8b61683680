#include "workloads/training/twin_of_all.h"

#include <algorithm>

#include "workloads/training/metrics.h"
#include "workloads/training/prospect.h"

namespace fleetsim::training {
namespace {

enum class By : std::uint8_t { time, unqueued, work, rate, sum };
struct Rule {
  const char* name;
  By by;
};
constexpr Rule rules[] = {{"goodput", By::time},
                          {"ettr", By::unqueued},
                          {"availability", By::time},
                          {"fraction.useful", By::time},
                          {"fraction.checkpoint", By::time},
                          {"fraction.lost", By::time},
                          {"fraction.restart", By::time},
                          {"fraction.stalled", By::time},
                          {"fraction.queued", By::time},
                          {"checkpoint_interval", By::time},
                          {"time_to_train", By::work},
                          {"mtbf", By::rate},
                          {"failures", By::sum},
                          {"gpu_hours.useful", By::sum},
                          {"gpu_hours.checkpoint", By::sum},
                          {"gpu_hours.lost", By::sum},
                          {"gpu_hours.restart", By::sum},
                          {"gpu_hours.stalled", By::sum},
                          {"gpu_hours.queued", By::sum},
                          {"tokens_per_s", By::sum}};

struct Member {
  std::string prefix;
  double weight = 0;  // d E
  double goodput = 0, unqueued = 1;
  double overrun = 0;  // of its time, by which that may be longer
};

const Prediction* find(const Twin& twin, const std::string& metric) {
  const auto found = std::find_if(twin.predictions.begin(), twin.predictions.end(),
                                  [&](const Prediction& p) { return p.metric == metric; });
  return found == twin.predictions.end() ? nullptr : &*found;
}

double combined(By by, const std::vector<Member>& members, const std::vector<double>& values) {
  double over = 0, under = 0;
  for (std::size_t j = 0; j < members.size(); ++j) {
    const Member& member = members[j];
    const double weight = by == By::sum        ? 1
                          : by == By::work     ? member.weight * member.goodput
                          : by == By::unqueued ? member.weight * member.unqueued
                                               : member.weight;
    over += weight * (by == By::rate ? 1 : values[j]);
    under += by == By::rate ? weight / values[j] : weight;
  }
  return by == By::sum ? over : over / under;
}

void tell_one(const Rule& rule, const std::vector<Member>& members, Twin& twin) {
  Prediction out{
      .metric = std::string("training.") + rule.name, .value = {}, .formula = {}, .note = {}};
  std::vector<double> values;
  for (const Member& member : members) {
    const Prediction* one = find(twin, member.prefix + rule.name);
    if (one == nullptr) return;
    if (out.note.empty()) out.note = one->note;
    if (one->value) values.push_back(*one->value);
    if (out.formula.find(one->formula) == std::string::npos)
      out.formula += (out.formula.empty() ? "" : " + ") + one->formula;
  }
  if (values.size() == members.size()) {
    out.value = combined(rule.by, members, values);
    const auto [least, most] = std::minmax_element(values.begin(), values.end());
    for (const Member& member : members)
      if (rule.by != By::sum) out.rounding += (*most - *least) * member.overrun;
  } else {
    out.formula = "";
  }
  twin.predictions.push_back(std::move(out));
}

}  // namespace

void tell_of_all(const TrainingConfig& config, Twin& twin) {
  std::vector<Member> members;
  bool all_go_on = true;
  for (std::size_t j = 0; j < config.jobs.size(); ++j) {
    const JobConfig& job = config.jobs[j];
    const Prospect prospect = prospect_of(config, job);
    const double watched = seconds(config.horizon - config.warm_up);
    const double time = prospect.finishes ? prospect.wall() : watched;
    const auto& deeper = job.checkpoint.deeper;
    const double saves = deeper.empty() ? 1 : deeper.back().every;
    members.push_back({prefix_of(config, j), time * job.all_devices(), prospect.goodput(),
                       1 - prospect.waiting,
                       prospect.finishes ? 0 : 2 * saves * prospect.wall() / watched});
    all_go_on = all_go_on && !prospect.finishes;
  }
  // Where jobs end, the mean of their rates is not the rate of their means.
  for (const Rule& rule : rules)
    if (all_go_on || rule.name != std::string("tokens_per_s")) tell_one(rule, members, twin);
}

}  // namespace fleetsim::training
