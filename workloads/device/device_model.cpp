#include "workloads/device/device_model.h"

#include <algorithm>

#include "workloads/device/metrics.h"
#include "workloads/device/twin.h"

namespace fleetsim::device {
namespace {

std::vector<Instant> edges_of(const Plan& plan) {
  const Duration window{(plan.end - plan.warm_up).ns / plan.windows};
  std::vector<Instant> out;
  for (std::uint32_t i = 0; i < plan.windows; ++i)
    out.push_back(Instant{} + plan.warm_up + i * window);
  out.push_back(Instant{} + plan.end);
  return out;
}

Span window_of(const Life& life, std::size_t window) {
  const Snapshot &begin = life.seen[window], &end = life.seen[window + 1];
  return {.spent = end.totals - begin.totals,
          .hottest = end.hottest,
          .charge = end.charge,
          .emptied = life.emptied,
          .throttled = life.throttled};
}

// How temperature and charge went. Frames follow no chance, so the device is lived through anew.
void add_series(const DevicesConfig& config, const Plan& plan, Observation& out) {
  std::vector<Instant> instants;
  for (std::uint32_t bin = 1; bin <= plan.bins; ++bin)
    instants.push_back(Instant{} + Duration{plan.end.ns / plan.bins * bin});
  for (std::uint32_t i = 0; i < config.devices.size(); ++i) {
    const DeviceConfig& device = config.devices[i];
    if (device.gap) continue;
    Series warmth{.name = "device." + device.name + ".temperature", .unit = "degC"};
    Series charge{.name = "device." + device.name + ".charge", .unit = "J"};
    for (const Snapshot& seen : live_by_frames(device, i, instants, false).seen) {
      warmth.value.push_back(seen.temperature);
      charge.value.push_back(seen.charge);
    }
    for (const Instant t : instants) warmth.t.push_back(seconds(t - Instant{}));
    charge.t = warmth.t;
    if (device.heat) out.series.push_back(std::move(warmth));
    if (device.battery) out.series.push_back(std::move(charge));
  }
}

}  // namespace

std::vector<MetricSpec> DeviceModel::metrics() const {
  std::vector<MetricSpec> out;
  for (Told& one : told(config_, std::vector<Span>(config_.devices.size()), 1))
    out.push_back(std::move(one.measured.metric));
  return out;
}

Observation DeviceModel::simulate(const Chance& chance, const Plan& plan, RecordSink* sink) const {
  const std::vector<Instant> edges = edges_of(plan);
  Observation out;
  std::vector<Life> lives;
  std::vector<Record> records;
  for (std::uint32_t i = 0; i < config_.devices.size(); ++i) {
    const DeviceConfig& device = config_.devices[i];
    lives.push_back(device.gap ? live_by_events(device, i, chance, edges)
                               : live_by_frames(device, i, edges, sink != nullptr));
    out.events += lives.back().events;
    records.insert(records.end(), lives.back().records.begin(), lives.back().records.end());
  }
  for (std::uint32_t w = 0; w < plan.windows; ++w) {
    std::vector<Span> spans;
    for (const Life& life : lives) spans.push_back(window_of(life, w));
    std::vector<Measured> window;
    for (Told& one : told(config_, spans, plan.windows)) window.push_back(std::move(one.measured));
    out.windows.push_back(std::move(window));
  }
  out.distributions.resize(plan.windows);
  out.load.assign(plan.bins, static_cast<double>(config_.devices.size()));
  if (plan.bins > 0) add_series(config_, plan, out);
  if (sink != nullptr) {
    std::stable_sort(records.begin(), records.end(),
                     [](const Record& a, const Record& b) { return a.when < b.when; });
    sink->write(records);
  }
  return out;
}

Twin DeviceModel::twin() const {
  return twin_of(config_);
}

}  // namespace fleetsim::device
