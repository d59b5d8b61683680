#pragma once
#include <cstdio>
#include <cstdlib>

namespace fleetsim {

// Guards what only a bug can break; stays on in release builds, for a wrong run is worse than none.
// Input from outside is never checked here: that returns a Result.
inline void check(bool ok, const char* rule, const char* file = __builtin_FILE(),
                  int line = __builtin_LINE()) {
  if (ok) [[likely]]
    return;
  std::fprintf(stderr, "%s:%d: broken rule: %s\n", file, line, rule);
  std::abort();
}

}  // namespace fleetsim
