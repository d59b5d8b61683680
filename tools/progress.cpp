#include "tools/progress.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>

namespace fleetsim {

Progress::Progress(When when)
    : on_(when == When::always || (when == When::automatic && isatty(STDERR_FILENO) == 1)),
      start_(std::chrono::steady_clock::now()) {}

Progress::~Progress() {
  clear();
}

void Progress::clear() {
  if (shown_ > 0) fmt::print(stderr, "\r{:{}}\r", "", shown_);
  shown_ = 0;
}

void Progress::show(const State& state) {
  if (!on_) return;
  const std::chrono::duration<double> passed = std::chrono::steady_clock::now() - start_;
  std::string line = fmt::format("{} {}/{}", state.doing, state.done, state.total);
  if (state.events > 0)
    line += fmt::format(" · {:.1f} M events/s",
                        static_cast<double>(state.events) / passed.count() * 1e-6);
  if (state.done > 0 && state.done < state.total)
    line += fmt::format(" · {:.0f} s left", passed.count() / static_cast<double>(state.done) *
                                                static_cast<double>(state.total - state.done));
  if (state.half_width)
    line += fmt::format(" · half-width {:.2f} % of {:.2f} %", 100 * *state.half_width,
                        100 * state.target);
  clear();
  fmt::print(stderr, "{}", line);
  std::fflush(stderr);
  shown_ = line.size();
}

}  // namespace fleetsim
