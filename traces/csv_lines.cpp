#include "traces/csv_lines.h"

#include <algorithm>

namespace fleetsim {
namespace {

void cut(std::string_view line, std::vector<CsvCell>& cells) {
  cells.clear();
  for (std::size_t from = 0; true;) {
    const auto comma = std::min(line.find(',', from), line.size());
    std::size_t begin = from, end = comma;
    const auto blank = [&](std::size_t i) {
      return line[i] == ' ' || line[i] == '\t' || line[i] == '\r';
    };
    while (begin < end && blank(begin)) ++begin;
    while (end > begin && blank(end - 1)) --end;
    if (end - begin >= 2 && line[begin] == '"' && line[end - 1] == '"') ++begin, --end;
    cells.push_back({line.substr(begin, end - begin), begin + 1});
    if (comma == line.size()) return;
    from = comma + 1;
  }
}

}  // namespace

CsvLines::CsvLines(std::string_view bytes, std::size_t lines_before)
    : rest_(bytes),
      number_(lines_before) {
  if (lines_before == 0 && rest_.starts_with("\xEF\xBB\xBF")) rest_.remove_prefix(3);
}

bool CsvLines::next() {
  while (!rest_.empty()) {
    const auto end = std::min(rest_.find('\n'), rest_.size());
    const std::string_view line = rest_.substr(0, end);
    rest_.remove_prefix(std::min(end + 1, rest_.size()));
    ++number_;
    const auto first = line.find_first_not_of(" \t\r");
    if (first == line.npos || line[first] == '#') continue;
    cut(line, cells_);
    return true;
  }
  return false;
}

}  // namespace fleetsim
