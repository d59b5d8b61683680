#include "traces/zoo.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "analytic/name.h"
#include "sim/nearest.h"
#include "sim/printable.h"
#include "sim/unit_text.h"
#include "traces/embedded.h"
#include "traces/hf_config.h"
#include "traces/zoo_rows.h"

namespace fleetsim {
namespace {

using analytic::Fields;
using analytic::same_name;
using analytic::Value;
using analytic::Values;

constexpr std::string_view book_folder = "analytic/zoo/";

const ZooKind& kind_named(std::string_view name) {
  const Result<const ZooKind*> kind = zoo_kind(name);
  check(bool(kind), "a kind named by the program is one");
  return **kind;
}

bool is_full_name(const ZooEntry& entry, std::string_view name) {
  if (same_name(entry.id, name) || same_name(entry.path, name)) return true;
  return std::any_of(entry.aliases.begin(), entry.aliases.end(), [&](const std::string& alias) {
    return same_name(alias, name) || same_name(std::string(entry.kind->prefix) + alias, name);
  });
}

// "Cloud.H100" and "H100" end "Hardware.Cloud.H100".
bool ends_dotted(std::string_view whole, std::string_view name) {
  if (whole.size() <= name.size()) return false;
  const std::size_t begin = whole.size() - name.size();
  return whole[begin - 1] == '.' && same_name(whole.substr(begin), name);
}

bool is_short_name(const ZooEntry& entry, std::string_view name) {
  if (ends_dotted(entry.path, name) || ends_dotted(entry.id, name)) return true;
  return std::any_of(entry.aliases.begin(), entry.aliases.end(),
                     [&](const std::string& alias) { return ends_dotted(alias, name); });
}

bool is_shown_name(const ZooEntry& entry, std::string_view name) {
  return same_name(entry.name, name);
}

std::string last_part(const std::string& id) {
  return id.substr(id.rfind('.') + 1);
}

Error unknown_name(const std::vector<const ZooEntry*>& all, const ZooKind& kind,
                   std::string_view name) {
  std::vector<std::string> names;
  for (const ZooEntry* entry : all) names.push_back(last_part(entry->id));
  for (const ZooEntry* entry : all) names.push_back(entry->id);
  for (const ZooEntry* entry : all)
    if (!entry->name.empty()) names.push_back(entry->name);
  std::string hint = did_you_mean(name, names);
  if (hint.empty()) hint = fmt::format("; \"fleetsim zoo {}\" lists them", kind.name);
  return Error{
      fmt::format("the catalogue has no {} among its {}{}", in_quotes(name), kind.title, hint)};
}

Error ambiguous(const std::vector<const ZooEntry*>& found, std::string_view name) {
  std::vector<std::string> ids;
  for (const ZooEntry* entry : found) ids.push_back(entry->id);
  return Error{fmt::format("{} may be {}; say which", in_quotes(name), fmt::join(ids, " or "))};
}

// "H100 (80 GB)" without the remark; empty where there is none.
std::string_view without_remark(std::string_view name) {
  if (!name.ends_with(')')) return {};
  const auto open = name.rfind(" (");
  return open == name.npos ? std::string_view() : name.substr(0, open);
}

const Value* field_of(const Fields& fields, std::string_view name) {
  for (const auto& [said, value] : fields)
    if (said == name) return &value;
  return nullptr;
}

Error not_an_entry(const ZooKind& kind) {
  return Error{fmt::format("expected one of the {} of the catalogue by its name, or fields of one",
                           kind.title)};
}

// The bandwidth of a fabric's links, and perhaps its topology: "400 Gb/s", "400 Gb/s fat-tree".
std::optional<Fields> fabric_by_bandwidth(std::string_view text) {
  if (text.empty() || std::isdigit(static_cast<unsigned char>(text[0])) == 0) return std::nullopt;
  Fields fields{{"name", std::string(text)}};
  if (!parse_in(text, "B/s")) {
    const auto space = text.rfind(' ');
    if (space == text.npos || !parse_in(text.substr(0, space), "B/s")) return std::nullopt;
    fields.emplace_back("topology", std::string(text.substr(space + 1)));
    text = text.substr(0, space);
  }
  fields.emplace_back("bandwidth", std::string(text));
  return fields;
}

}  // namespace

std::vector<const ZooEntry*> Zoo::of_kind(const ZooKind& kind) const {
  std::vector<const ZooEntry*> found;
  for (const ZooEntry& entry : entries_)
    if (entry.kind == &kind) found.push_back(&entry);
  return found;
}

Result<const ZooEntry*> Zoo::find(const ZooKind& kind, std::string_view name) const {
  const std::vector<const ZooEntry*> all = of_kind(kind);
  for (const auto is_named : {is_full_name, is_short_name, is_shown_name}) {
    std::vector<const ZooEntry*> found;
    for (const ZooEntry* entry : all)
      if (is_named(*entry, name)) found.push_back(entry);
    if (found.size() == 1) return found[0];
    if (found.size() > 1) return ambiguous(found, name);
  }
  if (const std::string_view bare = without_remark(name); !bare.empty()) return find(kind, bare);
  return unknown_name(all, kind, name);
}

Result<ZooEntry> Zoo::entry(std::string_view kind_name, const Value& value) const {
  const ZooKind& kind = kind_named(kind_name);
  if (const std::string* name = value.as_text()) {
    const Result<const ZooEntry*> found = find(kind, *name);
    if (!found) return found.error();
    return **found;
  }
  if (value.as_fields() == nullptr) return not_an_entry(kind);
  return inline_entry(kind, value.fields());
}

Status Zoo::start_from_base(ZooEntry& entry, const Fields& fields) const {
  const Value* base = field_of(fields, "base");
  if (base == nullptr) return Done{};
  if (base->as_text() == nullptr) return Error{"base: expected the name of an entry"};
  const Result<const ZooEntry*> found = find(*entry.kind, base->text());
  if (!found) return Error{"base: " + found.error().message};
  entry.cells = (*found)->cells;
  return Done{};
}

Result<ZooEntry> Zoo::inline_entry(const ZooKind& kind, const Fields& fields) const {
  ZooEntry entry;
  entry.kind = &kind;
  entry.place = kind.name;
  if (const Status status = start_from_base(entry, fields); !status) return status.error();
  if (const Value* base = field_of(fields, "base")) entry.name = base->text() + ", changed";
  const auto place = [](std::string_view field) { return std::string(field); };
  if (const Status status = read_fields(entry, fields, place); !status) return status.error();
  if (const Status status = check_complete(entry); !status) return status.error();
  return entry;
}

Status Zoo::add_entry(const ZooKind& kind, const Fields& fields, const LocatedJson& file,
                      const std::string& pointer) {
  const std::string place = file.place(pointer);
  const Value* id = field_of(fields, "id");
  if (id == nullptr || id->as_text() == nullptr || id->as_text()->empty())
    return Error{place + ": an entry needs an id such as \"Cloud.MyChip\""};
  ZooEntry entry;
  entry.kind = &kind;
  entry.id = id->text();
  entry.path = std::string(kind.prefix) + entry.id;
  const auto old = std::find_if(entries_.begin(), entries_.end(), [&](const ZooEntry& other) {
    return other.kind == &kind && (other.id == entry.id || other.path == entry.id);
  });
  if (old != entries_.end()) entry = *old;
  entry.place = fmt::format("{}: {}", place, entry.id);
  if (const Status status = start_from_base(entry, fields); !status)
    return Error{fmt::format("{}: {}", entry.place, status.error().message)};
  const auto where = [&](std::string_view field) {
    return file.place(pointer + '/' + std::string(field)) + ": " + std::string(field);
  };
  Fields rest = fields;  // the identifier stays as it was first written
  std::erase_if(rest, [](const auto& field) { return field.first == "id"; });
  if (const Status status = read_fields(entry, rest, where); !status) return status;
  if (const Status status = check_complete(entry); !status) return status;
  if (old != entries_.end())
    *old = std::move(entry);
  else
    entries_.push_back(std::move(entry));
  return Done{};
}

Status Zoo::add_file(const LocatedJson& file) {
  const Fields* kinds = file.value.as_fields();
  if (kinds == nullptr)
    return Error{file.place("") + ": expected an object such as {\"hardware\": [...]}"};
  for (const auto& [name, list] : *kinds) {
    const std::string pointer = '/' + name;
    const Result<const ZooKind*> kind = zoo_kind(name);
    if (!kind) return Error{file.place(pointer) + ": " + kind.error().message};
    if (list.as_list() == nullptr)
      return Error{fmt::format("{}: {}: expected a list of entries", file.place(pointer), name)};
    const Values& entries = list.list();
    std::vector<std::string> ids;
    for (std::size_t i = 0; i < entries.size(); ++i) {
      const std::string at = pointer + '/' + std::to_string(i);
      const Fields* fields = entries[i].as_fields();
      if (fields == nullptr)
        return Error{file.place(at) + ": expected an entry, which is an object"};
      if (const Status status = add_entry(**kind, *fields, file, at); !status) return status;
      const std::string id = field_of(*fields, "id")->text();
      if (std::find(ids.begin(), ids.end(), id) != ids.end())
        return Error{fmt::format("{}: {} stands twice", file.place(at), in_quotes(id))};
      ids.push_back(id);
    }
  }
  return Done{};
}

// That what an entry says of others makes sense: conversions are tried, and names looked up.
Status Zoo::check_rows(const ZooEntry& entry) const {
  const auto status_of = [&](const auto& row) -> Status {
    if (row || row.error().message.starts_with(entry.place))
      return row ? Status(Done{}) : Status(row.error());
    return Error{entry.place + ": " + row.error().message};
  };
  const std::string_view kind = entry.kind->name;
  if (kind == "hardware") return status_of(device_of(entry));
  if (kind == "models") return status_of(model_of(entry));
  if (kind == "nodes") return status_of(node(entry.id));
  if (kind == "clusters") return status_of(fleet(entry.id));
  if (kind == "regions") return status_of(place(entry.id));
  for (const ZooCell& cell : entry.cells)
    if (cell.field->holds == Holds::row)
      if (const auto status = status_of(this->entry(cell.field->unit, cell.value)); !status)
        return status;
  return Done{};
}

Status Zoo::add(std::span<const LocatedJson> files) {
  for (const LocatedJson& file : files)
    if (const Status status = add_file(file); !status) return status;
  for (const ZooEntry& entry : entries_)
    if (const Status status = check_rows(entry); !status) return status;
  return Done{};
}

Result<analytic::Device> Zoo::device(const Value& value) const {
  const Result<ZooEntry> found = entry("hardware", value);
  if (!found) return found.error();
  return device_of(*found);
}

Result<analytic::Model> Zoo::model(const Value& value) const {
  const std::string* name = value.as_text();
  if (name != nullptr && name->ends_with(".json")) return read_hf_config(*name);
  const Result<ZooEntry> found = entry("models", value);
  if (!found) return found.error();
  return model_of(*found);
}

Result<analytic::Fabric> Zoo::fabric(const Value& value) const {
  std::optional<Fields> fields;
  if (const std::string* text = value.as_text()) {
    const std::string_view bare = without_remark(*text);
    fields = fabric_by_bandwidth(bare.empty() ? *text : bare);
  }
  const Result<ZooEntry> found = entry("fabrics", fields ? Value(*fields) : value);
  if (!found) return found.error();
  return fabric_of(*found);
}

Result<analytic::Grid> Zoo::grid(const Value& value) const {
  const Result<ZooEntry> found = entry("grids", value);
  if (!found) return found.error();
  return grid_of(*found);
}

Result<analytic::Node> Zoo::node(const Value& value) const {
  const Result<ZooEntry> found = entry("nodes", value);
  if (!found) return found.error();
  const Result<analytic::Device> accelerator = device(found->find("accelerator")->value);
  if (!accelerator) return Error{"accelerator: " + accelerator.error().message};
  analytic::Node node;
  node.id = found->id;
  node.name = found->name;
  node.accelerator = *accelerator;
  node.accelerators = *found->whole("accelerators_per_node");
  const std::optional<double> bandwidth = found->number("intra_node_bw");
  if (!bandwidth && !accelerator->device_link && node.accelerators > 1)
    return Error{"a node of devices without a link needs intra_node_bw: " + expected_in("B/s")};
  const double link = accelerator->device_link ? accelerator->device_link->bandwidth : 0;
  node.intra_node_bandwidth = bandwidth.value_or(link);
  node.nics = found->whole("nics_per_node").value_or(node.nics);
  node.psus = found->whole("psus_per_node").value_or(node.psus);
  if (node.name.empty()) node.name = "nodes of " + accelerator->name;
  return node;
}

Result<analytic::Fleet> Zoo::fleet(const Value& value) const {
  const Result<ZooEntry> found = entry("clusters", value);
  if (!found) return found.error();
  const Result<analytic::Node> its_node = node(found->find("node")->value);
  if (!its_node) return Error{"node: " + its_node.error().message};
  const Result<analytic::Fabric> its_fabric = fabric(found->find("fabric")->value);
  if (!its_fabric) return Error{"fabric: " + its_fabric.error().message};
  analytic::Fleet fleet;
  fleet.id = found->id;
  fleet.node = *its_node;
  fleet.nodes = *found->whole("count");
  fleet.fabric = *its_fabric;
  if (const ZooCell* cell = found->find("region")) {
    const Result<analytic::Grid> region = grid(cell->value);
    if (!region) return Error{"region: " + region.error().message};
    fleet.region = *region;
  }
  if (const ZooCell* cell = found->find("datacenter")) {
    const Result<analytic::Datacenter> place = datacenter(cell->value);
    if (!place) return Error{"datacenter: " + place.error().message};
    fleet.datacenter = *place;
  }
  fleet.name =
      found->name.empty() ? fmt::format("{} x {}", fleet.nodes, fleet.node.name) : found->name;
  return fleet;
}

Result<analytic::Datacenter> Zoo::datacenter(const Value& value) const {
  const Result<ZooEntry> found = entry("datacenters", value);
  analytic::Datacenter place;
  const Result<analytic::Grid> its_grid = grid(found ? found->find("grid")->value : value);
  if (!found) {  // a grid stands for a data centre on it
    if (!its_grid) return found.error();
    place.id = its_grid->id;
    place.name = its_grid->name;
    place.grid = *its_grid;
    return place;
  }
  if (!its_grid) return Error{"grid: " + its_grid.error().message};
  place.id = found->id;
  place.name = found->name;
  place.grid = *its_grid;
  place.pue_override = found->number("pue_override");
  return place;
}

Result<analytic::Location> Zoo::place(const Value& value) const {
  const Result<ZooEntry> found = entry("regions", value);
  if (!found) return found.error();
  Result<analytic::Location> location = location_of(*found);
  const ZooCell* cell = found->find("grid");
  if (!location || cell == nullptr) return location;
  const Result<analytic::Grid> its_grid = grid(cell->value);
  if (!its_grid) return Error{"grid: " + its_grid.error().message};
  location->grid = *its_grid;
  return location;
}

Result<Zoo> load_zoo(std::span<const std::string> user_files) {
  std::vector<LocatedJson> files;
  for (const EmbeddedFile& file : embedded_files()) {
    if (!file.path.starts_with(book_folder)) continue;
    Result<LocatedJson> read = parse_located_json(file.text, std::string(file.path));
    if (!read) return read.error();
    files.push_back(*std::move(read));
  }
  for (const std::string& path : user_files) {
    Result<LocatedJson> read = read_located_json(path);
    if (!read) return read.error();
    files.push_back(*std::move(read));
  }
  Zoo zoo;
  if (const Status status = zoo.add(files); !status) return status.error();
  return zoo;
}

}  // namespace fleetsim
