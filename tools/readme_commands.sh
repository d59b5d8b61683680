#!/usr/bin/env bash
# Runs what README.md (or the file given) tells a reader to type: every line of its ```sh blocks, in
# order, from the project's root. What is not to be run here belongs in a block of another kind.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

readme=${1:-README.md}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

awk '/^```/ { inside = !inside && $0 == "```sh"; next } inside' "$readme" >"$folder/commands"
if ! grep -q '[^[:space:]]' "$folder/commands"; then
  echo "$readme has no \`\`\`sh block" >&2
  exit 1
fi
export PATH="$PWD/build/release:$PATH"
# -v shows each line as it is read, before it runs.
bash -euo pipefail -v "$folder/commands" </dev/null
echo "Every command of $readme works."
