#!/usr/bin/env bash
set -eu
mkdir -p "$CASE/state" "$CASE/buckets/copies"
export PATH="$CASE/bin:$PATH" DRC_STATE="$CASE/state" DRC_ENV_FILE="$CASE/env" DRC_ALERT_COMMAND="$CASE/bin/alert"
export AWS_ACCESS_KEY_ID=x AWS_SECRET_ACCESS_KEY=x

bash "$OUT"/cron/jobs/cache-rdb.sh && exit 2
test -s "$CASE/alerts"
grep -q '"status":"failed"' "$CASE"/state/*.jsonl
test "$(cat "$CASE"/state/*.failures)" = 1
