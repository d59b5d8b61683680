#include "traces/chrome_trace.h"

#include <fmt/format.h>

#include <cmath>
#include <iterator>
#include <utility>

namespace fleetsim {
namespace {

// The format's letter for each shape. Lower-case ones are its "nestable asynchronous" events, which
// belong together by category and id and need no thread to lie on.
char phase(Record::Shape shape) {
  switch (shape) {
    case Record::Shape::instant:
      return 'n';
    case Record::Shape::begin:
      return 'b';
    case Record::Shape::end:
      return 'e';
    case Record::Shape::counter:
      return 'C';
  }
  return 'n';
}

}  // namespace

ChromeTrace::ChromeTrace(AtomicFile file) : file_(std::move(file)) {
  // Opening with the process's name leaves every later line free to start with a comma.
  file_.append(
      "{\"displayTimeUnit\":\"ns\",\"traceEvents\":[\n"
      "{\"name\":\"process_name\",\"ph\":\"M\",\"pid\":1,\"args\":{\"name\":\"fleetsim\"}}");
}

Result<ChromeTrace> ChromeTrace::create(const std::string& path) {
  Result<AtomicFile> file = AtomicFile::create(path);
  if (!file) return file.error();
  return ChromeTrace(*std::move(file));
}

void ChromeTrace::write(std::span<const Record> batch) {
  fmt::memory_buffer text;
  const auto out = std::back_inserter(text);
  for (const Record& r : batch) {
    // Microseconds, written as integers so that no digit is lost.
    fmt::format_to(out,
                   ",\n{{\"name\":\"{0}\",\"cat\":\"{0}\",\"ph\":\"{1}\",\"pid\":1,\"tid\":1,"
                   "\"id\":\"{2}\",\"ts\":{3}.{4:03}",
                   r.what, phase(r.shape), r.who, r.when.ns / 1000, r.when.ns % 1000);
    if (std::isfinite(r.value))
      fmt::format_to(out, ",\"args\":{{\"value\":{}}}}}", r.value);
    else
      fmt::format_to(out, "}}");
  }
  file_.append({text.data(), text.size()});
}

Status ChromeTrace::finish() {
  file_.append("\n]}\n");
  return file_.commit();
}

}  // namespace fleetsim
