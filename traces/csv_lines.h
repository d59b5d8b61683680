#pragma once
#include <cstddef>
#include <string_view>
#include <vector>

namespace fleetsim {

struct CsvCell {
  std::string_view text;   // without blanks and quotes around it
  std::size_t column = 1;  // of its first letter in the line, from 1
};

// The lines of a CSV file that hold cells: split by commas, blank lines and # comments left out, a
// byte order mark too. Views into the bytes, which must stay: those of a whole file, or whole lines
// of one with so many lines before them.
class CsvLines {
 public:
  explicit CsvLines(std::string_view bytes, std::size_t lines_before = 0);

  bool next();  // false: that was the last
  std::size_t number() const { return number_; }
  const std::vector<CsvCell>& cells() const { return cells_; }

 private:
  std::string_view rest_;
  std::size_t number_;  // of the line, from 1
  std::vector<CsvCell> cells_;
};

}  // namespace fleetsim
