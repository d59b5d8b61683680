#pragma once
#include <string>
#include <vector>

#include "traces/zoo.h"

namespace fleetsim {

// Entries of one kind, as a table of them is asked for.

using ZooRows = std::vector<const ZooEntry*>;

// Keeps the rows of which the filter is true: a text that the identifier, the name or a word holds,
// or a column, one of >= <= != > < = and a value ("tdp<=400 W", "topology=torus"). A row that says
// nothing of the column is not kept.
Status filter_rows(ZooRows& rows, const ZooKind& kind, const std::string& filter);

// By a column, or from the largest down with ":desc" behind it; rows that say nothing of it last.
Status sort_rows(ZooRows& rows, const ZooKind& kind, const std::string& sort);

// The columns that a sort and filters name beside those that the kind shows anyway.
std::vector<std::string> shown_columns(const ZooKind& kind, const std::string& sort,
                                       const std::vector<std::string>& filters);

}  // namespace fleetsim
