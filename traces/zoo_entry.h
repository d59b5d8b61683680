#pragma once
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "analytic/value.h"
#include "traces/zoo_schema.h"

namespace fleetsim {

// One figure of an entry, or a word.
struct ZooCell {
  const ZooField* field = nullptr;
  analytic::Value value;  // a number in SI base units; a text; the name or the fields of a row
  std::string unit;       // in which the number is shown; empty: no number
  std::string written;    // as the file has it: "80 GiB"
  std::string from;       // the entry that says so, which may be the base of this one
};

// An entry of the catalogue, every field of it checked against its kind.
struct ZooEntry {
  const ZooKind* kind = nullptr;
  std::string id;    // "Cloud.H100"
  std::string path;  // "Hardware.Cloud.H100"
  std::string name;  // "NVIDIA H100"
  std::string base;  // the entry that it starts from; or empty
  std::vector<std::string> aliases;
  std::vector<ZooCell> cells;
  analytic::Fields remarks;  // source, confidence, note, corrects, ...
  std::string place;         // of complaints: "my.json:12: hardware Cloud.MyChip"

  const ZooCell* find(std::string_view field) const;
  std::optional<double> number(std::string_view field) const;  // in SI base units
  std::optional<std::int64_t> whole(std::string_view field) const;
  std::string text(std::string_view field) const;   // empty: not said
  std::string remark(std::string_view name) const;  // of those that are words
};

// Where a field of what is being read stands, for messages: "my.json:12: tdp".
using FieldPlace = std::function<std::string(std::string_view field)>;

// Reads fields into an entry, whose kind is known, over those that it has. An error says which
// field is wrong, what was found and what would be valid.
Status read_fields(ZooEntry& entry, const analytic::Fields& fields, const FieldPlace& place);

// Whether nothing that its kind requires is missing.
Status check_complete(const ZooEntry& entry);

// What an entry of a kind holds under a name that the kind has no field of.
Error unknown_field(const ZooKind& kind, std::string_view name);

}  // namespace fleetsim
