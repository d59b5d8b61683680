#pragma once
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "sim/result.h"

namespace fleetsim {

// What the catalogue may say: its kinds of entries, and the fields that an entry of each may have.
// Files of the catalogue (analytic/zoo, and those of users) are objects of one list a kind:
//
//   {"hardware": [{"id": "Cloud.MyChip", "base": "Cloud.H100", "memory_bandwidth": "4 TB/s"}]}

enum class Holds : std::uint8_t {
  text,
  amount,    // a quantity of at least nothing
  positive,  // a quantity of more than nothing
  factor,    // a plain number of at least 1
  number,    // a quantity of either sign
  whole,     // a whole number of at least 1
  figure,    // a quantity in whatever unit it is written
  row,       // an entry of the kind that `unit` names, or fields of one
};

struct ZooField {
  std::string_view name;
  Holds holds = Holds::text;
  std::string_view unit = "1";  // in which a quantity is shown
  bool required = false;
};

struct ZooKind {
  std::string_view name;    // "hardware"
  std::string_view prefix;  // of full names: "Hardware."
  std::string_view title;
  std::span<const ZooField> fields;
  std::vector<std::string_view> columns;  // of its table
};

std::span<const ZooKind> zoo_kinds();

// By name, letters of either case; an error names the nearest.
Result<const ZooKind*> zoo_kind(std::string_view name);

// What an entry of any kind may say of itself, beside its figures.
std::span<const std::string_view> zoo_remarks();

}  // namespace fleetsim
