#!/usr/bin/env bash
# Prints how many compilers may run at once: one a core, and 1.5 GB of memory for each.
set -euo pipefail

cores=$(nproc)
kilobytes=$(awk '/^MemAvailable:/ { print $2 }' /proc/meminfo)
# A container may be given less than the machine has.
limit=/sys/fs/cgroup/memory.max
if [[ -r $limit && $(<"$limit") =~ ^[0-9]+$ ]]; then
  allowed=$(($(<"$limit") / 1024))
  if ((allowed < kilobytes)); then kilobytes=$allowed; fi
fi
fitting=$((kilobytes / 1500000))
jobs=$((fitting < cores ? fitting : cores))
echo $((jobs > 1 ? jobs : 1))
