#include "tools/trace_options.h"

namespace fleetsim {
namespace {

using Action = TraceOptions::Action;

CLI::App& add_action(CLI::App& trace, TraceOptions& options, Action action, const char* name,
                     const char* help) {
  CLI::App& sub = *trace.add_subcommand(name, help);
  sub.callback([&options, action] { options.action = action; });
  return sub;
}

void add_reading(CLI::App& sub, TraceOptions& options) {
  sub.add_option(
         "FILE", options.files,
         "traces of Azure, BurstGPT, Mooncake, Qwen-Bailian, Vidur, splitwise-sim, LLMServingSim, "
         "or of this program, perhaps under gzip: their content tells which")
      ->required();
  sub.add_flag("--lenient", options.lenient, "skip bad rows; else they are an error");
  sub.add_option("--columns", options.columns,
                 "of another CSV: time=HEADING,prompt=HEADING,output=HEADING[,session=HEADING]")
      ->type_name("MAP");
  sub.add_option("--time-unit", options.time_unit, "of the times in --columns: s, ms, us or ns")
      ->option_text("UNIT");
  sub.add_option("--spread", options.spread,
                 "what to do with batches of a clock that ticks slowly: auto, none, or its tick")
      ->type_name("TIME");
  sub.add_option("--seed", options.seed, "seed of all randomness")->option_text("N");
}

void add_format(CLI::App& sub, TraceOptions& options) {
  const std::map<std::string, Format> formats = {{"text", Format::text}, {"json", Format::json}};
  sub.add_option("--format", options.format, "text or json")
      ->transform(CLI::CheckedTransformer(formats))
      ->option_text("FORMAT");
}

void add_info(CLI::App& trace, TraceOptions& options) {
  CLI::App& info =
      add_action(trace, options, Action::info, "info", "rate, burstiness, lengths, prefix hits");
  add_reading(info, options);
  add_format(info, options);
  info.footer(
      "Examples:\n"
      "  fleetsim trace info AzureLLMInferenceTrace_conv.csv\n"
      "  fleetsim trace info requests.csv.gz --columns time=at,prompt=in,output=out "
      "--time-unit ms --lenient");
}

void add_output(CLI::App& sub, TraceOptions& options) {
  sub.add_option("-o,--output", options.output,
                 "where to: .pb (compact, Protocol Buffers), .h5 (HDF5) or .csv")
      ->required();
}

void add_convert(CLI::App& trace, TraceOptions& options) {
  CLI::App& convert =
      add_action(trace, options, Action::convert, "convert", "any trace into the project's forms");
  add_reading(convert, options);
  add_output(convert, options);
  convert.footer(
      "Examples:\n"
      "  fleetsim trace convert mooncake.jsonl -o mooncake.pb\n"
      "  fleetsim trace convert AzureLMMInferenceTrace.csv.gz --lenient -o multimodal.h5");
}

void add_slice(CLI::App& trace, TraceOptions& options) {
  CLI::App& slice = add_action(trace, options, Action::slice, "slice", "a part of the time");
  add_reading(slice, options);
  add_output(slice, options);
  slice
      .add_option("--from", options.from, "time since the first request; its beginning by default")
      ->type_name("TIME");
  slice.add_option("--to", options.to, "the same; its end by default")->type_name("TIME");
  slice.footer(
      "Examples:\n"
      "  fleetsim trace slice conv.csv --from '10 min' --to '20 min' -o part.pb\n"
      "  fleetsim trace slice week.pb --to '1 d' -o monday.pb");
}

void add_scale(CLI::App& trace, TraceOptions& options) {
  CLI::App& scale =
      add_action(trace, options, Action::scale, "scale", "more or less of a trace; several as one");
  add_reading(scale, options);
  add_output(scale, options);
  scale
      .add_option("--speed", options.speed, "time passes so many times as fast; 2 doubles the rate")
      ->check(CLI::Range(1e-6, 1e6))
      ->option_text("X");
  scale.add_option("--keep", options.keep, "each request stays with this probability")
      ->check(CLI::Range(0.0, 1.0))
      ->option_text("P");
  scale.add_option("--copies", options.copies, "so many of it at once, none in step with another")
      ->check(CLI::Range(1, 100'000))
      ->option_text("N");
  scale.footer(
      "Examples:\n"
      "  fleetsim trace scale conv.csv --speed 2 -o busy.pb\n"
      "  fleetsim trace scale conv.csv code.csv --keep 0.5 -o mixed.pb");
}

void add_synth(CLI::App& trace, TraceOptions& options) {
  CLI::App& synth =
      add_action(trace, options, Action::synth, "synth", "invent a trace by a recipe");
  synth
      .add_option("RECIPE", options.files,
                  "a .textproto file; azure_conv, azure_code or mooncake; or rates and tokens "
                  "of ServeGen")
      ->required()
      ->expected(1, -1);
  synth.add_option("--rate", options.rate, "requests in a time, instead of the recipe's")
      ->type_name("RATE");
  synth.add_option("--span", options.span, "how long, instead of the recipe's")->type_name("TIME");
  synth.add_option("--seed", options.seed, "seed of all randomness")->option_text("N");
  add_output(synth, options);
  synth.footer(
      "Examples:\n"
      "  fleetsim trace synth azure_conv --seed 7 -o conv.pb\n"
      "  fleetsim trace synth azure_code --rate '20 /s' --span '1 d' -o code.csv");
}

void add_fit(CLI::App& trace, TraceOptions& options) {
  CLI::App& fit = add_action(trace, options, Action::fit, "fit",
                             "find a recipe for traces like this, and say how like they are");
  add_reading(fit, options);
  fit.add_option("-o,--output", options.output, "the recipe, as trace synth takes it")->required();
  fit.footer(
      "Examples:\n"
      "  fleetsim trace fit AzureLLMInferenceTrace_code.csv -o code.textproto\n"
      "  fleetsim trace fit mooncake.jsonl --seed 3 -o mooncake.textproto");
}

void add_calibrate(CLI::App& trace, TraceOptions& options) {
  CLI::App& calibrate = add_action(trace, options, Action::calibrate, "calibrate",
                                   "fit a service to what an engine was measured to do");
  calibrate
      .add_option("FILE", options.files,
                  "JSON lines with input_toks, output_toks, queued_ts, first_token_ts and "
                  "last_token_ts in seconds")
      ->required()
      ->expected(1);
  calibrate
      .add_option("--scenario", options.scenario,
                  "with the service as the data sheet has it: one replica")
      ->required();
  calibrate.add_option("--set", options.sets, "PATH=VALUE: a field of the scenario")
      ->option_text("PATH=VALUE");
  add_format(calibrate, options);
  calibrate.footer(
      "Examples:\n"
      "  fleetsim trace calibrate vllm_requests.jsonl --scenario rtxpro6000_vllm.textproto\n"
      "  fleetsim trace calibrate vllm_requests.jsonl --scenario rtxpro6000_vllm.textproto "
      "--format json");
}

}  // namespace

void add_trace(CLI::App& app, TraceOptions& options) {
  CLI::App& trace =
      *app.add_subcommand("trace", "request traces: read, convert, change, invent, fit, calibrate");
  trace.require_subcommand(1);
  add_info(trace, options);
  add_convert(trace, options);
  add_slice(trace, options);
  add_scale(trace, options);
  add_synth(trace, options);
  add_fit(trace, options);
  add_calibrate(trace, options);
  trace.footer(
      "Examples:\n"
      "  fleetsim trace info AzureLLMInferenceTrace_conv.csv\n"
      "  fleetsim trace info mooncake.jsonl --format json");
}

}  // namespace fleetsim
