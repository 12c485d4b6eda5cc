# shellcheck shell=bash
# Runs the steps of a scenario: each as soon as everything it waits for is done and those whose hands or bandwidth it
# takes over have ended, several side by side, until nothing can go on. A step that failed takes nothing with it but the steps that wait for it.

declare -A STATE=()        # number -> pending running asked ok skipped simulated assumed continued left-out attested
                           #           failed timed-out interrupted blocked waiting
declare -A WORKER=()       # process -> number
declare -A ENDED_MS=()     # number -> when it was done
declare -A GATE_OPEN=()

clock() {
    local now="${EPOCHSECONDS}"
    printf 'T+%s' "$(drc_span "$((now - INTERRUPTED_AT))")"
}

satisfied() {
    case "${STATE[$1]}" in
        ok | skipped | simulated | assumed | continued | left-out | attested) return 0 ;;
    esac
    return 1
}

lost() {
    case "${STATE[$1]}" in
        failed | timed-out | interrupted | blocked) return 0 ;;
    esac
    return 1
}

# ended NUMBER: nobody works on it now, whether it went well or not. A step whose question nobody answers has no hands on it.
ended() {
    satisfied "$1" || lost "$1" || [[ "${STATE[$1]}" == waiting ]]
}

# settle NUMBER STATE: the step needs no more work in this run.
settle() {
    STATE["$1"]="$2"
    ENDED_MS["$1"]="$(drc_now_ms)"
}

# In a drill nothing is done that production would feel, unless --for-real says so: no fence, no traffic, no point of no return, and no step
# that works on what serves today (the plan says which: `serves`), be it a command or somebody's hands.
only_simulated() {
    if ! ((DRILL)) || ((FOR_REAL)); then
        return 1
    fi
    [[ "${STEP_PHASE[$1]}" == fence || "${STEP_PHASE[$1]}" == traffic ]] || step_flag "$1" irreversible || step_flag "$1" serves
}

# The gate before a point of no return: every fence of the asset holds, and somebody says yes.
fences_hold() {
    local n="$1" m
    for m in "${ORDER[@]}"; do
        if [[ "${STEP_PHASE[${m}]}" == fence && "${STEP_ASSET[${m}]}" == "${STEP_ASSET[${n}]}" && "${m}" != "${n}" ]]; then
            case "${STATE[${m}]}" in
                ok | skipped | attested | simulated) ;;
                *) return 1 ;;
            esac
        fi
    done
    return 0
}

# ended_at NUMBER: milliseconds since 1970; nothing when the step is not done.
ended_at() {
    printf '%s' "${ENDED_MS[$1]:-}"
}

# start_step NUMBER VERBS
start_step() {
    local n="$1" grace=30
    # A failure that does not stop the recovery costs the time limit, and no more than that is counted.
    if step_flag "${n}" best_effort || [[ "${STEP_FAILURE[${n}]}" == continue ]]; then
        grace=1
    fi
    say "[$(clock)] start  ${STEP_ID[${n}]}: ${STEP_TITLE[${n}]}"
    STATE["${n}"]=running
    # The lock is inherited on purpose: while a step of a killed run still works, no other run may begin.
    bash -- "${LIB}/run-step.sh" "${n}" "${STEP_ID[${n}]}" "${FOLDER}/${STEP_FILE[${n}]}" "$2" \
        "${STEP_TIMEOUT[${n}]}" "${STEP_RETRIES[${n}]}" "${STEP_CUT[${n}]}" "${grace}" </dev/null &
    WORKER["$!"]="${n}"
}

