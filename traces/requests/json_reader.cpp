#include "traces/requests/json_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <queue>
#include <span>

#include "sim/printable.h"

namespace fleetsim::requests {

const std::string mooncake_name = "Mooncake";
const std::string chained_name = "LLMServingSim with chained calls";

namespace {

using Json = nlohmann::json;

constexpr std::int64_t second_ns = 1'000'000'000;

struct JsonFormat {
  std::string name{};
  std::vector<std::string> marks{};  // keys that tell it from others
  std::string time{}, prompt{}, output{};
  std::int64_t time_unit = 1;  // ns
  std::uint32_t block_tokens = 0;
};

// Each more special one before the one that it extends.
const std::vector<JsonFormat>& known() {
  static const std::vector<JsonFormat> all = {
      {"Qwen-Bailian", {"chat_id"}, "timestamp", "input_length", "output_length", second_ns, 16},
      {mooncake_name, {}, "timestamp", "input_length", "output_length", 1'000'000, 512},
      {"LLMServingSim", {}, "arrival_time_ns", "input_toks", "output_toks", 1, 0},
      {"LLMServingSim measured", {}, "arrival_time", "input_toks", "output_toks", second_ns, 0},
      {chained_name, {"sub_requests"}, "arrival_time_ns", "input_toks", "output_toks", 1, 0},
  };
  return all;
}

bool is_of(const JsonFormat& format, const Json& row) {
  const bool chained = format.name == chained_name;
  const auto has = [&](const std::string& key) { return row.contains(key); };
  return std::all_of(format.marks.begin(), format.marks.end(), has) && has(format.time) &&
         (chained || (has(format.prompt) && has(format.output)));
}

std::string shown(const Json& value) {
  return printable(value.dump(-1, ' ', true, Json::error_handler_t::replace));
}

Flaw flaw_of(Trouble trouble, const std::string& key, const Json& value) {
  return {trouble, fmt::format("found {} for {}", shown(value), printable(key))};
}

std::optional<Flaw> read_time(const Json& row, const std::string& key, std::int64_t unit,
                              std::int64_t& ns) {
  const auto at = row.find(key);
  if (at == row.end()) return Flaw{Trouble::unreadable, "has no " + key};
  if (at->is_string()) return flaw_of(Trouble::mixed_units, key, *at);
  if (!at->is_number()) return flaw_of(Trouble::no_number, key, *at);
  const auto value = at->get<double>();
  if (value < 0) return flaw_of(Trouble::negative, key, *at);
  if (!(value * static_cast<double>(unit) < static_cast<double>(longest_duration.ns)))
    return flaw_of(Trouble::no_number, key, *at);
  const auto whole = static_cast<std::int64_t>(value);
  ns = at->is_number_integer() ? at->get<std::int64_t>() * unit
                               : whole * unit + std::llround((value - static_cast<double>(whole)) *
                                                             static_cast<double>(unit));
  return std::nullopt;
}

std::optional<Flaw> read_tokens(const Json& row, const std::string& key, std::uint32_t& out) {
  const auto at = row.find(key);
  if (at == row.end()) return Flaw{Trouble::unreadable, "has no " + key};
  if (!at->is_number()) return flaw_of(Trouble::no_number, key, *at);
  const auto value = at->get<double>();
  if (value < 0) return flaw_of(Trouble::negative, key, *at);
  if (value == 0) return flaw_of(Trouble::zero_tokens, key, *at);
  if (value > std::numeric_limits<std::uint32_t>::max())
    return flaw_of(Trouble::too_large, key, *at);
  if (value != std::floor(value)) return flaw_of(Trouble::no_number, key, *at);
  out = static_cast<std::uint32_t>(value);
  return std::nullopt;
}

std::optional<Flaw> read_hashes(const Json& row, std::uint32_t block_tokens, RequestRow& out) {
  const auto at = row.find("hash_ids");
  if (at == row.end() || block_tokens == 0) return std::nullopt;
  if (!at->is_array()) return flaw_of(Trouble::unreadable, "hash_ids", *at);
  for (const Json& hash : *at) {
    if (!hash.is_number_integer()) return flaw_of(Trouble::no_number, "hash_ids", hash);
    out.hashes.push_back(hash.get<std::uint64_t>());
  }
  const std::uint64_t blocks = (std::uint64_t{out.prompt} + block_tokens - 1) / block_tokens;
  if (out.hashes.size() <= blocks) return std::nullopt;
  return Flaw{Trouble::wrong_hashes,
              fmt::format("found {} hashes for {} tokens; expected at most {}, one for {} tokens",
                          out.hashes.size(), out.prompt, blocks, block_tokens)};
}

class JsonReader : public FormatReader {
 public:
  JsonReader(LineBlocks blocks, JsonFormat format)
      : blocks_(std::move(blocks)),
        rest_(blocks_.block()),
        format_(std::move(format)) {
    if (rest_.starts_with("\xEF\xBB\xBF")) rest_.remove_prefix(3);
  }

