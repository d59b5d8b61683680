#pragma once
#include <string>
#include <vector>

#include "sim/result.h"
#include "traces/node.h"
#include "traces/provenance.h"
#include "workloads/serving/config.h"

namespace fleetsim {

// The models of a message Serving and of its groups, by number.
class ModelNames {
 public:
  ModelNames() = default;
  explicit ModelNames(const Node& serving);

  bool none() const { return names_.empty(); }
  std::uint32_t number(const std::string& name) const;  // REQUIRES: it is one of them
  Result<std::uint32_t> asked_by(const Node& client, const Provenance& provenance) const;

 private:
  std::vector<std::string> names_;
};

// Of a message Serving, who is let in and in which order. REQUIRES: its clients have been read.
Status admission_of(const Node& serving, const Provenance& provenance, serving::ServingConfig& out);

// An error where a rule is for a line at the gateway that there never is. REQUIRES: all is read.
Status look_for_line(const Node& serving, const Provenance& provenance,
                     const serving::ServingConfig& config);

}  // namespace fleetsim
