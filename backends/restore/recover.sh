#!/usr/bin/env bash
# Carries out the recovery of one scenario from its table of steps.
#
#     recover.sh SCENARIO [options]        recover.sh --help
#
# scenarios/SCENARIO/steps.tsv is the table: one line per step, in order, with what it waits for. Each step is a file
# under scenarios/SCENARIO/steps/ and runs as a process of its own, as soon as what it waits for is done. Nothing is
# done before a typed confirmation; nothing that cannot be taken back is done before its fences hold and its gate was
# opened. The journal of a run is the truth about it: `--resume` goes on from there.
set -Eeuo pipefail
export LC_ALL=C TZ=UTC
umask 077

here="$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)"
lib="${here}/lib"
# shellcheck source=lib/common.sh
source "${lib}/common.sh"

usage() {
    cat <<'TEXT'
usage: recover.sh SCENARIO [options]
       recover.sh --list

  --list                    the scenarios; with a scenario, its steps
  --dry-run                 print every command in order, touch nothing
  --yes-i-declare INCIDENT  no typed confirmation: INCIDENT was declared elsewhere
  --approved-by NAME        who approved, when the plan demands approval
  --interrupted-at TIME     when the interruption began (UTC); RTO counts from there
  --resume                  go on where the last run of this scenario ended
  --only ASSET              only the steps of one asset; the others are taken as done
  --from STEP               begin at this step; earlier ones are taken as done
  --jobs N                  so many steps side by side
  --answers FILE            answers to questions, one KEY=VALUE per line
  --drill                   rehearse: fences, traffic and points of no return are only simulated
  --for-real                with --drill: carry them out as well
  --failback                the way back instead of the recovery
  --plan DIGEST             refuse unless the plan has this digest
  --state FOLDER            where journals are kept

exit: 0 recovered within the objectives, 1 a step failed or was not reached, 2 recovered but an objective was
missed, 3 not confirmed or not approved, 4 refused, 64 wrong use, 75 another run is under way, 130 interrupted
TEXT
}

# ---- the tables ------------------------------------------------------------------------------------------------
#
# The tables of a scenario, as recover.sh reads them. They are data: tab-separated, `-` for nothing, `#` for comments;
# nothing in them is ever executed or expanded.

declare -A fact=()        # scenario.tsv: title, digest, confirm, approve_within, parallel, …
declare -a fact_approver=() fact_tool=() fact_secret=() fact_note=()
declare -a order=()       # numbers of the steps, in the plan's total order
declare -A step_id=() step_asset=() step_phase=() step_kind=() step_wave=() step_after=() step_timeout=()
declare -A step_retries=() step_verbs=() step_flags=() step_failure=() step_takes=() step_finish=()
declare -A step_file=() step_owner=() step_title=()
declare -A number_of=()   # id -> number
declare -a asset_order=()
declare -A asset_rto=() asset_rpo=() asset_finish=() asset_loss=() asset_steps=() asset_source=()
declare -a input_keys=()
declare -A input_name=() input_type=() input_default=() input_ask=() input_asset=()

# columns FILE COUNT: calls row_COLUMNS for each row with that many columns; a row of another length is an error,
# because a table that was damaged must not be half understood.
table_rows() {
    local file="$1" count="$2" each="$3" line n=0
    local -a cells
    if [[ ! -r "${file}" ]]; then
        die 4 "cannot read ${file}"
    fi
    while IFS= read -r line || [[ -n "${line}" ]]; do
        n=$((n + 1))
        if [[ -z "${line}" || "${line}" == "#"* ]]; then
            continue
        fi
        IFS=$'\t' read -r -a cells <<<"${line}"
        if ((${#cells[@]} != count)); then
            die 4 "${file}:${n}: ${#cells[@]} columns instead of ${count}; the file was damaged or edited"
        fi
        "${each}" "${cells[@]}"
    done <"${file}"
}

row_fact() {
    case "$1" in
        approver) fact_approver+=("$2") ;;
        tool) fact_tool+=("$2") ;;
        secret) fact_secret+=("$2") ;;
        note) fact_note+=("$2") ;;
        *) fact["$1"]="$2" ;;
    esac
}

row_step() {
    local n="$1"
    order+=("${n}")
    step_id["${n}"]="$2"
    number_of["$2"]="${n}"
    step_asset["${n}"]="$3"
    step_phase["${n}"]="$4"
    step_kind["${n}"]="$5"
    step_wave["${n}"]="$6"
    step_after["${n}"]="${7/#-/}"
    step_timeout["${n}"]="$8"
    step_retries["${n}"]="$9"
    step_verbs["${n}"]="${10/#-/}"
    step_flags["${n}"]=",${11/#-/},"
    step_failure["${n}"]="${12}"
    step_takes["${n}"]="${13}"
    step_finish["${n}"]="${14}"
    step_file["${n}"]="${15}"
    step_owner["${n}"]="${16}"
    step_title["${n}"]="${17}"
}

row_asset() {
    asset_order+=("$1")
    asset_rto["$1"]="$2"
    asset_rpo["$1"]="$3"
    asset_finish["$1"]="$4"
    asset_loss["$1"]="$5"
    asset_steps["$1"]="${6/#-/}"
    asset_source["$1"]="$7"
}

row_input() {
    input_keys+=("$1")
    input_name["$1"]="$2"
    input_type["$1"]="$3"
    input_default["$1"]="$4"
    input_asset["$1"]="$5"
    input_ask["$1"]="$6"
}

# step_flag NUMBER FLAG
step_flag() {
    [[ "${step_flags[$1]}" == *,"$2",* ]]
}

