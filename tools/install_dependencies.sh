#!/usr/bin/env bash
# Installs what fleetsim is built from, by its Debian names (Debian 12 or newer, Ubuntu 24.04).
# Only what is missing is asked for: with everything there, neither apt nor the network is touched.
#
#   tools/install_dependencies.sh       to build and to test
#   tools/install_dependencies.sh ci    also the second compiler and the formatter of .ci/run
set -euo pipefail

packages=(
  g++                  # the compiler
  cmake                # the build
  ninja-build          # runs it
  git                  # names the sources in the build id
  libboost-dev         # Asio: threads, signals; Random: portable draws; Math: special functions
  librandom123-dev     # counter-based random streams
  libhdf5-dev          # result files
  libprotobuf-dev      # the scenario schema
  protobuf-compiler    # makes code of it
  libspdlog-dev        # logs
  libfmt-dev           # text
  libcli11-dev         # the command line
  nlohmann-json3-dev   # JSON results
  zlib1g-dev           # traces compressed by gzip
  libgtest-dev         # tests
  python3              # tests that read results as users do
  python3-h5py         # the same
  ca-certificates      # fetching by https
)
ci_packages=(
  clang                # must give the same numbers as g++
  clang-format-14      # one layout: another version would lay out otherwise
)

case "${1-}" in
  "") ;;
  ci) packages+=("${ci_packages[@]}") ;;
  *) echo "usage: $0 [ci]" >&2; exit 2 ;;
esac

is_installed() {
  [[ "$(dpkg-query --show --showformat='${db:Status-Status}' "$1" 2>/dev/null)" == installed ]]
}

if ! command -v dpkg-query >/dev/null; then
  echo "This is no Debian or Ubuntu; install the equivalents of: ${packages[*]}" >&2
  exit 1
fi

missing=()
for package in "${packages[@]}"; do
  is_installed "$package" || missing+=("$package")
done
if ((${#missing[@]} == 0)); then
  echo "All ${#packages[@]} packages are installed."
  exit 0
fi

echo "Installing ${missing[*]}"
as_root=()
if ((EUID != 0)); then
  if ! command -v sudo >/dev/null; then
    echo "Installing takes root, and there is no sudo. As root: apt-get install ${missing[*]}" >&2
    exit 1
  fi
  as_root=(sudo)
fi
# A fresh machine may be updating itself: wait for its lock.
apt=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive
     apt-get -y -q -o DPkg::Lock::Timeout=600 -o Acquire::Retries=3)
"${apt[@]}" update
"${apt[@]}" install --no-install-recommends "${missing[@]}"
