#!/usr/bin/env bash
# Configures a preset of CMakePresets.json and builds the targets named, or everything.
#
#   tools/build.sh release fleetsim
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

preset=${1:?"usage: tools/build.sh PRESET [TARGET...]"}
shift
targets=()
if (($# > 0)); then targets=(--target "$@"); fi
jobs=$(tools/jobs.sh)

echo "Building in build/$preset, $jobs at a time"
cmake --preset "$preset"
cmake --build --preset "$preset" --parallel "$jobs" "${targets[@]}"