# load_tables FOLDER
load_tables() {
    local folder="$1" n m
    table_rows "${folder}/scenario.tsv" 2 row_fact
    table_rows "${folder}/steps.tsv" 17 row_step
    table_rows "${folder}/assets.tsv" 7 row_asset
    table_rows "${folder}/inputs.tsv" 6 row_input
    # Fence before promote, whatever the table says: what cannot be taken back waits for every fence of its asset.
    for n in "${order[@]}"; do
        if ! step_flag "${n}" irreversible || [[ "${step_asset[${n}]}" == - ]]; then
            continue
        fi
        for m in "${order[@]}"; do
            if [[ "${step_phase[${m}]}" != fence || "${step_asset[${m}]}" != "${step_asset[${n}]}" || "${m}" == "${n}" ]]; then
                continue
            fi
            if [[ "${m}" > "${n}" ]]; then
                die 4 "step ${step_id[${n}]} comes before its fence ${step_id[${m}]}: this plan must not be run"
            fi
            if [[ ",${step_after[${n}]}," != *",${m},"* ]]; then
                step_after["${n}"]+="${step_after[${n}]:+,}${m}"
            fi
        done
    done
}

# ---- questions -------------------------------------------------------------------------------------------------
#
# Questions to people: the typed confirmation, approvals, inputs, gates, manual steps. An answers file answers in
# their place; without a terminal and without an answer, nothing is assumed.

declare -A answer=()

# load_answers FILE: lines KEY=VALUE; `#` starts a comment line.
load_answers() {
    local line n=0
    if [[ ! -r "$1" ]]; then
        die 64 "cannot read the answers file $1"
    fi
    while IFS= read -r line || [[ -n "${line}" ]]; do
        n=$((n + 1))
        if [[ -z "${line}" || "${line}" == "#"* ]]; then
            continue
        fi
        if [[ "${line}" != *=* ]]; then
            die 64 "$1:${n}: not KEY=VALUE"
        fi
        answer["${line%%=*}"]="${line#*=}"
    done <"$1"
}

interactive() {
    [[ "${DRC_INTERACTIVE:-}" == 1 || (-t 0 && -t 2) ]]
}

# confirm_start: the typed confirmation. --yes-i-declare stands in its place.
confirm_start() {
    local word="${fact[confirm]}" typed="${answer[confirm]:-}"
    if ((drill)); then
        word=DRILL
    fi
    if [[ -n "${incident}" ]]; then
        return 0
    fi
    if [[ -z "${typed}" ]]; then
        if ! interactive; then
            die 3 "not confirmed: use a terminal, --yes-i-declare INCIDENT, or confirm=${word} in an answers file"
        fi
        printf 'This begins the recovery. Type %s to go on: ' "$(drc_clean "${word}")" >&2
        IFS= read -r typed || typed=""
    fi
    if [[ "${typed}" != "${word}" ]]; then
        die 3 "not confirmed: nothing was done"
    fi
}

known_approver() {
    local name
    for name in "${fact_approver[@]}"; do
        if [[ "${name}" == "$1" ]]; then
            return 0
        fi
    done
    return 1
}

