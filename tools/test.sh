#!/usr/bin/env bash
# Installs what is missing, builds everything in build/release and runs every test. Safe to run
# again. Arguments go to ctest, such as -R '^Law'.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

tools/install_dependencies.sh
tools/build.sh release
echo "Running the tests"
ctest --preset release --parallel "$(nproc)" "$@"
