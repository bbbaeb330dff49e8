#!/bin/sh
# Checks (or with "apply" rewrites) the format of every Java source with google-java-format, on the JDK that Maven selected.
set -eu
java="${TOOLCHAIN_JAVA_HOME:-${JAVA_HOME:?no JDK selected}}/bin/java"
exports=""
for package in api code file main parser tree util; do
  exports="$exports --add-exports=jdk.compiler/com.sun.tools.javac.$package=ALL-UNNAMED"
done
find shared-model actions-runtime gateway -path '*/src/*' -name '*.java' > target/java-sources.txt
[ -s target/java-sources.txt ] || exit 0
case "${1:-check}" in
  apply) mode="--replace" ;;
  *) mode="--dry-run --set-exit-if-changed" ;;
esac
# shellcheck disable=SC2086 # the flags are meant to be split
if ! "$java" $exports -jar target/google-java-format.jar $mode @target/java-sources.txt; then
  echo "The files named above are not formatted. Run: mvn validate -N -Dcambio.format=apply" >&2
  exit 1
fi