# ask_approval: somebody on the list agrees, in time. The clock of the recovery runs meanwhile.
ask_approval() {
    local within="${fact[approve_within]}" deadline name
    if ((${#fact_approver[@]} == 0 || drill)); then
        return 0
    fi
    name="${approved_by:-${answer[approve]:-}}"
    if [[ -z "${name}" ]]; then
        if ! interactive; then
            die 3 "not approved: use a terminal, --approved-by NAME, or approve=NAME in an answers file"
        fi
        deadline=$((EPOCHSECONDS + within))
        say "Approval is needed from one of: $(join_words "${fact_approver[@]}")"
        while :; do
            if ((EPOCHSECONDS >= deadline)); then
                die 3 "no approval within $(drc_span "${within}"): nothing was done"
            fi
            printf 'Name of the person who approves (%s left): ' "$(drc_span "$((deadline - EPOCHSECONDS))")" >&2
            name=""
            IFS= read -r -t "$((deadline - EPOCHSECONDS))" name || true
            if known_approver "${name}"; then
                break
            fi
            if [[ -z "${name}" && ! -t 0 ]]; then
                die 3 "not approved: nothing was done"
            fi
            warn "${name:-nobody} may not approve this"
        done
    fi
    if ! known_approver "${name}"; then
        die 3 "${name} may not approve this; these may: $(join_words "${fact_approver[@]}")"
    fi
    approved_by="${name}"
}

join_words() {
    local text="" word
    for word in "$@"; do
        text+="${text:+, }${word}"
    done
    printf '%s' "${text}"
}

# valid_input TYPE VALUE: silent; false when the value is not of the type.
valid_input() {
    case "$1" in
        timestamp) [[ "$2" == *:* ]] && drc_seconds_of "$2" >/dev/null ;;
        date) [[ "$2" =~ ^[0-9]{4}-[0-9]{2}-[0-9]{2}$ ]] && drc_seconds_of "$2" >/dev/null ;;
        int) [[ "$2" =~ ^-?[0-9]{1,18}$ ]] ;;
        path) [[ "$2" == /* && "$2" != *$'\n'* && "/$2/" != */../* ]] ;;
        *) [[ -n "$2" ]] ;;
    esac
}

# Asked before anything runs: steps side by side could not share a terminal.
ask_inputs() {
    local key value
    for key in "${input_keys[@]}"; do
        if [[ -f "${DRC_RUN_DIR}/answers/${key}" ]]; then
            continue
        fi
        if [[ -n "${only}" && "${input_asset[${key}]}" != "${only}" && "${input_asset[${key}]}" != - ]]; then
            continue
        fi
        value="${answer[input.${key}]:-${answer[input.${input_name[${key}]}]:-}}"
        if [[ -z "${value}" ]] && interactive; then
            while :; do
                printf '%s [%s] (%s): ' "$(drc_clean "${input_ask[${key}]}")" \
                    "$(drc_clean "${input_default[${key}]/#-/}")" "${input_type[${key}]}" >&2
                value=""
                IFS= read -r value || break
                if [[ -z "${value}" && "${input_default[${key}]}" != - ]]; then
                    value="${input_default[${key}]}"
                fi
                if valid_input "${input_type[${key}]}" "${value}"; then
                    break
                fi
                warn "that is not a value of type ${input_type[${key}]}"
            done
        fi
        if [[ -z "${value}" && "${input_default[${key}]}" != - ]]; then
            value="${input_default[${key}]}"
        fi
        if ! valid_input "${input_type[${key}]}" "${value}"; then
            die 64 "input.${key} (${input_type[${key}]}) has no valid value: ${input_ask[${key}]}"
        fi
        printf '%s' "${value}" >"${DRC_RUN_DIR}/answers/${key}"
        journal input - answered key "${key}" value "${value}"
    done
}

# ---- questions during the run: one at a time, without holding up what runs meanwhile --------------------------

question_kind=""   # manual, gate, attest or failure; empty: no question
question_step=""
question_text=""   # what was typed so far
declare -a question_queue=()

# ask_later KIND NUMBER: puts a question in the queue, once.
ask_later() {
    local entry
    for entry in "${question_queue[@]}" "${question_kind}:${question_step}"; do
        if [[ "${entry}" == "$1:$2" ]]; then
            return 0
        fi
    done
    question_queue+=("$1:$2")
}

question_key() {
    case "$1" in
        manual) printf 'step.%s' "$2" ;;
        *) printf '%s.%s' "$1" "$2" ;;
    esac
}

# question_next: takes the next question. One that the answers file answers is answered at once.
question_next() {
    local entry n id key
    while [[ -z "${question_kind}" ]] && ((${#question_queue[@]} > 0)); do
        entry="${question_queue[0]}"
        question_queue=("${question_queue[@]:1}")
        question_kind="${entry%%:*}"
        question_step="${entry#*:}"
        n="${question_step}"
        id="${step_id[${n}]}"
        key="$(question_key "${question_kind}" "${id}")"
        question_show
        if [[ -n "${answer[${key}]:-}" ]]; then
            say "    answered by the answers file: ${answer[${key}]}"
            question_answer "${answer[${key}]}"
        elif [[ "${question_kind}" == gate && -n "${incident}" ]] && ! interactive; then
            say "    the gate opens: ${incident} was declared"
            question_answer "yes"
        elif ! interactive; then
            say "    nobody can answer here: put ${key}=… into an answers file and use --resume"
            question_answer ""
        else
            question_text=""
            printf '> ' >&2
        fi
    done
}

question_show() {
    local n="${question_step}" line
    say ""
    case "${question_kind}" in
        manual)
            say "[$(clock)] TO DO BY ${step_owner[${n}]}: ${step_title[${n}]}  (${step_id[${n}]})"
            while IFS= read -r line; do
                say "    ${line}"
            done < <(bash -- "${folder}/${step_file[${n}]}" manual </dev/null 2>&1 || true)
            say "    Answer \`done\`, \`failed\` or \`skip\`."
            ;;
        gate)
            say "[$(clock)] POINT OF NO RETURN: ${step_title[${n}]}  (${step_id[${n}]})"
            say "    After this step there is no way back but failback. Answer \`yes\` or \`no\`."
            ;;
        attest)
            say "[$(clock)] ${step_id[${n}]} could not be carried out. Somebody must attest:"
            while IFS= read -r line; do
                say "    ${line}"
            done < <(bash -- "${folder}/${step_file[${n}]}" otherwise </dev/null 2>&1 || true)
            say "    Answer \`yes\` (it is so) or \`no\`."
            ;;
        failure)
            say "[$(clock)] ${step_id[${n}]} failed. Answer \`retry\`, \`continue\` or \`block\`."
            ;;
    esac
}

# question_poll: reads what the operator has typed so far, for at most a second.
question_poll() {
    local piece="" status=0
    IFS= read -r -t 1 piece || status=$?
    question_text+="${piece}"
    if ((status == 0)); then
        piece="${question_text}"
        question_text=""
        question_answer "${piece}"
    elif ((status <= 128)); then
        # End of input: nobody is there any more.
        question_answer ""
    fi
}

# ---- running the steps -----------------------------------------------------------------------------------------
#
# Runs the steps of a scenario: each as soon as everything it waits for is done, several side by side, until nothing
# can go on. A step that failed takes nothing with it but the steps that wait for it.

declare -A state=()        # number -> pending running asked ok skipped simulated assumed continued attested
                           #           failed timed-out interrupted blocked waiting
declare -A worker=()       # process -> number
declare -A ended_ms=()     # number -> when it was done
declare -A gate_open=()

clock() {
    local now="${EPOCHSECONDS}"
    printf 'T+%s' "$(drc_span "$((now - interrupted_at))")"
}

satisfied() {
    case "${state[$1]}" in
        ok | skipped | simulated | assumed | continued | attested) return 0 ;;
    esac
    return 1
}

lost() {
    case "${state[$1]}" in
        failed | timed-out | interrupted | blocked) return 0 ;;
    esac
    return 1
}

# settle NUMBER STATE: the step needs no more work in this run.
settle() {
    state["$1"]="$2"
    ended_ms["$1"]="$(drc_now_ms)"
}

deps_of() {
    printf '%s' "${step_after[$1]//,/ }"
}

# In a drill nothing is done that production would feel, unless --for-real says so.
only_simulated() {
    if ! ((drill)) || ((for_real)); then
        return 1
    fi
    [[ "${step_phase[$1]}" == fence || "${step_phase[$1]}" == traffic ]] || step_flag "$1" irreversible
}

# The gate before a point of no return: every fence of the asset holds, and somebody says yes.
fences_hold() {
    local n="$1" m
    for m in "${order[@]}"; do
        if [[ "${step_phase[${m}]}" == fence && "${step_asset[${m}]}" == "${step_asset[${n}]}" && "${m}" != "${n}" ]]; then
            case "${state[${m}]}" in
                ok | skipped | attested | simulated) ;;
                *) return 1 ;;
            esac
        fi
    done
    return 0
}

start_step() {
    local n="$1"
    say "[$(clock)] start  ${step_id[${n}]}: ${step_title[${n}]}"
    state["${n}"]=running
    # The lock is inherited on purpose: while a step of a killed run still works, no other run may begin.
    bash -- "${lib}/run-step.sh" "${n}" "${step_id[${n}]}" "${folder}/${step_file[${n}]}" "${step_verbs[${n}]}" \
        "${step_timeout[${n}]}" "${step_retries[${n}]}" </dev/null &
    worker["$!"]="${n}"
}

# consider NUMBER: moves a pending step on if it can move. Sets `moved`.
consider() {
    local n="$1" dep
    for dep in $(deps_of "${n}"); do
        if lost "${dep}"; then
            settle "${n}" blocked
            journal step "${n}" blocked id "${step_id[${n}]}" because "${step_id[${dep}]}"
            say "[$(clock)] BLOCKED ${step_id[${n}]}: waits for ${step_id[${dep}]}, which is ${state[${dep}]}"
            moved=1
            return 0
        fi
        if ! satisfied "${dep}"; then
            return 0
        fi
    done
    if only_simulated "${n}"; then
        settle "${n}" simulated
        journal step "${n}" simulated id "${step_id[${n}]}"
        say "[$(clock)] drill  ${step_id[${n}]} is only simulated: ${step_title[${n}]}"
        moved=1
        return 0
    fi
    if step_flag "${n}" irreversible && [[ -z "${gate_open[${n}]:-}" ]]; then
        if ! fences_hold "${n}"; then
            settle "${n}" blocked
            journal step "${n}" blocked id "${step_id[${n}]}" because "a fence does not hold"
            say "[$(clock)] BLOCKED ${step_id[${n}]}: a fence of ${step_asset[${n}]} does not hold"
        else
            state["${n}"]=asked
            ask_later gate "${n}"
        fi
        moved=1
        return 0
    fi
    if [[ "${step_kind[${n}]}" == manual ]]; then
        state["${n}"]=asked
        journal step "${n}" started id "${step_id[${n}]}"
        ask_later manual "${n}"
        moved=1
        return 0
    fi
    if ((${#worker[@]} < parallel)); then
        start_step "${n}"
        moved=1
    fi
}

# question_answer TEXT: what the operator (or the answers file) says to the present question.
question_answer() {
    local kind="${question_kind}" n="${question_step}" text="$1" id
    id="${step_id[${n}]}"
    question_kind=""
    question_step=""
    text="${text%$'\r'}"
    case "${kind}:${text,,}" in
        manual:done)
            settle "${n}" ok
            journal step "${n}" ok id "${id}" by operator
            ;;
        manual:failed)
            settle "${n}" failed
            journal step "${n}" failed id "${id}" by operator
            after_failure "${n}"
            ;;
        manual:skip)
            if step_flag "${n}" irreversible || [[ "${step_phase[${n}]}" == fence ]]; then
                say "    a fence or a point of no return cannot be skipped"
                ask_later manual "${n}"
                return 0
            fi
            settle "${n}" continued
            journal step "${n}" continued id "${id}" by operator
            ;;
        gate:yes)
            gate_open["${n}"]=1
            state["${n}"]=pending
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
        attest:no) say "    ${id} stays ${state[${n}]}" ;;
        failure:retry)
            state["${n}"]=pending
            journal step "${n}" again id "${id}"
            ;;
        failure:continue)
            settle "${n}" continued
            journal step "${n}" continued id "${id}" by operator
            ;;
        failure:block) say "    ${id} stays ${state[${n}]}" ;;
        *:)
            # Nobody there. What waits for a person waits; what failed stays failed.
            case "${kind}" in
                manual | gate)
                    state["${n}"]=waiting
                    journal step "${n}" waiting id "${id}"
                    ;;
                *) ;;
            esac
            ;;
        *)
            say "    not understood: ${text}"
            if [[ -n "${answer[$(question_key "${kind}" "${id}")]:-}" ]]; then
                die 64 "the answers file says $(question_key "${kind}" "${id}")=${text}, which is no answer"
            fi
            ask_later "${kind}" "${n}"
            ;;
    esac
}

# after_failure NUMBER: what the plan says happens when a step failed.
after_failure() {
    local n="$1"
    if [[ ",${step_verbs[${n}]}," == *,otherwise,* ]]; then
        ask_later attest "${n}"
        state["${n}"]=failed
        held["${n}"]=1
    elif step_flag "${n}" best_effort || [[ "${step_failure[${n}]}" == continue ]]; then
        if [[ "${step_phase[${n}]}" != fence ]] && ! step_flag "${n}" irreversible; then
            settle "${n}" continued
            journal step "${n}" continued id "${step_id[${n}]}"
            say "[$(clock)] goes on without ${step_id[${n}]}"
        fi
    elif [[ "${step_failure[${n}]}" == ask ]]; then
        ask_later failure "${n}"
        held["${n}"]=1
    fi
}

# reap PROCESS STATUS
reap() {
    local n="${worker[$1]}" status="$2" log
    unset "worker[$1]"
    log="${DRC_RUN_DIR}/steps/${n}.log"
    case "${status}" in
        0)
            settle "${n}" ok
            say "[$(clock)] ok     ${step_id[${n}]}"
            ;;
        10)
            settle "${n}" skipped
            say "[$(clock)] ok     ${step_id[${n}]} (was already done)"
            ;;
        124) settle "${n}" timed-out ;;
        143) settle "${n}" interrupted ;;
        *) settle "${n}" failed ;;
    esac
    if lost "${n}"; then
        say "[$(clock)] FAILED ${step_id[${n}]} (${state[${n}]}); the end of ${log}:"
        tail -n 15 -- "${log}" 2>/dev/null | while IFS= read -r line; do
            say "    | ${line}"
        done
        after_failure "${n}"
    fi
}

# wait_for_something: until a step ends or a question is answered.
wait_for_something() {
    local done_process="" status=0 pid
    if [[ -n "${question_kind}" ]]; then
        question_poll
        for pid in "${!worker[@]}"; do
            if ! kill -0 "${pid}" 2>/dev/null; then
                status=0
                wait "${pid}" || status=$?
                reap "${pid}" "${status}"
            fi
        done
        return 0
    fi
    wait -n -p done_process "${!worker[@]}" || status=$?
    if [[ -n "${done_process}" ]]; then
        reap "${done_process}" "${status}"
    fi
}

stop_everything() {
    local pid
    trap '' INT TERM HUP
    say ""
    say "[$(clock)] interrupted: running steps are told to stop"
    for pid in "${!worker[@]}"; do
        kill -TERM "${pid}" 2>/dev/null || true
    done
    wait
    journal run - interrupted
    say "Continue with: $0 ${scenario} --resume"
    exit 130
}

# A failed step whose failure is being discussed does not block anything yet.
declare -A held=()

run_steps() {
    local n moved dep kept
    while :; do
        moved=1
        while ((moved)); do
            moved=0
            for n in "${order[@]}"; do
                if [[ "${state[${n}]}" != pending ]]; then
                    continue
                fi
                kept=0
                for dep in $(deps_of "${n}"); do
                    if [[ -n "${held[${dep}]:-}" ]] && lost "${dep}"; then
                        kept=1
                    fi
                done
                if ((!kept)); then
                    consider "${n}"
                fi
            done
            if [[ -z "${question_kind}" ]] && ((${#question_queue[@]} > 0)); then
                question_next
                moved=1
            fi
        done
        for n in "${!held[@]}"; do
            if [[ "${question_kind}:${question_step}" != *":${n}" && " ${question_queue[*]} " != *":${n} "* ]]; then
                unset "held[${n}]"
                moved=1
            fi
        done
        if ((moved)); then
            continue
        fi
        if ((${#worker[@]} == 0)) && [[ -z "${question_kind}" ]]; then
            return 0
        fi
        wait_for_something
    done
}

# ---- the record at the end ------------------------------------------------------------------------------------

# actual_finish ASSET: seconds from the interruption until its last step was done; nothing when one was not.
actual_finish() {
    local n last=0
    for n in ${asset_steps[$1]//,/ }; do
        if ! satisfied "${n}" || [[ "${state[${n}]}" == assumed ]]; then
            return 1
        fi
        if ((ended_ms[${n}] > last)); then
            last="${ended_ms[${n}]}"
        fi
    done
    if ((last == 0)); then
        return 1
    fi
    # Rounded up: a second begun is a second gone.
    printf '%s' "$(((last + 999) / 1000 - interrupted_at))"
}

# actual_loss ASSET: seconds of data lost, from what a step said (data_as_of) or the moment it was asked to restore to.
actual_loss() {
    local n key text seconds
    for n in ${asset_steps[$1]//,/ }; do
        if [[ -f "${DRC_RUN_DIR}/steps/${n}.data-as-of" ]]; then
            text="$(<"${DRC_RUN_DIR}/steps/${n}.data-as-of")"
            if seconds="$(drc_seconds_of "${text}")"; then
                printf '%s' "$((seconds > interrupted_at ? 0 : interrupted_at - seconds))"
                return 0
            fi
        fi
    done
    for key in "${input_keys[@]}"; do
        if [[ "${input_asset[${key}]}" == "$1" && "${input_type[${key}]}" == timestamp \
            && -f "${DRC_RUN_DIR}/answers/${key}" ]]; then
            if seconds="$(drc_seconds_of "$(<"${DRC_RUN_DIR}/answers/${key}")")"; then
                printf '%s' "$((seconds > interrupted_at ? 0 : interrupted_at - seconds))"
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

# report: the result as a table for people and as record.json, which `drc evidence` reads. Sets `missed` and `undone`.
report() {
    local name n rto rpo rto_verdict rpo_verdict comma="" record="${DRC_RUN_DIR}/record.json"
    missed=0
    undone=0
    say ""
    say "Scenario ${scenario}, incident ${incident:-not named}, plan ${fact[digest]:0:12}"
    printf '%-28s %-12s %-12s %-13s %-12s %-12s %s\n' asset "RTO actual" objective verdict "RPO actual" objective verdict
    {
        printf '{\n  "schema": "drc.recovery-record/1",\n  "plan": %s,\n' "$(json_string "${fact[plan]}")"
        printf '  "digest": %s,\n  "scenario": %s,\n' "$(json_string "${fact[digest]}")" "$(json_string "${scenario}")"
        printf '  "kind": %s,\n' "$(json_string "$(run_kind)")"
        printf '  "incident": %s,\n  "approved_by": %s,\n' "$(json_string "${incident}")" "$(json_string "${approved_by}")"
        printf '  "interrupted_at": %s,\n' "$(json_string "$(drc_utc "${interrupted_at}")")"
        printf '  "finished_at": %s,\n' "$(json_string "$(drc_utc "${EPOCHSECONDS}")")"
        printf '  "partial": %s,\n  "assets": [' "$([[ -n "${only}${from}" ]] && printf true || printf false)"
    } >"${record}.new"
    for name in "${asset_order[@]}"; do
        rto=""
        rpo=""
        rto="$(actual_finish "${name}")" || rto=""
        rpo="$(actual_loss "${name}")" || rpo=""
        rto_verdict="$(verdict "${rto}" "${asset_rto[${name}]}")"
        rpo_verdict="$(verdict "${rpo}" "${asset_rpo[${name}]}")"
        if [[ "${rto_verdict}" == missed || "${rpo_verdict}" == missed ]]; then
            missed=1
        fi
        printf '%-28s %-12s %-12s %-13s %-12s %-12s %s\n' "$(drc_clean "${name:0:28}")" \
            "$([[ -n "${rto}" ]] && drc_span "${rto}" || printf -- -)" "$(span_or_dash "${asset_rto[${name}]}")" \
            "${rto_verdict}" "$([[ -n "${rpo}" ]] && drc_span "${rpo}" || printf -- -)" \
            "$(span_or_dash "${asset_rpo[${name}]}")" "${rpo_verdict}"
        {
            printf '%s\n    {"name": %s, ' "${comma}" "$(json_string "${name}")"
            printf '"rto_ms": %s, "rto_objective_ms": %s, "rto_verdict": "%s", ' \
                "$(json_seconds "${rto}")" "$(json_seconds "${asset_rto[${name}]}")" "${rto_verdict}"
            printf '"rpo_ms": %s, "rpo_objective_ms": %s, "rpo_verdict": "%s", ' \
                "$(json_seconds "${rpo}")" "$(json_seconds "${asset_rpo[${name}]}")" "${rpo_verdict}"
            printf '"planned_rto_ms": %s, "planned_rpo_ms": %s, "objectives_from": %s}' \
                "$(json_seconds "${asset_finish[${name}]}")" "$(json_seconds "${asset_loss[${name}]}")" \
                "$(json_string "${asset_source[${name}]}")"
        } >>"${record}.new"
        comma=","
    done
    printf '\n  ],\n  "steps": [' >>"${record}.new"
    comma=""
    for n in "${order[@]}"; do
        if ! satisfied "${n}"; then
            undone=$((undone + 1))
        fi
        printf '%s\n    {"step": %s, "asset": %s, "state": "%s", "ended_ms": %s}' "${comma}" \
            "$(json_string "${step_id[${n}]}")" "$(json_string "${step_asset[${n}]}")" "${state[${n}]}" \
            "${ended_ms[${n}]:-null}" >>"${record}.new"
        comma=","
    done
    printf '\n  ]\n}\n' >>"${record}.new"
    mv -f -- "${record}.new" "${record}"
    say ""
    for n in "${order[@]}"; do
        if ! satisfied "${n}"; then
            say "  ${state[${n}]/pending/not reached}: ${step_id[${n}]} (${step_title[${n}]})"
        fi
    done
    say "Record: ${record}"
}

run_kind() {
    local kind=recovery
    if ((failback)); then
        kind=failback
    fi
    if ((drill)); then
        kind="drill"
        if ((!for_real)); then
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

# ---- before the run -------------------------------------------------------------------------------------------

list_scenarios() {
    local path name
    local -A fact=()
    for path in "${here}"/scenarios/*/scenario.tsv; do
        name="${path%/scenario.tsv}"
        while IFS=$'\t' read -r key value; do
            if [[ "${key}" == title ]]; then
                printf '%-28s %s\n' "${name##*/}" "$(drc_clean "${value}")"
            fi
        done <"${path}"
    done
}

list_steps() {
    local n
    printf '%-5s %-4s %-40s %-10s %-10s %-10s %s\n' step wave id phase "at most" "by" title
    for n in "${order[@]}"; do
        printf '%-5s %-4s %-40s %-10s %-10s %-10s %s\n' "${n}" "${step_wave[${n}]}" "$(drc_clean "${step_id[${n}]}")" \
            "${step_phase[${n}]}" "$(span_or_dash "${step_finish[${n}]}")" "${step_kind[${n}]}" \
            "$(drc_clean "${step_title[${n}]}")"
    done
}

dry_run() {
    local n verb key
    say "Dry run of ${scenario} (${fact[title]}), plan ${fact[digest]:0:12}: nothing is touched."
    for key in "${input_keys[@]}"; do
        say "Would ask: ${input_ask[${key}]} (${input_type[${key}]}, input.${key})"
    done
    for n in "${order[@]}"; do
        if [[ -n "${only}" && "${step_asset[${n}]}" != "${only}" ]]; then
            continue
        fi
        if [[ -n "${from}" && "${n}" < "${number_of[${from}]}" ]]; then
            continue
        fi
        say ""
        say "# ${n} ${step_id[${n}]}: ${step_title[${n}]}"
        say "#   phase ${step_phase[${n}]}, waits for ${step_after[${n}]:-nothing}, takes at most $(span_or_dash "${step_takes[${n}]}"), given up after $(drc_span "${step_timeout[${n}]}")"
        if step_flag "${n}" irreversible; then
            say "#   point of no return"
        fi
        if [[ "${step_kind[${n}]}" == manual ]]; then
            say "# to do by ${step_owner[${n}]}:"
        fi
        for verb in ${step_verbs[${n}]//,/ }; do
            say "# ${verb}"
            case "${verb}" in
                manual | otherwise) DRC_DRY_RUN=1 bash -- "${folder}/${step_file[${n}]}" "${verb}" </dev/null ;;
                *) DRC_DRY_RUN=1 bash -- "${folder}/${step_file[${n}]}" show "${verb}" </dev/null ;;
            esac
        done
    done
}

