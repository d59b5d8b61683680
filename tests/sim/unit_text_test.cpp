#include "sim/unit_text.h"

#include <gtest/gtest.h>

#include <clocale>
#include <cmath>

namespace fleetsim {
namespace {

constexpr auto second = Dimension::second, byte = Dimension::byte, flop = Dimension::flop,
               joule = Dimension::joule, kilogram = Dimension::kilogram, dollar = Dimension::dollar,
               metre = Dimension::metre, kelvin = Dimension::kelvin, litre = Dimension::litre,
               token = Dimension::token, ampere = Dimension::ampere;

Dimension ratio(Dimension::Base over, Dimension::Base under) {
  return times(power_of(over), power_of(under), -1);
}

// What a text is in base units. The values are the exact quotients, to the last bit: 3 ms is the
// double nearest to 0.003.
struct Reading {
  const char* text;
  double value;
  Dimension dimension;
};
const Reading readings[] = {
    {"30 min", 1800, power_of(second)},
    {"30min", 1800, power_of(second)},
    {"  +2e6 s ", 2e6, power_of(second)},
    {"1.1111111111 s", 1.1111111111, power_of(second)},
    {"3 ms", 0.003, power_of(second)},
    {"7 us", 7e-6, power_of(second)},
    {"7 \u00b5s", 7e-6, power_of(second)},
    {"7 \u03bcs", 7e-6, power_of(second)},
    {"11 ns", 1.1e-8, power_of(second)},
    {"2 ps", 2e-12, power_of(second)},
    {"2 h", 7200, power_of(second)},
    {"90 d", 7776000, power_of(second)},
    {"2 wk", 1209600, power_of(second)},
    {"1 yr", 31536000, power_of(second)},
    {"2 hours", 7200, power_of(second)},
    {"-1 s", -1, power_of(second)},
    {"600 /s", 600, power_of(second, -1)},
    {"600 / s", 600, power_of(second, -1)},
    {"1/h", 1 / 3600.0, power_of(second, -1)},
    {"2 kHz", 2000, power_of(second, -1)},
    {"60 requests/min", 1, power_of(second, -1)},
    {"9.8 m/s^2", 9.8, times(power_of(metre), power_of(second, 2), -1)},
    {"9.8 m*s^-2", 9.8, times(power_of(metre), power_of(second, 2), -1)},
    {"80 GB", 8e10, power_of(byte)},
    {"1 GiB", 1073741824, power_of(byte)},
    {"3 TiB", 3298534883328, power_of(byte)},
    {"8 b", 1, power_of(byte)},
    {"1 Kib", 128, power_of(byte)},
    {"400 Gb/s", 5e10, ratio(byte, second)},
    {"400 Gbps", 5e10, ratio(byte, second)},
    {"3.35 TB/s", 3.35e12, ratio(byte, second)},
    {"989 TFLOP/s", 9.89e14, ratio(flop, second)},
    {"989 TFLOPS", 9.89e14, ratio(flop, second)},
    {"2 PFLOP", 2e15, power_of(flop)},
    {"700 W", 700, ratio(joule, second)},
    {"1 kWh", 3.6e6, power_of(joule)},
    {"5 pJ/b", 4e-11, ratio(joule, byte)},
    {"820 g/kWh", 820 / 3.6e9, ratio(kilogram, joule)},
    {"1.5 t", 1500, power_of(kilogram)},
    {"150 kg", 150, power_of(kilogram)},
    {"12 mg", 12e-6, power_of(kilogram)},
    {"30000 $", 30000, power_of(dollar)},
    {"3 M$", 3e6, power_of(dollar)},
    {"2 $/h", 2 / 3600.0, ratio(dollar, second)},
    {"0.02 $/GB", 0.02 / 1e9, ratio(dollar, byte)},
    {"3 $/Mtok", 3e-6, ratio(dollar, token)},
    {"12 USD/MWh", 12 / 3.6e9, ratio(dollar, joule)},
    {"512 tokens", 512, power_of(token)},
    {"50 ms/token", 0.05, ratio(second, token)},
    {"30 km", 30000, power_of(metre)},
    {"814 mm^2", 814e-6, power_of(metre, 2)},
    {"814 mm2", 814e-6, power_of(metre, 2)},
    {"814 mm\u00b2", 814e-6, power_of(metre, 2)},
    {"300 K", 300, power_of(kelvin)},
    {"1.8 L/kWh", 1.8 / 3.6e6, ratio(litre, joule)},
    {"2 m3", 2000, power_of(litre)},
    {"25 %", 0.25, {}},
    {"25%", 0.25, {}},
    {"40 ppm", 4e-5, {}},
    {"8.03 Bparam", 8.03e9, {}},
    {"110 Mparam", 1.1e8, {}},
    {"3 months", 7884000, power_of(second)},
    {"500 KB", 5e5, power_of(byte)},
    {"14 B/param", 14, power_of(byte)},
    {"100 MIPS", 1e8, ratio(flop, second)},
    {"3 dollars", 3, power_of(dollar)},
    {"0.588 ZFLOP", 5.88e20, power_of(flop)},
    {"5 KFLOPs", 5000, power_of(flop)},
    {"2 KOPS", 2000, ratio(flop, second)},
    {"1.5 joules", 1.5, power_of(joule)},
    {"700 watts", 700, ratio(joule, second)},
    {"70 kUSD", 70000, power_of(dollar)},
    {"3 liters", 3, power_of(litre)},
    {"300 Btokens", 3e11, power_of(token)},
    {"7 Bparams", 7e9, {}},
    {"21 N*m", 21, power_of(joule)},
    {"12 A", 12, power_of(ampere)},
    {"3 V*A", 3, ratio(joule, second)},
    {"2 A^2*ohm", 2, ratio(joule, second)},
    {"5 C*V", 5, power_of(joule)},
    {"0.25", 0.25, {}},
};

TEST(UnitText, ReadsEveryUnit) {
  for (const Reading& c : readings) {
    const auto measure = parse_measure(c.text);
    ASSERT_TRUE(measure) << c.text << ": " << measure.error().message;
    EXPECT_DOUBLE_EQ(measure->value, c.value) << c.text;
    EXPECT_EQ(measure->dimension, c.dimension) << c.text;
  }
}

// Whole numbers of units convert to the double nearest to the truth, not to one beside it.
TEST(UnitText, RoundsOnce) {
  EXPECT_EQ(*parse_in("30 min", "s"), 1800);
  EXPECT_EQ(*parse_in("90 %", "%"), 90);
  EXPECT_EQ(*parse_in("1800 s", "min"), 30);
  EXPECT_EQ(*parse_in("400 Gb/s", "Gb/s"), 400);
  EXPECT_EQ(*parse_in("400 Gb/s", "GB/s"), 50);
  EXPECT_EQ(*parse_in("1 kWh", "MJ"), 3.6);
  for (int n = 1; n <= 1000; ++n) {
    EXPECT_EQ(*parse_in(std::to_string(n) + " ms", "s"), n / 1e3);
    EXPECT_EQ(*parse_in(std::to_string(n) + " ns", "s"), n / 1e9);
    EXPECT_EQ(*parse_in(std::to_string(n) + " %", "1"), n / 1e2);
    EXPECT_EQ(*parse_in(std::to_string(n) + " TB", "TB"), n);
  }
}

struct Refusal {
  const char *text, *unit, *message;
};
const Refusal refusals[] = {
    {"1 kg", "s", "\"1 kg\" is a mass; expected a time such as \"30 min\""},
    {"1", "s", "\"1\" has no unit; expected a time such as \"30 min\""},
    {"5 s", "1", "\"5 s\" is a time; expected a number such as \"0.25\" or \"25 %\""},
    {"3 kg*m/s^2", "W", "is a quantity in kg*m/s^2; expected a power such as \"700 W\""},
    {"", "s", "\"\" is empty; expected a time"},
    {"  ", "s", "is empty"},
    {"min", "s", "does not begin with a number"},
    {"1,5 s", "s", "unknown unit \",5\""},
    {"1 2 s", "s", "unknown unit \"2\""},
    {"1 h 30 min", "s", "found \"30 min\" after the unit \"h\""},
    {"30 mins", "s", "unknown unit \"mins\"; did you mean \"min\"?"},
    {"80 gigabyte", "B", "unknown unit \"gigabyte\""},
    {"80 GiBs", "B", "did you mean \"GiB\"?"},
    {"5 KWh", "J", "unknown unit \"KWh\"; did you mean \"kWh\"?"},
    {"0x10 s", "s", "unknown unit \"x10\""},
    {"nan s", "s", "is not a finite number"},
    {"inf s", "s", "is not a finite number"},
    {"-infinity s", "s", "is not a finite number"},
    {"1e400 s", "s", "is beyond the numbers"},
    {"-1e400 s", "s", "is beyond the numbers"},
    {"1e-400 s", "s", "is beyond the numbers"},
    {"1e308 yr", "s", "is beyond the numbers"},
    {"18446744073709551616 %", "s", "is a number; expected a time"},
    {"1 s/", "s", "\"s/\" is no unit: a word is missing"},
    {"1 s^", "s", "expected a power such as ^2"},
    {"1 s^x", "s", "expected a power such as ^2"},
    {"1 //s", "s", "a word is missing"},
    {"1 s\n", "s", "unknown unit \"s\\n\""},
    {"1 \x01", "s", "unknown unit \"\\x01\""},
    {"+-1 s", "s", "does not begin with a number"},
};

TEST(UnitText, RefusesWithWhatWasFoundAndExpected) {
  for (const Refusal& c : refusals) {
    const auto value = parse_in(c.text, c.unit);
    ASSERT_FALSE(value) << c.text;
    EXPECT_NE(value.error().message.find(c.message), std::string::npos)
        << c.text << " says: " << value.error().message;
  }
}

TEST(UnitText, RefusesWhatIsTooLongInOneShortLine) {
  const std::string long_text = "1 s" + std::string(100'000, '*');
  for (const std::string& text : {long_text, std::string(100'000, '1'), "1 " + long_text}) {
    const auto value = parse_in(text, "s");
    ASSERT_FALSE(value);
    EXPECT_LT(value.error().message.size(), 300u);
  }
}

// A comma for the decimal point, as half of Europe has it, changes nothing.
TEST(UnitText, AsksNoLocale) {
  const std::string before = std::setlocale(LC_ALL, nullptr);
  for (const char* name : {"de_DE.UTF-8", "fr_FR.UTF-8", "de_DE"}) std::setlocale(LC_ALL, name);
  EXPECT_EQ(*parse_in("1.5 min", "s"), 90);
  EXPECT_EQ(format_measure(0.25, "s"), "250 ms");
  EXPECT_EQ(format_number(1.5, 3), "1.5");
  std::setlocale(LC_ALL, before.c_str());
}

struct Shown {
  double value;
  const char* unit;
  int digits;
  const char* text;
};
const Shown shown[] = {
    {168840, "s", 3, "46.9 h"},
    {88.412 * 86400, "s", 5, "88.412 d"},
    {90 * 86400, "s", 3, "90 d"},
    {1800, "s", 3, "30 min"},
    {10, "s", 4, "10 s"},
    {0.0711, "s", 3, "71.1 ms"},
    {2.5e-6, "s", 3, "2.5 \u00b5s"},
    {3e-9, "s", 3, "3 ns"},
    {0, "s", 3, "0 s"},
    {-0.5, "s", 3, "-500 ms"},
    {4e8, "s", 3, "12.7 yr"},
    {0.99996, "s", 3, "1 s"},
    {1064.2, "kg", 3, "1.06 t"},
    {12e-3, "kg", 3, "12 g"},
    {400e9, "b/s", 3, "400 Gb/s"},
    {50e9, "B/s", 3, "50 GB/s"},
    {3.35e12, "B/s", 3, "3.35 TB/s"},
    {989e12, "FLOP/s", 3, "989 TFLOP/s"},
    {700, "W", 3, "700 W"},
    {1.2e6, "W", 2, "1.2 MW"},
    {3.6e6, "J", 3, "1 kWh"},
    {250, "J", 3, "250 J"},
    {2, "$/h", 3, "2 $/h"},
    {1234567, "USD", 4, "1.235 M$"},
    {600, "1/s", 3, "600 /s"},
    {0.9123, "1", 4, "0.9123"},
    {0.91, "1", 4, "0.91"},
    {123456, "count", 3, "123000"},
    {1.5e12, "count", 3, "1.5e+12"},
    {1e-7, "1", 3, "1e-07"},
    {512, "tokens", 3, "512 tokens"},
    {1.8, "L/kWh", 3, "1.8 L/kWh"},
};

TEST(UnitText, ShowsNumbersAsPeopleReadThem) {
  for (const Shown& c : shown)
    EXPECT_EQ(format_measure(c.value, c.unit, c.digits), c.text) << c.value << ' ' << c.unit;
  EXPECT_EQ(format_measure(std::nan(""), "1"), "nan");
  EXPECT_EQ(format_measure(-INFINITY, "s", 3).substr(0, 4), "-inf");
}

// What is shown to 15 digits reads back as what it was.
TEST(UnitText, ShownTimesReadBack) {
  for (double value = 1e-9; value < 1e10; value *= 1.7) {
    const std::string text = format_measure(value, "s", 15);
    const auto back = parse_in(text, "s");
    ASSERT_TRUE(back) << text << ": " << back.error().message;
    EXPECT_NEAR(*back, value, 1e-13 * value) << text;
  }
}

TEST(UnitText, AMeanAndItsHalfWidthShareAUnit) {
  const ReadableUnit unit = readable_unit(168840, "s");
  EXPECT_EQ(unit.name, "h");
  EXPECT_EQ(format_number(3240 / unit.size, 2), "0.9");
}

TEST(UnitText, NamesTheExpectedKind) {
  EXPECT_EQ(expected_in("s"), "a time such as \"30 min\"");
  EXPECT_EQ(expected_in("kg*K"), "a quantity in kg*K");
  // Each example is of the kind that it stands for.
  for (const char* unit :
       {"1",     "s",       "1/s",     "B",       "B/s", "FLOP", "FLOP/s", "FLOP/J", "FLOP/B",
        "J",     "W",       "J/B",     "J/FLOP",  "kg",  "kg/J", "$",      "$/s",    "$/B",
        "$/J",   "$/token", "$/kg",    "m",       "m^2", "m/s",  "K",      "L",      "L/J",
        "token", "token/s", "s/token", "B/token", "A",   "ohm",  "kg*m^2", "m/s^2"}) {
    const std::string expected = expected_in(unit);
    const auto quote = expected.find('"');
    ASSERT_NE(quote, std::string::npos) << unit;
    const std::string example =
        expected.substr(quote + 1, expected.find('"', quote + 1) - quote - 1);
    EXPECT_TRUE(parse_in(example, unit)) << example << " is no " << unit;
  }
}

}  // namespace
}  // namespace fleetsim
