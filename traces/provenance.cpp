#include "traces/provenance.h"

#include <cstdlib>

#include "sim/printable.h"

namespace fleetsim {
namespace {

constexpr std::size_t longest_name = 500;  // of a file or an option in a message

// Whether `outer` is `path` or a message around it.
bool contains(const std::string& outer, const std::string& path) {
  if (!path.starts_with(outer)) return false;
  return path.size() == outer.size() || outer.empty() || path[outer.size()] == '.' ||
         path[outer.size()] == '[';
}

}  // namespace

Error setting_error(const std::string& option, const std::string& what) {
  return {"--set " + printable(option, longest_name) + ": " + what};
}

std::string Provenance::prefix(TextPlace place) const {
  const std::string name = printable(file, longest_name) + ':';
  ShownPlace shown = shown_place(text, place);
  const auto line = static_cast<std::size_t>(place.line);
  if (!origin.empty()) shown = line < origin.size() ? origin[line] : origin.back();
  return name + std::to_string(shown.line) + ':' + std::to_string(shown.column) + ": ";
}

Error Provenance::error_at(TextPlace place, const std::string& what) const {
  return {prefix(place) + what};
}

Error Provenance::error(const std::string& path, const std::string& what) const {
  const std::string said = path.empty() ? what : path + ": " + what;
  for (auto set = settings.rbegin(); set != settings.rend(); ++set)
    if (contains(set->path, path)) return setting_error(set->option, said);
  if (text.empty()) return {printable(file, longest_name) + ": " + said};
  TextPlace place;
  std::size_t depth = 0;  // letters of the path that are found so far
  walk_text(text, *root, [&](const TextValue& value) {
    const bool around = contains(value.path, path);
    const bool first_of_it = value.path.starts_with(path + '[');  // the path is that of a list
    if ((!around && !first_of_it) || value.path.size() < depth) return true;
    const bool message = value.field && value.field->message_type();
    place = message ? value.name : value.value;
    depth = value.path.size();
    return depth < path.size();
  });
  return {prefix(place) + said};
}

std::string Provenance::beside(const std::string& name) const {
  return (std::filesystem::path(file).parent_path() / name).string();
}

std::vector<std::string> Provenance::shared_places(const std::string& name) const {
  std::vector<std::string> out = {beside(name)};
  if (const char* folder = std::getenv("FLEETSIM_TRACES"))
    out.push_back(std::string(folder) + "/" + name);
  return out;
}

std::string Provenance::beside_or_shared(const std::string& name) const {
  const std::vector<std::string> places = shared_places(name);
  for (const std::string& place : places)
    if (std::filesystem::exists(place)) return place;
  return places.front();
}

}  // namespace fleetsim
