#include "sim/chunk_list.h"

#include <memory>

namespace fleetsim {

void ChunkPool::grow() {
  constexpr std::size_t largest_block = 1 << 14;  // chunks: 2.5 MiB
  fresh_ = blocks_.grow(block_chunks_ * sizeof(Chunk));
  fresh_chunks_ = block_chunks_;
  block_chunks_ = std::min(2 * block_chunks_, largest_block);
}

void ChunkPool::extend(EventList& list) {
  Chunk* chunk = free_;
  if (chunk != nullptr) {
    free_ = chunk->next;
  } else {
    if (fresh_chunks_ == 0) grow();
    chunk = std::construct_at(reinterpret_cast<Chunk*>(fresh_));
    fresh_ += sizeof(Chunk);
    --fresh_chunks_;
    ++chunks_;
  }
  if (list.last == nullptr) {
    chunk->next = chunk;
  } else {
    chunk->next = list.last->next;
    list.last->next = chunk;
  }
  list.last = chunk;
  list.used = 0;
}

}  // namespace fleetsim
