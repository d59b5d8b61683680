#include "traces/metric_rows.h"

#include <limits>

namespace fleetsim {

std::vector<Hdf5Field> metric_rows(std::span<const MetricResult* const> metrics) {
  constexpr double missing = std::numeric_limits<double>::quiet_NaN();
  Hdf5Field::Texts name, unit, formula, note;
  Hdf5Field::Numbers mean, low, high, closed_form;
  Hdf5Field::Verdicts agrees;
  for (const MetricResult* m : metrics) {
    name.push_back(m->spec.name);
    unit.push_back(m->spec.unit);
    mean.push_back(m->estimate.mean);
    low.push_back(m->estimate.low);
    high.push_back(m->estimate.high);
    closed_form.push_back(m->closed_form.value_or(missing));
    formula.push_back(m->formula);
    agrees.push_back(m->agrees);
    note.push_back(m->note);
  }
  return {{"name", name},       {"unit", unit},     {"mean", mean},
          {"ci_low", low},      {"ci_high", high},  {"closed_form", closed_form},
          {"formula", formula}, {"agrees", agrees}, {"note", note}};
}

}  // namespace fleetsim
