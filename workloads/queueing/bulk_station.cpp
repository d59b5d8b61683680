#include "workloads/queueing/bulk_station.h"

#include "workloads/queueing/system.h"

namespace fleetsim::queueing {

BulkStation::BulkStation(System& system, const StationConfig& config, std::uint32_t group)
    : Station(system, config, group),
      line_(true),
      batch_(config.servers) {
  for (std::uint32_t server = config.servers; server > 0; --server) idle_.push_back(server - 1);
}

void BulkStation::arrive(CustomerId id) {
  add_present(1);
  line_.push(arrivals_++, id, system().customers());
  start_if_ready();
}

void BulkStation::start_if_ready() {
  const std::uint32_t needed = config().bulk->full_only ? config().bulk->size : 1;
  if (idle_.empty() || line_.size() < needed) return;
  const std::uint32_t server = idle_.back();
  idle_.pop_back();
  const Duration time = system().draw_service(group());
  while (line_.size() > 0 && batch_[server].size() < config().bulk->size) {
    const CustomerId id = line_.pop(system().customers());
    system().customers()[id].work = time;
    batch_[server].push_back(id);
  }
  set_busy(static_cast<std::int64_t>(batch_.size() - idle_.size()));
  system().engine().after(time, on<&BulkStation::finish>(*this, server));
}

void BulkStation::finish(std::uint64_t server) {
  std::vector<CustomerId> done;
  done.swap(batch_[server]);
  idle_.push_back(static_cast<std::uint32_t>(server));
  set_busy(static_cast<std::int64_t>(batch_.size() - idle_.size()));
  add_present(-static_cast<std::int64_t>(done.size()));
  start_if_ready();
  for (const CustomerId id : done) system().served(id, group());
  done.clear();
  if (batch_[server].empty()) batch_[server].swap(done);  // keeps its memory
}

}  // namespace fleetsim::queueing
