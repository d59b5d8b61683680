#pragma once
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sim/law.h"
#include "sim/units.h"
#include "traces/requests/quantile_table.h"

namespace fleetsim::requests {

inline constexpr std::uint32_t most_drifts = 8;  // of a client

// What synth.proto says, as numbers.
struct Recipe {
  struct Gaps {
    enum class Law : std::uint8_t { poisson, gamma, weibull, quantiles };
    Law law = Law::poisson;
    double cv = 1;                                 // of gamma and weibull
    std::shared_ptr<const QuantileTable> table{};  // of quantiles; only ratios count
  };
  struct OnOff {
    QuantileTable on, off;  // s
  };
  struct Diurnal {
    double swing = 0, period = 0, peak = 0;  // s
  };
  struct Phase {
    double rate = 0, stay = 0;  // relative; s
  };
  struct Drift {
    double cv = 0, memory = 0;  // s
  };
  struct Sessions {
    double more = 0;
    QuantileTable think;  // s
    std::uint32_t block_tokens = 0, shared_blocks = 0;
  };
  struct Client {
    std::uint32_t count = 1;
    double rate = 0;  // 1/s
    Gaps gaps{};
    std::optional<OnOff> on_off{};
    std::optional<Diurnal> diurnal{};
    std::vector<Phase> phases{};
    std::vector<Drift> drift{};
    QuantileTable prompt, output;
    double correlation = 0;
    std::optional<Sessions> sessions{};
  };

  double span = 0;  // s
  std::vector<Client> clients{};
};

// The law of a gap of mean 1.
Result<Law> unit_gap(const Recipe::Gaps& gaps);

// Text format by synth.proto; errors name the place in it.
Result<Recipe> parse_recipe(const std::string& text, const std::string& name);
std::string recipe_text(const Recipe& recipe);

// The recipes that the program brings along: stand-ins for published traces, by parameters that
// were fitted to them.
std::vector<std::string> twin_names();
Result<Recipe> twin_recipe(const std::string& name);

}  // namespace fleetsim::requests
