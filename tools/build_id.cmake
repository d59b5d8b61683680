# Writes OUTPUT, a C++ source with the commit that the program is built from; run at each build, but
# the file changes only when the answer does.
execute_process(COMMAND git -C "${ROOT}" describe --always --dirty --abbrev=12
  OUTPUT_VARIABLE commit OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET RESULT_VARIABLE failed)
if(failed)
  set(commit "unknown")
endif()
file(WRITE "${OUTPUT}.new" "#include \"tools/version.h\"

namespace fleetsim {

const char* const build_id = \"${VERSION}-${commit}\";

}  // namespace fleetsim
")
file(COPY_FILE "${OUTPUT}.new" "${OUTPUT}" ONLY_IF_DIFFERENT)
