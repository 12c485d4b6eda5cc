#!/usr/bin/env bash
# Runs one step to its end, as a process of its own: check, act, wait until it took effect, verify; with a time limit
# for each attempt and a pause before the next. Writes the result to the journal itself, so that it is kept even when
# recover.sh is killed meanwhile.
#
#     run-step.sh NUMBER ID FILE VERBS SECONDS RETRIES [CUT [GRACE]]
#
# CUT: seconds after which an attempt is given up that is not the last. The proof counts on it, and on the pause behind it.
# GRACE: seconds between the request to end and the end by force, of the last attempt; also what `verify` has at least.
# The look whether the step is done already belongs to the first attempt: what it takes, the attempt has less.
#
# Exit: 0 done, 10 already done, 11 not done yet and a person has to do it, 124 out of time, otherwise the status of
# what failed. With the verb `undo`, the step is taken back.
set -euo pipefail
here="$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)"
# shellcheck source=common.sh
source "${here}/common.sh"

number="$1"
id="$2"
file="$3"
verbs=",$4,"
limit="$5"
retries="$6"
cut="${7:-0}"
last_grace="${8:-30}"
export DRC_STEP="${number}"
log="${DRC_RUN_DIR:?}/steps/${number}.log"
poll="${DRC_POLL_SECONDS:-10}"
pause="${DRC_RETRY_SECONDS:-5}"
grace="${last_grace}"
child=""
started="$(drc_now_ms)"

# Called by the trap.
# shellcheck disable=SC2317
interrupted() {
    if [[ -n "${child}" ]]; then
        kill -TERM "${child}" 2>/dev/null || true
        wait "${child}" 2>/dev/null || true
    fi
    journal step "${number}" interrupted id "${id}" duration_ms "$(($(drc_now_ms) - started))"
    exit 143
}
trap interrupted TERM INT HUP

# within SECONDS VERB: runs one verb of the step. In the background, so that a signal is handled at once.
within() {
    local seconds="$1" verb="$2" status=0
    printf -- '--- %s %s\n' "$(drc_utc "${EPOCHSECONDS}")" "${verb}" >>"${log}"
    timeout --kill-after="${grace}" "${seconds}" bash -- "${file}" "${verb}" </dev/null >>"${log}" 2>&1 &
    child=$!
    wait "${child}" || status=$?
    child=""
    # 137: it ignored the request to end and was killed.
    if ((status == 137)); then
        status=124
    fi
    return "${status}"
}

has() {
    [[ "${verbs}" == *,"$1",* ]]
}

finish() {
    local status="$1" code="$2" attempt="$3"
    journal step "${number}" "${status}" id "${id}" attempt "${attempt}" rc "${code}" \
        duration_ms "$(($(drc_now_ms) - started))"
    exit "$4"
}

# One attempt; sets `failed` to what failed and returns its status.
attempt_once() {
    local deadline="$1" left status=0
    failed=run
    left=$((deadline - EPOCHSECONDS))
    left=$((left > 0 ? left : 1))
    if [[ "${verbs}" == ,undo, ]]; then
        within "${left}" undo
        return
    fi
    if has run; then
        within "${left}" run || return $?
    fi
    if has until; then
        failed=until
        while :; do
            left=$((deadline - EPOCHSECONDS))
            if ((left <= 0)); then
                return 124
            fi
            status=0
            within "$((left < 60 ? left : 60))" until || status=$?
            if ((status == 0)); then
                break
            fi
            sleep "$((poll < left ? poll : left))" &
            child=$!
            wait "${child}" || true
            child=""
        done
    fi
    if has verify; then
        failed=verify
        left=$((deadline - EPOCHSECONDS))
        within "$((left > grace ? left : grace))" verify || return $?
    fi
}

main() {
    local attempt=0 begun="${EPOCHSECONDS}" code next looks last="${limit}"
    journal step "${number}" started id "${id}"
    if has check; then
        # Half of the first attempt, so that one that hangs leaves time for the work; a person's answer has no such limit.
        looks=$((retries > 0 && cut > 0 ? cut : limit))
        looks=$(((looks + 1) / 2))
        if has manual; then
            looks="${limit}"
        fi
        if within "$((looks < 120 ? looks : 120))" check; then
            finish skipped 0 0 10
        fi
    fi
    if has manual; then
        exit 11
    fi
    while :; do
        attempt=$((attempt + 1))
        code=0
        failed=""
        limit="${last}"
        grace="${last_grace}"
        if ((attempt <= retries && cut > 0)); then
            limit="${cut}"
            grace=1
        fi
        if ((attempt > 1)); then
            begun="${EPOCHSECONDS}"
        fi
        next=$((begun + limit + attempt * pause))
        # `||` switches errexit off inside attempt_once; every command there is checked by hand.
        attempt_once "$((begun + limit))" || code=$?
        if ((code == 0)); then
            if [[ "${verbs}" == ,undo, ]]; then
                finish undone 0 "${attempt}" 0
            fi
            finish ok 0 "${attempt}" 0
        fi
        if ((attempt > retries)); then
            break
        fi
        journal attempt "${number}" failed id "${id}" attempt "${attempt}" rc "${code}" in "${failed}"
        # What an attempt took longer than it may is no longer waited.
        next=$((next - EPOCHSECONDS < attempt * pause ? next - EPOCHSECONDS : attempt * pause))
        sleep "$((next > 0 ? next : 0))" &
        child=$!
        wait "${child}" || true
        child=""
    done
    if ((code == 124)); then
        finish timed-out "${code}" "${attempt}" 124
    fi
    if ((code == 10 || code == 11 || code == 124 || code == 143)); then
        code=1
    fi
    finish failed "${code}" "${attempt}" "${code}"
}

main
