#!/usr/bin/env bash
set -eu
export PATH="$CASE/bin:$PATH" DRC_STATE="$CASE/state" DRC_WORK="$CASE/work" DRC_ENV_FILE="$CASE/env" RESTIC_PASSWORD=x CASE
mkdir -p "$CASE/state" "$CASE/work" "$CASE/elsewhere/g-n"
touch "$CASE/elsewhere/g-n/kept" "$CASE/calls"
ln -s "$CASE/elsewhere" "$CASE/work/restic.work"
# What it reads is there.
for folder in keep cache other; do mkdir -p "$CASE/files/$folder" && touch "$CASE/files/$folder/one"; done
sed -i "s#/srv/files#$CASE/files#g" "$OUT"/cron/jobs/g-n.sh
bash "$OUT"/cron/jobs/g-n.sh && exit 1
test -e "$CASE/elsewhere/g-n/kept"
grep -q ' backup ' "$CASE/calls" && exit 1
rm "$CASE/work/restic.work"
bash "$OUT"/cron/jobs/g-n.sh
grep -- ' backup ' "$CASE/calls" | grep -F -- "--exclude=$CASE/files/keep/**/*.tmp" | grep -qF -- "--exclude=$CASE/files/cache"
grep -qF -- "$CASE/files/other/**" "$CASE/calls" && exit 1
grep -qvE "^700 $(id -un)\$" "$CASE/modes" && exit 1
test -s "$CASE/modes" && test ! -e "$CASE/work/restic.work/g-n"
