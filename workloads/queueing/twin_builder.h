#pragma once
#include <functional>
#include <initializer_list>
#include <map>
#include <string>

#include "analytic/queueing/station_means.h"
#include "sim/result.h"
#include "workloads/queueing/layout.h"
#include "workloads/queueing/twin.h"

namespace fleetsim::queueing {

// One assumption of a formula, and whether the system at hand fulfils it.
struct Assumption {
  bool holds = true;
  const char* text = "";  // "Poisson arrivals"
};
// Those that don't hold, as one phrase; empty where all do.
std::string broken(std::initializer_list<Assumption> assumptions);

// A formula of theory as it stands to the system at hand.
struct Formula {
  std::string id{};      // "q.mm1"
  std::string broken{};  // its assumptions that don't hold; empty: it is exact here
  std::string note{};    // what to know about it where it is exact

  Formula unless(std::initializer_list<Assumption> more) const;  // with more assumptions
};

// Collects what formulas say. An exact one becomes the prediction of its metric, the first of them
// if there are several; one with a broken assumption becomes a rival.
class TwinBuilder {
 public:
  explicit TwinBuilder(const QueueingConfig& config) : config_(config) {}
  const QueueingConfig& config() const { return config_; }

  void add(const std::string& metric, const Formula& formula, double value);
  void add(const std::string& metric, const Formula& formula, const Result<double>& value);
  // What people would use and what to know about it: a bound, an approximation.
  void add_rival(Rival rival);
  // The metrics that begin so have no formula; the first reason given for a metric counts.
  void explain(const std::string& prefix, const std::string& reason);

  // wait.mean and sojourn.mean of what begins with the prefix.
  void add_means(const std::string& prefix, const Formula& formula, double wait, double sojourn);
  // PREFIX.p50 and so on; `kind` is "wait" or "sojourn".
  using Quantile = std::function<Result<double>(double p)>;
  void add_quantiles(const std::string& prefix, const char* kind, const Formula& formula,
                     const Quantile& quantile);
  // The means of one copy make those of the whole system.
  void add_system(const OneStation& one, const Formula& formula,
                  const analytic::StationMeans& means, double served_per_copy);
  // The same waits for the customers of each source, where the station can't tell them apart.
  void add_sources(const OneStation& one, const Formula& formula, double wait);

  Twin finish() &&;  // a prediction or a note for every metric

 private:
  struct Entry {
    Prediction prediction{};
    std::string reason{};
  };
  Entry& entry(const std::string& metric);

  const QueueingConfig& config_;
  std::map<std::string, Entry> entries_;
  std::vector<Rival> rivals_;
};

// The models, one function each; each returns without a word where the structure is another.
struct Model {
  const char* theory = "";  // its id
  const char* system = "";
  void (*tell)(const Layout& layout, TwinBuilder& twin) = nullptr;
};

void tell_poisson_line(const Layout& layout, TwinBuilder& twin);      // M/M/1, M/M/c
void tell_constant_service(const Layout& layout, TwinBuilder& twin);  // M/D/1
void tell_general_service(const Layout& layout, TwinBuilder& twin);   // M/G/1
void tell_sharing(const Layout& layout, TwinBuilder& twin);           // M/G/1-PS and its like
void tell_shortest_first(const Layout& layout, TwinBuilder& twin);    // M/G/1-SRPT
void tell_priorities(const Layout& layout, TwinBuilder& twin);        // M/G/1 with classes
void tell_general_arrivals(const Layout& layout, TwinBuilder& twin);  // G/M/1, G/G/1
void tell_bursts(const Layout& layout, TwinBuilder& twin);            // MMPP/M/1
void tell_batches(const Layout& layout, TwinBuilder& twin);           // M/M^[b]/1
void tell_room(const Layout& layout, TwinBuilder& twin);              // M/M/c/K, M/G/c/c
void tell_patience(const Layout& layout, TwinBuilder& twin);          // M/M/c+M
void tell_retrials(const Layout& layout, TwinBuilder& twin);          // M/M/1/1 with an orbit
void tell_choices(const Layout& layout, TwinBuilder& twin);           // power of d, JSQ
void tell_open_network(const Layout& layout, TwinBuilder& twin);      // Jackson
void tell_stream(const Layout& layout, TwinBuilder& twin);            // min(rate), M/M/1/K
void tell_closed_network(const Layout& layout, TwinBuilder& twin);    // Gordon-Newell
void tell_flows(const Layout& layout, TwinBuilder& twin);             // Little's law

}  // namespace fleetsim::queueing
