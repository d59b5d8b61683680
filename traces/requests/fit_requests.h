#pragma once
#include <string>
#include <vector>

#include "traces/requests/request_statistics.h"
#include "traces/requests/synth_recipe.h"
#include "workloads/serving/request_trace.h"

namespace fleetsim::requests {

// A recipe whose traces are like a given one.
//
// Arrivals: gaps longer than 25 mean ones are silences, and with ten of them the twin goes on and
// off by the quantiles of both. What is left is a gamma renewal process whose rate drifts with
// memories of 2, 20 and 200 s. With variances v of the drifts' rate,
//
//   IDC(w) = c^2 + rate sum_k v_k 2 t_k (1 - (t_k/w)(1 - exp(-w/t_k)))
//
// (Cox and Isham, Point Processes, 1980), solved for v >= 0, and corrected by what twins show.
// Lengths: quantiles. Their correlation, and how often a session goes on, are found by bisection on
// what twins show. Memory holds the trace.
Result<Recipe> fit_recipe(const serving::RequestTrace& trace);

// How far apart two traces are.
struct Likeness {
  struct Row {
    std::string name{};
    double original = 0, twin = 0;
  };
  std::vector<Row> figures{};
  double gaps = 0, prompt = 0, output = 0;  // largest difference of two distributions, 0 to 1
};
Result<Likeness> likeness(const serving::RequestTrace& original, const serving::RequestTrace& twin);

RequestStatistics statistics_of(const serving::RequestTrace& trace);

}  // namespace fleetsim::requests
