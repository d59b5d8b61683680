#include "traces/site_message.h"

#include <fmt/format.h>

#include <optional>
#include <tuple>

#include "analytic/book/constants.h"
#include "sim/printable.h"
#include "sim/unit_text.h"
#include "traces/calendar.h"
#include "traces/hourly_file.h"
#include "traces/node_power_message.h"

namespace fleetsim {
namespace {

constexpr std::pair<std::string_view, CarbonKind> kinds[] = {{"DIRECT", CarbonKind::direct},
                                                             {"LIFECYCLE", CarbonKind::lifecycle},
                                                             {"MARGINAL", CarbonKind::marginal}};

// The catalogue's grid of a place, and how it was found.
struct Known {
  analytic::Grid grid{};
  std::string why{};
};

class Reading {
 public:
  Reading(const Node& scenario, const NamedFleet& fleet, const Zoo& zoo,
          const Provenance& provenance)
      : scenario_(scenario),
        fleet_(fleet),
        zoo_(zoo),
        provenance_(provenance) {}

  Result<ReadSites> read() {
    const std::vector<Node> regions = scenario_.child("fleet").children("region");
    for (const Node& region : regions)
      if (auto bad = series(region.child("site")); !bad) return bad.error();
    if (auto bad = begin(); !bad) return bad.error();
    std::size_t cluster = 0;
    for (const Node& region : regions) {
      if (auto bad = site(region); !bad) return bad.error();
      for (const Node& node : region.children("cluster")) {
        const analytic::Node& hardware = fleet_.hardware[cluster++];
        auto power = node_power_of(node, hardware, provenance_);
        if (!power) return power.error();
        look_for_useless_of_cluster(node, hardware);
        out_.sites.nodes.push_back(*std::move(power));
        out_.sites.owned.push_back(ownership_of(node, hardware));
      }
    }
    return std::move(out_);
  }

 private:
  // The files of a site; a site without one leaves its place empty.
  struct Files {
    std::optional<HourlySeries> carbon{}, price{}, outside{};
  };
  struct Series {
    std::string path;
    std::int64_t start = 0;  // s since 1970
    Duration length{};
  };

  Error error(const std::string& path, const std::string& what) const {
    return provenance_.error(path, what);
  }

  static CarbonKind kind_of(const Node& site) {
    if (site.has("carbon_kind"))
      for (const auto& [name, kind] : kinds)
        if (name == site.text("carbon_kind")) return kind;
    return CarbonKind::not_said;
  }

  Status series(const Node& site) {
    for (const auto& [one, other] :
         {std::pair{"carbon_intensity", "carbon_trace"},
          std::pair{"carbon_intensity", "carbon_by_hour"},
          std::pair{"carbon_trace", "carbon_by_hour"}, std::pair{"price", "price_trace"},
          std::pair{"price", "price_by_hour"}, std::pair{"price_trace", "price_by_hour"},
          std::pair{"pue", "cooling"}, std::pair{"pue", "outside"},
          std::pair{"cooling", "outside"}})
      if (site.has(one) && site.has(other))
        return error(site.path(other), fmt::format("found beside {}; expected one of them", one));
    Files files;
    const auto zone = [&](const char* field) { return site.text(field); };
    const std::tuple<const char*, HourlyRequest, std::optional<HourlySeries>*> wanted[] = {
        {"carbon_trace", {Hourly::carbon, zone("carbon_zone"), kind_of(site)}, &files.carbon},
        {"price_trace", {Hourly::price, zone("price_zone")}, &files.price},
        {"outside", {Hourly::temperature}, &files.outside}};
    for (const auto& [field, request, to] : wanted) {
      if (!site.has(field)) continue;
      auto read = read_hourly(provenance_.beside(site.text(field)), request);
      if (!read) {
        Error bad = error(site.path(field), read.error().message);
        bad.kind = read.error().kind;
        return bad;
      }
      out_.warnings.insert(out_.warnings.end(), read->warnings.begin(), read->warnings.end());
      begins_.push_back({site.path(field), read->start,
                         static_cast<std::int64_t>(read->values.size()) * read->step});
      *to = *std::move(read);
    }
    files_.push_back(std::move(files));
    return Done{};
  }

