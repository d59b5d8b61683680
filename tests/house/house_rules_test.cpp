#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <regex>
#include <set>
#include <string>
#include <vector>

namespace {

namespace fs = std::filesystem;

// Who may include whom: the folders form a chain with no way back. This table is the architecture.
const std::map<std::string, std::set<std::string>> may_include = {
    {"sim", {}},
    {"analytic", {"sim"}},
    {"topology", {"sim", "analytic"}},
    {"workloads", {"sim", "analytic", "topology"}},
    {"traces", {"sim", "analytic", "topology", "workloads"}},
    {"tools", {"sim", "analytic", "topology", "workloads", "traces"}},
    {"tests", {"sim", "analytic", "topology", "workloads", "traces", "tools"}},
};
// Packages that one folder hides from the others.
const std::map<std::string, std::set<std::string>> package_users = {
    {"hdf5.h", {"traces"}}, {"google/protobuf", {"traces"}}, {"CLI/", {"tools"}},
    {"spdlog/", {"tools"}}, {"gtest/", {"tests"}},
};
// What would break a promise without breaking a build, and what to use in its place.
const std::map<std::string, std::string> banned = {
    {R"(std::random_device)", "Chance: a run is a function of its seed"},
    {R"(std::mt19937)", "Stream"},
    {R"(std::\w+_distribution)", "Law: the standard's draws differ by library"},
    {R"(\bsystem_clock\b)", "Engine::now, or a steady clock for what never reaches a result"},
    {R"(\bunordered_)", "std::map or a sorted vector: its order is part of the result"},
    {R"(\bnew\s+[\w:(])", "std::make_unique, or a value"},
    {R"(\bdelete\b(\[\])?\s+[\w*(])", "an owner that goes out of scope"},
    {R"(^\s*#\s*define\s+\w+\()", "a function"},
};

constexpr std::size_t max_columns = 100;
constexpr std::size_t max_function_lines = 70;
constexpr std::size_t max_header_lines = 150;
constexpr std::size_t max_source_lines = 500;

struct SourceFile {
  std::string name;    // such as "sim/units.h"
  std::string folder;  // such as "sim"
  std::vector<std::string> lines;
  bool header = false;
};

std::vector<std::string> lines_of(const fs::path& path) {
  std::ifstream file(path);
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  return lines;
}

const std::vector<SourceFile>& sources() {
  static const std::vector<SourceFile> all = [] {
    std::vector<SourceFile> files;
    for (const auto& [folder, allowed] : may_include) {
      for (const auto& entry : fs::recursive_directory_iterator(fs::path(SOURCE_DIR) / folder)) {
        const std::string kind = entry.path().extension().string();
        if (kind != ".h" && kind != ".cpp") continue;
        files.push_back({fs::relative(entry.path(), SOURCE_DIR).string(), folder,
                         lines_of(entry.path()), kind == ".h"});
      }
    }
    return files;
  }();
  return all;
}

std::string place(const SourceFile& file, std::size_t line_index) {
  return file.name + ":" + std::to_string(line_index + 1) + ": ";
}

// A line without what it says in words: its texts and its comment.
std::string code_of(const std::string& line) {
  std::string code;
  char quote = 0;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    const bool digit_separator = c == '\'' && i > 0 && std::isalnum(line[i - 1]) != 0;
    if (quote != 0) {
      if (c == '\\') ++i;
      if (c == quote) quote = 0;
    } else if ((c == '"' || c == '\'') && !digit_separator) {
      quote = c;
    } else if (line.compare(i, 2, "//") == 0) {
      break;
    } else {
      code += c;
    }
  }
  return code;
}

// Characters, not bytes: what goes on after the first byte of one is not counted.
std::size_t columns(const std::string& line) {
  return static_cast<std::size_t>(std::count_if(line.begin(), line.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0u) != 0x80u;
  }));
}

TEST(House, FoldersIncludeOnlyWhatLiesBelow) {
  const std::regex include(R"re(^\s*#include "(\w+)/)re");
  for (const SourceFile& file : sources()) {
    for (std::size_t i = 0; i < file.lines.size(); ++i) {
      std::smatch match;
      if (!std::regex_search(file.lines[i], match, include)) continue;
      const std::string target = match[1];
      if (target == file.folder || may_include.count(target) == 0) continue;
      EXPECT_TRUE(may_include.at(file.folder).count(target) == 1)
          << place(file, i) << file.folder << " may not include " << target;
    }
  }
}

TEST(House, PackagesStayWhereTheyAreHidden) {
  for (const SourceFile& file : sources()) {
    for (std::size_t i = 0; i < file.lines.size(); ++i) {
      if (file.folder == "tests" || file.lines[i].rfind("#include <", 0) != 0) continue;
      for (const auto& [package, users] : package_users) {
        if (file.lines[i].rfind("#include <" + package, 0) != 0) continue;
        EXPECT_TRUE(users.count(file.folder) == 1)
            << place(file, i) << file.folder << " may not know " << package;
      }
    }
  }
}

