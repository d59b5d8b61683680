#pragma once
#include <algorithm>
#include <string>

namespace fleetsim::testing_support {

// A scenario of one source and one station, with room for one more line in each message. Its lines
// are numbered as a text editor numbers them, for tests of where an error is said to be.
struct ScenarioText {
  std::string top = "";                                                         // line 1
  std::string source = "";                                                      // line 4
  std::string interarrival = "interarrival { exponential { mean: \"2 s\" } }";  // line 5
  std::string station = "";                                                     // line 8
  std::string service = "service { constant { value: \"1 s\" } }";              // line 9
  std::string queueing = "";                                                    // line 11
  std::string run = "";                                                         // line 14

  std::string text() const {
    return top + "\n" +
           "name: \"one-server\" queueing {\n"
           "source { name: \"clients\" to: \"server\"\n" +
           source + "\n" + interarrival +
           "\n}\n"
           "station { name: \"server\"\n" +
           station + "\n" + service + "\n}\n" + queueing +
           "\n}\n"
           "run { horizon: \"1000 s\"\n" +
           run + "\n}\n";
  }
};

// A text with one @, which marks where an error is said to be: the text without it, and its place.
struct Marked {
  std::string text;
  std::string place;  // "9:29", in letters from 1; empty without a mark

  explicit Marked(const std::string& marked) : text(marked) {
    const auto mark = marked.find('@');
    if (mark == marked.npos) return;
    text.erase(mark, 1);
    const std::string before = text.substr(0, mark);
    const auto begin = before.rfind('\n') == before.npos ? 0 : before.rfind('\n') + 1;
    const auto lines = std::count(before.begin(), before.end(), '\n');
    const auto letters =
        std::count_if(before.begin() + static_cast<std::ptrdiff_t>(begin), before.end(),
                      [](char byte) { return (byte & 0xC0) != 0x80; });
    place = std::to_string(lines + 1) + ':' + std::to_string(letters + 1);
  }
};

}  // namespace fleetsim::testing_support
