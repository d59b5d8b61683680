#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace fleetsim {

// A line on standard error that says how far a run is; only where a person looks.
class Progress {
 public:
  enum class When : std::uint8_t { automatic, always, never };  // automatic: on a terminal
  explicit Progress(When when);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  struct State {
    const char* doing = "";
    std::uint64_t done = 0, total = 0, events = 0;
    std::optional<double> half_width{};  // relative, where a run stops by precision
    double target = 0;
  };
  void show(const State& state);
  void clear();

 private:
  bool on_;
  std::size_t shown_ = 0;  // columns to wipe
  std::chrono::steady_clock::time_point start_;
};

}  // namespace fleetsim