TEST(House, NothingBannedIsUsed) {
  // Asking the allocator for raw storage, by the operator's name, makes no object to be owned.
  const std::regex allocator(R"(operator (new|delete))");
  std::vector<std::pair<std::regex, std::string>> rules;
  for (const auto& [pattern, instead] : banned) rules.emplace_back(std::regex(pattern), instead);
  for (const SourceFile& file : sources()) {
    for (std::size_t i = 0; i < file.lines.size(); ++i) {
      const std::string code = std::regex_replace(code_of(file.lines[i]), allocator, "");
      for (const auto& [pattern, instead] : rules)
        EXPECT_FALSE(std::regex_search(code, pattern))
            << place(file, i) << file.lines[i] << "\n  use " << instead;
    }
  }
}

TEST(House, NothingIsLeftForLater) {
  const std::regex later(
      "TO"
      "DO|FIX"
      "ME");
  for (const SourceFile& file : sources())
    for (std::size_t i = 0; i < file.lines.size(); ++i)
      EXPECT_FALSE(std::regex_search(file.lines[i], later)) << place(file, i) << file.lines[i];
}

TEST(House, LinesAndFilesAreShort) {
  for (const SourceFile& file : sources()) {
    const std::size_t limit = file.header ? max_header_lines : max_source_lines;
    EXPECT_LE(file.lines.size(), limit) << file.name;
    for (std::size_t i = 0; i < file.lines.size(); ++i)
      EXPECT_LE(columns(file.lines[i]), max_columns) << place(file, i) << file.lines[i];
  }
}

bool ends_with(const std::string& line, const std::string& end) {
  return line.size() >= end.size() && line.compare(line.size() - end.size(), end.size(), end) == 0;
}

// How many lines the function that starts at `first` has; 0 when none starts there. It goes by the
// layout that clang-format fixes: a function starts on a line with a bracket, indented by at most
// two, opens at the end of that line or of one that continues it, and ends at the next closing
// brace that is indented alike.
std::size_t function_lines(const std::vector<std::string>& lines, std::size_t first) {
  static const std::regex start(
      R"(^( {0,2})(?! |namespace|class|struct|union|enum|for|if|while|switch|//|#|\}).*\(.*)");
  std::smatch match;
  if (!std::regex_match(lines[first], match, start)) return 0;
  std::size_t open = first;
  while (open < lines.size() && !ends_with(lines[open], "{") && !ends_with(lines[open], ";"))
    ++open;
  if (open == lines.size() || !ends_with(lines[open], "{") || ends_with(lines[open], "= {"))
    return 0;
  const std::string closing = std::string(match[1]) + "}";
  std::size_t end = open;
  while (end < lines.size() && lines[end].rfind(closing, 0) != 0) ++end;
  return end + 1 - first;
}

TEST(House, FunctionsAreShort) {
  for (const SourceFile& file : sources())
    for (std::size_t i = 0; i < file.lines.size(); ++i)
      EXPECT_LE(function_lines(file.lines, i), max_function_lines)
          << place(file, i) << file.lines[i];
}

TEST(House, HeadersAreGuardedAndExplained) {
  for (const SourceFile& file : sources()) {
    if (!file.header) continue;
    ASSERT_FALSE(file.lines.empty()) << file.name;
    EXPECT_EQ(file.lines[0], "#pragma once") << file.name;
    const bool explained = std::any_of(file.lines.begin(), file.lines.end(),
                                       [](const auto& line) { return line.rfind("// ", 0) == 0; });
    EXPECT_TRUE(explained) << file.name << ": says nowhere what it is for";
  }
}

TEST(House, EverySourceIsInTheBuild) {
  std::set<std::string> built;
  const std::regex word(R"([\w/.]+\.cpp)");
  for (const std::string& line : lines_of(fs::path(SOURCE_DIR) / "CMakeLists.txt")) {
    const std::string list = line.substr(0, line.find('#'));
    for (std::sregex_iterator it(list.begin(), list.end(), word), end; it != end; ++it)
      built.insert(it->str());
  }
  for (const SourceFile& file : sources()) {
    if (file.header) continue;
    EXPECT_EQ(built.count(file.name), 1u) << file.name << " is not in CMakeLists.txt";
  }
}

TEST(House, ScenariosOpenWithQuestionAndAnswer) {
  std::size_t scenarios = 0;
  for (const auto& entry :
       fs::directory_iterator(fs::path(SOURCE_DIR) / "workloads" / "scenarios")) {
    if (entry.path().extension() != ".textproto") continue;
    ++scenarios;
    const std::vector<std::string> lines = lines_of(entry.path());
    const auto body = std::find_if(lines.begin(), lines.end(),
                                   [](const auto& line) { return line.rfind("#", 0) != 0; });
    const auto says = [&](const std::string& word) {
      return std::any_of(lines.begin(), body,
                         [&](const auto& line) { return line.rfind("# " + word, 0) == 0; });
    };
    EXPECT_TRUE(!lines.empty() && lines[0].rfind("# Question:", 0) == 0) << entry.path();
    EXPECT_TRUE(says("Answer:")) << entry.path();
  }
  EXPECT_GT(scenarios, 0u);
}

}  // namespace
