#include "topology/polyline.h"

#include <fmt/format.h>

#include <algorithm>

namespace fleetsim {

Result<Polyline> Polyline::make(std::vector<Point> points) {
  if (points.empty()) return Error{"a curve without points; expected one or more"};
  for (std::size_t i = 1; i < points.size(); ++i)
    if (!(points[i].x > points[i - 1].x))
      return Error{fmt::format("found a point at {} behind one at {}; expected them to rise",
                               points[i].x, points[i - 1].x)};
  return Polyline(std::move(points));
}

double Polyline::at(double x) const {
  const auto after = std::upper_bound(points_.begin(), points_.end(), x,
                                      [](double v, const Point& point) { return v < point.x; });
  if (after == points_.begin()) return after->y;
  const Point& a = *(after - 1);
  if (after == points_.end()) return a.y;
  return a.y + (after->y - a.y) * ((x - a.x) / (after->x - a.x));
}

}  // namespace fleetsim
