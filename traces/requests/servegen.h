#pragma once
#include <map>
#include <span>
#include <string>
#include <vector>

#include "traces/requests/change_requests.h"
#include "traces/requests/rate_factor.h"

namespace fleetsim::requests {

// What ServeGen tells of a service's clients: of each window of 10 minutes a rate and a law of
// gaps, of each 6 hours quantiles of the lengths. It is no trace but what traces are drawn from.
//
// Either two files, tables joined over clients with the headings
//   client,t_s,rate_rps,iat_cv,iat_dist,shape,scale_s
//   client,t_s,field,mean,p1,p5,p10,p25,p50,p75,p90,p95,p99,p99_9,max
// where fields are input_tokens and output_tokens; or, as published, two files a client: a table
// without headings of t,rate,cv,dist,shape,scale, and {"t": {"field": "{length: share, ...}"}} as
// JSON, where idle windows have no dist. The scale of a law is not used: gaps are drawn
// with mean 1 and stretched to the window's rate, as the authors' generator does.
inline constexpr double servegen_window = 600;  // s, of rates

struct ServeGenTokens {
  double start = 0;  // s
  QuantileTable prompt, output;
};
struct ServeGen {
  std::map<std::uint32_t, std::vector<RateWindow>> rates{};
  std::map<std::uint32_t, std::vector<ServeGenTokens>> tokens{};
  double span = 0;                 // s, to the end of the last window
  std::size_t without_tokens = 0;  // clients that have rates only: they get the mean quantiles

  double rate() const;  // 1/s, all clients over the span
};

bool begins_servegen(const std::string& text);  // a file of rates
// REQUIRES: a path.
Result<ServeGen> read_servegen(std::span<const std::string> paths);

// Its requests over `span`, with all rates times `factor`. REQUIRES: something was read into it.
Rows synthesise(const ServeGen& servegen, double span, double factor, std::uint64_t seed);

}  // namespace fleetsim::requests
