#!/bin/sh
# Installs the npm packages that the tests of Auth0's clients run, unless they are there.
set -eu
cd "$(dirname "$0")"

if ! command -v node >/dev/null 2>&1 || ! command -v npm >/dev/null 2>&1; then
  echo "Testing with Auth0's clients needs Node.js 20.19 or newer with npm on the PATH." >&2
  exit 1
fi

# npm leaves its own copy of the lock in the tree it installed.
installed=node_modules/.package-lock.json
if [ ! -f "$installed" ] || [ package-lock.json -nt "$installed" ]; then
  npm ci --ignore-scripts --loglevel=error
fi
