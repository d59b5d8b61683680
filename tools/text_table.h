#pragma once
#include <string>
#include <vector>

namespace fleetsim {

// A table in columns as wide as their widest cell, numbers flush right. A column without any cell
// is left out.
class TextTable {
 public:
  TextTable(std::vector<std::string> header, std::vector<bool> flush_right);

  void add(std::vector<std::string> cells);
  std::string text() const;

 private:
  std::vector<std::vector<std::string>> rows_;  // the header first
  std::vector<bool> flush_right_;
};

// CSV (RFC 4180): a cell, in quotes where it needs them, and a line of cells.
std::string csv_cell(const std::string& text);
std::string csv_line(const std::vector<std::string>& cells);

}  // namespace fleetsim