# The files are the ones the compiler wrote, and they belong to one plan.
check_files() {
    local expected
    expected="$(<"${here}/DIGEST")"
    if [[ "${fact[digest]}" != "${expected}" ]]; then
        die 4 "scenario ${scenario} belongs to plan ${fact[digest]:0:12}, these files to ${expected:0:12}: build again"
    fi
    if [[ -n "${wanted_plan}" && "${wanted_plan}" != "${expected}" ]]; then
        die 4 "this is plan ${expected}, not ${wanted_plan}"
    fi
    if [[ -f "${here}/../plan.json" ]] && ! grep -qF -- "${expected}" "${here}/../plan.json"; then
        die 4 "the plan.json beside these files is another plan: build again"
    fi
    if ! (cd -- "${here}" && sha256sum --check --quiet --strict SHA256SUMS >&2); then
        die 4 "a file was changed after it was generated (see above); build again, or restore it"
    fi
}

check_tools() {
    local name missing=()
    for name in "${fact_tool[@]}"; do
        if ! command -v -- "${name}" >/dev/null; then
            missing+=("${name}")
        fi
    done
    for name in timeout flock sha256sum sync "${fact_secret[@]/#/\$}"; do
        if [[ "${name}" == \$* ]]; then
            name="${name#\$}"
            if [[ -z "${!name:-}" ]]; then
                missing+=("variable ${name}")
            fi
        elif ! command -v -- "${name}" >/dev/null; then
            missing+=("${name}")
        fi
    done
    if ((${#missing[@]} > 0)); then
        die 4 "missing here: $(join_words "${missing[@]}")"
    fi
}

take_lock() {
    exec 9>"${state_root}/lock"
    if ! flock --nonblock 9; then
        die 75 "another run of this plan is under way, or a step of one that was killed still works (${state_root}/lock)"
    fi
}

# restore_journal: the state of every step, from the journal of the run that is resumed.
restore_journal() {
    local line n status
    while IFS= read -r line; do
        [[ "${line}" =~ ^\{\"ms\":([0-9]+),\"time\":\"[^\"]*\",\"event\":\"([a-z]+)\",\"step\":\"([0-9]+|-)\",\"status\":\"([a-z-]+)\" ]] \
            || continue
        n="${BASH_REMATCH[3]}"
        status="${BASH_REMATCH[4]}"
        case "${BASH_REMATCH[2]}" in
            run)
                if [[ "${status}" == declared ]]; then
                    if [[ "$(journal_field "${line}" digest)" != "${fact[digest]}" ]]; then
                        die 4 "the run to be resumed belongs to another plan ($(journal_field "${line}" digest))"
                    fi
                    interrupted_at="$(journal_field "${line}" interrupted_at)"
                    incident="$(journal_field "${line}" incident)"
                    approved_by="$(journal_field "${line}" approved_by)"
                    drill="$(journal_field "${line}" drill)"
                    for_real="$(journal_field "${line}" for_real)"
                    only="$(journal_field "${line}" only)"
                    from="$(journal_field "${line}" from)"
                fi
                ;;
            gate) gate_open["${n}"]=1 ;;
            step)
                if [[ -z "${state[${n}]:-}" ]]; then
                    continue
                fi
                case "${status}" in
                    ok | skipped | simulated | assumed | continued | attested)
                        state["${n}"]="${status}"
                        ended_ms["${n}"]="${BASH_REMATCH[1]}"
                        ;;
                    started | interrupted) state["${n}"]=interrupted ;;
                    *) state["${n}"]=pending ;;
                esac
                ;;
        esac
    done <"${DRC_RUN_DIR}/journal.jsonl"
    for n in "${order[@]}"; do
        if [[ "${state[${n}]}" != interrupted ]]; then
            continue
        fi
        state["${n}"]=pending
        # A step cut off in the middle runs again; its `check` finds out whether it had its effect. Without one, a
        # step that cannot be taken back is only repeated when somebody says so.
        if step_flag "${n}" irreversible && [[ ",${step_verbs[${n}]}," != *,check,* && "${step_kind[${n}]}" != manual ]]; then
            unset "gate_open[${n}]"
            say "${step_id[${n}]} was cut off in the middle: look whether it had its effect before opening its gate again"
        fi
    done
}

