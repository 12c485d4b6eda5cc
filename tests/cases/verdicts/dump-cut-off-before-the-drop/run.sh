#!/usr/bin/env bash
set -eu
export PGPASSWORD=x
export PATH="$CASE/bin:$PATH" DRC_RUN_DIR="$CASE/run" DRC_STEP=002 DRC_OUT_FOLDER="$OUT" CASE
mkdir -p "$CASE/run/answers" "$CASE/run/steps"
printf '%s' "$CASE/dump" >"$CASE/run/answers/pg.dump"
printf '10.0.0.1' >"$CASE/run/answers/pg.host"
touch "$CASE/dump" "$CASE/cut" "$CASE/calls"
bash "$OUT"/restore/scenarios/bad2/steps/*-pg-load.sh run && exit 1
grep -qE 'psql|--clean' "$CASE/calls" && exit 1
rm "$CASE/cut"
bash "$OUT"/restore/scenarios/bad2/steps/*-pg-load.sh run
grep -q -- --clean "$CASE/calls"
