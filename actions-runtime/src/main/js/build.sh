#!/bin/sh
# Bundles the prelude and the preinstalled packages into the folder given as the only argument.
set -eu
cd "$(dirname "$0")"
out=${1:?usage: build.sh OUTDIR}

if ! command -v node >/dev/null 2>&1 || ! command -v npm >/dev/null 2>&1; then
  echo "Building the Actions prelude needs Node.js 20 or newer with npm on the PATH." >&2
  exit 1
fi

# npm leaves its own copy of the lock in the tree it installed.
installed=node_modules/.package-lock.json
if [ ! -f "$installed" ] || [ package-lock.json -nt "$installed" ]; then
  npm ci --ignore-scripts --loglevel=error
fi
node build.mjs "$out"
