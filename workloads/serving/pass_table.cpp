#include "workloads/serving/pass_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <map>
#include <optional>

#include "sim/check.h"

namespace fleetsim::serving {
namespace {

using Cells = std::vector<std::optional<double>>;

// The stretch between two points that says what is at x; the first or last one beyond them.
std::size_t stretch(std::span<const double> xs, double x) {
  const auto after = std::upper_bound(xs.begin(), xs.end(), x) - xs.begin();
  return static_cast<std::size_t>(
      std::clamp<std::ptrdiff_t>(after - 1, 0, std::max<std::ptrdiff_t>(0, std::ssize(xs) - 2)));
}

double at(std::span<const double> xs, std::span<const double> values, double x) {
  if (xs.size() == 1) return values[0];
  const std::size_t i = stretch(xs, x);
  double slope = (values[i + 1] - values[i]) / (xs[i + 1] - xs[i]);
  if (x < xs.front()) slope = std::clamp(slope, 0.0, values[0] / xs[0]);
  if (x <= xs.back()) return values[i] + slope * (x - xs[i]);
  return values.back() + std::max(slope, 0.0) * (x - xs.back());
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const std::size_t n = values.size();
  return (values[(n - 1) / 2] + values[n / 2]) / 2;
}

struct Grid {
  std::vector<double> prompts, batches;
  Cells prefill, decode;
  std::size_t cell(std::size_t x, std::size_t y) const { return x * batches.size() + y; }
};

Grid grid_of(const std::vector<PassTable::Point>& points) {
  std::map<std::pair<double, double>, std::pair<std::vector<double>, std::vector<double>>> places;
  Grid out;
  for (const PassTable::Point& point : points) {
    auto& place = places[{point.prompt, point.batch}];
    place.first.push_back(point.prefill);
    place.second.push_back(point.decode);
    out.prompts.push_back(point.prompt);
    out.batches.push_back(point.batch);
  }
  for (std::vector<double>* axis : {&out.prompts, &out.batches}) {
    std::sort(axis->begin(), axis->end());
    axis->erase(std::unique(axis->begin(), axis->end()), axis->end());
  }
  out.prefill.resize(out.prompts.size() * out.batches.size());
  out.decode.resize(out.prefill.size());
  for (const auto& [where, times] : places) {
    const auto x = std::lower_bound(out.prompts.begin(), out.prompts.end(), where.first);
    const auto y = std::lower_bound(out.batches.begin(), out.batches.end(), where.second);
    const std::size_t cell = out.cell(static_cast<std::size_t>(x - out.prompts.begin()),
                                      static_cast<std::size_t>(y - out.batches.begin()));
    out.prefill[cell] = median(times.first);
    out.decode[cell] = median(times.second);
  }
  return out;
}

// All times of prompts that were measured, by their tokens together.
struct ByTokens {
  std::vector<double> tokens, times;
};

ByTokens by_tokens(const Grid& grid) {
  std::map<double, std::vector<double>> found;
  for (std::size_t x = 0; x < grid.prompts.size(); ++x)
    for (std::size_t y = 0; y < grid.batches.size(); ++y)
      if (const auto time = grid.prefill[grid.cell(x, y)])
        found[grid.prompts[x] * grid.batches[y]].push_back(*time);
  ByTokens out;
  for (const auto& [tokens, times] : found) {
    out.tokens.push_back(tokens);
    out.times.push_back(median(times));
  }
  return out;
}

std::optional<double> by_others(const Grid& grid, std::size_t x, std::size_t y) {
  for (std::size_t i = 0; i < grid.prompts.size(); ++i)
    for (std::size_t j = 0; j < grid.batches.size(); ++j) {
      const auto same_prompt = grid.decode[grid.cell(x, j)];
      const auto same_batch = grid.decode[grid.cell(i, y)];
      const auto corner = grid.decode[grid.cell(i, j)];
      if (same_prompt && same_batch && corner)
        return std::max(*same_prompt + *same_batch - *corner, 0.0);
    }
  return std::nullopt;
}

}  // namespace

Result<PassTable> PassTable::make(std::vector<Point> points) {
  if (points.empty()) return Error{"a table without rows; expected one or more"};
  Grid grid = grid_of(points);
  const ByTokens known = by_tokens(grid);
  PassTable out;
  for (std::size_t x = 0; x < grid.prompts.size(); ++x)
    for (std::size_t y = 0; y < grid.batches.size(); ++y) {
      const std::size_t cell = grid.cell(x, y);
      const auto decode = grid.decode[cell] ? grid.decode[cell] : by_others(grid, x, y);
      if (!decode)
        return Error{fmt::format(
            "no row has prompts of {} tokens in batches of {}, nor three that tell of it; expected "
            "all prompts in one batch at least, and all batches with one prompt",
            grid.prompts[x], grid.batches[y])};
      out.decode_.push_back(*decode);
      out.prefill_.push_back(grid.prefill[cell].value_or(
          at(known.tokens, known.times, grid.prompts[x] * grid.batches[y])));
    }
  out.prompts_ = std::move(grid.prompts);
  out.batches_ = std::move(grid.batches);
  return out;
}

// By prompt, in batches of a size.
std::vector<double> PassTable::column(const std::vector<double>& cells, double batch) const {
  std::vector<double> out;
  for (std::size_t x = 0; x < prompts_.size(); ++x)
    out.push_back(
        at(batches_, std::span(cells).subspan(x * batches_.size(), batches_.size()), batch));
  return out;
}

Fine PassTable::prefill(std::int64_t fresh, std::int64_t pieces) const {
  const double batch = static_cast<double>(pieces);
  return fine_of(at(prompts_, column(prefill_, batch), static_cast<double>(fresh) / batch));
}

// In whole numbers, so that a row of passes comes to what its passes come to one by one.
PassTable::Decode PassTable::decode(std::int64_t context, std::int64_t sequences) const {
  constexpr std::int64_t always = std::numeric_limits<std::int64_t>::max();
  const std::vector<double> times = column(decode_, static_cast<double>(sequences));
  const double mean = static_cast<double>(context) / static_cast<double>(sequences);
  if (times.size() == 1) return {fine_of(times[0]), 0, always};
  const auto whole = [&](double prompt) { return static_cast<std::int64_t>(prompt) * sequences; };
  const bool before = mean < prompts_.front(), beyond = mean >= prompts_.back();
  const std::size_t i = stretch(prompts_, mean), from = beyond ? prompts_.size() - 1 : i;
  const std::int64_t next = beyond ? always : whole(prompts_[before ? 0 : i + 1]);
  Fine slope =
      (fine_of(times[i + 1]) - fine_of(times[i])) / (whole(prompts_[i + 1]) - whole(prompts_[i]));
  if (beyond) slope = std::max<Fine>(slope, 0);
  if (before) slope = std::clamp<Fine>(slope, 0, fine_of(times[0]) / whole(prompts_[0]));
  return {.first = fine_of(times[from]) + slope * (context - whole(prompts_[from])),
          .step = slope * sequences,
          .holds = beyond ? always : (next - context + sequences - 1) / sequences};
}

}  // namespace fleetsim::serving
