#pragma once
#include <array>

#include "topology/fabric.h"

namespace fleetsim {

// Folded Clos network of 1 to 4 tiers (Al-Fares et al., SIGCOMM 2008, for three): a single switch,
// leaf and spine, fat trees. Switches have k ports; half of them, m = k/2, point down (in the top
// tier, all). Leaf switches have m/o uplinks when oversubscribed by o.
//
//   tier t has groups g, each above m^t ends, of W_t switches w; the top tier is one group;
//   W_1 = 1, W_(t+1) = W_t F_t, where F_1 = m/o and F_t = m are the uplinks of a switch;
//   uplink c of switch (t, g, w) goes to switch (t+1, g/m, w F_t + c).
//
// So the way up is free to choose and fixes the way down. T tiers hold 2 m^T ends. A tree that is
// not full has the same top switches with fewer ports in use: `parts` packs those into whole ones.
class FatTree final : public Fabric {
 public:
  static constexpr std::uint32_t most_tiers = 4;

  static Result<std::unique_ptr<Fabric>> make(const FabricShape& shape, std::uint32_t tiers);
  FatTree(const FabricShape& shape, std::uint32_t tiers, std::uint32_t uplinks);
  static std::uint32_t tiers_for(std::uint32_t ends,
                                 std::uint32_t radix);  // at least 2; may be > 4

  std::uint32_t vertices() const override { return first_switch_[tiers_ + 1]; }
  std::uint32_t links() const override { return first_link_[tiers_]; }
  Ends ends_of(LinkId link) const override;
  FabricParts parts() const override;
  std::string vertex_name(std::uint32_t vertex) const override;
  void route(std::uint32_t from, std::uint32_t to, std::uint64_t choice, Path& out) const override;

 private:
  std::uint32_t group_of(std::uint32_t end, std::uint32_t tier) const;
  double cut_of_leaves() const;
  std::uint32_t switch_at(std::uint32_t tier, std::uint32_t group, std::uint32_t which) const;

  // By tier, from 1; [tiers + 1] is one past the last.
  template <class T>
  using ByTier = std::array<T, most_tiers + 2>;
  std::uint32_t tiers_, radix_, down_;
  ByTier<std::uint64_t> span_{};                     // ends below a group: m^t
  ByTier<std::uint32_t> groups_{}, width_{}, up_{};  // G_t, W_t, F_t
  ByTier<std::uint32_t> first_switch_{},
      first_link_{};  // first_link_[t]: from tier t up, then down
};

}  // namespace fleetsim
