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

// One line of CSV (RFC 4180), in quotes where a cell needs them.
std::string csv_line(const std::vector<std::string>& cells);

}  // namespace fleetsim
