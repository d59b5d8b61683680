# Writes OUTPUT, a C++ source that holds the text of FILES (paths from ROOT) as embedded_files().
# A string literal may hold 64 KiB, so long texts are cut into several that the compiler joins. As
# literals of string_view they know their lengths, which a compiler would else count step by step.
set(entries "")
foreach(file IN LISTS FILES)
  file(READ "${ROOT}/${file}" text)
  string(LENGTH "${text}" length)
  set(literal "\"\"")
  set(at 0)
  while(at LESS length)
    string(SUBSTRING "${text}" ${at} 8000 piece)
    string(APPEND literal "\nR\"~~~(${piece})~~~\"")
    math(EXPR at "${at} + 8000")
  endwhile()
  string(APPEND entries "    {\"${file}\", ${literal}sv},\n")
endforeach()
file(WRITE "${OUTPUT}.new" "#include \"traces/embedded.h\"

namespace fleetsim {
namespace {

using namespace std::string_view_literals;

constexpr EmbeddedFile files[] = {
${entries}};

}  // namespace

std::span<const EmbeddedFile> embedded_files() {
  return files;
}

std::string_view embedded_file(std::string_view path) {
  for (const EmbeddedFile& file : files)
    if (file.path == path) return file.text;
  return {};
}

}  // namespace fleetsim
")
file(COPY_FILE "${OUTPUT}.new" "${OUTPUT}" ONLY_IF_DIFFERENT)