  std::uint32_t block_tokens() const override { return format_.block_tokens; }

  Result<Outcome> read(RequestRow& row) override {
    const Result<bool> more = next_object();
    if (!more) return more.error();
    if (!*more) return Outcome::end;
    return object_.is_object() ? take(row) : not_an_object();
  }

 protected:
  const Json& object() const { return object_; }
  const JsonFormat& format() const { return format_; }
  SessionNumbers& sessions() { return sessions_; }

  Outcome not_an_object() { return bad({Trouble::unreadable, "no JSON object"}); }

  // Reads the next line that is not blank.
  Result<bool> next_object() {
    while (true) {
      if (rest_.empty()) {
        const Result<bool> more = blocks_.next();
        if (!more || !*more) return more;
        rest_ = blocks_.block();
      }
      const auto end = std::min(rest_.find('\n'), rest_.size());
      const std::string_view line = rest_.substr(0, end);
      rest_.remove_prefix(std::min(end + 1, rest_.size()));
      ++line_;
      if (line.find_first_not_of(" \t\r") == line.npos) continue;
      object_ = Json::parse(line.begin(), line.end(), nullptr, false);
      return true;
    }
  }

 private:
  Outcome take(RequestRow& row) {
    row.hashes.clear();
    std::optional<Flaw> flaw = read_time(object_, format_.time, format_.time_unit, row.arrival.ns);
    if (!flaw) flaw = read_tokens(object_, format_.prompt, row.prompt);
    if (!flaw) flaw = read_tokens(object_, format_.output, row.output);
    if (!flaw) flaw = read_hashes(object_, format_.block_tokens, row);
    if (flaw) return bad(*std::move(flaw));
    row.session = session();
    return Outcome::row;
  }

  // A chat goes on where its parent is; the first of a session has none that is known.
  std::uint32_t session() {
    const auto chat = object_.find("chat_id"), parent = object_.find("parent_chat_id");
    if (chat == object_.end()) return 0;
    const auto before = parent == object_.end() ? chats_.end() : chats_.find(parent->dump());
    const std::string name = chat->dump();
    return chats_[name] = before != chats_.end() ? before->second : sessions_.number(name);
  }

  LineBlocks blocks_;
  std::string_view rest_;
  JsonFormat format_;
  Json object_{};
  SessionNumbers sessions_{};
  std::map<std::string, std::uint32_t> chats_{};
};

// Lines of sessions, in the order of their beginning, whose calls interleave with those of others:
// a call waits here until no session that is still to come can be earlier.
class ChainReader : public JsonReader {
 public:
  using JsonReader::JsonReader;

