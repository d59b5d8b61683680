#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analytic/solver.h"
#include "sim/dimension.h"

namespace fleetsim {

// Quantities by name, numbers in SI base units: what an answer tells, what was asked, and what the
// catalogue says of the rows that were named. An object's fields are "object.field", a list's items
// "list.0", "list.1", ....
struct Figure {
  std::string name;
  analytic::Value value;
  std::optional<Dimension> dimension{};  // of what was worked out from others: not known
};

class Figures {
 public:
  void add(const std::string& name, const analytic::Value& value, std::string_view unit);
  void add(const std::vector<analytic::Shown>& shown);
  void add(Figure figure) { figures_.push_back(std::move(figure)); }

  // The figure that a name means: itself; else one that differs only by the unit at its end
  // (write_time, write_time_seconds); else a field of an object (tp of parallelism.tp, node_mfu of
  // node_profile.mfu). Null when there is none.
  const Figure* find(std::string_view name) const;
  std::optional<double> number(std::string_view name) const;

  const std::vector<Figure>& all() const { return figures_; }

 private:
  std::vector<Figure> figures_;
};

// A name without the unit at its end: "tco" of "tco_usd", "write_time" of "write_time_seconds".
std::string_view stem_of(std::string_view name);

// Rows of the catalogue that arguments name, figure by figure: "model.parameters",
// "hardware.memory_bandwidth", "fleet.accelerators", .... Those that are not there are left out.
void add_catalogue(Figures& figures, const analytic::Fields& arguments,
                   const analytic::Lookup& lookup);

}  // namespace fleetsim
