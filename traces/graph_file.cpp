#include "traces/graph_file.h"

#include <fmt/format.h>

#include <charconv>
#include <optional>

#include "sim/nearest.h"
#include "sim/printable.h"
#include "traces/csv_lines.h"
#include "traces/read_file.h"

namespace fleetsim {
namespace {

constexpr std::size_t largest = std::size_t{64} << 20;  // bytes

class Reader {
 public:
  explicit Reader(const std::string& path) { plan_.file = path; }

  Result<GraphPlan> read() {
    const auto bytes = read_file(plan_.file, largest);
    if (!bytes) return bytes.error();
    for (CsvLines lines(*bytes); lines.next();) {
      line_ = lines.number();
      const Status fine = width_ == 0 ? header(lines.cells()) : cable(lines.cells());
      if (!fine) return fine.error();
    }
    if (plan_.cables.empty()) return Error{printable(plan_.file, 500) + ": holds no cables"};
    return std::move(plan_);
  }

 private:
  Error error(std::size_t column, const std::string& what) const {
    return {fmt::format("{}:{}:{}: {}", printable(plan_.file, 500), line_, column, what)};
  }

  Status header(const std::vector<CsvCell>& cells) {
    width_ = cells.size();
    std::vector<std::string> names;
    for (const CsvCell& cell : cells) names.emplace_back(cell.text);
    const auto find = [&](std::string_view name) {
      std::optional<std::size_t> found;
      for (std::size_t i = 0; i < names.size(); ++i)
        if (names[i] == name) found = i;
      return found;
    };
    for (const char* required : {"a", "b"})
      if (!find(required))
        return error(1, fmt::format("no column is called \"{}\"; expected a header a,b or "
                                    "a,b,cables{}",
                                    required, did_you_mean(required, names)));
    a_ = *find("a"), b_ = *find("b"), cables_ = find("cables");
    return Done{};
  }

  Status cable(const std::vector<CsvCell>& cells) {
    if (cells.size() != width_)
      return error(
          1, fmt::format("found {} cells; expected {} as in the header", cells.size(), width_));
    for (const std::size_t column : {a_, b_})
      if (cells[column].text.empty())
        return error(cells[column].column, "found nothing; expected the name of a vertex");
    GraphPlan::Cable read{
        .a = std::string(cells[a_].text), .b = std::string(cells[b_].text), .line = line_};
    if (cables_) {
      const auto [text, column] = cells[*cables_];
      const auto end = text.data() + text.size();
      const auto [stop, failed] = std::from_chars(text.data(), end, read.count);
      if (failed != std::errc() || stop != end)
        return error(column, "found " + in_quotes(text) + "; expected a whole number of cables");
    }
    plan_.cables.push_back(std::move(read));
    return Done{};
  }

  GraphPlan plan_;
  std::size_t line_ = 0, width_ = 0;  // of the header, in cells; 0: not yet read
  std::size_t a_ = 0, b_ = 0;         // columns
  std::optional<std::size_t> cables_;
};

}  // namespace

Result<GraphPlan> read_graph(const std::string& path) {
  return Reader(path).read();
}

}  // namespace fleetsim
