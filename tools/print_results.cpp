#include "tools/print_results.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "sim/unit_text.h"

namespace fleetsim {
namespace {

constexpr double rounding = 1e-12;  // of a mean: what a smaller spread is

struct Scale {
  ReadableUnit unit;
  int decimals = 0;
  bool rare = false;  // too small a share to be written without an exponent
};

Scale scale_of(double mean, double half_width, const std::string& unit) {
  Scale scale{.unit = readable_unit(mean, unit)};
  const bool telling = std::isfinite(half_width) && half_width > rounding * std::abs(mean);
  const double smallest =
      telling ? half_width / scale.unit.size : std::abs(mean) / scale.unit.size * 1e-4;
  if (smallest > 0 && std::isfinite(smallest))
    scale.decimals = std::clamp(1 - static_cast<int>(std::floor(std::log10(smallest))), 0, 9);
  scale.rare = scale.unit.name.empty() && mean != 0 && std::abs(mean) < 1e-5;
  return scale;
}

std::string write(double value, const Scale& scale) {
  if (!std::isfinite(value)) return std::isnan(value) ? "-" : "unknown";
  if (scale.rare) return fmt::format("{:.2e}", value);
  const std::string number = fmt::format("{:.{}f}", value / scale.unit.size, scale.decimals);
  return scale.unit.name.empty() ? number : fmt::format("{} {}", number, scale.unit.name);
}

// Thousands apart: 36,000,000.
std::string grouped(std::uint64_t n) {
  const std::string digits = std::to_string(n);
  std::string out;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    if (i > 0 && (digits.size() - i) % 3 == 0) out += ',';
    out += digits[i];
  }
  return out;
}

// Notes that several metrics share are printed once, below the table, and named by number there.
class Notes {
 public:
  explicit Notes(const std::vector<MetricResult>& metrics) {
    for (const MetricResult& m : metrics) {
      if (m.note.empty() || number_of(m.note) > 0) continue;
      const auto same = [&](const MetricResult& other) { return other.note == m.note; };
      if (std::count_if(metrics.begin(), metrics.end(), same) > 2) shared_.push_back(m.note);
    }
  }
  std::string shown(const std::string& note) const {
    const std::size_t number = number_of(note);
    return number > 0 ? fmt::format("note {}", number) : note;
  }
  std::string below() const {
    std::string out;
    for (std::size_t i = 0; i < shared_.size(); ++i)
      out += fmt::format("{}note {}  {}\n", i == 0 ? "\n" : "", i + 1, shared_[i]);
    return out;
  }

 private:
  std::size_t number_of(const std::string& note) const {  // 0: not shared
    const auto found = std::find(shared_.begin(), shared_.end(), note);
    return found == shared_.end() ? 0 : static_cast<std::size_t>(found - shared_.begin()) + 1;
  }
  std::vector<std::string> shared_;
};

std::string verdict(const MetricResult& metric, const Notes& notes, bool colours) {
  const auto paint = [&](const char* colour, const std::string& text) {
    return colours ? fmt::format("\x1b[{}m{}\x1b[0m", colour, text) : text;
  };
  const std::string note = notes.shown(metric.note);
  if (!metric.agrees) return note.empty() ? "" : paint("2", note);
  const std::string word = *metric.agrees ? paint("32", "agrees") : paint("31", "DIFFERS");
  return note.empty() ? word : word + " " + paint("2", "(" + note + ")");
}

std::string head(const Results& results) {
  const std::string what =
      fmt::format("{}   {} · {} {} · seed {}", results.scenario,
                  format_measure(results.simulated_s, "s"), grouped(results.replications),
                  results.replications == 1 ? "replication" : "replications", results.seed);
  const std::string cost =
      fmt::format("{:.2f} s · {} events", results.wall_s, grouped(results.events));
  std::string line = fmt::format("{}   {}\n", what, cost);
  if (results.warm_up_s > 0)
    line += fmt::format("{} of each left out as warm-up\n", format_measure(results.warm_up_s, "s"));
  if (results.partial) line += "interrupted: only the replications that were done\n";
  return line;
}

}  // namespace

bool colours_wanted() {
  const char* no_colour = std::getenv("NO_COLOR");
  return isatty(STDOUT_FILENO) == 1 && (no_colour == nullptr || *no_colour == '\0');
}

ReadableInterval readable(double mean, double half_width, const std::string& unit) {
  const Scale scale = scale_of(mean, half_width, unit);
  return {write(mean, scale), write(half_width, scale)};
}

std::string readable_beside(double value, double mean, double half_width, const std::string& unit) {
  return write(value, scale_of(mean, half_width, unit));
}

std::string results_text(const Results& results, bool colours) {
  std::string out = head(results) + "\n";
  const Notes notes(results.metrics);
  std::size_t widest = 6, formula = 9;
  for (const MetricResult& m : results.metrics) {
    widest = std::max(widest, m.spec.name.size());
    formula = std::max(formula, m.formula.size());
  }
  constexpr const char* row = "{:<{}}  {:>14}  {:>12}  {:>14}  {:<{}}  {}\n";
  out += fmt::format(row, "metric", widest, "simulated", "± 95 %", "closed form", "formula",
                     formula, "verdict");
  for (const MetricResult& m : results.metrics) {
    const double half = m.estimate.half_width();
    const ReadableInterval interval = readable(m.estimate.mean, half, m.spec.unit);
    const std::string closed =
        m.closed_form ? readable_beside(*m.closed_form, m.estimate.mean, half, m.spec.unit) : "";
    out += fmt::format(row, m.spec.name, widest, interval.mean, interval.half_width, closed,
                       m.formula, formula, verdict(m, notes, colours));
  }
  out += notes.below();
  if (!results.findings.empty()) out += "\nfindings\n";
  for (const Finding& finding : results.findings)
    out += fmt::format("  {:<{}}  {}\n", finding.metric, widest, finding.text);
  return out;
}

}  // namespace fleetsim
