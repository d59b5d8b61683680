#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <iterator>
#include <nlohmann/json.hpp>

#include "sim/printable.h"
#include "traces/csv_lines.h"
#include "traces/read_file.h"
#include "traces/requests/servegen.h"

namespace fleetsim::requests {
namespace {

constexpr std::size_t largest = std::size_t{256} << 20;  // bytes
constexpr std::string_view rate_headings = "client,t_s,rate_rps,iat_cv,iat_dist,shape,scale_s";
constexpr std::string_view no_headings = "t,rate,cv,dist,shape,scale";
constexpr std::string_view token_headings =
    "client,t_s,field,mean,p1,p5,p10,p25,p50,p75,p90,p95,p99,p99_9,max";
constexpr std::array percents = {0.0,  1.0,  5.0,  10.0, 25.0, 50.0,
                                 75.0, 90.0, 95.0, 99.0, 99.9, 100.0};

std::string joined(const std::vector<CsvCell>& cells) {
  std::string out;
  for (const CsvCell& cell : cells) out.append(out.empty() ? "" : ",").append(cell.text);
  return out;
}

// Walks over the lines of a table with these headings (no_headings: as wide, but without); `take`
// answers what is wrong with one.
template <class Take>
Status each_line(const std::string& path, std::string_view headings, Take take) {
  const Result<std::string> text = read_file(path, largest);
  if (!text) return text.error();
  CsvLines lines(*text);
  const std::string where = printable(path, 500);
  if (headings != no_headings && (!lines.next() || joined(lines.cells()) != headings))
    return Error{fmt::format("{}: expected the headings {}", where, headings)};
  const auto width =
      static_cast<std::size_t>(std::count(headings.begin(), headings.end(), ',')) + 1;
  while (lines.next()) {
    const auto& cells = lines.cells();
    const std::string bad = cells.size() != width
                                ? fmt::format("found {} cells; expected {}", cells.size(), width)
                                : take(cells);
    if (!bad.empty()) return Error{fmt::format("{}:{}: {}", where, lines.number(), bad)};
  }
  return Done{};
}

bool number(std::string_view text, double& out) {
  const auto read = std::from_chars(text.data(), text.data() + text.size(), out);
  return read.ec == std::errc{} && read.ptr == text.data() + text.size() && out >= 0 &&
         std::isfinite(out);
}

bool client_number(std::string_view text, std::uint32_t& out) {
  const auto read = std::from_chars(text.data(), text.data() + text.size(), out);
  return read.ec == std::errc{} && read.ptr == text.data() + text.size() && out < 1'000'000;
}

// t,rate,cv,dist,shape,scale
std::string read_rate(std::uint32_t client, std::span<const CsvCell> cells, ServeGen& out) {
  double start = 0, rate = 0, shape = 0;
  if (!number(cells[0].text, start) || !number(cells[1].text, rate))
    return "expected a time in s and a rate in 1/s";
  out.span = std::max(out.span, start + servegen_window);
  const std::string_view name = cells[3].text;
  if (name.empty() || rate == 0) return {};  // an idle window
  if (name != "Gamma" && name != "Weibull")
    return fmt::format("found the law {}; expected Gamma or Weibull", in_quotes(name));
  if (!number(cells[4].text, shape) || shape == 0)
    return fmt::format("found the shape {}; expected a number above 0", in_quotes(cells[4].text));
  const Result<Law> law =
      name == "Gamma" ? Law::gamma(shape, 1 / shape) : Law::weibull_shape_mean(shape, 1);
  if (!law) return law.error().message;
  out.rates[client].push_back({start, rate, *law});
  return {};
}

// The quantiles of a window: of a client's prompts or answers.
using Found = std::map<std::pair<std::uint32_t, double>, std::vector<double>>;

std::string read_tokens(const std::vector<CsvCell>& cells, Found& prompts, Found& outputs) {
  std::uint32_t client = 0;
  double start = 0;
  if (!client_number(cells[0].text, client) || !number(cells[1].text, start))
    return "expected the number of a client and a time in s";
  const std::string_view field = cells[2].text;
  if (field != "input_tokens" && field != "output_tokens") return {};  // ratios, images
  std::vector<double> values = {0};
  for (std::size_t i = 4; i < cells.size(); ++i) {
    double value = 0;
    if (!number(cells[i].text, value) || value > 4e9)
      return fmt::format("found {}; expected a number of tokens", in_quotes(cells[i].text));
    values.push_back(std::max({value, 1.0, values.back()}));
  }
  values.front() = values[1];
  (field == "input_tokens" ? prompts : outputs)[{client, start}] = std::move(values);
  return {};
}

QuantileTable table(std::vector<double> values) {
  return *QuantileTable::make({percents.begin(), percents.end()}, std::move(values), 1);
}

QuantileTable mean_table(const Found& found) {
  std::vector<double> mean(percents.size());
  for (const auto& [key, values] : found)
    for (std::size_t i = 0; i < mean.size(); ++i)
      mean[i] += values[i] / static_cast<double>(found.size());
  for (std::size_t i = 1; i < mean.size(); ++i) mean[i] = std::max(mean[i], mean[i - 1]);
  return table(std::move(mean));
}

// "{12: 0.5, 13: 0.25, ...}", a dictionary as Python writes it: shares of lengths.
bool read_shares(std::string_view text, std::map<double, double>& shares) {
  const auto blanks = [](std::string_view& of) {
    of.remove_prefix(std::min(of.find_first_not_of(" \t\n"), of.size()));
  };
  blanks(text);
  if (!text.starts_with('{')) return false;
  text.remove_prefix(1);
  const auto take = [&](double& out) {
    blanks(text);
    const auto read = std::from_chars(text.data(), text.data() + text.size(), out);
    text.remove_prefix(static_cast<std::size_t>(read.ptr - text.data()));
    blanks(text);
    return read.ec == std::errc{} && out >= 0 && std::isfinite(out);
  };
  for (blanks(text); !text.starts_with('}'); blanks(text)) {
    double tokens = 0, share = 0;
    if (!take(tokens) || !text.starts_with(':')) return false;
    text.remove_prefix(1);
    if (!take(share)) return false;
    shares[tokens] += share;
    if (text.starts_with(',')) text.remove_prefix(1);
  }
  return true;
}

// At each percent the least length with that share up to it.
std::vector<double> quantiles_of(const std::map<double, double>& shares) {
  double all = 0;
  for (const auto& [tokens, share] : shares) all += share;
  std::vector<double> values;
  double below = 0;
  auto at = shares.begin();
  for (const double percent : percents) {
    while (std::next(at) != shares.end() && below + at->second < percent / 100 * all)
      below += (at++)->second;
    values.push_back(std::clamp(at->first, 1.0, 4e9));
  }
  values.back() = std::clamp(shares.rbegin()->first, 1.0, 4e9);
  return values;
}

// {"0": {"input_tokens": "{12: 0.5, ...}", ...}, "21600": ...}
Status read_dataset(const std::string& path, std::uint32_t client, Found& prompts, Found& outputs) {
  const Result<std::string> text = read_file(path, largest);
  if (!text) return text.error();
  const std::string where = printable(path, 500);
  const auto json = nlohmann::json::parse(*text, nullptr, false);
  if (!json.is_object()) return Error{where + ": expected a JSON object of times"};
  for (const auto& [time, fields] : json.items()) {
    double start = 0;
    if (!number(time, start) || !fields.is_object())
      return Error{
          fmt::format("{}: found {}; expected a time in s with fields", where, in_quotes(time))};
    for (const auto& [name, found] :
         {std::pair{"input_tokens", &prompts}, std::pair{"output_tokens", &outputs}}) {
      std::map<double, double> shares;
      const auto field = fields.find(name);
      if (field == fields.end()) continue;
      if (!field->is_string() || !read_shares(field->get_ref<const std::string&>(), shares))
        return Error{
            fmt::format("{}: {} at {} is no dictionary of lengths and shares", where, name, time)};
      if (!shares.empty()) (*found)[{client, start}] = quantiles_of(shares);
    }
  }
  return Done{};
}

Status read_joined(std::span<const std::string> paths, ServeGen& out, Found& prompts,
                   Found& outputs) {
  if (paths.size() != 2)
    return Error{paths[0] + ": holds rates of ServeGen's clients; expected the file of their " +
                 "tokens behind it"};
  const Status rates = each_line(paths[0], rate_headings, [&](const auto& cells) {
    std::uint32_t client = 0;
    if (!client_number(cells[0].text, client)) return std::string("expected a client's number");
    return read_rate(client, std::span(cells).subspan(1), out);
  });
  if (!rates) return rates;
  return each_line(paths[1], token_headings,
                   [&](const auto& cells) { return read_tokens(cells, prompts, outputs); });
}

Status read_clients(std::span<const std::string> paths, ServeGen& out, Found& prompts,
                    Found& outputs) {
  if (paths.size() % 2 != 0)
    return Error{paths.back() + ": expected each client's rates with its lengths behind them"};
  for (std::size_t i = 0; i < paths.size(); i += 2) {
    const auto client = static_cast<std::uint32_t>(i / 2);
    const Status rates = each_line(
        paths[i], no_headings, [&](const auto& cells) { return read_rate(client, cells, out); });
    if (!rates) return rates;
    if (const Status read = read_dataset(paths[i + 1], client, prompts, outputs); !read)
      return read;
  }
  return Done{};
}

// What the files hold in their first line.
enum class Form : std::uint8_t { other, joined, client };

Form form_of(std::string_view text) {
  CsvLines lines(text.substr(0, 4096));
  if (!lines.next()) return Form::other;
  if (joined(lines.cells()) == rate_headings) return Form::joined;
  double time = 0;
  return lines.cells().size() == 6 && number(lines.cells()[0].text, time) ? Form::client
                                                                          : Form::other;
}

}  // namespace

bool begins_servegen(const std::string& text) {
  return form_of(text) != Form::other;
}

Result<ServeGen> read_servegen(std::span<const std::string> paths) {
  const Result<std::string> first = read_file(paths[0], largest);
  if (!first) return first.error();
  ServeGen out;
  Found prompts, outputs;
  const Status read = form_of(*first) == Form::client ? read_clients(paths, out, prompts, outputs)
                                                      : read_joined(paths, out, prompts, outputs);
  if (!read) return read.error();
  if (out.rates.empty()) return Error{printable(paths[0], 500) + ": no client sends anything"};
  if (prompts.empty() || outputs.empty())
    return Error{printable(paths[1], 500) + ": expected input_tokens and output_tokens"};
  for (const auto& [key, values] : prompts)
    if (const auto output = outputs.find(key); output != outputs.end())
      out.tokens[key.first].push_back({key.second, table(values), table(output->second)});
  for (auto& [client, windows] : out.rates) {
    std::stable_sort(windows.begin(), windows.end(),
                     [](const auto& a, const auto& b) { return a.start < b.start; });
    if (!out.tokens[client].empty()) continue;
    ++out.without_tokens;
    out.tokens[client].push_back({0, mean_table(prompts), mean_table(outputs)});
  }
  return out;
}

}  // namespace fleetsim::requests
