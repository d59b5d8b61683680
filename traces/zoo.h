#pragma once
#include <span>
#include <string>
#include <vector>

#include "analytic/lookup.h"
#include "traces/located_json.h"
#include "traces/zoo_entry.h"

namespace fleetsim {

// The catalogue: devices, models, systems, grids, prices and constants, each figure with its unit
// and source. The entries of the book travel inside the program (analytic/zoo); files of users add
// to them or override them.
//
// An entry is found by its full name ("Hardware.Cloud.H100"), the end of it from any dot on
// ("Cloud.H100", "H100") or the name people call it by ("NVIDIA H100"), letters of either case and
// '-' for '_', as long as that is the name of one entry only.
//
// As a lookup, it also takes fields of one's own, perhaps over a base ({"base": "H100",
// "memory_bandwidth": "4 TB/s"}), for a model the path of a Hugging Face config.json, for a fabric
// the bandwidth of its links ("400 Gb/s"), for a data centre a grid.
// A place is a city or a cloud's region by the provider's name ("Ashburn", "aws:us-east-1").
class Zoo final : public analytic::Lookup {
 public:
  const std::vector<ZooEntry>& entries() const { return entries_; }
  std::vector<const ZooEntry*> of_kind(const ZooKind& kind) const;  // in the order of the files
  Result<const ZooEntry*> find(const ZooKind& kind, std::string_view name) const;

  // An entry by name or by fields, as an argument gives it.
  Result<ZooEntry> entry(std::string_view kind, const analytic::Value& value) const;

  // Takes the entries of files, in their order. One with the identifier of an earlier one changes
  // it. Afterwards every name that an entry has for another must be one.
  Status add(std::span<const LocatedJson> files);

  Result<analytic::Device> device(const analytic::Value& value) const override;
  Result<analytic::Model> model(const analytic::Value& value) const override;
  Result<analytic::Node> node(const analytic::Value& value) const override;
  Result<analytic::Fabric> fabric(const analytic::Value& value) const override;
  Result<analytic::Fleet> fleet(const analytic::Value& value) const override;
  Result<analytic::Grid> grid(const analytic::Value& value) const override;
  Result<analytic::Datacenter> datacenter(const analytic::Value& value) const override;
  Result<analytic::Location> place(const analytic::Value& value) const;

 private:
  Result<ZooEntry> inline_entry(const ZooKind& kind, const analytic::Fields& fields) const;
  Status add_file(const LocatedJson& file);
  Status start_from_base(ZooEntry& entry, const analytic::Fields& fields) const;
  Status add_entry(const ZooKind& kind, const analytic::Fields& fields, const LocatedJson& file,
                   const std::string& pointer);
  Status check_rows(const ZooEntry& entry) const;

  std::vector<ZooEntry> entries_;
};

// The book's catalogue, then the files of the user, the last word to the last.
Result<Zoo> load_zoo(std::span<const std::string> user_files);

}  // namespace fleetsim
