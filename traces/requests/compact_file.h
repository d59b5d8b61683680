#pragma once
#include <memory>
#include <string_view>

#include "traces/atomic_file.h"
#include "traces/requests/format_reader.h"

namespace fleetsim::requests {

// The project's own form of a trace: Protocol Buffers as request_file.proto describes, some 8 bytes
// a request. It is written and read piece by piece.

inline constexpr std::string_view compact_name = "fleetsim compact";

bool begins_compact(std::string_view bytes);  // perhaps under gzip: as its bytes are

Result<std::unique_ptr<FormatReader>> read_compact(const std::string& path);

class CompactWriter {
 public:
  static Result<CompactWriter> create(const std::string& path, std::uint32_t block_tokens);
  CompactWriter(CompactWriter&&) noexcept;
  ~CompactWriter();

  void add(const RequestRow& row);
  Status commit();

 private:
  struct State;
  explicit CompactWriter(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace fleetsim::requests
