#pragma once
#include <optional>
#include <string>
#include <vector>

#include "sim/result.h"
#include "traces/schema_description.h"
#include "traces/sweep_results.h"

namespace fleetsim {

// LO:HI[:lin|:log][:N].
struct SweepRange {
  double low = 0, high = 0;  // in the unit
  std::string unit{};
  bool log = false;
  std::size_t count = 0;  // 0: not said
};

// What one --vary says: a field of the scenario, and its values.
//
//   PATH=LO:HI:N        N values at equal distances; with :log before :N, at equal ratios
//   PATH=A,B,C          any values, as --set takes them; commas in quotes or brackets are their own
//
// A range has at most one unit, that of LO, else of HI; its values are rounded to a thousandth of
// their distance, so that they read well; for times m is a minute there, as in 1m:4h. Fields that
// count get whole numbers, each once.
class SweepAxis {
 public:
  // `schema` tells what the field holds; a path that is not in it is left to the loader.
  static Result<SweepAxis> parse(const std::string& option,
                                 const std::vector<FieldDescription>& schema);

  const std::string& option() const { return option_; }  // as given
  const SweepField& field() const { return field_; }

  // What a grid goes through; an error when a range does not say how many.
  Result<std::vector<std::string>> grid() const;

  // The value below which lies the share `u` of all, 0 <= u < 1; `points` is how many are drawn.
  std::string at(double u, std::size_t points) const;

 private:
  Status read_range(const std::vector<std::string>& parts);
  Status read_ends(std::string low, std::string high);
  double between(double share, double high) const;
  std::string shown(double value, double step) const;
  Error error(const std::string& what) const;

  std::string option_;
  SweepField field_;
  bool whole_ = false;  // the field counts something
  std::vector<std::string> values_;
  std::optional<SweepRange> range_;
};

}  // namespace fleetsim
