#pragma once
#include <string>
#include <vector>

#include "tools/commands.h"

namespace fleetsim {

// `fleetsim zoo`: the catalogue's kinds, the entries of one as a table, or all figures of one
// entry.
struct ZooOptions {
  Format format = Format::text;
  std::string kind, name;
  std::string sort;                  // COLUMN or COLUMN:desc
  std::vector<std::string> filters;  // COLUMN>=VALUE and the like, or a text
  std::vector<std::string> files;    // of the user
};
int zoo_command(const ZooOptions& options);

}  // namespace fleetsim
