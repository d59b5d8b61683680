#pragma once
#include <optional>
#include <vector>

#include "workloads/serving/arrivals.h"

namespace fleetsim::serving {

// The conversations of one client. Where prompts grow, one holds all tokens that were asked and
// answered before, and its whole blocks have names that later prompts of the conversation repeat;
// the block at its end, which the next prompt fills up with something else, has a name of its own.
class Sessions {
 public:
  // REQUIRES: config.sessions. Block tokens 0: nobody looks for blocks, so none are named.
  Sessions(const ClientConfig& config, std::uint32_t block_tokens, const Chance& chance,
           std::uint32_t client);

  std::uint32_t open();  // a conversation begins; its number, used again when it is over
  Duration think();      // before a request
  // `fresh` holds new tokens only; the next request of the conversation, whose hashes last until it
  // has ended.
  Arrivals::Arrival say(std::uint32_t session, const Arrivals::Arrival& fresh);
  // A request has ended: how long to think before the next; none: the conversation is over.
  std::optional<Duration> ended(std::uint32_t session, bool answered, std::uint32_t prompt,
                                std::uint32_t output);

 private:
  struct Session {
    std::uint64_t name = 0;
    std::uint32_t left = 0, turn = 0;  // requests to come, requests so far
    std::uint32_t known = 0;           // tokens said before
    std::uint32_t whole = 0;           // hashes of whole blocks
    std::vector<std::uint64_t> hashes{};
  };
  void begin(Session& session);

  const ClientConfig& config_;
  std::uint32_t block_tokens_, client_;
  Stream think_, turns_;
  std::uint64_t begun_ = 0;
  std::vector<Session> sessions_;
  std::vector<std::uint32_t> free_;
};

}  // namespace fleetsim::serving