# consider NUMBER: moves a pending step on if it can move. Sets `moved`.
consider() {
    local n="$1" dep answered
    for dep in ${STEP_AFTER[${n}]//,/ }; do
        if lost "${dep}"; then
            settle "${n}" blocked
            journal step "${n}" blocked id "${STEP_ID[${n}]}" because "${STEP_ID[${dep}]}"
            say "[$(clock)] BLOCKED ${STEP_ID[${n}]}: waits for ${STEP_ID[${dep}]}, which is ${STATE[${dep}]}"
            moved=1
            return 0
        fi
        if ! satisfied "${dep}"; then
            return 0
        fi
    done
    # Hands and bandwidth pass on in the order that was proven. They are free as soon as a step has ended, failed ones as well.
    for dep in ${STEP_FOLLOWS[${n}]//,/ }; do
        if ! ended "${dep}"; then
            return 0
        fi
    done
    if only_simulated "${n}"; then
        settle "${n}" simulated
        journal step "${n}" simulated id "${STEP_ID[${n}]}"
        say "[$(clock)] drill  ${STEP_ID[${n}]} is only simulated: ${STEP_TITLE[${n}]}"
        moved=1
        return 0
    fi
    for dep in ${STEP_INPUTS[${n}]:-}; do
        answered=0
        input_state "${dep}" || answered=$?
        if ((answered == 2)); then
            STATE["${n}"]=waiting
            journal step "${n}" waiting id "${STEP_ID[${n}]}" because "input.${dep}"
            say "[$(clock)] WAITS  ${STEP_ID[${n}]}: nobody answered input.${dep}; go on with --resume"
            moved=1
        fi
        if ((answered != 0)); then
            return 0
        fi
    done
    if step_flag "${n}" irreversible && [[ -z "${GATE_OPEN[${n}]:-}" ]]; then
        if ! fences_hold "${n}"; then
            settle "${n}" blocked
            journal step "${n}" blocked id "${STEP_ID[${n}]}" because "a fence does not hold"
            say "[$(clock)] BLOCKED ${STEP_ID[${n}]}: a fence of ${STEP_ASSET[${n}]} does not hold"
        else
            STATE["${n}"]=asked
            ask_later gate "${n}"
        fi
        moved=1
        return 0
    fi
    if [[ "${STEP_KIND[${n}]}" == manual && ",${STEP_VERBS[${n}]}," != *,check,* ]]; then
        STATE["${n}"]=asked
        journal step "${n}" started id "${STEP_ID[${n}]}"
        ask_later manual "${n}"
        moved=1
        return 0
    fi
    if ((${#WORKER[@]} < PARALLEL)); then
        # Of a manual step, only the check whether it is done already.
        start_step "${n}" "${STEP_VERBS[${n}]}"
        moved=1
    fi
}

# question_answer TEXT [end]: what the operator (or the answers file) says to the present question; end: and will say no more.
question_answer() {
    local kind="${QUESTION_KIND}" n="${QUESTION_STEP}" text="${1%$'\r'}" id
    QUESTION_KIND=""
    QUESTION_STEP=""
    if [[ "${kind}" == input ]]; then
        input_answer "${n}" "${text}" "${2:-}"
        return 0
    fi
    id="${STEP_ID[${n}]}"
    if [[ "${text,,}" == later && -z "${ANSWER[$(question_key "${kind}" "${id}")]:-}" ]]; then
        QUESTION_KIND="${kind}"
        QUESTION_STEP="${n}"
        question_aside
        return 0
    fi
    case "${kind}:${text,,}" in
        manual:done)
            if [[ ",${STEP_VERBS[${n}]}," =~ ,(run|until|verify), ]]; then
                # What a program can add: send notices, verify.
                start_step "${n}" "$(sed -E 's/\b(check|manual)\b,?//g' <<<"${STEP_VERBS[${n}]}")"
            else
                settle "${n}" ok
                journal step "${n}" ok id "${id}" by operator
            fi
            ;;
        manual:failed)
            settle "${n}" failed
            journal step "${n}" failed id "${id}" by operator
            after_failure "${n}"
            ;;
        manual:skip)
            if step_flag "${n}" irreversible || [[ "${STEP_PHASE[${n}]}" == fence ]]; then
                say "    a fence or a point of no return cannot be skipped"
                ask_later manual "${n}"
                return 0
            fi
            settle "${n}" left-out
            journal step "${n}" left-out id "${id}" by operator
            ;;
        gate:yes)
            GATE_OPEN["${n}"]=1
            STATE["${n}"]=pending
            journal gate "${n}" open id "${id}"
            ;;
        gate:no)
            settle "${n}" failed
            journal step "${n}" failed id "${id}" by operator because "the gate was not opened"
            ;;
        attest:yes)
            settle "${n}" attested
            journal step "${n}" attested id "${id}"
            ;;
        attest:no) say "    ${id} stays ${STATE[${n}]}" ;;
        failure:retry)
            STATE["${n}"]=pending
            journal step "${n}" again id "${id}"
            ;;
        failure:continue)
            settle "${n}" left-out
            journal step "${n}" left-out id "${id}" by operator
            ;;
        failure:block) say "    ${id} stays ${STATE[${n}]}" ;;
        *:)
            # Nobody there. What waits for a person waits; what failed stays failed.
            case "${kind}" in
                manual | gate)
                    STATE["${n}"]=waiting
                    journal step "${n}" waiting id "${id}"
                    ;;
                *) ;;
            esac
            ;;
        *)
            say "    not understood: ${text}"
            if [[ -n "${ANSWER[$(question_key "${kind}" "${id}")]:-}" ]]; then
                die 64 "the answers file says $(question_key "${kind}" "${id}")=${text}, which is no answer"
            fi
            ask_later "${kind}" "${n}"
            ;;
    esac
}

