#!/usr/bin/env bash
# The job of vm2 on another machine, on one that nobody says anything of, and on its own.
set -eu
mkdir -p "$CASE/state" "$CASE/bin" "$CASE/store"
printf '#!/bin/sh\nfor last in "$@"; do :; done\nexec sh -c "$last"\n' >"$CASE/bin/ssh"
# No address of this machine is that of a host of the plan.
printf '#!/bin/sh\necho 192.0.2.77\n' >"$CASE/bin/hostname"
chmod +x "$CASE/bin/ssh" "$CASE/bin/hostname"
export PATH="$CASE/bin:$PATH" DRC_STATE="$CASE/state" DRC_ENV_FILE="$CASE/env"
job="$OUT/cron/jobs/f2-n.sh"
sed -i "s#/b\b#$CASE/store#g; s#\([^.]\)/srv#\1$CASE/bin#g; s#\./srv#.$CASE/bin#g" "$job"

code=0
DRC_HOST=vm1 bash "$job" || code=$?
test "$code" -eq 78
code=0
if [[ ! -e /etc/drc/host ]]; then
    bash "$job" || code=$?
    test "$code" -eq 78
fi
test -z "$(find "$CASE/store" -type f)"
DRC_HOST=vm2 bash "$job"
test -n "$(find "$CASE/store" -name '*.tar.gz')"
# By its address, without a word from anybody.
printf '#!/bin/sh\necho 10.0.0.6\n' >"$CASE/bin/hostname"
printf '#!/bin/sh\necho "10.0.0.6 STREAM x"\n' >"$CASE/bin/getent"
chmod +x "$CASE/bin/getent"
if [[ ! -e /etc/drc/host ]]; then
    bash "$job"
fi
