# shellcheck shell=bash
# Questions to people: the typed confirmation, approvals, inputs, gates, manual steps. An answers file answers in
# their place; without a terminal and without an answer, nothing is assumed.

declare -A ANSWER=()

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
        ANSWER["${line%%=*}"]="${line#*=}"
    done <"$1"
}

interactive() {
    [[ "${DRC_INTERACTIVE:-}" == 1 || (-t 0 && -t 2) ]]
}

# confirm_start: the typed confirmation. --yes-i-declare stands in its place.
confirm_start() {
    local word="${FACT[confirm]}" typed="${ANSWER[confirm]:-}"
    if ((DRILL)); then
        word=DRILL
    fi
    if [[ -n "${INCIDENT}" ]]; then
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

# may_approve QUESTION NAME: whether the name is on the list of that question.
may_approve() {
    local entry
    for entry in "${FACT_APPROVER[@]}"; do
        if [[ "${entry}" == "$1:$2" ]]; then
            return 0
        fi
    done
    return 1
}

# approvers_of QUESTION: sets `names` of the caller.
approvers_of() {
    local entry
    names=()
    for entry in "${FACT_APPROVER[@]}"; do
        if [[ "${entry%%:*}" == "$1" ]]; then
            names+=("${entry#*:}")
        fi
    done
}

# ask_approval: somebody on each list agrees, in time. The clock of the recovery runs meanwhile.
ask_approval() {
    local question given approved=""
    local -a said=()
    if ((${#FACT_WITHIN[@]} == 0 || DRILL)); then
        return 0
    fi
    IFS=, read -r -a said <<<"${APPROVED_BY:-${ANSWER[approve]:-}}"
    for ((question = 1; question <= ${#FACT_WITHIN[@]}; question++)); do
        given=""
        approval_of "${question}" "${said[@]}"
        if [[ ",${approved}," != *",${given},"* ]]; then
            approved+="${approved:+,}${given}"
        fi
    done
    APPROVED_BY="${approved}"
}

# approval_of QUESTION NAME…: the first of the names that may answer it, else who is asked; sets `given` of the caller.
approval_of() {
    local question="$1" within="${FACT_WITHIN[$(($1 - 1))]}" deadline name
    local -a names=()
    shift
    approvers_of "${question}"
    for name in "$@"; do
        if may_approve "${question}" "${name}"; then
            given="${name}"
            return 0
        fi
    done
    if (($# > 0)); then
        die 3 "$(join_words "$@") may not approve this; these may: $(join_words "${names[@]}")"
    fi
    if ! interactive; then
        die 3 "not approved: use a terminal, --approved-by NAME, or approve=NAME in an answers file"
    fi
    deadline=$((EPOCHSECONDS + within))
    say "Approval is needed from one of: $(join_words "${names[@]}")"
    while :; do
        if ((EPOCHSECONDS >= deadline)); then
            die 3 "no approval within $(drc_span "${within}"): nothing was done"
        fi
        printf 'Name of the person who approves (%s left): ' "$(drc_span "$((deadline - EPOCHSECONDS))")" >&2
        name=""
        IFS= read -r -t "$((deadline - EPOCHSECONDS))" name || true
        if may_approve "${question}" "${name}"; then
            given="${name}"
            return 0
        fi
        if [[ -z "${name}" && ! -t 0 ]]; then
            die 3 "not approved: nothing was done"
        fi
        warn "${name:-nobody} may not approve this"
    done
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
        # A copy is fetched by its time; a file has to be there.
        stored) [[ "$2" =~ ^([0-9]{8}T[0-9]{6}Z|latest)$ ]] || valid_input file "$2" ;;
        file) valid_input path "$2" && [[ -f "$2" && -r "$2" ]] ;;
        path) [[ "$2" == /* && "$2" != *$'\n'* && "/$2/" != */../* ]] ;;
        *) [[ -n "$2" ]] ;;
    esac
}

# What is answered already, by the answers file or by a default that nobody is there to change, is noted at once; an answer that is missing
# where nobody can be asked ends the run before it begins. The rest is asked while steps run, of which only those wait that use the answer.
declare -A INPUT_OPEN=()   # key -> asked, or nobody: no answer will come in this run

# input_wanted KEY: whether a step uses the answer. In a drill, one that is only simulated does not.
input_wanted() {
    local n
    if ! ((DRILL)); then
        return 0
    fi
    for n in "${ORDER[@]}"; do
        if [[ " ${STEP_INPUTS[${n}]:-} " == *" $1 "* ]] && ! only_simulated "${n}"; then
            return 0
        fi
    done
    return 1
}

# ask_again KEY: whether an answer of the run that is resumed is asked once more. Another one in the answers file wins, and at a terminal an answer
# is asked again with which a step has failed: a host may be mistyped, the chosen copy damaged. Not when a step was done with it.
ask_again() {
    local n old failed=0 given="${ANSWER[input.$1]:-${ANSWER[input.${INPUT_NAME[$1]}]:-}}"
    old="$(<"${DRC_RUN_DIR}/answers/$1")"
    for n in "${ORDER[@]}"; do
        if [[ " ${STEP_INPUTS[${n}]:-} " != *" $1 "* ]]; then
            continue
        fi
        if [[ "${STATE[${n}]}" == ok ]]; then
            if [[ -n "${given}" && "${given}" != "${old}" ]]; then
                warn "input.$1 stays ${old}: ${STEP_ID[${n}]} was done with it. To take another, begin a new run with --interrupted-at $(drc_utc "${INTERRUPTED_AT}")"
            fi
            return 1
        fi
        if [[ -n "${FAILED_BEFORE[${n}]:-}" ]]; then
            failed=1
        fi
    done
    if [[ -n "${given}" ]]; then
        [[ "${given}" != "${old}" ]]
        return
    fi
    if ((failed)) && interactive; then
        INPUT_DEFAULT["$1"]="${old}"
        return 0
    fi
    return 1
}

ask_inputs() {
    local key value
    for key in "${INPUT_KEYS[@]}"; do
        if ! input_wanted "${key}"; then
            continue
        fi
        if [[ -f "${DRC_RUN_DIR}/answers/${key}" ]] && ! ask_again "${key}"; then
            continue
        fi
        if [[ -n "${ONLY}" && "${INPUT_ASSET[${key}]}" != "${ONLY}" && "${INPUT_ASSET[${key}]}" != - ]]; then
            continue
        fi
        value="${ANSWER[input.${key}]:-${ANSWER[input.${INPUT_NAME[${key}]}]:-}}"
        if [[ -z "${value}" ]] && interactive; then
            INPUT_OPEN["${key}"]=asked
            ask_later input "${key}"
            continue
        fi
        if [[ -z "${value}" && "${INPUT_DEFAULT[${key}]}" != - ]]; then
            value="${INPUT_DEFAULT[${key}]}"
        fi
        if ! valid_input "${INPUT_TYPE[${key}]}" "${value}"; then
            die 64 "input.${key} (${INPUT_TYPE[${key}]}) has no valid value: ${INPUT_ASK[${key}]}"
        fi
        note_input "${key}" "${value}"
    done
}

# input_state KEY: 0 answered, 1 asked, 2 nobody will answer in this run.
input_state() {
    case "${INPUT_OPEN[$1]:-}" in
        asked) return 1 ;;
        nobody) return 2 ;;
    esac
}

note_input() {
    printf '%s' "$2" >"${DRC_RUN_DIR}/answers/$1"
    journal input - answered key "$1" value "$2"
}

# input_answer KEY TEXT HOW: an empty line takes the default; `end`: nobody is there any more, who could want another.
input_answer() {
    local key="$1" value="$2"
    if [[ -z "${value}" && "$3" != end ]]; then
        value="${INPUT_DEFAULT[${key}]/#-/}"
    fi
    if valid_input "${INPUT_TYPE[${key}]}" "${value}"; then
        unset "INPUT_OPEN[${key}]"
        note_input "${key}" "${value}"
    elif [[ "$3" == end ]]; then
        INPUT_OPEN["${key}"]=nobody
    else
        warn "that is not a value of type ${INPUT_TYPE[${key}]}"
        ask_later input "${key}"
    fi
}

# ---- questions during the run: one at a time, without holding up what runs meanwhile --------------------------

QUESTION_KIND=""   # input (its step is the key), manual, gate, attest or failure; empty: no question
QUESTION_STEP=""
QUESTION_TEXT=""   # what was typed so far
declare -a QUESTION_QUEUE=()
declare -A QUESTION_SEEN=() # what was on the screen once
QUESTION_ASIDE=""           # what `later` has put aside last: shown again when nothing else waits

# ask_later KIND NUMBER: puts a question in the queue, once.
ask_later() {
    local entry
    for entry in "${QUESTION_QUEUE[@]}" "${QUESTION_KIND}:${QUESTION_STEP}"; do
        if [[ "${entry}" == "$1:$2" ]]; then
            return 0
        fi
    done
    QUESTION_QUEUE+=("$1:$2")
}

question_key() {
    case "$1" in
        manual) printf 'step.%s' "$2" ;;
        *) printf '%s.%s' "$1" "$2" ;;
    esac
}

# question_pick: the place in the queue of what is asked next. Work by hand takes hours and a point of no return a word: what is not work by hand
# goes first, then what nobody has seen yet, so that all who have something to do know it.
question_pick() {
    local i entry best=0 rank least=9
    for i in "${!QUESTION_QUEUE[@]}"; do
        entry="${QUESTION_QUEUE[${i}]}"
        rank=3
        if [[ "${entry}" == "${QUESTION_ASIDE}" ]]; then
            rank=4
        elif [[ "${entry}" != manual:* ]]; then
            rank=1
        elif [[ -z "${QUESTION_SEEN[${entry}]:-}" ]]; then
            rank=2
        fi
        if ((rank < least)); then
            least="${rank}"
            best="${i}"
        fi
    done
    printf '%s\n' "${best}"
}

# question_aside: puts the present question back in the queue.
question_aside() {
    QUESTION_ASIDE="${QUESTION_KIND}:${QUESTION_STEP}"
    QUESTION_QUEUE+=("${QUESTION_ASIDE}")
    QUESTION_KIND=""
    QUESTION_STEP=""
}

# question_yields: work by hand gives way to what waits and was not shown yet, unless somebody is typing.
question_yields() {
    local entry
    if [[ "${QUESTION_KIND}" != manual || -n "${QUESTION_TEXT}" ]] || ! interactive; then
        return 0
    fi
    for entry in "${QUESTION_QUEUE[@]}"; do
        if [[ -z "${QUESTION_SEEN[${entry}]:-}" ]]; then
            question_aside
            return 0
        fi
    done
}

# question_next: takes the next question. One that the answers file answers is answered at once.
question_next() {
    local entry n id key place
    while [[ -z "${QUESTION_KIND}" ]] && ((${#QUESTION_QUEUE[@]} > 0)); do
        place="$(question_pick)"
        entry="${QUESTION_QUEUE[${place}]}"
        unset "QUESTION_QUEUE[${place}]"
        QUESTION_QUEUE=("${QUESTION_QUEUE[@]}")
        QUESTION_SEEN["${entry}"]=1
        if [[ "${entry}" == "${QUESTION_ASIDE}" ]]; then
            QUESTION_ASIDE=""
        fi
        QUESTION_KIND="${entry%%:*}"
        QUESTION_STEP="${entry#*:}"
        if [[ "${QUESTION_KIND}" == input ]]; then
            QUESTION_TEXT=""
            printf '%s [%s] (%s): ' "$(drc_clean "${INPUT_ASK[${QUESTION_STEP}]}")" \
                "$(drc_clean "${INPUT_DEFAULT[${QUESTION_STEP}]/#-/}")" "${INPUT_TYPE[${QUESTION_STEP}]}" >&2
            return 0
        fi
        n="${QUESTION_STEP}"
        id="${STEP_ID[${n}]}"
        key="$(question_key "${QUESTION_KIND}" "${id}")"
        question_show
        if [[ -n "${ANSWER[${key}]:-}" ]]; then
            say "    answered by the answers file: ${ANSWER[${key}]}"
            question_answer "${ANSWER[${key}]}"
        elif [[ "${QUESTION_KIND}" == gate && -n "${INCIDENT}" ]] && ! interactive; then
            say "    the gate opens: ${INCIDENT} was declared"
            question_answer "yes"
        elif ! interactive; then
            say "    nobody can answer here: put ${key}=… into an answers file and use --resume"
            question_answer ""
        else
            QUESTION_TEXT=""
            printf '> ' >&2
        fi
    done
}

question_show() {
    local n="${QUESTION_STEP}" line
    say ""
    case "${QUESTION_KIND}" in
        manual)
            say "[$(clock)] TO DO BY ${STEP_OWNER[${n}]}: ${STEP_TITLE[${n}]}  (${STEP_ID[${n}]})"
            while IFS= read -r line; do
                say "    ${line}"
            done < <(bash -- "${FOLDER}/${STEP_FILE[${n}]}" manual </dev/null 2>&1 || true)
            if ((DRILL && !FOR_REAL)); then
                say "    This is a drill: change nothing that serves; what cannot be done apart from it is talked through."
            fi
            if ((${#QUESTION_QUEUE[@]} > 0)); then
                say "    Answer \`done\`, \`failed\` or \`skip\`; \`later\` shows what else waits (${#QUESTION_QUEUE[@]})."
            else
                say "    Answer \`done\`, \`failed\` or \`skip\`."
            fi
            ;;
        gate)
            say "[$(clock)] POINT OF NO RETURN: ${STEP_TITLE[${n}]}  (${STEP_ID[${n}]})"
            say "    After this step there is no way back but failback. Answer \`yes\` or \`no\`."
            ;;
        attest)
            say "[$(clock)] ${STEP_ID[${n}]} could not be carried out. Somebody must attest:"
            while IFS= read -r line; do
                say "    ${line}"
            done < <(bash -- "${FOLDER}/${STEP_FILE[${n}]}" otherwise </dev/null 2>&1 || true)
            say "    Answer \`yes\` (it is so) or \`no\`."
            ;;
        failure)
            say "[$(clock)] ${STEP_ID[${n}]} failed. Answer \`retry\`, \`continue\` or \`block\`."
            ;;
    esac
}

# question_poll: reads what the operator has typed so far, for at most a second.
question_poll() {
    local piece="" status=0
    IFS= read -r -t 1 piece || status=$?
    QUESTION_TEXT+="${piece}"
    if ((status == 0)); then
        piece="${QUESTION_TEXT}"
        QUESTION_TEXT=""
        question_answer "${piece}"
    elif ((status <= 128)); then
        # End of input: nobody is there any more.
        if [[ "${QUESTION_KIND}" == input ]]; then
            question_answer "${QUESTION_TEXT}" end
        else
            question_answer ""
        fi
    fi
}