  Result<Outcome> read(RequestRow& row) override {
    while (!ended_ && (waiting_.empty() || waiting_.top().row.arrival.ns > horizon_)) {
      const Result<bool> more = next_object();
      if (!more) return more.error();
      ended_ = !*more;
      if (ended_) break;
      if (!object().is_object()) return not_an_object();
      if (std::optional<Flaw> flaw = take_session()) return bad(*std::move(flaw));
    }
    if (waiting_.empty()) return Outcome::end;
    row = waiting_.top().row;
    waiting_.pop();
    return Outcome::row;
  }

 private:
  struct Call {
    RequestRow row{};
    std::uint64_t order = 0;  // of reading
  };
  struct Later {
    bool operator()(const Call& a, const Call& b) const {
      return a.row.arrival != b.row.arrival ? a.row.arrival > b.row.arrival : a.order > b.order;
    }
  };

  std::optional<Flaw> take_session() {
    std::int64_t at = 0;
    if (auto flaw = read_time(object(), format().time, 1, at)) return flaw;
    const auto calls = object().find("sub_requests");
    if (calls == object().end() || !calls->is_array())
      return Flaw{Trouble::unreadable, "has no list sub_requests"};
    const auto id = object().find("session_id");
    horizon_ = std::max(horizon_, at);
    std::vector<Call> chain;
    for (const Json& call : *calls) {
      if (!call.is_object()) return flaw_of(Trouble::unreadable, "sub_requests", call);
      Call one{.row = {.arrival = {at}}, .order = ++order_};
      std::int64_t tool = 0;
      std::optional<Flaw> flaw = read_tokens(call, format().prompt, one.row.prompt);
      if (!flaw) flaw = read_tokens(call, format().output, one.row.output);
      if (!flaw && call.contains("tool_duration_ns"))
        flaw = read_time(call, "tool_duration_ns", 1, tool);
      if (flaw) return flaw;
      at = std::min(at + tool, longest_duration.ns);
      chain.push_back(std::move(one));
    }
    const std::uint32_t session =
        sessions().number(id == object().end() ? fmt::format("line {}", line()) : id->dump());
    for (Call& call : chain) {
      call.row.session = session;
      waiting_.push(std::move(call));
    }
    return std::nullopt;
  }

  std::priority_queue<Call, std::vector<Call>, Later> waiting_{};
  std::int64_t horizon_ = 0;
  std::uint64_t order_ = 0;
  bool ended_ = false;
};

Json first_object(std::string_view block) {
  const auto line = block.substr(0, block.find('\n'));
  return Json::parse(line.begin(), line.end(), nullptr, false);
}

}  // namespace

Result<std::unique_ptr<FormatReader>> read_json_requests(LineBlocks blocks, std::string& name) {
  std::string_view block = blocks.block();
  if (block.starts_with("\xEF\xBB\xBF")) block.remove_prefix(3);
  block.remove_prefix(std::min(block.find_first_not_of(" \t\r\n"), block.size()));
  const Json first = first_object(block);
  if (!first.is_object())
    return Error{printable(blocks.path(), 500) +
                 ": begins as JSON, but its first line is no object; expected one a line"};
  for (const JsonFormat& format : known()) {
    if (!is_of(format, first)) continue;
    name = format.name;
    std::unique_ptr<FormatReader> reader;
    if (name == chained_name)
      reader = std::make_unique<ChainReader>(std::move(blocks), format);
    else
      reader = std::make_unique<JsonReader>(std::move(blocks), format);
    return reader;
  }
  std::vector<std::string> texts;
  for (const JsonFormat& format : known())
    texts.push_back(format.name == chained_name
                        ? format.name + " (session_id, arrival_time_ns, sub_requests)"
                        : fmt::format("{} ({}, {}, {})", format.name, format.time, format.prompt,
                                      format.output));
  return Error{fmt::format("{}: its first line is no request that is known; expected those of {}",
                           printable(blocks.path(), 500), fmt::join(texts, "; "))};
}

}  // namespace fleetsim::requests
