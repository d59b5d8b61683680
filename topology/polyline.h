#pragma once
#include <cstddef>
#include <span>
#include <vector>

#include "sim/result.h"

namespace fleetsim {

// What somebody has measured at a few points, and straight lines between them; before the first
// and after the last point it stays as it is there.
class Polyline {
 public:
  struct Point {
    double x = 0, y = 0;
  };

  // The points by rising x; an error where there is none or one is not beyond that before it.
  static Result<Polyline> make(std::vector<Point> points);

  double at(double x) const;
  std::span<const Point> points() const { return points_; }

 private:
  explicit Polyline(std::vector<Point> points) : points_(std::move(points)) {}

  std::vector<Point> points_;
};

}  // namespace fleetsim
