#include "traces/requests/change_requests.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <queue>

#include "sim/stream.h"

namespace fleetsim::requests {
namespace {

class Changed : public RowSource {
 public:
  explicit Changed(Rows rows) : rows_(std::move(rows)) {}
  std::uint32_t block_tokens() const override { return rows_->block_tokens(); }

 protected:
  RowSource& rows() { return *rows_; }

 private:
  Rows rows_;
};

class Slice : public Changed {
 public:
  Slice(Rows rows, Duration from, Duration to) : Changed(std::move(rows)), from_(from), to_(to) {}

  Result<bool> next(RequestRow& row) override {
    while (true) {
      const Result<bool> more = rows().next(row);
      if (!more || !*more) return more;
      if (row.arrival >= Instant{} + to_) return false;
      if (row.arrival < Instant{} + from_) continue;
      row.arrival = row.arrival + Duration{-from_.ns};
      return true;
    }
  }

 private:
  Duration from_, to_;
};

class Faster : public Changed {
 public:
  Faster(Rows rows, double factor) : Changed(std::move(rows)), factor_(factor) {}

  Result<bool> next(RequestRow& row) override {
    const Result<bool> more = rows().next(row);
    if (more && *more)
      row.arrival.ns = std::llround(std::min(static_cast<double>(row.arrival.ns) / factor_,
                                             static_cast<double>(longest_duration.ns)));
    return more;
  }

 private:
  double factor_;
};

class Thin : public Changed {
 public:
  Thin(Rows rows, double share, std::uint64_t seed)
      : Changed(std::move(rows)),
        share_(share),
        chance_(Chance{.seed = seed}.stream("requests.thin")) {}

  Result<bool> next(RequestRow& row) override {
    while (true) {
      const Result<bool> more = rows().next(row);
      if (!more || !*more || chance_.uniform() < share_) return more;
    }
  }

 private:
  double share_;
  Stream chance_;
};

class Superposed : public RowSource {
 public:
  explicit Superposed(std::vector<Rows> sources, std::uint32_t block_tokens)
      : sources_(std::move(sources)),
        heads_(sources_.size()),
        block_tokens_(block_tokens) {}

  std::uint32_t block_tokens() const override { return block_tokens_; }

  Result<bool> next(RequestRow& row) override {
    for (; begun_ < sources_.size(); ++begun_)
      if (const Status read = refill(begun_); !read) return read.error();
    if (order_.empty()) return false;
    const std::size_t first = order_.top().second;
    order_.pop();
    row = heads_[first];
    if (const Status read = refill(first); !read) return read.error();
    return true;
  }

 private:
  using Place = std::pair<Instant, std::size_t>;  // of the next row of a source

  Status refill(std::size_t source) {
    RequestRow& row = heads_[source];
    const Result<bool> more = sources_[source]->next(row);
    if (!more) return more.error();
    if (!*more) return Done{};
    const std::uint64_t session = std::uint64_t{row.session} * sources_.size() + source;
    if (session > std::numeric_limits<std::uint32_t>::max())
      return Error{"the sessions of these traces are too many to be numbered anew"};
    if (row.session != 0) row.session = static_cast<std::uint32_t>(session);
    for (std::uint64_t& hash : row.hashes) hash ^= std::uint64_t{source} << 48;
    order_.emplace(row.arrival, source);
    return Done{};
  }

  std::vector<Rows> sources_;
  std::vector<RequestRow> heads_;
  std::uint32_t block_tokens_;
  std::size_t begun_ = 0;
  std::priority_queue<Place, std::vector<Place>, std::greater<>> order_{};
};

class Rotated : public RowSource {
 public:
  Rotated(std::shared_ptr<const serving::RequestTrace> trace, Duration start)
      : trace_(std::move(trace)),
        start_(start) {
    const auto& arrival = trace_->arrival;
    first_ = static_cast<std::size_t>(
        std::lower_bound(arrival.begin(), arrival.end(), Instant{} + start) - arrival.begin());
    const auto gaps = static_cast<std::int64_t>(std::max<std::size_t>(arrival.size() - 1, 1));
    round_ = {arrival.back().ns + (arrival.back() - arrival.front()).ns / gaps};
  }

  std::uint32_t block_tokens() const override { return trace_->block_tokens; }

  Result<bool> next(RequestRow& row) override {
    if (given_ == trace_->size()) return false;
    const std::size_t ahead = first_ + given_++, i = ahead % trace_->size();
    const Duration turn = ahead >= trace_->size() ? round_ : 0_s;
    row.arrival = trace_->arrival[i] + (turn - start_);
    row.prompt = trace_->prompt[i];
    row.output = trace_->output[i];
    row.session = trace_->session.empty() ? 0 : trace_->session[i];
    const auto hashes = trace_->hashes_of(i);
    row.hashes.assign(hashes.begin(), hashes.end());
    return true;
  }

 private:
  std::shared_ptr<const serving::RequestTrace> trace_;
  Duration start_, round_{};
  std::size_t first_ = 0, given_ = 0;
};

}  // namespace

Rows slice(Rows rows, Duration from, Duration to) {
  return std::make_unique<Slice>(std::move(rows), from, to);
}

Rows speed_up(Rows rows, double factor) {
  return std::make_unique<Faster>(std::move(rows), factor);
}

Rows thin(Rows rows, double share, std::uint64_t seed) {
  return std::make_unique<Thin>(std::move(rows), share, seed);
}

Result<Rows> superpose(std::vector<Rows> sources) {
  std::uint32_t block_tokens = 0;
  for (const Rows& rows : sources) {
    const std::uint32_t tokens = rows->block_tokens();
    if (tokens != 0 && block_tokens != 0 && tokens != block_tokens)
      return Error{"these traces hash blocks of " + std::to_string(block_tokens) + " and of " +
                   std::to_string(tokens) + " tokens; expected one size"};
    block_tokens = std::max(block_tokens, tokens);
  }
  return Rows(std::make_unique<Superposed>(std::move(sources), block_tokens));
}

Rows rotated(std::shared_ptr<const serving::RequestTrace> trace, Duration start) {
  return std::make_unique<Rotated>(std::move(trace), start);
}

}  // namespace fleetsim::requests
