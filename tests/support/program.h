#pragma once
#include <sys/wait.h>

#include <array>
#include <cstdio>
#include <string>

namespace fleetsim::testing_support {

// What a run of the program itself has said.
struct Outcome {
  int status = -1;
  std::string out;  // standard output, and standard error where the command says 2>&1
};

// Runs `fleetsim ARGUMENTS` through the shell; FLEETSIM_PROGRAM is the path that the build made.
inline Outcome fleetsim_says(const std::string& arguments) {
  Outcome outcome;
  std::FILE* pipe = ::popen((std::string(FLEETSIM_PROGRAM " ") + arguments).c_str(), "r");
  if (pipe == nullptr) return outcome;
  std::array<char, 4096> buffer{};
  for (std::size_t n; (n = std::fread(buffer.data(), 1, buffer.size(), pipe)) > 0;)
    outcome.out.append(buffer.data(), n);
  const int status = ::pclose(pipe);
  outcome.status = WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
  return outcome;
}

}  // namespace fleetsim::testing_support
