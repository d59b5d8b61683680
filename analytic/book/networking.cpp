#include "analytic/book/networking.h"

#include "analytic/book/arguments.h"
#include "analytic/book/formula.h"
#include "analytic/rows.h"

namespace fleetsim::analytic {
namespace {

constexpr double light_in_fibre = 2e8;  // m/s, the book's round figure

}  // namespace

Result<MessageSize> calc_alpha_beta_crossover(const LinkCost& in) {
  Arguments arguments("calc_alpha_beta_crossover");
  arguments.nonnegative("latency_s", in.latency_s)
      .positive("bandwidth_bytes_s", in.bandwidth_bytes_s);
  if (!arguments.fine()) return arguments.error();
  return MessageSize{in.latency_s * in.bandwidth_bytes_s};
}

Result<NetworkTime> calc_point_to_point_time(const PointToPoint& in) {
  Arguments arguments("calc_point_to_point_time");
  arguments.nonnegative("message_bytes", in.message_bytes)
      .nonnegative("latency_s", in.latency_s)
      .positive("bandwidth_bytes_s", in.bandwidth_bytes_s);
  if (!arguments.fine()) return arguments.error();
  return NetworkTime{in.latency_s + in.message_bytes / in.bandwidth_bytes_s};
}

Result<Throttled> calc_oversubscription_effect(const Oversubscription& in) {
  Arguments arguments("calc_oversubscription_effect");
  arguments.fraction("cross_fraction", in.cross_fraction).positive("ratio", in.ratio);
  if (!arguments.fine()) return arguments.error();
  const double throughput = 1 / (1 - in.cross_fraction + in.cross_fraction * in.ratio);
  return Throttled{throughput, 1 - throughput};
}

Result<NetworkRate> calc_bisection_bandwidth(const CutLinks& in) {
  Arguments arguments("calc_bisection_bandwidth");
  arguments.nonnegative("ports", in.ports)
      .positive("link_bandwidth", in.link_bandwidth)
      .positive("oversubscription", in.oversubscription);
  if (!arguments.fine()) return arguments.error();
  return NetworkRate{in.ports * in.link_bandwidth / in.oversubscription};
}

Result<NetworkTime> calc_hop_latency(const HopPath& in) {
  Arguments arguments("calc_hop_latency");
  arguments.nonnegative("hops", in.hops).nonnegative("per_hop_latency", in.per_hop_latency);
  if (!arguments.fine()) return arguments.error();
  return NetworkTime{in.hops * in.per_hop_latency};
}

Result<NetworkTime> calc_network_latency_ms(const FibrePath& in) {
  Arguments arguments("calc_network_latency_ms");
  arguments.nonnegative("distance_km", in.distance_km);
  if (!arguments.fine()) return arguments.error();
  return NetworkTime{2 * in.distance_km / light_in_fibre};
}

Result<NetworkTime> transfer_time(const TransferLoad& in) {
  Arguments arguments("transfer_time");
  arguments.nonnegative("payload", in.payload).positive("bandwidth", in.bandwidth);
  if (!arguments.fine()) return arguments.error();
  return NetworkTime{in.payload / in.bandwidth};
}

Result<NetworkTime> compute_time(const WorkRate& in) {
  Arguments arguments("compute_time");
  arguments.nonnegative("work", in.work).positive("throughput", in.throughput);
  if (!arguments.fine()) return arguments.error();
  return NetworkTime{in.work / in.throughput};
}

Result<EnergyDrawn> energy_from_power(const PowerUse& in) {
  Arguments arguments("energy_from_power");
  arguments.nonnegative("power", in.power).nonnegative("duration", in.duration);
  if (!arguments.fine()) return arguments.error();
  return EnergyDrawn{in.power * in.duration};
}

Result<CarbonMass> carbon_from_energy(const EnergyUse& in) {
  Arguments arguments("carbon_from_energy");
  arguments.nonnegative("energy", in.energy).nonnegative("carbon_intensity", in.carbon_intensity);
  if (!arguments.fine()) return arguments.error();
  return CarbonMass{in.energy * in.carbon_intensity};
}

Result<MemorySize> memory_from_params(const WeightCount& in) {
  Arguments arguments("memory_from_params");
  arguments.nonnegative("parameters", in.parameters)
      .positive("bytes_per_param", in.bytes_per_param);
  if (!arguments.fine()) return arguments.error();
  return MemorySize{in.parameters * in.bytes_per_param};
}

Result<TokenRate> token_throughput(const TokensMade& in) {
  Arguments arguments("token_throughput");
  arguments.nonnegative("tokens", in.tokens).positive("duration", in.duration);
  if (!arguments.fine()) return arguments.error();
  return TokenRate{in.tokens / in.duration};
}

namespace {

std::vector<OutputSpec> time_output(std::string_view unit, std::string_view help) {
  return {output<&NetworkTime::time>("time", unit, help)};
}

std::vector<Solver> link_rows() {
  return {
      formula<calc_alpha_beta_crossover>(
          "calc_alpha_beta_crossover", "message size at which latency and bandwidth cost the same",
          "M = alpha beta",
          {input<&LinkCost::latency_s>("latency_s", "s", "of a message", required),
           input<&LinkCost::bandwidth_bytes_s>("bandwidth_bytes_s", "B/s", "of the link",
                                               required)},
          {output<&MessageSize::size>("size", "B", "below it latency dominates")}),
      formula<calc_point_to_point_time>(
          "calc_point_to_point_time", "one message over one link", "T = alpha + M/beta",
          {input<&PointToPoint::message_bytes>("message_bytes", "B", "its size", required),
           input<&PointToPoint::latency_s>("latency_s", "s", "of a message", required),
           input<&PointToPoint::bandwidth_bytes_s>("bandwidth_bytes_s", "B/s", "of the link",
                                                   required)},
          time_output("s", "until the last byte is there")),
      formula<calc_oversubscription_effect>(
          "calc_oversubscription_effect", "throughput through a tier with too few links",
          "t = 1/((1-f) + f r)",
          {input<&Oversubscription::cross_fraction>("cross_fraction", "1",
                                                    "share of traffic that crosses", required),
           input<&Oversubscription::ratio>("ratio", "1", "links down for each link up", required)},
          {output<&Throttled::throughput>("throughput", "1", "against no oversubscription"),
           output<&Throttled::loss>("loss", "1", "1 - throughput")}),
      formula<calc_bisection_bandwidth>(
          "calc_bisection_bandwidth", "what the links across a cut carry", "ports link / r",
          {input<&CutLinks::ports>("ports", "1", "links that cross the cut", required),
           input<&CutLinks::link_bandwidth>("link_bandwidth", "B/s", "of one", required),
           input<&CutLinks::oversubscription>("oversubscription", "1", "ratio r")},
          {output<&NetworkRate::bandwidth>("bandwidth", "GB/s", "of the cut")}),
      formula<calc_hop_latency>(
          "calc_hop_latency", "latency of a path", "T = hops t",
          {input<&HopPath::hops>("hops", "1", "switches on the path", required),
           input<&HopPath::per_hop_latency>("per_hop_latency", "s", "of each", required)},
          time_output("us", "along the path")),
      formula<calc_network_latency_ms>(
          "calc_network_latency_ms", "round trip at the speed of light in fibre",
          "T = 2 d / (200,000 km/s)",
          {input<&FibrePath::distance_km>("distance_km", "km", "one way", required)},
          {output<&NetworkTime::time>("latency_ms", "ms", "there and back, no switching")}),
  };
}

std::vector<Solver> product_rows() {
  return {
      formula<transfer_time>(
          "transfer_time", "time of moving bytes", "T = bytes / rate",
          {input<&TransferLoad::payload>("payload", "B", "what is moved", required),
           input<&TransferLoad::bandwidth>("bandwidth", "B/s", "at which", required)},
          time_output("s", "at that rate")),
      formula<compute_time>(
          "compute_time", "time of doing work", "T = work / rate",
          {input<&WorkRate::work>("work", "FLOP", "operations", required),
           input<&WorkRate::throughput>("throughput", "FLOP/s", "at which", required)},
          time_output("s", "at that rate")),
      formula<energy_from_power>(
          "energy_from_power", "energy at constant power", "E = W t",
          {input<&PowerUse::power>("power", "W", "drawn", required),
           input<&PowerUse::duration>("duration", "s", "for how long", required)},
          {output<&EnergyDrawn::energy>("energy", "J", "drawn in all")}),
      formula<carbon_from_energy>("carbon_from_energy", "carbon of energy from a grid", "m = E CI",
                                  {input<&EnergyUse::energy>("energy", "kWh", "drawn", required),
                                   input<&EnergyUse::carbon_intensity>("carbon_intensity", "g/kWh",
                                                                       "of the grid", required)},
                                  {output<&CarbonMass::carbon>("carbon", "kg", "CO2 equivalent")}),
      formula<memory_from_params>(
          "memory_from_params", "memory of weights alone", "P bytes",
          {input<&WeightCount::parameters>("parameters", "1", "their number", required),
           input<&WeightCount::bytes_per_param>("bytes_per_param", "B", "of each", required)},
          {output<&MemorySize::memory>("memory", "GB", "of all")}),
      formula<token_throughput>(
          "token_throughput", "rate of tokens", "tokens / T",
          {input<&TokensMade::tokens>("tokens", "1", "made", required),
           input<&TokensMade::duration>("duration", "s", "in which time", required)},
          {output<&TokenRate::throughput>("throughput", "1/s", "tokens a second")}),
  };
}

}  // namespace

std::vector<Solver> networking_rows() {
  std::vector<Solver> rows = link_rows();
  for (Solver& row : product_rows()) rows.push_back(std::move(row));
  return rows;
}

}  // namespace fleetsim::analytic
