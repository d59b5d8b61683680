#include "workloads/device/twin.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "sim/unit_text.h"
#include "workloads/device/forecast.h"

namespace fleetsim::device {
namespace {

constexpr const char* by_chance = "no closed form: by chance the battery lasts until the end";

// The same where the device took so many events more, or worked for a nanosecond longer each time
// that it switched, for switches come at whole ones.
Span later(const DeviceConfig& device, Forecast expected) {
  Span& span = expected.span;
  if (device.heat) {
    const double more = std::min(span.spent.throttled, 1e-9 * span.spent.switches);
    span.spent.full += more;
    span.spent.throttled -= more;
    span.spent.frames += (device.rate() - device.heat->throttled_rate) * more;
  }
  if (expected.slack == 0) return span;
  const double more = expected.slack * device.event.total();
  span.spent.frames += expected.slack;
  span.charge -= more;
  if (!span.emptied) return span;
  span.spent.full += more / mean_drain(device);
  *span.emptied += more / mean_drain(device);
  return span;
}

std::string note_of(const DevicesConfig& config, const std::vector<Result<Forecast>>& forecasts,
                    const Told& one) {
  const std::string& name = one.measured.metric.name;
  const bool total = name.starts_with("energy.") || name.ends_with("battery_left");
  for (std::size_t i = 0; i < config.devices.size(); ++i) {
    if (one.device && *one.device != i) continue;
    if (!forecasts[i]) return "no closed form: " + forecasts[i].error().message;
    if (total && forecasts[i]->rates_only) return by_chance;
  }
  return "";
}

std::string formula_of(const DevicesConfig& config, const Told& one) {
  if (one.measured.metric.name.ends_with("battery_life")) return "e.battery";
  for (std::size_t i = 0; i < config.devices.size(); ++i)
    if (config.devices[i].heat && one.device.value_or(i) == i) return "e.thermal";
  return "e.battery";
}

// What people compute from the rates alone.
void add_rivals(const DeviceConfig& device, const Span& span, const std::string& prefix,
                Twin& out) {
  if (!device.heat || span.spent.throttled <= 0) return;
  const double held = device.event.total() > 0 ? sustainable_rate(device) : device.rate();
  if (held < device.rate())
    out.rivals.push_back(
        {prefix + "fps.mean", held, "e.sustained",
         fmt::format("it takes the steady rate that ends at the limit, not {} and {} in turn",
                     format_measure(device.rate(), "1/s"),
                     format_measure(device.heat->throttled_rate, "1/s"))});
  if (device.battery && mean_drain(device) > 0)
    out.rivals.push_back({prefix + "battery_life", device.battery->usable() / mean_drain(device),
                          "e.unthrottled", "it takes the full rate throughout"});
}

}  // namespace

Twin twin_of(const DevicesConfig& config) {
  std::vector<Result<Forecast>> forecasts;
  std::vector<Span> expected, shifted;
  for (const DeviceConfig& device : config.devices) {
    forecasts.push_back(forecast(device, seconds(config.warm_up), seconds(config.horizon)));
    const Forecast one = forecasts.back() ? *forecasts.back() : Forecast{};
    expected.push_back(one.span);
    shifted.push_back(later(device, one));
  }
  const std::vector<Told> values = told(config, expected, 1), off = told(config, shifted, 1);
  Twin out;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const Measured& value = values[i].measured;
    Prediction prediction{.metric = value.metric.name,
                          .value = {},
                          .formula = {},
                          .note = note_of(config, forecasts, values[i])};
    if (prediction.note.empty() && std::isfinite(value.value)) {
      prediction.value = value.value;
      prediction.formula = formula_of(config, values[i]);
      prediction.rounding = std::abs(off[i].measured.value - value.value);
    }
    out.predictions.push_back(std::move(prediction));
  }
  for (std::size_t i = 0; i < config.devices.size(); ++i)
    if (forecasts[i])
      add_rivals(config.devices[i], expected[i],
                 config.devices.size() == 1 ? "device." : "device." + config.devices[i].name + ".",
                 out);
  return out;
}

}  // namespace fleetsim::device
