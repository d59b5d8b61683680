#pragma once
#include <cstddef>
#include <memory>
#include <vector>

namespace fleetsim {

// Raw memory that the engine grows in ever larger blocks and never gives back before its end. Large
// blocks ask for huge pages: with 10^7 pending events, address translation is a third of the cost.
class Blocks {
 public:
  std::byte* grow(std::size_t bytes);  // uninitialised; a page costs nothing before it is touched

 private:
  struct Free {
    std::size_t alignment;
    void operator()(std::byte* block) const;
  };
  std::vector<std::unique_ptr<std::byte, Free>> blocks_;
};

}  // namespace fleetsim
