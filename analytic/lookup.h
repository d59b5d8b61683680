#pragma once
#include <string>

#include "analytic/catalogue.h"
#include "analytic/value.h"
#include "sim/result.h"

namespace fleetsim::analytic {

// Where solvers' arguments find rows of the catalogue: a name ("H100", "Cloud.H100",
// "Hardware.Cloud.H100"), or fields of its own, perhaps over a named base. An error names the
// nearest row. The catalogue itself implements it (traces/zoo.h).
class Lookup {
 public:
  virtual ~Lookup() = default;
  virtual Result<Device> device(const Value& value) const = 0;
  virtual Result<Model> model(const Value& value) const = 0;
  virtual Result<Node> node(const Value& value) const = 0;
  virtual Result<Fabric> fabric(const Value& value) const = 0;
  virtual Result<Fleet> fleet(const Value& value) const = 0;
  virtual Result<Grid> grid(const Value& value) const = 0;
  virtual Result<Datacenter> datacenter(const Value& value) const = 0;
};

}  // namespace fleetsim::analytic
