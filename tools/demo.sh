#!/bin/sh
# demo.sh BUILD: compiles the platform example, prints the plan, and says where to look.
set -eu

build=$1
out=$build/demo

"$build/drc" check examples/platform
"$build/drc" plan examples/platform
"$build/drc" build examples/platform -o "$out"

echo
echo "The artifacts of examples/platform are in $out:"
# What the folder's own table of contents names first, with the number of files below it.
for entry in "$out"/*; do
    if [ -d "$entry" ]; then
        printf '  %-12s %3d files\n' "$(basename "$entry")/" "$(find "$entry" -type f | wc -l)"
    else
        printf '  %s\n' "$(basename "$entry")"
    fi
done
echo
echo "Read $out/README.md first, then a runbook in $out/runbooks/, then change examples/platform and build again:"
echo "  $build/drc build examples/platform -o $out"
