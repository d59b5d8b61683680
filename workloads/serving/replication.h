#pragma once
#include <memory>

#include "workloads/serving/run.h"

namespace fleetsim::serving {

// A run with an engine and nodes of its own. `config` must outlive it; it stays put.
struct Replication {
  explicit Replication(const ServingConfig& config, const Chance& chance,
                       RecordSink* sink = nullptr)
      : pools(config.upkeep && !config.upkeep->failures.empty()
                  ? std::make_unique<SharedPools>(engine, *config.upkeep->fleet,
                                                  config.upkeep->failures, chance)
                  : nullptr),
        run(config, engine, pools.get(), chance, sink) {
    if (pools) pools->build();
  }

  Engine engine{};
  std::unique_ptr<SharedPools> pools;
  ServingRun run;
};

}  // namespace fleetsim::serving
