#pragma once
#include <map>
#include <string>
#include <vector>

#include "sim/ids.h"
#include "topology/site.h"

namespace fleetsim {

// What a site has used from one instant to another.
struct SiteUsage {
  std::map<std::string, double> components;  // J of IT, by what drew it
  double it = 0, facility = 0;               // J; `it` is their sum
  double carbon = 0;                         // kg, of what the facility drew
  double energy_cost = 0, demand_cost = 0;   // $
  double water = 0, water_by_book = 0;       // L; the book counts WUE on the facility's energy
  double mean_power = 0, peak_power = 0;     // W of the facility
  double peak_it = 0;                        // W
  double largest_step = 0;  // W of IT, up or down, at one instant inside of the window
};

// The meter of a site. What draws power tells of every change, or, of work in cycles, what a span
// came to; nothing is added up until somebody asks, so a change costs a push of 32 bytes and any
// window can be asked for, of what is past and told. Energy, carbon and cost are sums over spans of
// constant power, each an integral of the site's series over the span: exact, and no hour is
// stepped through. Only the peak of a facility whose PUE changes by the hour is looked for by
// hours.
//
// The demand charge of a month is on the highest power that the window has of it, and of a month
// that is only partly in the window that share.
class Meter {
 public:
  explicit Meter(std::shared_ptr<const Site> site) : site_(std::move(site)) {}

  // Something that draws power, 0 W as yet. Parts of one component are reported together.
  using Part = Id<struct MeterPart>;
  Part part(const std::string& component);

  // REQUIRES: watts >= 0; not before the last change of the part.
  void set(Instant now, Part part, double watts);

  // Beside what is set: that energy, spread evenly over a span. REQUIRES: from < to, joules >= 0.
  void add(Part part, Instant from, Instant to, double joules);

  // Each part goes on as it was last set. REQUIRES: from < to.
  SiteUsage usage(Instant from, Instant to) const;

 private:
  struct Span {
    Instant from, to;
    double watts = 0;
    std::uint32_t component = 0;
  };
  struct State {
    std::uint32_t component = 0;
    double watts = 0;
    Instant since{};
  };
  std::vector<Span> spans_inside(Instant from, Instant to) const;
  void add_energy(const std::vector<Span>& spans, Instant from, Instant to, SiteUsage& out) const;
  void find_peaks(const std::vector<Span>& spans, Instant from, Instant to, SiteUsage& out) const;

  std::shared_ptr<const Site> site_;
  std::vector<std::string> components_;
  std::vector<State> parts_;
  std::vector<Span> spans_;  // of constant power, as told
};

}  // namespace fleetsim
