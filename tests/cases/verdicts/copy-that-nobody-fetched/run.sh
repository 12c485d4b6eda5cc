#!/usr/bin/env bash
# Both are backed up; then the recovery is asked for `small`, which comes back while nobody has said which copy of `big` it shall be.
set -eu
mkdir -p "$CASE/state" "$CASE/bin" "$CASE/store" "$CASE/into" "$CASE/small" "$CASE/big"
printf '#!/bin/sh\nfor last in "$@"; do :; done\nexec sh -c "$last"\n' >"$CASE/bin/ssh"
chmod +x "$CASE/bin/ssh"
export PATH="$CASE/bin:$PATH" DRC_ENV_FILE="$CASE/env"
echo one >"$CASE/small/file"
echo two >"$CASE/big/file"
for name in small big; do
    job="$OUT/cron/jobs/$name-full.sh"
    sed -i "s#'\?/b'\? *\$#'$CASE/store'#; s# /b # $CASE/store #g; s#\./$name#.$CASE/$name#" "$job"
    sed -i "s#^\( *v[0-9]*=\)'\?/b'\?\$#\1'$CASE/store'#" "$job"
    DRC_STATE="$CASE/state" DRC_HOST=vm bash "$job"
    # What only the backup itself needs is not asked of the machine that fetches.
    sed -i 's/^job tool gzip$/job tool no-such-program/' "$job"
done
test "$(find "$CASE/store" -name '*.tar.gz' | wc -l)" -eq 2

# `small` is answered at once; for `big` there is a line only after its copy was asked, and then nobody is there any more.
printf '%s\n' latest localhost "$CASE/into" | DRC_INTERACTIVE=1 timeout 120 bash "$OUT/restore/recover.sh" s --yes-i-declare INC-1 --state "$CASE/runs" \
    >"$CASE/log" 2>&1 && exit 1
test "$(cat "$CASE/into$CASE/small/file")" = one
test ! -e "$CASE/into$CASE/big"
grep -q 'nobody answered input.big.archive' "$CASE/log"

stamp=$(find "$CASE/store" -path '*big-full/*.tar.gz' -printf '%f\n' | cut -d. -f1)
printf 'input.big.archive=%s\ninput.big.host=localhost\ninput.big.into=%s\n' "$stamp" "$CASE/into" >"$CASE/answers"
timeout 120 bash "$OUT/restore/recover.sh" s --resume --state "$CASE/runs" --answers "$CASE/answers" >"$CASE/log" 2>&1
test "$(cat "$CASE/into$CASE/big/file")" = two
