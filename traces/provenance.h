#pragma once
#include <google/protobuf/descriptor.h>

#include <filesystem>
#include <string>
#include <vector>

#include "sim/result.h"
#include "traces/text_walk.h"

namespace fleetsim {

// Where the values of a scenario come from, so that every complaint names the place to mend.
struct Provenance {
  struct Setting {
    std::string path;    // as the schema spells it
    std::string option;  // as the user did: "run.horizon=1 kg"
  };

  std::string file{};  // as the user named it
  const google::protobuf::Descriptor* root = nullptr;
  std::string text{};                // in text format; empty when the file is binary
  std::vector<ShownPlace> origin{};  // of each line, when the text is not the file's own
  std::vector<Setting> settings{};   // each --set so far; the last one that fits a path counts

  // `file:line:column: path: what`, or `--set option: path: what` when that is where the value is
  // from. A path that is not in the text stands for the nearest message around it.
  Error error(const std::string& path, const std::string& what) const;

  // The same for what has no path yet, such as broken syntax.
  Error error_at(TextPlace place, const std::string& what) const;

  // A file that the scenario names, seen from the scenario's folder.
  std::string beside(const std::string& name) const;
  // That, or one in the folder of traces, $FLEETSIM_TRACES: where to look, and where it is found.
  std::vector<std::string> shared_places(const std::string& name) const;
  std::string beside_or_shared(const std::string& name) const;

 private:
  std::string prefix(TextPlace place) const;
};

// The error of a --set.
Error setting_error(const std::string& option, const std::string& what);

}  // namespace fleetsim
