#pragma once
#include <string>
#include <vector>

#include "sim/result.h"
#include "workloads/serving/pass_table.h"

namespace fleetsim {

// A CSV file of measured passes, one row a measurement. Columns are known by their names: tokens of
// a prompt (prompt_size, input_toks, ...), sequences (batch_size, ...), and the times of the first
// token and of each further one (prompt_time and token_time, ttft and tpot, ...); others are left.
// Times are in the unit that a heading has in brackets; without one they are in ms if half of the
// further tokens take 0.5 or more, for none takes half a second, and else in seconds.
//
// `where` keeps the rows whose cells are those of "column=text,column=text". All that is left must
// be of one kind: cells of words, and counts of devices, must not differ.
struct ReadPassTable {
  serving::PassTable table;
  std::size_t rows = 0;  // that counted
  double unit = 1;       // s
};
Result<ReadPassTable> read_pass_table(const std::string& path, const std::string& where);

}  // namespace fleetsim
