# shellcheck shell=bash
# What was reached, beside what was promised: a table for people, record.json for `drc evidence`, the exit code.

# is_idle STEP: it neither does nor looks at anything, and nobody is asked: what it stands for is there already, says the plan.
is_idle() {
    [[ -z "${STEP_VERBS[$1]}" && "${STEP_KIND[$1]}" != manual ]]
}

# stood_in STEP: a drill did not carry out what recovers; how long that takes nobody measured. (What fences and moves traffic is
# simulated in every drill.)
stood_in() {
    [[ "${STATE[$1]}" == simulated && "${STEP_PHASE[$1]}" != fence && "${STEP_PHASE[$1]}" != traffic ]]
}

# actual_finish ASSET: seconds from the interruption until its last step was done; nothing when one was not, or when somebody left one out, or when
# none of them did or looked at anything: nobody knows then whether it is back.
actual_finish() {
    local n ended last=0 seen=0
    for n in ${ASSET_STEPS[$1]//,/ }; do
        if ! satisfied "${n}" || [[ "${STATE[${n}]}" == assumed || "${STATE[${n}]}" == left-out ]] || stood_in "${n}"; then
            return 1
        fi
        is_idle "${n}" || seen=1
        ended="$(ended_at "${n}")"
        if ((ended > last)); then
            last="${ended}"
        fi
    done
    if ((last == 0 || !seen)); then
        return 1
    fi
    # Rounded up: a second begun is a second gone.
    printf '%s' "$(((last + 999) / 1000 - INTERRUPTED_AT))"
}

# actual_loss ASSET: seconds of data lost, from what a step said (data_as_of) or the moment it was asked to restore to.
actual_loss() {
    local n key text seconds
    for n in ${ASSET_STEPS[$1]//,/ }; do
        if [[ -f "${DRC_RUN_DIR}/steps/${n}.data-as-of" ]]; then
            text="$(<"${DRC_RUN_DIR}/steps/${n}.data-as-of")"
            if seconds="$(drc_seconds_of "${text}")"; then
                printf '%s' "$((seconds > INTERRUPTED_AT ? 0 : INTERRUPTED_AT - seconds))"
                return 0
            fi
        fi
    done
    for key in "${INPUT_KEYS[@]}"; do
        if [[ "${INPUT_ASSET[${key}]}" == "$1" && "${INPUT_TYPE[${key}]}" == timestamp \
            && -f "${DRC_RUN_DIR}/answers/${key}" ]]; then
            if seconds="$(drc_seconds_of "$(<"${DRC_RUN_DIR}/answers/${key}")")"; then
                printf '%s' "$((seconds > INTERRUPTED_AT ? 0 : INTERRUPTED_AT - seconds))"
                return 0
            fi
        fi
    done
    return 1
}

# verdict ACTUAL OBJECTIVE
verdict() {
    if [[ "$2" == - ]]; then
        printf 'no objective'
    elif [[ -z "$1" ]]; then
        printf 'not measured'
    elif (($1 <= $2)); then
        printf 'met'
    else
        printf 'missed'
    fi
}

json_seconds() {
    if [[ -z "$1" || "$1" == - ]]; then
        printf 'null'
    else
        printf '%s' "$(($1 * 1000))"
    fi
}

# report: the table and the record. Sets MISSED, UNDONE, and LEFT_OUT: steps of assets that somebody left out.
report() {
    local name n rto rpo rto_verdict rpo_verdict comma="" record="${DRC_RUN_DIR}/record.json"
    MISSED=0
    UNDONE=0
    LEFT_OUT=0
    say ""
    say "Scenario ${SCENARIO}, incident ${INCIDENT:-not named}, plan ${FACT[digest]:0:12}"
    printf '%-28s %-12s %-12s %-13s %-12s %-12s %s\n' asset "RTO actual" objective verdict "RPO actual" objective verdict
    {
        printf '{\n  "schema": "drc.recovery-record/1",\n  "plan": %s,\n' "$(json_string "${FACT[plan]}")"
        printf '  "digest": %s,\n  "scenario": %s,\n' "$(json_string "${FACT[digest]}")" "$(json_string "${SCENARIO}")"
        printf '  "kind": %s,\n' "$(json_string "$(run_kind)")"
        printf '  "incident": %s,\n  "approved_by": %s,\n' "$(json_string "${INCIDENT}")" "$(json_string "${APPROVED_BY}")"
        printf '  "interrupted_at": %s,\n' "$(json_string "$(drc_utc "${INTERRUPTED_AT}")")"
        printf '  "finished_at": %s,\n' "$(json_string "$(drc_utc "${EPOCHSECONDS}")")"
        printf '  "partial": %s,\n  "assets": [' "$([[ -n "${ONLY}${FROM}" ]] && printf true || printf false)"
    } >"${record}.new"
    for name in "${ASSET_ORDER[@]}"; do
        rto=""
        rpo=""
        rto="$(actual_finish "${name}")" || rto=""
        rpo="$(actual_loss "${name}")" || rpo=""
        rto_verdict="$(verdict "${rto}" "${ASSET_RTO[${name}]}")"
        rpo_verdict="$(verdict "${rpo}" "${ASSET_RPO[${name}]}")"
        if [[ "${rto_verdict}" == missed || "${rpo_verdict}" == missed ]]; then
            MISSED=1
        fi
        printf '%-28s %-12s %-12s %-13s %-12s %-12s %s\n' "$(drc_clean "${name:0:28}")" \
            "$([[ -n "${rto}" ]] && drc_span "${rto}" || printf -- -)" "$(span_or_dash "${ASSET_RTO[${name}]}")" \
            "${rto_verdict}" "$([[ -n "${rpo}" ]] && drc_span "${rpo}" || printf -- -)" \
            "$(span_or_dash "${ASSET_RPO[${name}]}")" "${rpo_verdict}"
        {
            printf '%s\n    {"name": %s, ' "${comma}" "$(json_string "${name}")"
            printf '"rto_ms": %s, "rto_objective_ms": %s, "rto_verdict": "%s", ' \
                "$(json_seconds "${rto}")" "$(json_seconds "${ASSET_RTO[${name}]}")" "${rto_verdict}"
            printf '"rpo_ms": %s, "rpo_objective_ms": %s, "rpo_verdict": "%s", ' \
                "$(json_seconds "${rpo}")" "$(json_seconds "${ASSET_RPO[${name}]}")" "${rpo_verdict}"
            printf '"planned_rto_ms": %s, "planned_rpo_ms": %s, "objectives_from": %s}' \
                "$(json_seconds "${ASSET_FINISH[${name}]}")" "$(json_seconds "${ASSET_LOSS[${name}]}")" \
                "$(json_string "${ASSET_SOURCE[${name}]}")"
        } >>"${record}.new"
        comma=","
    done
    printf '\n  ],\n  "steps": [' >>"${record}.new"
    comma=""
    for n in "${ORDER[@]}"; do
        if ! satisfied "${n}"; then
            UNDONE=$((UNDONE + 1))
        elif [[ "${STATE[${n}]}" == left-out && "${STEP_ASSET[${n}]}" != - ]]; then
            LEFT_OUT=$((LEFT_OUT + 1))
        fi
        printf '%s\n    {"step": %s, "asset": %s, "state": "%s", "ended_ms": %s}' "${comma}" \
            "$(json_string "${STEP_ID[${n}]}")" "$(json_string "${STEP_ASSET[${n}]}")" "${STATE[${n}]}" \
            "$(ended_at "${n}" | grep . || printf null)" >>"${record}.new"
        comma=","
    done
    printf '\n  ]\n}\n' >>"${record}.new"
    mv -f -- "${record}.new" "${record}"
    say ""
    for n in "${ORDER[@]}"; do
        if ! satisfied "${n}" || [[ "${STATE[${n}]}" == left-out ]]; then
            say "  ${STATE[${n}]/pending/not reached}: ${STEP_ID[${n}]} (${STEP_TITLE[${n}]})"
        fi
    done
    say "Record: ${record}"
}

run_kind() {
    local kind=recovery
    if ((FAILBACK)); then
        kind=failback
    fi
    if ((DRILL)); then
        kind="drill"
        if ((!FOR_REAL)); then
            kind="drill-simulated"
        fi
    fi
    printf '%s' "${kind}"
}

span_or_dash() {
    if [[ "$1" == - ]]; then
        printf -- -
    else
        drc_span "$1"
    fi
}

# Whether any step of the run did or looked at something; of a drill, a step of what is recovered.
did_anything() {
    local n
    for n in "${ORDER[@]}"; do
        if is_idle "${n}" || [[ "${STATE[${n}]}" == assumed ]]; then
            continue
        fi
        if ((!DRILL)) || [[ "${STATE[${n}]}" != simulated && "${STEP_ASSET[${n}]}" != - ]]; then
            return 0
        fi
    done
    return 1
}

# What a drill only simulated, by name of the assets: they were not rehearsed.
tell_simulated() {
    local n name
    local -A seen=()
    local -a names=()
    for n in "${ORDER[@]}"; do
        name="${STEP_ASSET[${n}]}"
        if stood_in "${n}" && [[ "${name}" != - && -z "${seen[${name}]:-}" ]]; then
            seen["${name}"]=1
            names+=("${name}")
        fi
    done
    if ((${#names[@]} > 0)); then
        say "Not rehearsed, only simulated: $(join_words "${names[@]}"). What recovers them works on what serves today, or cannot be taken back."
        say "Restore them apart from production with steps of the drill's own."
    fi
}

# conclude: reports and ends with the exit code that fits.
conclude() {
    report
    tell_simulated
    if ((UNDONE > 0)); then
        journal run - unfinished undone "${UNDONE}"
        say "Not finished: $(count_of "${UNDONE}" step) still to do. Go on with: $(resume_command)"
        exit 1
    fi
    if ((LEFT_OUT > 0)); then
        journal run - finished objectives unknown
        say "Ended, but without $(count_of "${LEFT_OUT}" step) of what is recovered: nobody knows whether it is back."
        exit 1
    fi
    if ! did_anything; then
        journal run - finished objectives unknown
        if ((DRILL)); then
            say "Nothing was rehearsed: every step of what is recovered is only simulated."
            exit 1
        fi
        say "Ended, but nothing here did or looked at anything: look yourself whether it is back."
        exit 1
    fi
    if ((MISSED)); then
        journal run - finished objectives missed
        say "Recovered, but an objective was missed."
        exit 2
    fi
    journal run - finished objectives met
    say "Recovered within the objectives that were measured."
}
