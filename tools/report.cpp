#include "tools/report.h"

#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "tools/commands.h"

namespace fleetsim {
namespace {

// "warning: …", coloured on a terminal only; nothing is said twice and nothing has a time stamp.
spdlog::logger& logger() {
  static const std::shared_ptr<spdlog::logger> log = [] {
    auto sink = std::make_shared<spdlog::sinks::stderr_color_sink_st>();
    const char* no_colour = std::getenv("NO_COLOR");
    if (no_colour != nullptr && *no_colour != '\0') sink->set_color_mode(spdlog::color_mode::never);
    auto made = std::make_shared<spdlog::logger>("fleetsim", sink);
    made->set_pattern("%^%l%$: %v");
    return made;
  }();
  return *log;
}

}  // namespace

void warn(const std::string& message) {
  logger().warn("{}", message);
}

int fail(const Error& error) {
  logger().error("{}", error.message);
  return error.kind == Error::Kind::environment ? Exit::bad_environment : Exit::bad_input;
}

int write_out(const std::string& text, int status) {
  const bool written = std::fwrite(text.data(), 1, text.size(), stdout) == text.size();
  if (written && std::fflush(stdout) == 0) return status;
  return fail({std::string("standard output: ") + std::strerror(errno), Error::Kind::environment});
}

}  // namespace fleetsim
