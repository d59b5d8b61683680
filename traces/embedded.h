#pragma once
#include <span>
#include <string_view>

namespace fleetsim {

// Files of the source tree that the program carries with it; the build writes them into it.
struct EmbeddedFile {
  std::string_view path;  // from the root of the tree
  std::string_view text;
};
std::span<const EmbeddedFile> embedded_files();

// The text of one; empty if there is none such.
std::string_view embedded_file(std::string_view path);

}  // namespace fleetsim
