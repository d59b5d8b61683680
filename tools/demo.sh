#!/usr/bin/env bash
# From a fresh checkout to the first table: installs what is missing, builds build/release/fleetsim
# and runs the quick-start scenario. Safe to run again.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

scenario=workloads/scenarios/mm1.textproto
tools/install_dependencies.sh
tools/build.sh release fleetsim
echo "Running build/release/fleetsim run $scenario"
echo
build/release/fleetsim run "$scenario"
