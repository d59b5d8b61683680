#include "tools/sections.h"

#include <cmath>

namespace fleetsim {
namespace {

// The p that follows the p of a name: 0.999 of "p999".
std::optional<double> quantile_named(const std::string& name) {
  if (name.size() < 2 || name[0] != 'p') return std::nullopt;
  if (name.find_first_not_of("0123456789", 1) != std::string::npos) return std::nullopt;
  return std::stod("0." + name.substr(1));
}

}  // namespace

Sections::Named& Sections::named(const std::string& name) {
  for (Named& n : by_name_)
    if (n.name == name) return n;
  by_name_.push_back({name, {}});
  return by_name_.back();
}

void Sections::add(std::uint64_t unit, const std::vector<Distribution>& seen) {
  const std::lock_guard lock(mutex_);
  const std::size_t section = unit % most;
  for (const Distribution& distribution : seen) {
    std::vector<QuantileSketch>& sections = named(distribution.name).section;
    if (sections.size() <= section) sections.resize(section + 1);
    sections[section].merge(distribution.nanoseconds);
  }
}

std::optional<Estimate> Sections::estimate(const std::string& metric, double level) const {
  const std::size_t dot = metric.rfind('.');
  const std::optional<double> p = quantile_named(metric.substr(dot + 1));
  if (!p) return std::nullopt;
  for (const Named& n : by_name_) {
    if (metric.substr(0, dot) != n.name) continue;
    const Estimate ns = pooled_quantile(n.section, *p, level);
    return Estimate{ns.mean / 1e9, ns.low / 1e9, ns.high / 1e9, level};
  }
  return std::nullopt;
}

// One row a cell: the distribution's number (names are in order of metrics), the section, the cell.
Table Sections::table() const {
  std::vector<std::int64_t> distribution, section, key, value;
  for (std::size_t d = 0; d < by_name_.size(); ++d)
    for (std::size_t s = 0; s < by_name_[d].section.size(); ++s)
      for (const QuantileSketch::Cell& cell : by_name_[d].section[s].cells()) {
        distribution.push_back(static_cast<std::int64_t>(d));
        section.push_back(static_cast<std::int64_t>(s));
        key.push_back(cell.key);
        value.push_back(cell.value);
      }
  Table out{.name = "sketches"};
  out.rows_total = key.size();
  out.columns.push_back({"distribution", "1", std::move(distribution)});
  out.columns.push_back({"section", "1", std::move(section)});
  out.columns.push_back({"key", "1", std::move(key)});
  out.columns.push_back({"value", "1", std::move(value)});
  return out;
}

bool Sections::read(const Table& table) {
  if (table.columns.size() != 4) return false;
  const auto column = [&](std::size_t i) -> const std::vector<std::int64_t>& {
    return std::get<std::vector<std::int64_t>>(table.columns[i].values);
  };
  for (Named& n : by_name_) n.section.clear();
  const std::size_t rows = column(0).size();
  for (std::size_t begin = 0, end = 0; begin < rows; begin = end) {
    const std::int64_t distribution = column(0)[begin], section = column(1)[begin];
    std::vector<QuantileSketch::Cell> cells;
    for (; end < rows && column(0)[end] == distribution && column(1)[end] == section; ++end)
      cells.push_back({column(2)[end], column(3)[end]});
    const auto d = static_cast<std::size_t>(distribution), s = static_cast<std::size_t>(section);
    if (d >= by_name_.size() || s >= most) return false;
    std::vector<QuantileSketch>& sections = by_name_[d].section;
    if (sections.size() <= s) sections.resize(s + 1);
    sections[s].merge(QuantileSketch::from_cells(cells));
  }
  return true;
}

}  // namespace fleetsim
