#pragma once
#include <cstdint>
#include <functional>
#include <memory>

namespace fleetsim {

// Threads that run numbered jobs, and the one place that hears the keyboard. Jobs start in order of
// their numbers; after SIGINT or SIGTERM no more are started, so those done are always a prefix.
class Crew {
 public:
  explicit Crew(std::uint32_t threads);  // 0: one a core

  // Only the thread that calls run(), for work inside a job of another crew; it starts no more when
  // the other is interrupted, and has no ticks.
  struct Within {
    const Crew& crew;
  };
  explicit Crew(Within outer);
  Crew(const Crew&) = delete;
  Crew& operator=(const Crew&) = delete;
  ~Crew();

  using Job = std::function<void(std::uint64_t number)>;
  using Tick =
      std::function<void(std::uint64_t done)>;  // a few times a second, on the caller's thread

  // Runs job(first) .. job(last - 1); returns the first number that was not run. What jobs write is
  // visible to the caller afterwards. A job reports failure through what it writes.
  std::uint64_t run(std::uint64_t first, std::uint64_t last, const Job& job, const Tick& tick = {});

  bool interrupted() const;
  std::uint32_t threads() const;

 private:
  struct State;
  const Crew* outer_ = nullptr;
  std::unique_ptr<State> state_;  // none within another crew
};

}  // namespace fleetsim