  // What point of the calendar time 0 is.
  Status begin() {
    if (auto bad = find_time_0(); !bad) return bad;
    const Duration horizon = from_seconds(scenario_.child("run").in("horizon", "s"));
    for (const Series& one : begins_) {
      const std::int64_t gone = time_0_ - one.start;
      if (gone < 0 || gone >= one.length.ns / 1'000'000'000)
        warn(fmt::format("{} begins at {} and does not reach {}; it is repeated", one.path,
                         format_calendar(one.start), format_calendar(time_0_)));
      else if (one.length - gone * 1_s < horizon)
        warn(fmt::format("{} ends {} after time 0, before the horizon of {}; it is repeated",
                         one.path, format_measure(seconds(one.length - gone * 1_s), "s"),
                         format_measure(seconds(horizon), "s")));
    }
    return Done{};
  }

  Status find_time_0() {
    const Node run = scenario_.child("run");
    if (!run.has("start")) {
      for (const Series& one : begins_)
        if (one.start != begins_[0].start)
          return error(
              one.path,
              fmt::format("begins at {}, but {} at {}; expected run.start, which says what "
                          "time simulated time 0 is",
                          format_calendar(one.start), begins_[0].path,
                          format_calendar(begins_[0].start)));
      if (!begins_.empty()) time_0_ = begins_[0].start;
      return Done{};
    }
    const auto read = parse_calendar(run.text("start"));
    if (!read || !read->has_offset)
      return error(run.path("start"), "found " + in_quotes(run.text("start")) +
                                          "; expected a time and its offset, such as "
                                          "\"2023-01-01T00:00Z\"");
    time_0_ = read->seconds;
    if (begins_.empty()) warn(run.path("start") + " has no use without an hourly series");
    return Done{};
  }

  // The catalogue's grid of a region.
  Result<Known> known_grid(const Node& region) const {
    if (region.has("grid")) {
      const auto grid = zoo_.grid(analytic::Value(region.text("grid")));
      if (!grid) return error(region.path("grid"), grid.error().message);
      return Known{*grid, ""};
    }
    if (region.has("location")) {
      const auto place = zoo_.place(analytic::Value(region.text("location")));
      if (!place) return error(region.path("location"), place.error().message);
      if (place->grid) return Known{*place->grid, ", where " + region.text("location") + " lies"};
    }
    const auto average = zoo_.grid(analytic::Value("US_Avg"));
    check(bool(average), "the catalogue has the grid of the United States");
    return Known{*average, ", for no grid is named"};
  }

  Status site(const Node& region) {
    const Node message = region.child("site");
    const Files& files = files_[out_.sites.regions.size()];
    const Result<Known> known = known_grid(region);
    if (!known) return known.error();
    Result<Facility> facility = facility_at(message, *known, files);
    if (!facility) return facility.error();
    look_for_useless_of_site(message);
    auto made = Site::make(grid_at(message, *known, files), *std::move(facility));
    if (!made) return error(message.path(), made.error().message);
    out_.sites.regions.push_back(std::make_shared<const Site>(*std::move(made)));
    if (region.has("site")) tell_of(region.text("name"), *out_.sites.regions.back());
    return Done{};
  }

  // Which series and constants count, with results: figures of different kinds look alike.
  void tell_of(const std::string& region, const Site& site) {
    const Grid& grid = site.grid();
    const std::string kind =
        grid.kind == CarbonKind::not_said ? "" : fmt::format(" ({})", name_of(grid.kind));
    out_.sites.findings.push_back(
        {"carbon.operational",
         fmt::format("region {}: carbon{} {}; price {}; PUE {}", printable(region), kind,
                     grid.carbon_source, grid.price_source, site.facility().source)});
  }

  static std::string told(const Node& site, const char* field, const HourlySeries& series) {
    std::string out = "from " + printable(site.text(field), 500);
    if (!series.zone.empty()) out += ", zone " + printable(series.zone);
    out += fmt::format(", {} of {} steps filled", series.gaps, series.values.size());
    if (series.longest_gap > 1) out += fmt::format(" (up to {} in a row)", series.longest_gap);
    if (series.estimated > 0) out += fmt::format(", {:.3g} % estimated", 100 * series.estimated);
    return out;
  }

  static StepSeries by_hour(const Node& site, const char* field, const char* unit, const char* si) {
    const auto one = parse_in(fmt::format("1 {}", unit), si);
    check(bool(one), "the unit of a series is known");
    return StepSeries(site.numbers(field), 3600_s).mapped([&](double v) { return v * *one; });
  }

  Grid grid_at(const Node& site, const Known& known, const Files& files) const {
    Grid grid{.carbon = known.grid.carbon_intensity,
              .price = analytic::operations::electricity_price,
              .carbon_source = known.grid.name + " of the catalogue" + known.why,
              .price_source = "the book's 0.12 $/kWh"};
    if (site.has("carbon_intensity")) {
      grid.carbon = site.in("carbon_intensity", "kg/J");
      grid.kind = kind_of(site);
      grid.carbon_source = "given";
    }
    if (site.has("carbon_by_hour")) {
      grid.carbon = by_hour(site, "carbon_by_hour", "g/kWh", "kg/J");
      grid.kind = kind_of(site);
      grid.carbon_source = "given by hour";
    }
    if (files.carbon) {
      grid.carbon = files.carbon->from(time_0_);
      grid.kind = files.carbon->kind;
      grid.carbon_source = told(site, "carbon_trace", *files.carbon);
    }
    if (site.has("price")) {
      grid.price = site.in("price", "$/J");
      grid.price_source = "given";
    }
    if (site.has("price_by_hour")) {
      grid.price = by_hour(site, "price_by_hour", "$/kWh", "$/J");
      grid.price_source = "given by hour";
    }
    if (files.price) {
      const double rate = site.has("exchange") ? site.number("exchange") : 1;
      grid.price = files.price->from(time_0_).mapped([&](double price) { return rate * price; });
      grid.price_source = told(site, "price_trace", *files.price);
    }
    if (site.has("demand_charge")) grid.demand_charge = site.in("demand_charge", "$/W");
    return grid;
  }

  Result<Facility> facility_at(const Node& site, const Known& known, const Files& files) const {
    StepSeries pue = known.grid.pue;
    double wue = known.grid.wue;
    std::string source = known.grid.name + " of the catalogue" + known.why;
    if (site.has("cooling")) {
      const auto tier = zoo_.entry("cooling", analytic::Value(site.text("cooling")));
      if (!tier) return error(site.path("cooling"), tier.error().message);
      pue = tier->number("pue").value_or(known.grid.pue);
      wue = tier->number("wue").value_or(wue);
      source = tier->name + " of the catalogue";
    }
    if (site.has("pue")) {
      pue = site.number("pue");
      source = "given";
    }
    if (files.outside) {
      if (!site.has("pue_at"))
        return error(site.path("outside"),
                     "found without pue_at; expected the PUE at some "
                     "temperatures");
      const auto curve = curve_of(site, "pue_at", provenance_);
      if (!curve) return curve.error();
      for (std::size_t i = 0; i < curve->points().size(); ++i)
        if (curve->points()[i].y < 1)
          return error(site.path("pue_at", i),
                       fmt::format("found a PUE of {}; expected at least 1", curve->points()[i].y));
      pue = pue_by_temperature(files.outside->from(time_0_), *curve);
      source = "by the temperature outside " + told(site, "outside", *files.outside);
    }
    std::optional<double> budget;
    if (site.has("power_budget")) budget = site.in("power_budget", "W");
    const double fixed = site.has("fixed_overhead") ? site.number("fixed_overhead") : 0;
    auto facility = facility_of(std::move(pue), fixed, budget);
    if (!facility) return error(site.path("fixed_overhead"), facility.error().message);
    facility->wue = site.has("wue") ? site.in("wue", "L/J") : wue;
    facility->source = std::move(source);
    return facility;
  }

  void warn(std::string what) { out_.warnings.push_back(std::move(what)); }

  // What needs something beside it: said, for a price may be tried out in place of a trace without
  // taking the rest apart.
  void look_for_useless(const Node& message,
                        std::initializer_list<std::pair<const char*, const char*>> needs) {
    for (const auto& [field, with] : needs)
      if (message.has(field) && !message.has(with))
        warn(message.path(field) + " has no use without " + with);
  }

  void look_for_useless_of_site(const Node& site) {
    look_for_useless(site, {{"carbon_zone", "carbon_trace"},
                            {"price_zone", "price_trace"},
                            {"exchange", "price_trace"},
                            {"pue_at", "outside"}});
    if (site.has("carbon_kind") && !site.has("carbon_trace") && !site.has("carbon_intensity") &&
        !site.has("carbon_by_hour"))
      warn(site.path("carbon_kind") +
           " has no use without carbon_trace, carbon_intensity or carbon_by_hour");
  }

  void look_for_useless_of_cluster(const Node& cluster, const analytic::Node& hardware) {
    if (!scenario_.has("load")) look_for_useless(cluster.child("power"), {{"slowdown", "cap"}});
    if (cluster.child("power").has("compute") && cluster.child("power").has("idle"))
      if (cluster.child("power").has("curve"))
        warn(cluster.path("power") + ".curve has no use beside compute and idle");
    for (const char* field : {"communication", "memory", "sleep"})
      if (cluster.child("power").has(field))
        warn(cluster.path("power") + "." + field +
             " has no use: jobs and loads compute, save, restart and idle");
    if (!cluster.child("power").has("peak") && cluster.has("power") && !hardware.accelerator.tdp)
      warn(fmt::format("{} has no peak and the catalogue no TDP of {}; {} is taken",
                       cluster.path("power"), hardware.accelerator.name,
                       format_measure(NodePower{}.peak, "W")));
  }

  const Node& scenario_;
  const NamedFleet& fleet_;
  const Zoo& zoo_;
  const Provenance& provenance_;
  ReadSites out_;
  std::vector<Files> files_;    // by region
  std::vector<Series> begins_;  // of all files
  std::int64_t time_0_ = 0;     // s since 1970, of simulated time 0
};

}  // namespace

Result<ReadSites> sites_of(const Node& scenario, const NamedFleet& fleet, const Zoo& zoo,
                           const Provenance& provenance) {
  return Reading(scenario, fleet, zoo, provenance).read();
}

}  // namespace fleetsim
