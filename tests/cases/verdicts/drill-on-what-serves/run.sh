#!/usr/bin/env bash
set -eu
export PATH="$CASE/bin:$PATH" DRC_STATE="$CASE/state" CASE
d="$OUT/restore/drills"
touch "$CASE/calls"
for options in "" --with-recovery --for-real; do
    status=0
    bash "$d/table.sh" --yes $options </dev/null >"$CASE/said" || status=$?
    test "$status" -eq 2
    grep -q 'rollout undo' "$CASE/said"
    test ! -s "$CASE/calls"
done
status=0
bash "$d/whole.sh" --yes </dev/null >"$CASE/said" 2>&1 || status=$?
test "$status" -eq 1
test ! -s "$CASE/calls"
grep -q 'Nothing was rehearsed' "$CASE/said"
echo "input.web.context=dc2" >"$CASE/answers"
bash "$d/away.sh" --yes --answers "$CASE/answers" </dev/null >"$CASE/said" 2>&1
grep -q -- '--context dc2' "$CASE/calls"
grep -q -- '--context dc ' "$CASE/calls" && exit 1
exit 0
