#include "tools/zoo_command.h"

#include "tools/report.h"
#include "tools/zoo_print.h"

namespace fleetsim {
namespace {

// Who names an entry where its kind belongs is told the kind.
Error unknown_kind(const Zoo& zoo, const std::string& name, Error error) {
  for (const ZooKind& kind : zoo_kinds())
    if (const Result<const ZooEntry*> entry = zoo.find(kind, name))
      return Error{error.message + "; but there is \"fleetsim zoo " + std::string(kind.name) + ' ' +
                   (*entry)->id + '"'};
  return error;
}

Result<std::string> answer(const ZooOptions& options) {
  const Result<Zoo> zoo = load_zoo(options.files);
  if (!zoo) return zoo.error();
  if (options.kind.empty()) {
    if (!options.sort.empty() || !options.filters.empty())
      return Error{"--sort and --filter need a KIND to sort and filter"};
    return zoo_kinds_text(*zoo, options.format);
  }
  const Result<const ZooKind*> kind = zoo_kind(options.kind);
  if (!kind) return unknown_kind(*zoo, options.kind, kind.error());
  if (!options.name.empty()) {
    if (!options.sort.empty() || !options.filters.empty())
      return Error{"--sort and --filter are for tables, not for one entry"};
    const Result<const ZooEntry*> entry = zoo->find(**kind, options.name);
    if (!entry) return entry.error();
    return zoo_entry_text(*zoo, **entry, options.format);
  }
  ZooRows rows = zoo->of_kind(**kind);
  for (const std::string& filter : options.filters)
    if (const Status status = filter_rows(rows, **kind, filter); !status) return status.error();
  if (!options.sort.empty())
    if (const Status status = sort_rows(rows, **kind, options.sort); !status) return status.error();
  return zoo_table_text(*zoo, **kind, rows, shown_columns(**kind, options.sort, options.filters),
                        options.format);
}

}  // namespace

int zoo_command(const ZooOptions& options) {
  const Result<std::string> text = answer(options);
  if (!text) return fail(text.error());
  return write_out(*text, Exit::done);
}

}  // namespace fleetsim
