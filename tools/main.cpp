#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstring>
#include <new>
#include <optional>

#include "sim/nearest.h"
#include "tools/commands.h"
#include "tools/report.h"
#include "tools/solve_command.h"
#include "tools/trace_options.h"
#include "tools/version.h"
#include "tools/zoo_command.h"

namespace {

using namespace fleetsim;

// What the command line asks for; one command of it is carried out.
struct Request {
  RunOptions run;
  SweepOptions sweep;
  CheckOptions check;
  ValidateOptions validate;
  BenchOptions bench;
  SolveOptions solve;
  ZooOptions zoo;
  TraceOptions trace;
};

void add_format(CLI::App& command, Format& format) {
  const std::map<std::string, Format> formats = {
      {"text", Format::text}, {"json", Format::json}, {"csv", Format::csv}};
  command.add_option("--format", format, "text, json or csv")
      ->transform(CLI::CheckedTransformer(formats))
      ->option_text("FORMAT");
}

void add_common(CLI::App& command, CommonOptions& options) {
  const std::map<std::string, Progress::When> when = {{"auto", Progress::When::automatic},
                                                      {"always", Progress::When::always},
                                                      {"never", Progress::When::never}};
  add_format(command, options.format);
  command.add_option("--threads", options.threads, "threads to run on; all cores by default")
      ->check(CLI::Range(1, 4096))
      ->option_text("N");
  command.add_option("--seed", options.seed, "seed of all randomness")->option_text("N");
  command.add_option("--progress", options.progress, "auto (on a terminal), always or never")
      ->transform(CLI::CheckedTransformer(when))
      ->option_text("WHEN");
  command.add_flag("--quiet", options.quiet, "no table, no progress, no warnings");
}

void add_experiment(CLI::App& command, ExperimentWords& options) {
  command.add_option("SCENARIO", options.scenario, ".textproto, .json or .pb")->required();
  command.add_option("--set", options.sets, "PATH=VALUE: change a field of the scenario")
      ->type_name("PATH=VALUE");
  command.add_option("--replications", options.replications, "how many independent repetitions")
      ->option_text("N");
  command.add_option("--until", options.until,
                     "METRIC:1%: repeat until its half-width is that small");
  command.add_option("-o,--output", options.output, "write the results to this HDF5 file");
  command.add_flag("--resume", options.resume, "go on from what the -o file keeps");
}

void add_run(CLI::App& app, RunOptions& options) {
  CLI::App& run =
      *app.add_subcommand("run", "simulate a scenario and set it beside its closed forms");
  add_experiment(run, options);
  run.add_option("--trace", options.trace, "write replication 0 as a Chrome/Perfetto trace");
  run.add_flag("--strict", options.strict, "exit 1 if a closed form does not agree");
  add_common(run, options.common);
  run.footer(
      "Examples:\n"
      "  fleetsim run workloads/scenarios/mm1.textproto\n"
      "  fleetsim run workloads/scenarios/mm1.textproto --set queueing.station[0].servers=2 "
      "--until queue.wait.mean:1% -o mm2.h5");
}

// Each takes one value, so that several need the option again and SCENARIO may come anywhere.
void add_sweep_lists(CLI::App& sweep, SweepOptions& options) {
  const auto list = [&](const char* name, std::vector<std::string>& values, const char* type,
                        const char* help) {
    sweep.add_option(name, values, help)->allow_extra_args(false)->type_name(type);
  };
  list("--vary", options.vary, "PATH=WHAT",
       "LO:HI[:lin|:log]:N, or A,B,C; several make a grid, the first slowest");
  list("--minimize", options.minimize, "METRIC", "say which point is best; with two, the front");
  list("--maximize", options.maximize, "METRIC", "the same for what should be large");
  list("--subject-to", options.subject_to, "'METRIC<=VALUE UNIT'",
       "points where this does not hold are never best");
  list("--first", options.first, "'METRIC>=VALUE UNIT'",
       "where this holds first along the last --vary");
  list("--show", options.show, "METRIC", "print this metric too; * and ? stand for letters");
}

void add_sweep(CLI::App& app, SweepOptions& options) {
  CLI::App& sweep = *app.add_subcommand("sweep", "run a scenario at many points and compare them");
  add_experiment(sweep, options);
  add_sweep_lists(sweep, options);
  sweep.add_option("--sample", options.sample,
                   "random:N or lhs:N (Latin hypercube): that many points instead of the grid");
  add_common(sweep, options.common);
  sweep.footer(
      "Examples:\n"
      "  fleetsim sweep workloads/scenarios/mmc.textproto "
      "--vary 'queueing.station[0].servers=8:16:9' --first 'queue.wait.mean<=100 ms'\n"
      "  fleetsim sweep workloads/scenarios/power_of_two.textproto "
      "--vary 'queueing.router[0].choices=1,2,3,5' "
      "--vary 'queueing.source[0].interarrival.exponential.rate=500 /s:950 /s:4' "
      "--minimize queue.sojourn.p99 -o choices.h5");
}

void add_check(CLI::App& app, CheckOptions& options) {
  CLI::App& check = *app.add_subcommand("check", "load scenarios and say what is wrong with them");
  check.add_option("SCENARIO", options.scenarios, "files to check");
  check.add_option("--set", options.sets, "PATH=VALUE: change a field first")
      ->type_name("PATH=VALUE");
  check.add_flag("--print", options.print, "print the scenario with every default filled in");
  check.add_flag("--fields", options.fields, "print every field that a scenario may have");
  check.footer(
      "Examples:\n"
      "  fleetsim check workloads/scenarios/mm1.textproto --print\n"
      "  fleetsim check --fields");
}

void add_validate(CLI::App& app, ValidateOptions& options) {
  CLI::App& validate =
      *app.add_subcommand("validate", "hold the simulator against its closed forms, case by case");
  validate.add_option("CASE", options.globs, "names of cases, with * and ?; all by default");
  validate.add_flag("--list", options.list, "only list the cases");
  add_common(validate, options.common);
  validate.footer(
      "Examples:\n"
      "  fleetsim validate 'q.*'\n"
      "  fleetsim validate q.mm1 --format json");
}

void add_bench(CLI::App& app, BenchOptions& options) {
  CLI::App& bench = *app.add_subcommand("bench", "measure the speed of the program's parts");
  bench.add_option("NAME", options.name, "kernel, shapes, network, queueing, solve or search");
  bench.add_option("--largest", options.largest, "largest number of pending events")
      ->check(CLI::Range(std::uint64_t{10}, std::uint64_t{1'000'000'000}))
      ->option_text("N");
  bench.add_option("--events", options.events, "events or customers timed in each row")
      ->check(CLI::Range(std::uint64_t{1}, std::uint64_t{10'000'000'000}))
      ->option_text("N");
  add_format(bench, options.common.format);
  bench.footer(
      "Examples:\n"
      "  fleetsim bench kernel --format json\n"
      "  fleetsim bench queueing --events 1000000");
}

// The arguments of a solver are its own, so they are taken as they come.
CLI::App& add_solve(CLI::App& app, SolveOptions& options) {
  CLI::App& solve = *app.add_subcommand("solve", "one answer from closed forms");
  solve.add_option("SOLVER", options.solver,
                   "its name, then its arguments: --NAME VALUE ...; or compare, "
                   "search, evaluate");
  solve.add_flag("--list", options.list, "list all solvers");
  solve.add_flag("--walls", options.walls, "list the 22 walls");
  solve.add_flag("--describe", options.describe, "inputs, outputs, equations of a solver");
  solve.add_flag("--strict", options.strict, "exit 1 if the answer is not feasible");
  solve.add_option("--zoo", options.zoos, "additions to the catalogue")
      ->allow_extra_args(false)
      ->type_name("FILE");
  solve.add_option("--cases", options.cases, "hold the solvers against published answers")
      ->type_name("FILE");
  add_format(solve, options.format);
  solve.allow_extras();
  solve.footer(
      "Examples:\n"
      "  fleetsim solve serving --model Llama3_8B --hardware H100 --seq_len 2048\n"
      "  fleetsim solve compare A100 H100 --model Llama3_8B\n"
      "  fleetsim solve evaluate plan.json --strict\n"
      "  fleetsim solve search serving --model Llama3_8B --seq_len 2048 "
      "--vary hardware=A100,H100 --vary batch_size=1:64 --minimize itl "
      "--subject-to 'ttft <= 2 s'");
  return solve;
}

void add_zoo(CLI::App& app, ZooOptions& options) {
  CLI::App& zoo = *app.add_subcommand("zoo", "the catalogue: devices, models, systems, prices ...");
  zoo.add_option("KIND", options.kind, "hardware, models, ...; without it, all kinds");
  zoo.add_option("NAME", options.name, "an entry: Cloud.H100, or H100 where that is the only one");
  zoo.add_option("--sort", options.sort, "a column; with :desc behind it, from the largest down")
      ->type_name("COLUMN");
  zoo.add_option("--filter", options.filters, "COLUMN>=VALUE (<= > < = !=), or a text to look for")
      ->type_name("WHAT");
  zoo.add_option("--zoo", options.files, "JSON that adds to the catalogue or overrides it")
      ->type_name("FILE");
  add_format(zoo, options.format);
  zoo.footer(
      "Examples:\n"
      "  fleetsim zoo hardware --sort peak_flops:desc --filter 'tdp<=400 W'\n"
      "  fleetsim zoo hardware H100");
}

std::vector<std::string> command_names(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; }))
    names.push_back(command->get_name());
  return names;
}

// A word where the name of a command belongs, and is none.
std::optional<Error> no_command(const std::vector<const CLI::App*>& given, int argc, char** argv) {
  const std::vector<std::string> commands = command_names(*given.back());
  std::string before;
  for (std::size_t i = 1; i < given.size(); ++i) before += given[i]->get_name() + ' ';
  if (commands.empty()) return std::nullopt;
  const auto word = static_cast<int>(given.size());
  if (word >= argc && given.size() > 1)
    return Error{fmt::format("\"{0}\" needs a command behind it; fleetsim {0} --help lists them",
                             before.substr(0, before.size() - 1))};
  if (word >= argc || argv[word][0] == '-' ||
      std::find(commands.begin(), commands.end(), argv[word]) != commands.end())
    return std::nullopt;
  return Error{fmt::format("no command \"{}{}\"{}; fleetsim {}--help lists them", before,
                           argv[word], did_you_mean(argv[word], commands), before)};
}

// What CLI11 says of a wrong command line, in one line, with the nearest option.
Error explain(const CLI::App& app, const CLI::ParseError& error, int argc, char** argv) {
  std::vector<const CLI::App*> given = {&app};  // and the commands that have been named
  while (!given.back()->get_subcommands().empty())
    given.push_back(given.back()->get_subcommands().front());
  if (const auto none = no_command(given, argc, argv)) return *none;
  std::vector<std::string> options;
  for (std::size_t i = 1; i < given.size(); ++i)
    for (const CLI::Option* option : given[i]->get_options())
      for (const std::string& name : option->get_lnames()) options.push_back("--" + name);
  std::string message = error.what();
  for (int i = 1; i < argc; ++i)
    if (std::strncmp(argv[i], "--", 2) == 0 && message.find(argv[i]) != std::string::npos)
      if (std::find(options.begin(), options.end(), argv[i]) == options.end())
        message += did_you_mean(argv[i], options);
  std::replace(message.begin(), message.end(), '\n', ' ');
  return Error{message};
}

int carry_out(const CLI::App& app, const Request& request) {
  if (app.got_subcommand("run")) return run_command(request.run);
  if (app.got_subcommand("sweep")) return sweep_command(request.sweep);
  if (app.got_subcommand("check")) return check_command(request.check);
  if (app.got_subcommand("solve")) return solve_command(request.solve);
  if (app.got_subcommand("validate")) return validate_command(request.validate);
  if (app.got_subcommand("zoo")) return zoo_command(request.zoo);
  if (app.got_subcommand("trace")) return trace_command(request.trace);
  return bench_command(request.bench);
}

int command_line(int argc, char** argv) {
  CLI::App app(
      "fleetsim simulates fleets of machines and sets every simulated number beside the closed "
      "form\n"
      "that predicts it.",
      "fleetsim");
  Request request;
  app.set_version_flag("--version", std::string("fleetsim ") + fleetsim::version);
  app.require_subcommand(1);
  app.get_formatter()->column_width(34);
  add_run(app, request.run);
  add_sweep(app, request.sweep);
  add_check(app, request.check);
  add_validate(app, request.validate);
  add_bench(app, request.bench);
  add_zoo(app, request.zoo);
  add_trace(app, request.trace);
  const CLI::App& solve = add_solve(app, request.solve);
  app.footer(
      "Examples:\n"
      "  fleetsim run workloads/scenarios/mm1.textproto\n"
      "  fleetsim validate 'q.*'");
  try {
    app.parse(argc, argv);
    request.solve.arguments = solve.remaining();
    return carry_out(app, request);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return app.exit(error);
    return fleetsim::fail(explain(app, error, argc, argv));
  }
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return command_line(argc, argv);
  } catch (const std::bad_alloc&) {
    return fleetsim::fail({"out of memory", Error::Kind::environment});
  } catch (const CLI::Error& error) {  // of the options as they are declared: no input causes it
    return fleetsim::fail({error.what(), Error::Kind::environment});
  }
}