# after_failure NUMBER: what the plan says happens when a step failed.
after_failure() {
    local n="$1"
    if [[ ",${STEP_VERBS[${n}]}," == *,otherwise,* ]]; then
        ask_later attest "${n}"
        STATE["${n}"]=failed
        HELD["${n}"]=1
    elif step_flag "${n}" best_effort || [[ "${STEP_FAILURE[${n}]}" == continue ]]; then
        if [[ "${STEP_PHASE[${n}]}" != fence ]] && ! step_flag "${n}" irreversible; then
            settle "${n}" continued
            journal step "${n}" continued id "${STEP_ID[${n}]}"
            say "[$(clock)] goes on without ${STEP_ID[${n}]}"
        fi
    elif [[ "${STEP_FAILURE[${n}]}" == ask ]]; then
        ask_later failure "${n}"
        HELD["${n}"]=1
    fi
}

# reap PROCESS STATUS
reap() {
    local n="${WORKER[$1]}" status="$2" log line
    unset "WORKER[$1]"
    log="${DRC_RUN_DIR}/steps/${n}.log"
    case "${status}" in
        0)
            settle "${n}" ok
            say "[$(clock)] ok     ${STEP_ID[${n}]}"
            if [[ -f "${log}" ]]; then
                sed -n 's/^! /    | /p' "${log}" | while IFS= read -r line; do
                    say "${line}"
                done
            fi
            ;;
        10)
            settle "${n}" skipped
            say "[$(clock)] ok     ${STEP_ID[${n}]} (was already done)"
            ;;
        11)
            STATE["${n}"]=asked
            ask_later manual "${n}"
            return 0
            ;;
        124) settle "${n}" timed-out ;;
        143) settle "${n}" interrupted ;;
        *) settle "${n}" failed ;;
    esac
    if lost "${n}"; then
        say "[$(clock)] FAILED ${STEP_ID[${n}]} (${STATE[${n}]}); the end of ${log}:"
        tail -n 15 -- "${log}" 2>/dev/null | while IFS= read -r line; do
            say "    | ${line}"
        done
        after_failure "${n}"
    fi
}

# wait_for_something: until a step ends or a question is answered.
wait_for_something() {
    local done_process="" status=0 pid
    if [[ -n "${QUESTION_KIND}" ]]; then
        question_poll
        for pid in "${!WORKER[@]}"; do
            if ! kill -0 "${pid}" 2>/dev/null; then
                status=0
                wait "${pid}" || status=$?
                reap "${pid}" "${status}"
            fi
        done
        return 0
    fi
    wait -n -p done_process "${!WORKER[@]}" || status=$?
    if [[ -n "${done_process}" ]]; then
        reap "${done_process}" "${status}"
    fi
}

