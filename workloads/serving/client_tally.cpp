#include "workloads/serving/client_tally.h"

#include <limits>

namespace fleetsim::serving {

void ClientTally::completed(const Request& request, Duration ttft, bool good) {
  ttft_.add(static_cast<double>(ttft.ns));
  ++done_;
  good_ += good;
  tokens_ += request.output;
}

void ClientTally::ended(bool refused) {
  ++gone_;
  refused_ += refused;
}

void ClientTally::clear() {
  ttft_.clear();
  gone_ = done_ = refused_ = good_ = tokens_ = 0;
}

void ClientTally::report(const std::string& client, double elapsed,
                         std::vector<Measured>& out) const {
  constexpr double nothing = std::numeric_limits<double>::quiet_NaN();
  const std::string name = "serving.client." + client + ".";
  const auto number = [](std::uint64_t n) { return static_cast<double>(n); };
  for (const auto& [end, p] : {std::pair{"ttft.p50", 0.5}, std::pair{"ttft.p99", 0.99}})
    out.push_back({{name + end, "s"}, done_ > 0 ? ttft_.quantile(p) / 1e9 : nothing});
  out.push_back({{name + "throughput_requests", "1/s"}, number(done_) / elapsed});
  out.push_back({{name + "throughput_tokens", "1/s"}, number(tokens_) / elapsed});
  out.push_back({{name + "slo_attainment", "1"},
                 gone_ > 0 ? number(good_) / number(gone_) : nothing,
                 number(gone_)});
  out.push_back({{name + "rejected", "count"}, number(refused_)});
}

}  // namespace fleetsim::serving
