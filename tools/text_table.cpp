#include "tools/text_table.h"

#include <algorithm>

#include "sim/check.h"

namespace fleetsim {
namespace {

// Characters, not bytes: what goes on after the first byte of one takes no room.
std::size_t width_of(const std::string& text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0u) != 0x80u;
  }));
}

}  // namespace

TextTable::TextTable(std::vector<std::string> header, std::vector<bool> flush_right)
    : rows_{std::move(header)},
      flush_right_(std::move(flush_right)) {
  check(rows_[0].size() == flush_right_.size(), "each column is flush left or right");
}

void TextTable::add(std::vector<std::string> cells) {
  check(cells.size() == rows_[0].size(), "a cell for each column");
  rows_.push_back(std::move(cells));
}

std::string TextTable::text() const {
  std::vector<std::size_t> widths(rows_[0].size(), 0);
  for (std::size_t column = 0; column < widths.size(); ++column) {
    for (std::size_t row = 1; row < rows_.size(); ++row)
      widths[column] = std::max(widths[column], width_of(rows_[row][column]));
    if (widths[column] > 0) widths[column] = std::max(widths[column], width_of(rows_[0][column]));
  }
  std::string out;
  for (const std::vector<std::string>& row : rows_) {
    std::string line;
    for (std::size_t column = 0; column < row.size(); ++column) {
      if (widths[column] == 0) continue;
      const std::string gap(widths[column] - width_of(row[column]), ' ');
      line += line.empty() && column == 0 ? "" : "  ";
      line += flush_right_[column] ? gap + row[column] : row[column] + gap;
    }
    out += line.substr(0, line.find_last_not_of(' ') + 1) + '\n';
  }
  return out;
}

std::string csv_cell(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == text.npos) return text;
  std::string quoted = "\"";
  for (const char c : text) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
  return quoted + '"';
}

std::string csv_line(const std::vector<std::string>& cells) {
  std::string line;
  for (const std::string& cell : cells) {
    if (&cell != &cells.front()) line += ',';
    line += csv_cell(cell);
  }
  return line += '\n';
}

}  // namespace fleetsim
