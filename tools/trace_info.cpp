#include "tools/trace_info.h"

#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "sim/unit_text.h"
#include "tools/text_table.h"
#include "tools/trace_input.h"

namespace fleetsim {
namespace {

using Json = nlohmann::ordered_json;
using requests::ArrivalCounts;
using requests::RequestStatistics;
using requests::TokenCounts;

constexpr std::array percentiles = {1, 10, 25, 50, 75, 90, 95, 99, 100};

// One file's figures; those of arrivals twice where its clock makes batches.
struct TraceFigures {
  std::string path{};
  std::shared_ptr<const requests::ImportReport> report{};
  RequestStatistics statistics{};
  std::optional<ArrivalCounts> spread{};
  std::optional<Duration> tick{};
  std::uint32_t block_tokens = 0;
};

Result<TraceFigures> figures_of(const std::string& path, const TraceOptions& options) {
  const auto import = import_options(options);
  if (!import) return import.error();
  requests::ImportOptions as_recorded = *import;
  as_recorded.spread = false;
  const auto open = requests::open_requests(path, as_recorded);
  if (!open) return open.error();
  TraceFigures out{.path = path,
                   .report = open->report,
                   .tick = open->tick,
                   .block_tokens = open->rows->block_tokens()};
  auto statistics = requests::statistics_of(*open->rows);
  tell(path, *open->report);
  if (!statistics) return statistics.error();
  out.statistics = *std::move(statistics);
  if (!out.tick || !import->spread) return out;
  const auto again = requests::open_requests(path, *import);
  if (!again) return again.error();
  const auto spread = requests::statistics_of(*again->rows);
  if (!spread) return spread.error();
  out.spread = spread->arrivals();
  return out;
}

// As far as windows are there to be counted.
std::string dispersions(const ArrivalCounts& arrivals) {
  std::string text;
  for (const auto& window : arrivals.windows())
    text += fmt::format("{}{}", text.empty() ? "" : " / ",
                        window.windows() > 0 ? format_number(window.dispersion(), 3) : "-");
  return text;
}

void add_arrivals(TextTable& table, const std::string& suffix, const ArrivalCounts& arrivals) {
  table.add({"gap CV" + suffix, format_number(arrivals.gap_cv(), 4), "1: Poisson"});
  table.add({"dispersion" + suffix, dispersions(arrivals), "in 1 s / 10 s / 60 s; 1: Poisson"});
}

std::string overview(const TraceFigures& of) {
  const RequestStatistics& all = of.statistics;
  const ArrivalCounts& arrivals = all.arrivals();
  TextTable table({"requests", std::to_string(arrivals.count()), ""}, {false, false, false});
  table.add(
      {"span", fmt::format("{:.1f} s", arrivals.span()), format_measure(arrivals.span(), "s")});
  table.add({"rate", fmt::format("{}/s", format_number(arrivals.rate(), 3)), ""});
  const auto& minute = arrivals.windows()[2];
  if (minute.windows() > 0)
    table.add(
        {"a minute",
         fmt::format("{:.0f} / {:.0f} / {:.0f}", minute.least(), minute.mean(), minute.most()),
         "least / mean / most"});
  add_arrivals(table, "", arrivals);
  if (of.spread)
    add_arrivals(table, fmt::format(", spread over {}", format_measure(seconds(*of.tick), "s")),
                 *of.spread);
  table.add({"corr(prompt, output)", fmt::format("{:.2f}", all.correlation()), ""});
  if (all.sessions() > 0)
    table.add({"sessions", std::to_string(all.sessions()),
               fmt::format("{} turns each", format_number(static_cast<double>(all.turns()) /
                                                              static_cast<double>(all.sessions()),
                                                          3))});
  if (const auto& prefixes = all.prefixes(); prefixes.blocks() > 0) {
    table.add({"prefix hits", fmt::format("{:.1f} % of blocks", 100 * prefixes.block_share()),
               fmt::format("{:.1f} % of prompt tokens, with an unbounded cache",
                           100 * prefixes.token_share())});
    table.add({"unique blocks", fmt::format("{} of {}", prefixes.unique(), prefixes.blocks()),
               fmt::format("of {} tokens", of.block_tokens)});
  }
  return fmt::format("{}: {}\n{}", of.path, of.report->format, table.text());
}

// Below a whole token nothing is shown: 5187.6 is 5187.
std::string lengths(const TraceFigures& of) {
  std::vector<std::string> header = {"tokens", "mean"};
  for (const int p : percentiles) header.push_back(p == 100 ? "max" : fmt::format("p{}", p));
  TextTable table(header, std::vector<bool>(header.size(), true));
  const auto add = [&](const char* name, const TokenCounts& counts) {
    std::vector<std::string> row = {name, fmt::format("{:.1f}", counts.mean())};
    for (const int p : percentiles)
      row.push_back(fmt::format("{:.0f}", std::floor(counts.quantile(p / 100.0))));
    table.add(std::move(row));
  };
  add("prompt", of.statistics.prompt());
  add("output", of.statistics.output());
  return table.text();
}

Json arrivals_json(const ArrivalCounts& arrivals) {
  Json out = {{"gap_cv", arrivals.gap_cv()}};
  for (std::size_t i = 0; i < ArrivalCounts::widths.size(); ++i) {
    const auto& window = arrivals.windows()[i];
    out[fmt::format("dispersion_{:.0f}s", seconds(ArrivalCounts::widths[i]))] =
        window.windows() > 0 ? Json(window.dispersion()) : Json();
  }
  return out;
}

Json lengths_json(const TokenCounts& counts) {
  Json out = {{"mean", counts.mean()}};
  for (const int p : percentiles)
    out[p == 100 ? "max" : fmt::format("p{}", p)] = counts.quantile(p / 100.0);
  return out;
}

Json as_json(const TraceFigures& of) {
  const RequestStatistics& all = of.statistics;
  const auto& minute = all.arrivals().windows()[2];
  const auto& prefixes = all.prefixes();
  Json bad = Json::object();
  for (std::size_t i = 0; i < requests::trouble_kinds; ++i)
    if (of.report->bad[i] > 0)
      bad[std::string(name_of(static_cast<requests::Trouble>(i)))] = of.report->bad[i];
  Json out = {{"file", of.path},
              {"format", of.report->format},
              {"requests", all.arrivals().count()},
              {"bad_rows", bad},
              {"failed_requests", of.report->failed},
              {"span_s", all.arrivals().span()},
              {"rate_per_s", all.arrivals().rate()},
              {"arrivals", arrivals_json(all.arrivals())}};
  if (of.spread) out["arrivals_spread"] = arrivals_json(*of.spread);
  if (minute.windows() > 0)
    out["per_minute"] = {{"min", minute.least()}, {"mean", minute.mean()}, {"max", minute.most()}};
  out["prompt_tokens"] = lengths_json(all.prompt());
  out["output_tokens"] = lengths_json(all.output());
  out["correlation"] = all.correlation();
  if (all.sessions() > 0) out["sessions"] = {{"count", all.sessions()}, {"turns", all.turns()}};
  if (prefixes.blocks() > 0)
    out["prefix"] = {{"block_tokens", of.block_tokens},
                     {"blocks", prefixes.blocks()},
                     {"unique_blocks", prefixes.unique()},
                     {"hit_blocks_share", prefixes.block_share()},
                     {"hit_tokens_share", prefixes.token_share()}};
  return out;
}

}  // namespace

Result<std::string> trace_info(const TraceOptions& options) {
  if (options.format == Format::csv) return Error{"trace info has no CSV form; text or json"};
  std::string text;
  Json all = Json::array();
  for (const std::string& path : options.files) {
    const Result<TraceFigures> figures = figures_of(path, options);
    if (!figures) return figures.error();
    if (options.format == Format::json)
      all.push_back(as_json(*figures));
    else
      text +=
          fmt::format("{}{}\n{}", text.empty() ? "" : "\n", overview(*figures), lengths(*figures));
  }
  if (options.format == Format::text) return text;
  return Json{{"traces", all}}.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace fleetsim