# leave_out: what --only and --from take as done. A fence is never taken as done without being attested.
leave_out() {
    local n assumed
    for n in "${order[@]}"; do
        assumed=0
        if [[ -n "${only}" && "${step_asset[${n}]}" != "${only}" ]]; then
            assumed=1
        fi
        if [[ -n "${from}" && "${n}" < "${number_of[${from}]}" ]]; then
            assumed=1
        fi
        if ((!assumed)) || [[ "${state[${n}]}" != pending ]]; then
            continue
        fi
        if [[ "${step_phase[${n}]}" == fence && -z "${only}" ]]; then
            if [[ "${answer[attest.${step_id[${n}]}]:-}" == yes ]]; then
                settle "${n}" attested
                journal step "${n}" attested id "${step_id[${n}]}"
            fi
            # Otherwise the fence runs: its check says whether it is needed.
            continue
        fi
        settle "${n}" assumed
        journal step "${n}" assumed id "${step_id[${n}]}"
    done
}

main() {
    local run n list=0 dry=0 resume=0 answers="" state_option="" interrupted_text="" known
    scenario="" only="" from="" incident="" approved_by="" wanted_plan="" parallel=0
    drill=0 for_real=0 failback=0
    drc_require_bash
    while (($# > 0)); do
        case "$1" in
            --yes-i-declare | --approved-by | --interrupted-at | --only | --from | --jobs | --answers | --plan | --state)
                if (($# < 2)) || [[ -z "$2" ]]; then
                    die 64 "$1 needs a value"
                fi
                ;;
        esac
        case "$1" in
            --help | -h)
                usage
                exit 0
                ;;
            --list) list=1 ;;
            --dry-run) dry=1 ;;
            --resume) resume=1 ;;
            --drill) drill=1 ;;
            --for-real) for_real=1 ;;
            --failback) failback=1 ;;
            --yes-i-declare) incident="$2" && shift ;;
            --approved-by) approved_by="$2" && shift ;;
            --interrupted-at) interrupted_text="$2" && shift ;;
            --only) only="$2" && shift ;;
            --from) from="$2" && shift ;;
            --jobs) parallel="$2" && shift ;;
            --answers) answers="$2" && shift ;;
            --plan) wanted_plan="${2#sha256:}" && shift ;;
            --state) state_option="$2" && shift ;;
            -*) die 64 "unknown option $1 (see --help)" ;;
            *)
                if [[ -n "${scenario}" ]]; then
                    die 64 "one scenario at a time"
                fi
                scenario="$1"
                ;;
        esac
        shift
    done
    if [[ -z "${scenario}" ]]; then
        if ((list)); then
            list_scenarios
            exit 0
        fi
        usage >&2
        exit 64
    fi
    if [[ ! "${parallel}" =~ ^[0-9]{1,4}$ ]]; then
        die 64 "--jobs needs a number"
    fi
    folder="${here}/scenarios/${scenario}"
    if [[ "${scenario}" == */* || "${scenario}" == .* || ! -f "${folder}/scenario.tsv" ]]; then
        die 64 "no scenario is called ${scenario}; see --list"
    fi
    if ((failback)); then
        folder+="/failback"
        if [[ ! -f "${folder}/scenario.tsv" ]]; then
            die 64 "scenario ${scenario} has no failback"
        fi
    fi
    load_tables "${folder}"
    if [[ -n "${only}" && -z "${asset_rto[${only}]:-}" ]]; then
        die 64 "${only} is not recovered in this scenario"
    fi
    if [[ -n "${from}" && -z "${number_of[${from}]:-}" ]]; then
        die 64 "no step is called ${from}; see --list"
    fi
    if ((list)); then
        list_steps
        exit 0
    fi
    check_files
    if ((dry)); then
        dry_run
        exit 0
    fi
    check_tools
    if [[ -n "${answers}" ]]; then
        load_answers "${answers}"
    fi
    for n in "${order[@]}"; do
        state["${n}"]=pending
    done

    state_root="${state_option:-${DRC_STATE:-${XDG_STATE_HOME:-${HOME:?}/.local/state}/drc/${fact[slug]}}}"
    mkdir -p -- "${state_root}/${scenario}"
    state_root="$(cd -- "${state_root}" && pwd)"
    take_lock
    known="${state_root}/${scenario}/last"
    if ((failback)); then
        known+="-failback"
    fi
    if ((resume)); then
        if [[ ! -f "${known}" ]]; then
            die 64 "there is no run of ${scenario} to resume"
        fi
        run="$(<"${known}")"
        export DRC_RUN_DIR="${state_root}/${scenario}/${run}"
        restore_journal
        journal run - resumed
        say "Resuming run ${run}"
    else
        interrupted_at="${EPOCHSECONDS}"
        interrupted_text="${interrupted_text:-${answer[interrupted_at]:-}}"
        if [[ -n "${interrupted_text}" ]]; then
            interrupted_at="$(drc_seconds_of "${interrupted_text}")" \
                || die 64 "--interrupted-at ${interrupted_text}: not a moment such as 2026-11-21T08:30:00Z"
        fi
        if ((interrupted_at > EPOCHSECONDS)); then
            die 64 "--interrupted-at lies in the future"
        fi
        say "Scenario ${scenario}: ${fact[title]}"
        say "${#order[@]} steps; plan ${fact[plan]} ${fact[digest]:0:12}; kind $(run_kind)"
        confirm_start
        ask_approval
        run="$(TZ=UTC printf '%(%Y%m%dT%H%M%SZ)T' "${EPOCHSECONDS}")-$$"
        export DRC_RUN_DIR="${state_root}/${scenario}/${run}"
        mkdir -p -- "${DRC_RUN_DIR}/steps" "${DRC_RUN_DIR}/answers"
        journal run - declared digest "${fact[digest]}" scenario "${scenario}" incident "${incident}" \
            approved_by "${approved_by}" interrupted_at "${interrupted_at}" drill "${drill}" for_real "${for_real}" \
            only "${only}" from "${from}" kind "$(run_kind)" by "$(id -un 2>/dev/null || id -u)@${HOSTNAME:-unknown}"
        printf '%s\n' "${run}" >"${known}.new"
        mv -f -- "${known}.new" "${known}"
    fi
    if ((parallel == 0)); then
        parallel="${fact[parallel]}"
    fi
    export DRC_DRILL="${drill}" DRC_INCIDENT_ID="${incident}" DRC_INCIDENT_SCENARIO="${scenario}"
    DRC_INCIDENT_STARTED="$(drc_utc "${interrupted_at}")"
    export DRC_INCIDENT_STARTED
    leave_out
    ask_inputs

    trap stop_everything INT TERM HUP
    run_steps
    trap - INT TERM HUP
    report
    if ((undone > 0)); then
        journal run - unfinished undone "${undone}"
        say "Not finished: ${undone} steps are not done. Go on with: recover.sh ${scenario} --resume"
        exit 1
    fi
    if ((missed)); then
        journal run - finished objectives missed
        say "Recovered, but an objective was missed."
        exit 2
    fi
    journal run - finished objectives met
    say "Recovered within the objectives that were measured."
}

main "$@"
