#include "tools/trace_synth.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "sim/tally.h"
#include "sim/unit_text.h"
#include "tools/report.h"
#include "tools/text_table.h"
#include "tools/trace_change.h"
#include "tools/trace_input.h"
#include "traces/atomic_file.h"
#include "traces/read_file.h"
#include "traces/requests/fit_requests.h"
#include "traces/requests/servegen.h"
#include "traces/requests/synth_requests.h"
#include "traces/requests/write_requests.h"

namespace fleetsim {
namespace {

using requests::Recipe;

constexpr std::uint64_t twins = 8;
constexpr std::size_t largest_recipe = std::size_t{64} << 20;

// A name without a dot is a twin's, unless there is a file called so.
Result<Recipe> recipe_of(const std::string& path) {
  if (path.find('.') == path.npos && !std::filesystem::exists(path))
    return requests::twin_recipe(path);
  const Result<std::string> text = read_file(path, largest_recipe);
  if (!text) return text.error();
  return requests::parse_recipe(*text, path);
}

// What an option says, or else `usual`.
Result<double> above_zero(const char* name, const std::string& text, const char* unit,
                          double usual) {
  if (text.empty()) return usual;
  const Result<double> value = parse_in(text, unit);
  if (!value) return Error{fmt::format("{} {}: {}", name, text, value.error().message)};
  if (!(*value > 0)) return Error{fmt::format("{} {}: expected more than 0", name, text)};
  return value;
}

Result<requests::Rows> rows_of_servegen(const TraceOptions& options) {
  const auto servegen = requests::read_servegen(options.files);
  if (!servegen) return servegen.error();
  const auto span = above_zero("--span", options.span, "s", servegen->span);
  if (!span) return span.error();
  const auto rate = above_zero("--rate", options.rate, "/s", servegen->rate());
  if (!rate) return rate.error();
  if (servegen->without_tokens > 0)
    warn(fmt::format("{}: {} of {} clients have no lengths and get the mean ones of the others",
                     options.files[1], servegen->without_tokens, servegen->rates.size()));
  return requests::synthesise(*servegen, *span, *rate / servegen->rate(), options.seed);
}

Result<requests::Rows> rows_of_recipe(const TraceOptions& options) {
  if (options.files.size() != 1)
    return Error{options.files[1] + ": only ServeGen's rates have a second file"};
  Result<Recipe> recipe = recipe_of(options.files[0]);
  if (!recipe) return recipe.error();
  double all = 0;
  for (const Recipe::Client& client : recipe->clients) all += client.count * client.rate;
  const auto span = above_zero("--span", options.span, "s", recipe->span);
  if (!span) return span.error();
  const auto rate = above_zero("--rate", options.rate, "/s", all);
  if (!rate) return rate.error();
  recipe->span = *span;
  for (Recipe::Client& client : recipe->clients) client.rate *= *rate / all;
  return requests::synthesise(*recipe, options.seed);
}

bool is_servegen(const std::string& path) {
  const Result<std::string> text = read_file(path, largest_recipe);
  return text && requests::begins_servegen(*text);
}

// One twin says little where bursts are rare: the mean of several, and how far they differ.
std::string likeness_text(const std::vector<requests::Likeness>& all) {
  const auto count = static_cast<double>(all.size());
  TextTable figures({"", "trace", fmt::format("{} twins", all.size()), "least", "most"},
                    {false, true, true, true, true});
  for (std::size_t i = 0; i < all[0].figures.size(); ++i) {
    Tally found;
    for (const requests::Likeness& one : all) found.add(one.figures[i].twin);
    figures.add({all[0].figures[i].name, format_number(all[0].figures[i].original, 4),
                 format_number(found.mean(), 4), format_number(found.min(), 4),
                 format_number(found.max(), 4)});
  }
  TextTable distances({"largest difference of distributions", ""}, {false, true});
  for (const auto& [name, member] : {std::pair{"gaps", &requests::Likeness::gaps},
                                     {"prompt tokens", &requests::Likeness::prompt},
                                     {"output tokens", &requests::Likeness::output}}) {
    double mean = 0;
    for (const requests::Likeness& one : all) mean += one.*member / count;
    distances.add({name, fmt::format("{:.3f}", mean)});
  }
  return figures.text() + "\n" + distances.text();
}

Result<std::vector<requests::Likeness>> twins_beside(const serving::RequestTrace& trace,
                                                     const Recipe& recipe, std::uint64_t seed) {
  std::vector<requests::Likeness> all;
  for (std::uint64_t i = 0; i < twins; ++i) {
    const auto rows = requests::synthesise(recipe, seed + i);
    if (!rows) return rows.error();
    const auto twin = requests::collect(**rows);
    if (!twin) return twin.error();
    const auto like = requests::likeness(trace, *twin);
    if (!like) return like.error();
    all.push_back(*like);
  }
  return all;
}

}  // namespace

Result<std::string> trace_synth(const TraceOptions& options) {
  if (const Status known = requests::can_write_requests(options.output); !known)
    return known.error();
  const auto rows =
      is_servegen(options.files[0]) ? rows_of_servegen(options) : rows_of_recipe(options);
  if (!rows) return rows.error();
  return write_trace(options, **rows);
}

Result<std::string> trace_fit(const TraceOptions& options) {
  const auto import = import_options(options);
  if (!import) return import.error();
  const std::string& path = options.files[0];
  const auto open = requests::open_requests(path, *import);
  if (!open) return open.error();
  const auto trace = requests::collect(*open->rows);
  tell(path, *open->report);
  if (!trace) return trace.error();
  const Result<Recipe> recipe = requests::fit_recipe(*trace);
  if (!recipe) return Error{path + ": " + recipe.error().message};
  const auto like = twins_beside(*trace, *recipe, options.seed);
  if (!like) return like.error();
  if (const Status done = write_whole(options.output, requests::recipe_text(*recipe)); !done)
    return done.error();
  return likeness_text(*like);
}

}  // namespace fleetsim
