#include "workloads/serving/iteration_cost.h"

#include <algorithm>

#include "sim/check.h"

namespace fleetsim::serving {
namespace {

Fine row(Fine first, Fine step, std::int64_t n) {
  return n * first + step * (Fine{n} * (n - 1) / 2);
}

}  // namespace

Fine Pace::pass(std::int64_t k) const {
  return std::max(a + k * da, b + k * db) + rest;
}

// The larger of two straight lines changes at most once: from then on the steeper one is above.
Pace::Split Pace::split(std::int64_t n) const {
  const bool a_first = a > b || (a == b && da >= db);
  Split out = a_first ? Split{a, da, b, db, n, true} : Split{b, db, a, da, n, false};
  const Fine closing = out.second_step - out.first_step;
  if (closing <= 0) return out;
  const Fine meet = (out.first - out.second + closing - 1) / closing;  // the second has caught up
  if (meet >= n) return out;
  out.at = static_cast<std::int64_t>(meet);
  return out;
}

Fine Pace::passes(std::int64_t n) const {
  const Split s = split(n);
  return row(s.first, s.first_step, s.at) +
         row(s.second + s.at * s.second_step, s.second_step, n - s.at) + n * rest;
}

Pace::Bound Pace::bound(std::int64_t n) const {
  const Split s = split(n);
  const Fine first = row(s.first, s.first_step, s.at);
  const Fine second = row(s.second + s.at * s.second_step, s.second_step, n - s.at);
  return s.a_first ? Bound{first, second, n * rest} : Bound{second, first, n * rest};
}

Fine Pace::keys_read(std::int64_t n) const {
  return row(keys, db, n);
}

double Pace::moment(std::int64_t n) const {
  const Split s = split(n);
  const double at = static_cast<double>(s.at), all = static_cast<double>(n);
  const auto first = [](double m) { return m * (m - 1) / 2; };                 // sum of k
  const auto second = [](double m) { return m * (m - 1) * (2 * m - 1) / 6; };  // of k^2
  return seconds_of(s.first) * first(at) + seconds_of(s.first_step) * second(at) +
         seconds_of(s.second) * (first(all) - first(at)) +
         seconds_of(s.second_step) * (second(all) - second(at)) + seconds_of(rest) * first(all);
}

std::int64_t Pace::beyond(Fine length, std::int64_t n) const {
  std::int64_t low = 1, high = n;
  while (low < high) {
    const std::int64_t middle = low + (high - low) / 2;
    if (passes(middle) > length)
      high = middle;
    else
      low = middle + 1;
  }
  return low;
}

IterationCost::IterationCost(PassCost cost, double slow_down)
    : cost_(std::move(cost)),
      slow_down_(slow_down),
      token_(fine_of(cost_.token * slow_down)),
      pair_(fine_of(cost_.pair * slow_down)),
      weights_(fine_of(cost_.weights * slow_down)),
      key_(fine_of(cost_.key * slow_down)),
      message_(fine_of(cost_.message * slow_down)),
      sequence_(fine_of(cost_.sequence * slow_down)),
      launch_decode_(fine_of(cost_.launch_decode * slow_down)),
      launch_prefill_(fine_of(cost_.launch_prefill * slow_down)) {}

Pace IterationCost::pace(const Work& work) const {
  if (cost_.table || cost_.measured_prefill || cost_.measured_decode) return measured(work);
  const auto batches = [&](std::int64_t sequences) {
    return std::clamp<std::int64_t>(sequences, 1, cost_.stages);
  };
  const std::int64_t m = batches(work.decodes), q = batches(work.pieces);
  const std::int64_t made = work.decodes + work.drafted;
  // Of a micro-batch; parts are cut before they are multiplied, so that rows stay exact.
  const auto tokens = [&](Fine each) { return each / m * made + each / q * work.fresh; };
  const double count = static_cast<double>(made) / static_cast<double>(m) +
                       static_cast<double>(work.fresh) / static_cast<double>(q);
  Fine read = weights_, routed = 0, exchanged = 0;
  if (cost_.load) {
    const double busiest = cost_.load->busiest(count);
    read += fine_of(slow_down_ * cost_.experts * cost_.load->read(count));
    routed = fine_of(slow_down_ * cost_.routed * count * busiest);
    exchanged = fine_of(slow_down_ * cost_.exchange * count * busiest);
  } else if (cost_.experts > 0) {
    read += fine_of(slow_down_ * cost_.experts * (1 - std::pow(1 - cost_.chosen, count)));
  }
  const Fine keys = key_ / m * work.context + key_ / q * work.reread;
  return {.a = tokens(token_) + routed + pair_ / m * work.context + pair_ / q * work.pairs,
          .da = pair_ / m * work.decodes + pair_ / q * (Fine{work.fresh} * work.fresh),
          .b = read + keys,
          .db = key_ / m * work.decodes + key_ / q * work.fresh,
          .rest = tokens(message_) + exchanged + sequence_ * work.decodes +
                  (work.decodes > 0 ? launch_decode_ : launch_prefill_),
          .keys = keys};
}

Pace IterationCost::measured(const Work& work) const {
  Pace pace{.rest = work.decodes > 0 ? launch_decode_ : launch_prefill_};
  pace.rest += sequence_ * work.decodes;
  if (cost_.table) {
    const auto slower = [&](Fine length) {
      return slow_down_ == 1 ? length : fine_of(seconds_of(length) * slow_down_);
    };
    if (work.fresh > 0)
      pace.a += slower(cost_.table->prefill(work.fresh, std::max<std::int64_t>(work.pieces, 1)));
    if (work.decodes > 0) {
      const PassTable::Decode decode = cost_.table->decode(work.context, work.decodes);
      pace.a += slower(decode.first);
      pace.da = slower(decode.step);
      pace.holds = decode.holds;
    }
    return pace;
  }
  if (work.fresh > 0 && cost_.measured_prefill)
    pace.a += fine_of(slow_down_ * cost_.measured_prefill->at(static_cast<double>(work.fresh)));
  if (work.decodes > 0 && cost_.measured_decode)
    pace.a += fine_of(slow_down_ *
                      cost_.measured_decode->at(static_cast<double>(work.decodes + work.drafted)));
  return pace;
}

}  // namespace fleetsim::serving
