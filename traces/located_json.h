#pragma once
#include <cstddef>
#include <map>
#include <string>
#include <string_view>

#include "analytic/value.h"
#include "sim/result.h"

namespace fleetsim {

// A JSON text (RFC 8259) that knows where everything in it stands, so that complaints about what it
// says can name the line.
struct LocatedJson {
  std::string name;  // of the file, for messages
  analytic::Value value;
  std::map<std::string, std::size_t> lines;  // of each value by its JSON pointer: "/hardware/0/tdp"

  // "my.json:12"; where nothing is known of the pointer, the line of what holds it.
  std::string place(std::string pointer) const;
};

// An error names the line. A key that an object has twice is one, and so is a depth beyond 64.
Result<LocatedJson> parse_located_json(std::string_view text, std::string name);
Result<LocatedJson> read_located_json(const std::string& path);

}  // namespace fleetsim
