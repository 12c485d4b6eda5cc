#!/usr/bin/env bash
set -eu
mkdir -p "$CASE/state"
export PATH="$CASE/bin:$PATH" DRC_STATE="$CASE/state" DRC_ENV_FILE="$CASE/env"

# reads WANTED LINE…: the job sees this password in a file of these lines.
reads() {
    printf '%s\n' "${@:2}" >"$CASE/env"
    chmod 600 "$CASE/env"
    rm -f "$CASE/seen"
    bash "$OUT"/cron/jobs/www-files.sh >/dev/null 2>&1 || true
    test "$(cat "$CASE/seen" 2>/dev/null)" = "$1" || { echo "instead of $1: $(cat "$CASE/seen")"; exit 1; }
}

# refused LINE: the job ends before it does anything.
refused() {
    printf '%s\n' "$1" >"$CASE/env"
    rm -f "$CASE/seen"
    code=0
    bash "$OUT"/cron/jobs/www-files.sh >/dev/null 2>&1 || code=$?
    test "$code" = 78 && test ! -e "$CASE/seen" || { echo "not refused: $1 ($code)"; exit 1; }
}

reads 'pa$(touch x)s`s` #1' '# ours' '' '; theirs' 'RESTIC_PASSWORD=pa$(touch x)s`s` #1'
reads 'two words' 'RESTIC_PASSWORD=two words   '
reads ' $HOME ' "RESTIC_PASSWORD=' \$HOME '"
reads 'dou ble' 'RESTIC_PASSWORD="dou ble"'
refused 'RESTIC_PASSWORD=back\slash'
refused "RESTIC_PASSWORD=it's"
refused 'export RESTIC_PASSWORD=x'
