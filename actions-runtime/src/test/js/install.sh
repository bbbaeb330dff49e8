#!/bin/sh
# Installs the npm packages that the tests of Actions use, unless they are there.
set -eu
cd "$(dirname "$0")"

# npm leaves its own copy of the lock in the tree it installed.
installed=node_modules/.package-lock.json
if [ ! -f "$installed" ] || [ package-lock.json -nt "$installed" ]; then
  npm ci --ignore-scripts --loglevel=error
fi
