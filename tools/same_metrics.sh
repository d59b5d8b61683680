#!/usr/bin/env bash
# Runs one scenario with each program given, on one thread and on two, and fails unless all metrics
# are the same to the last bit.
#
#   tools/same_metrics.sh workloads/scenarios/mm1.textproto build/{release,debug,clang}/fleetsim
set -euo pipefail

scenario=${1:?"usage: tools/same_metrics.sh SCENARIO PROGRAM..."}
shift
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

status=0
for program in "$@"; do
  for threads in 1 2; do
    "$program" run "$scenario" --format json --quiet --threads "$threads" >"$folder/result.json"
    # Shortest digits read and print back to themselves, so equal text means equal bits.
    python3 -c 'import json, sys
metrics = json.load(open(sys.argv[1]))["metrics"]
assert metrics, "a run without metrics proves nothing"
json.dump(metrics, sys.stdout, indent=1, sort_keys=True)' \
      "$folder/result.json" >"$folder/metrics"
    if [[ ! -e $folder/first ]]; then
      mv "$folder/metrics" "$folder/first"
      echo "$program, $threads threads: taken as reference"
    elif diff "$folder/first" "$folder/metrics"; then
      echo "$program, $threads threads: the same"
    else
      echo "$program, $threads threads: DIFFERENT" >&2
      status=1
    fi
  done
done
exit "$status"
