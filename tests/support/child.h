#pragma once
#include <sys/wait.h>
#include <unistd.h>

#include <exception>

namespace fleetsim::testing_support {

// A process of its own for what would end or change the test's: limits, users, signals.

// Starts `body` in a child; its answer is the exit status.
template <class Body>
pid_t start_child(Body body) {
  const pid_t child = ::fork();
  if (child != 0) return child;
  try {
    ::_exit(body());
  } catch (const std::exception&) {
    ::_exit(125);
  }
}

// The exit status of a child, or minus the signal that ended it.
inline int wait_for(pid_t child) {
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

template <class Body>
int in_child(Body body) {
  return wait_for(start_child(body));
}

}  // namespace fleetsim::testing_support