# roll_back: takes done steps back, newest first, as long as nothing was done that cannot be taken back.
roll_back() {
    local i n status failed=0
    for n in "${ORDER[@]}"; do
        if step_flag "${n}" irreversible && [[ "${STATE[${n}]}" != pending && "${STATE[${n}]}" != blocked ]]; then
            die 4 "${STEP_ID[${n}]} was begun, and there is no way back from it: see failback.sh"
        fi
    done
    for ((i = ${#ORDER[@]} - 1; i >= 0; i--)); do
        n="${ORDER[${i}]}"
        if [[ "${STATE[${n}]}" != ok || ",${STEP_VERBS[${n}]}," != *,undo,* ]]; then
            continue
        fi
        say "[$(clock)] undo   ${STEP_ID[${n}]}"
        status=0
        bash -- "${LIB}/run-step.sh" "${n}" "${STEP_ID[${n}]}" "${FOLDER}/${STEP_FILE[${n}]}" undo "${STEP_TIMEOUT[${n}]}" 0 \
            </dev/null || status=$?
        if ((status != 0)); then
            say "[$(clock)] FAILED to undo ${STEP_ID[${n}]}; see ${DRC_RUN_DIR}/steps/${n}.log"
            failed=1
        fi
    done
    return "${failed}"
}

# The command that goes on with this run, whichever script began it: a recovery and the way back have runs of their own.
resume_command() {
    local script=recover.sh state=""
    if ((FAILBACK)); then
        script=failback.sh
    fi
    if [[ -n "${STATE_OPTION}" ]]; then
        printf -v state ' --state %q' "${STATE_OPTION}"
    fi
    printf '%s/%s %s --resume%s' "$(dirname -- "$0")" "${script}" "${SCENARIO}" "${state}"
}

stop_everything() {
    local pid
    trap '' INT TERM HUP
    say ""
    say "[$(clock)] interrupted: running steps are told to stop"
    for pid in "${!WORKER[@]}"; do
        kill -TERM "${pid}" 2>/dev/null || true
    done
    wait
    journal run - interrupted
    say "Continue with: $(resume_command)"
    exit 130
}

# A failed step whose failure is being discussed does not block anything yet.
declare -A HELD=()

run_steps() {
    local n moved dep kept
    local -a pending=("${ORDER[@]}") rest
    while :; do
        moved=1
        while ((moved)); do
            moved=0
            rest=()
            for n in "${pending[@]}"; do
                if [[ "${STATE[${n}]}" == pending ]]; then
                    kept=0
                    for dep in ${STEP_AFTER[${n}]//,/ }; do
                        if [[ -n "${HELD[${dep}]:-}" ]] && lost "${dep}"; then
                            kept=1
                        fi
                    done
                    if ((!kept)); then
                        consider "${n}"
                    fi
                fi
                # A question may make a step pending again.
                if [[ "${STATE[${n}]}" == pending || "${STATE[${n}]}" == asked || "${STATE[${n}]}" == running ]] || lost "${n}"; then
                    rest+=("${n}")
                fi
            done
            pending=("${rest[@]}")
            question_yields
            if [[ -z "${QUESTION_KIND}" ]] && ((${#QUESTION_QUEUE[@]} > 0)); then
                question_next
                moved=1
            fi
        done
        for n in "${!HELD[@]}"; do
            if [[ "${QUESTION_KIND}:${QUESTION_STEP}" != *":${n}" && " ${QUESTION_QUEUE[*]} " != *":${n} "* ]]; then
                unset "HELD[${n}]"
                moved=1
            fi
        done
        if ((moved)); then
            continue
        fi
        if ((${#WORKER[@]} == 0)) && [[ -z "${QUESTION_KIND}" ]]; then
            return 0
        fi
        wait_for_something
    done
}
