#include "sim/blocks.h"

#include <new>

#ifdef __linux__
#include <sys/mman.h>
#endif

namespace fleetsim {
namespace {

constexpr std::size_t huge_page = std::size_t{2} << 20;
constexpr std::size_t cache_line = 64;

}  // namespace

void Blocks::Free::operator()(std::byte* block) const {
  ::operator delete (block, std::align_val_t{alignment});
}

std::byte* Blocks::grow(std::size_t bytes) {
  const std::size_t alignment = bytes >= huge_page ? huge_page : cache_line;
  void* raw = ::operator new (bytes, std::align_val_t{alignment});
#ifdef __linux__
  // Advice only: where the kernel refuses, the block is merely slower.
  if (bytes >= huge_page) madvise(raw, bytes, MADV_HUGEPAGE);
#endif
  auto* block = static_cast<std::byte*>(raw);
  blocks_.emplace_back(block, Free{alignment});
  return block;
}

}  // namespace fleetsim
