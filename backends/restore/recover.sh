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

HERE="$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)"
LIB="${HERE}/lib"
# shellcheck source=lib/common.sh
source "${LIB}/common.sh"
# shellcheck source=lib/ask.sh
source "${LIB}/ask.sh"
# shellcheck source=lib/engine.sh
source "${LIB}/engine.sh"
# shellcheck source=lib/report.sh
source "${LIB}/report.sh"

usage() {
    cat <<'TEXT'
usage: recover.sh SCENARIO [options]
       recover.sh --list

  --list                    the scenarios; with a scenario, its steps
  --dry-run                 print every command in order, touch nothing
  --yes-i-declare INCIDENT  no typed confirmation: INCIDENT was declared elsewhere
  --approved-by NAME[,NAME] who approved, when the plan demands approval
  --interrupted-at TIME     when the interruption began (UTC); RTO counts from there
  --rollback                take done steps back, unless something was done that cannot be
  --resume                  go on where the last run of this scenario ended
  --only ASSET              only the steps of one asset; the others are taken as done
  --from STEP               begin at this step; earlier ones are taken as done
  --jobs N                  so many steps side by side
  --answers FILE            answers to questions, one KEY=VALUE per line
  --drill                   rehearse: fences, traffic, points of no return and steps that work on what
                            serves today (flag `serves`) are only simulated
  --for-real                with --drill: carry them out as well
  --failback                the way back instead of the recovery
  --plan DIGEST             refuse unless the plan has this digest
  --state FOLDER            where journals are kept

exit: 0 recovered within the objectives, 1 a step failed, was not reached or was left out by somebody, or nothing was done or looked at, 2 recovered
but an objective was missed, 3 not confirmed or not approved, 4 refused, 64 wrong use, 75 another run is under way, 130 interrupted
TEXT
}

# ---- the tables ------------------------------------------------------------------------------------------------
#
# The tables of a scenario, as recover.sh reads them. They are data: tab-separated, `-` for nothing, `#` for comments;
# nothing in them is ever executed or expanded.

declare -A FACT=()        # scenario.tsv: title, digest, confirm, parallel, …
declare -a FACT_WITHIN=() FACT_APPROVER=() FACT_TOOL=() FACT_WANTS=() FACT_TOKEN=() FACT_SECRET=()
declare -a ORDER=()       # numbers of the steps, in the plan's total order
declare -A STEP_ID=() STEP_ASSET=() STEP_PHASE=() STEP_KIND=() STEP_WAVE=() STEP_AFTER=() STEP_TIMEOUT=()
declare -A FAILED_BEFORE=() # steps that failed in the run that is resumed
declare -A STEP_RETRIES=() STEP_CUT=() STEP_VERBS=() STEP_FLAGS=() STEP_FAILURE=() STEP_TAKES=() STEP_FINISH=()
declare -A STEP_FILE=() STEP_OWNER=() STEP_FOLLOWS=() STEP_TITLE=()
declare -A NUMBER_OF=()   # id -> number
declare -a ASSET_ORDER=()
declare -A ASSET_RTO=() ASSET_RPO=() ASSET_FINISH=() ASSET_LOSS=() ASSET_STEPS=() ASSET_SOURCE=()
declare -a INPUT_KEYS=()
declare -A INPUT_NAME=() INPUT_TYPE=() INPUT_DEFAULT=() INPUT_ASK=() INPUT_ASSET=()
declare -A STEP_INPUTS=() # number -> keys of what it has to be told

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
        # One question for each time allowed; the names after it may answer it.
        approve_within) FACT_WITHIN+=("$2") ;;
        approver) FACT_APPROVER+=("${#FACT_WITHIN[@]}:$2") ;;
        tool) FACT_TOOL+=("$2") ;;
        wants) FACT_WANTS+=("$2") ;;
        token) FACT_TOKEN+=("$2") ;;
        secret) FACT_SECRET+=("$2") ;;
        *) FACT["$1"]="$2" ;;
    esac
}

row_step() {
    local n="$1"
    ORDER+=("${n}")
    STEP_ID["${n}"]="$2"
    NUMBER_OF["$2"]="${n}"
    STEP_ASSET["${n}"]="$3"
    STEP_PHASE["${n}"]="$4"
    STEP_KIND["${n}"]="$5"
    STEP_WAVE["${n}"]="$6"
    STEP_AFTER["${n}"]="${7/#-/}"
    STEP_TIMEOUT["${n}"]="$8"
    STEP_RETRIES["${n}"]="$9"
    STEP_VERBS["${n}"]="${10/#-/}"
    STEP_FLAGS["${n}"]=",${11/#-/},"
    STEP_FAILURE["${n}"]="${12}"
    STEP_TAKES["${n}"]="${13}"
    STEP_FINISH["${n}"]="${14}"
    STEP_FILE["${n}"]="${15}"
    STEP_OWNER["${n}"]="${16}"
    STEP_FOLLOWS["${n}"]="${17/#-/}"
    STEP_TITLE["${n}"]="${18}"
    STEP_CUT["${n}"]="${19}"
}

row_asset() {
    ASSET_ORDER+=("$1")
    ASSET_RTO["$1"]="$2"
    ASSET_RPO["$1"]="$3"
    ASSET_FINISH["$1"]="$4"
    ASSET_LOSS["$1"]="$5"
    ASSET_STEPS["$1"]="${6/#-/}"
    ASSET_SOURCE["$1"]="$7"
}

row_input() {
    local n
    INPUT_KEYS+=("$1")
    INPUT_NAME["$1"]="$2"
    INPUT_TYPE["$1"]="$3"
    INPUT_DEFAULT["$1"]="$4"
    INPUT_ASSET["$1"]="$5"
    INPUT_ASK["$1"]="$7"
    for n in ${6//,/ }; do
        STEP_INPUTS["${n}"]+=" $1"
    done
}

# step_flag NUMBER FLAG
step_flag() {
    [[ "${STEP_FLAGS[$1]}" == *,"$2",* ]]
}

# load_tables FOLDER
load_tables() {
    local where="$1" n m
    table_rows "${where}/scenario.tsv" 2 row_fact
    table_rows "${where}/steps.tsv" 19 row_step
    table_rows "${where}/assets.tsv" 7 row_asset
    table_rows "${where}/inputs.tsv" 7 row_input
    # Fence before promote, whatever the table says: what cannot be taken back waits for every fence of its asset.
    for n in "${ORDER[@]}"; do
        if ! step_flag "${n}" irreversible || [[ "${STEP_ASSET[${n}]}" == - ]]; then
            continue
        fi
        for m in "${ORDER[@]}"; do
            if [[ "${STEP_PHASE[${m}]}" != fence || "${STEP_ASSET[${m}]}" != "${STEP_ASSET[${n}]}" || "${m}" == "${n}" ]]; then
                continue
            fi
            if [[ "${m}" > "${n}" ]]; then
                die 4 "step ${STEP_ID[${n}]} comes before its fence ${STEP_ID[${m}]}: this plan must not be run"
            fi
            if [[ ",${STEP_AFTER[${n}]}," != *",${m},"* ]]; then
                STEP_AFTER["${n}"]+="${STEP_AFTER[${n}]:+,}${m}"
            fi
        done
    done
}

# ---- before the run -------------------------------------------------------------------------------------------

list_scenarios() {
    local path name key value
    for path in "${HERE}"/scenarios/*/scenario.tsv; do
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
    printf '%-5s %-4s %-40s %-10s %-10s %-10s %s\n' step wave id phase "ends by" "by" title
    for n in "${ORDER[@]}"; do
        printf '%-5s %-4s %-40s %-10s %-10s %-10s %s\n' "${n}" "${STEP_WAVE[${n}]}" "$(drc_clean "${STEP_ID[${n}]}")" \
            "${STEP_PHASE[${n}]}" "$(span_or_dash "${STEP_FINISH[${n}]}")" "${STEP_KIND[${n}]}" \
            "$(drc_clean "${STEP_TITLE[${n}]}")"
    done
}

dry_run() {
    local n verb key text
    say "Dry run of ${SCENARIO} (${FACT[title]}), plan ${FACT[digest]:0:12}: nothing is touched."
    for key in "${INPUT_KEYS[@]}"; do
        say "Would ask: ${INPUT_ASK[${key}]} (${INPUT_TYPE[${key}]}, input.${key})"
    done
    for n in "${ORDER[@]}"; do
        if [[ -n "${ONLY}" && "${STEP_ASSET[${n}]}" != "${ONLY}" ]]; then
            continue
        fi
        if [[ -n "${FROM}" && "${n}" < "${NUMBER_OF[${FROM}]}" ]]; then
            continue
        fi
        say ""
        say "# ${n} ${STEP_ID[${n}]}: ${STEP_TITLE[${n}]}"
        say "#   phase ${STEP_PHASE[${n}]}, waits for ${STEP_AFTER[${n}]:-nothing}, takes at most $(span_or_dash "${STEP_TAKES[${n}]}"), given up after $(drc_span "${STEP_TIMEOUT[${n}]}")"
        if [[ -n "${STEP_FOLLOWS[${n}]}" ]]; then
            say "#   takes over the hands or the bandwidth of ${STEP_FOLLOWS[${n}]}"
        fi
        if step_flag "${n}" irreversible; then
            say "#   point of no return"
        fi
        if [[ "${STEP_KIND[${n}]}" == manual ]]; then
            say "# to do by ${STEP_OWNER[${n}]}:"
        fi
        for verb in ${STEP_VERBS[${n}]//,/ }; do
            say "# ${verb}"
            case "${verb}" in
                manual | otherwise) text="$(DRC_DRY_RUN=1 bash -- "${FOLDER}/${STEP_FILE[${n}]}" "${verb}" </dev/null)" ;;
                *) text="$(DRC_DRY_RUN=1 bash -- "${FOLDER}/${STEP_FILE[${n}]}" show "${verb}" </dev/null)" ;;
            esac
            say "${text}"
        done
    done
}

# The files are the ones the compiler wrote, and they belong to one plan.
check_files() {
    local expected
    expected="$(<"${HERE}/DIGEST")"
    if [[ "${FACT[digest]}" != "${expected}" ]]; then
        die 4 "scenario ${SCENARIO} belongs to plan ${FACT[digest]:0:12}, these files to ${expected:0:12}: build again"
    fi
    if [[ -n "${WANTED_PLAN}" && "${WANTED_PLAN}" != "${expected}" ]]; then
        die 4 "this is plan ${expected}, not ${WANTED_PLAN}"
    fi
    if [[ -f "${HERE}/../plan.json" ]] && ! grep -qF -- "${expected}" "${HERE}/../plan.json"; then
        die 4 "the plan.json beside these files is another plan: build again"
    fi
    if ! (cd -- "${HERE}" && sha256sum --check --quiet --strict SHA256SUMS >&2); then
        die 4 "a file was changed after it was generated (see above); build again, or restore it"
    fi
}

# Programs and variables that steps need are demanded before anything begins; those only a best-effort step wants, or
# a step that --only or --from leave out may need, are merely mentioned.
check_tools() {
    local name missing=()
    for name in "${FACT_WANTS[@]}"; do
        if ! type -P -- "${name}" >/dev/null; then
            warn "recover: ${name} is missing here; a step that may fail uses it"
        fi
    done
    for name in "${FACT_TOKEN[@]}"; do
        if [[ -z "${!name:-}" ]]; then
            warn "recover: variable ${name} is not set: its notices will have to be sent by hand"
        fi
    done
    for name in "${FACT_TOOL[@]}"; do
        if ! type -P -- "${name}" >/dev/null; then
            missing+=("${name}")
        fi
    done
    for name in timeout flock sha256sum sync "${FACT_SECRET[@]/#/\$}"; do
        if [[ "${name}" == \$* ]]; then
            name="${name#\$}"
            if [[ -z "${!name:-}" ]]; then
                missing+=("variable ${name}")
            fi
        elif ! type -P -- "${name}" >/dev/null; then
            missing+=("${name}")
        fi
    done
    if ((${#missing[@]} > 0)) && [[ -n "${ONLY}${FROM}" ]]; then
        warn "recover: missing here: $(join_words "${missing[@]}")"
    elif ((${#missing[@]} > 0)); then
        die 4 "missing here: $(join_words "${missing[@]}")"
    fi
}

take_lock() {
    exec 9>"${STATE_ROOT}/lock"
    if ! flock --nonblock 9; then
        die 75 "another run of this plan is under way, or a step of one that was killed still works (${STATE_ROOT}/lock)"
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
                    if [[ "$(journal_field "${line}" digest)" != "${FACT[digest]}" ]]; then
                        die 4 "the run to be resumed belongs to another plan ($(journal_field "${line}" digest))"
                    fi
                    INTERRUPTED_AT="$(journal_field "${line}" interrupted_at)"
                    INCIDENT="$(journal_field "${line}" incident)"
                    APPROVED_BY="$(journal_field "${line}" approved_by)"
                    DRILL="$(journal_field "${line}" drill)"
                    FOR_REAL="$(journal_field "${line}" for_real)"
                    ONLY="$(journal_field "${line}" only)"
                    FROM="$(journal_field "${line}" from)"
                fi
                ;;
            gate) GATE_OPEN["${n}"]=1 ;;
            step)
                if [[ -z "${STATE[${n}]:-}" ]]; then
                    continue
                fi
                case "${status}" in
                    ok | skipped | simulated | assumed | continued | left-out | attested)
                        STATE["${n}"]="${status}"
                        ENDED_MS["${n}"]="${BASH_REMATCH[1]}"
                        ;;
                    started | interrupted) STATE["${n}"]=interrupted ;;
                    failed | timed-out)
                        STATE["${n}"]=pending
                        FAILED_BEFORE["${n}"]=1
                        ;;
                    *) STATE["${n}"]=pending ;;
                esac
                ;;
        esac
    done <"${DRC_RUN_DIR}/journal.jsonl"
    for n in "${ORDER[@]}"; do
        if [[ "${STATE[${n}]}" != interrupted ]]; then
            continue
        fi
        STATE["${n}"]=pending
        # A step cut off in the middle runs again; its `check` finds out whether it had its effect. Without one, a
        # step that cannot be taken back is only repeated when somebody says so.
        if step_flag "${n}" irreversible && [[ ",${STEP_VERBS[${n}]}," != *,check,* && "${STEP_KIND[${n}]}" != manual ]]; then
            unset "GATE_OPEN[${n}]"
            say "${STEP_ID[${n}]} was cut off in the middle: look whether it had its effect before opening its gate again"
        fi
    done
}

# leave_out: what --only and --from take as done. A fence is never taken as done without being attested.
leave_out() {
    local n assumed
    for n in "${ORDER[@]}"; do
        assumed=0
        if [[ -n "${ONLY}" && "${STEP_ASSET[${n}]}" != "${ONLY}" ]]; then
            assumed=1
        fi
        if [[ -n "${FROM}" && "${n}" < "${NUMBER_OF[${FROM}]}" ]]; then
            assumed=1
        fi
        if ((!assumed)) || [[ "${STATE[${n}]}" != pending ]]; then
            continue
        fi
        if [[ "${STEP_PHASE[${n}]}" == fence && -z "${ONLY}" ]]; then
            if [[ "${ANSWER[attest.${STEP_ID[${n}]}]:-}" == yes ]]; then
                settle "${n}" attested
                journal step "${n}" attested id "${STEP_ID[${n}]}"
            fi
            # Otherwise the fence runs: its check says whether it is needed.
            continue
        fi
        settle "${n}" assumed
        journal step "${n}" assumed id "${STEP_ID[${n}]}"
    done
}

main() {
    local run n list=0 dry=0 resume=0 rollback=0 answers="" interrupted_text="" known
    STATE_OPTION="" SCENARIO="" ONLY="" FROM="" INCIDENT="" APPROVED_BY="" WANTED_PLAN="" PARALLEL=0
    DRILL=0 FOR_REAL=0 FAILBACK=0
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
            --rollback) resume=1 rollback=1 ;;
            --drill) DRILL=1 ;;
            --for-real) FOR_REAL=1 ;;
            --failback) FAILBACK=1 ;;
            --yes-i-declare) INCIDENT="$2" && shift ;;
            --approved-by) APPROVED_BY="$2" && shift ;;
            --interrupted-at) interrupted_text="$2" && shift ;;
            --only) ONLY="$2" && shift ;;
            --from) FROM="$2" && shift ;;
            --jobs) PARALLEL="$2" && shift ;;
            --answers) answers="$2" && shift ;;
            --plan) WANTED_PLAN="${2#sha256:}" && shift ;;
            --state) STATE_OPTION="$2" && shift ;;
            -*) die 64 "unknown option $1 (see --help)" ;;
            *)
                if [[ -n "${SCENARIO}" ]]; then
                    die 64 "one scenario at a time"
                fi
                SCENARIO="$1"
                ;;
        esac
        shift
    done
    if [[ -z "${SCENARIO}" ]]; then
        if ((list)); then
            list_scenarios
            exit 0
        fi
        usage >&2
        exit 64
    fi
    if [[ ! "${PARALLEL}" =~ ^[0-9]{1,4}$ ]]; then
        die 64 "--jobs needs a number"
    fi
    FOLDER="${HERE}/scenarios/${SCENARIO}"
    if [[ "${SCENARIO}" == */* || "${SCENARIO}" == .* || ! -f "${FOLDER}/scenario.tsv" ]]; then
        die 64 "no scenario is called ${SCENARIO}; see --list"
    fi
    if ((FAILBACK)); then
        FOLDER+="/failback"
        if [[ ! -f "${FOLDER}/scenario.tsv" ]]; then
            die 64 "scenario ${SCENARIO} has no failback"
        fi
    fi
    load_tables "${FOLDER}"
    if [[ -n "${ONLY}" && -z "${ASSET_RTO[${ONLY}]:-}" ]]; then
        die 64 "${ONLY} is not recovered in this scenario"
    fi
    if [[ -n "${FROM}" && -z "${NUMBER_OF[${FROM}]:-}" ]]; then
        die 64 "no step is called ${FROM}; see --list"
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
    for n in "${ORDER[@]}"; do
        STATE["${n}"]=pending
    done

    STATE_ROOT="${STATE_OPTION:-${DRC_STATE:-${XDG_STATE_HOME:-${HOME:?}/.local/state}/drc/${FACT[slug]}}}"
    mkdir -p -- "${STATE_ROOT}/${SCENARIO}"
    STATE_ROOT="$(cd -- "${STATE_ROOT}" && pwd)"
    take_lock
    known="${STATE_ROOT}/${SCENARIO}/last"
    if ((FAILBACK)); then
        known+="-failback"
    fi
    if ((resume)); then
        if [[ ! -f "${known}" ]]; then
            die 64 "there is no run of ${SCENARIO} to resume"
        fi
        run="$(<"${known}")"
        export DRC_RUN_DIR="${STATE_ROOT}/${SCENARIO}/${run}"
        restore_journal
        journal run - resumed
        say "Resuming run ${run}"
    else
        INTERRUPTED_AT="${EPOCHSECONDS}"
        interrupted_text="${interrupted_text:-${ANSWER[interrupted_at]:-}}"
        if [[ -n "${interrupted_text}" ]]; then
            INTERRUPTED_AT="$(drc_seconds_of "${interrupted_text}")" \
                || die 64 "--interrupted-at ${interrupted_text}: not a moment such as 2026-11-21T08:30:00Z"
        fi
        if ((INTERRUPTED_AT > EPOCHSECONDS)); then
            die 64 "--interrupted-at lies in the future"
        fi
        say "Scenario ${SCENARIO}: ${FACT[title]}"
        say "$(count_of "${#ORDER[@]}" step); plan ${FACT[plan]} ${FACT[digest]:0:12}; kind $(run_kind)"
        confirm_start
        ask_approval
        run="$(TZ=UTC printf '%(%Y%m%dT%H%M%SZ)T' "${EPOCHSECONDS}")-$$"
        export DRC_RUN_DIR="${STATE_ROOT}/${SCENARIO}/${run}"
        mkdir -p -- "${DRC_RUN_DIR}/steps" "${DRC_RUN_DIR}/answers"
        journal run - declared digest "${FACT[digest]}" scenario "${SCENARIO}" incident "${INCIDENT}" \
            approved_by "${APPROVED_BY}" interrupted_at "${INTERRUPTED_AT}" drill "${DRILL}" for_real "${FOR_REAL}" \
            only "${ONLY}" from "${FROM}" kind "$(run_kind)" by "$(id -un 2>/dev/null || id -u)@${HOSTNAME:-unknown}"
        printf '%s\n' "${run}" >"${known}.new"
        mv -f -- "${known}.new" "${known}"
    fi
    if ((PARALLEL == 0)); then
        PARALLEL="${FACT[parallel]}"
    fi
    DRC_OUT_FOLDER="$(cd -- "${HERE}/.." && pwd)"
    export DRC_OUT_FOLDER
    export DRC_DRILL="${DRILL}" DRC_INCIDENT_ID="${INCIDENT}" DRC_INCIDENT_SCENARIO="${SCENARIO}"
    DRC_INCIDENT_STARTED="$(drc_utc "${INTERRUPTED_AT}")"
    # Steps that move traffic call what the other targets wrote beside this folder.
    DRC_OUT_FOLDER="$(dirname -- "${HERE}")"
    export DRC_INCIDENT_STARTED DRC_OUT_FOLDER
    if ((rollback)); then
        if ! roll_back; then
            die 1 "not everything could be taken back"
        fi
        journal run - rolled-back
        say "Every step that can be taken back was."
        exit 0
    fi
    leave_out
    ask_inputs

    trap stop_everything INT TERM HUP
    run_steps
    trap - INT TERM HUP
    conclude
    # bash reads a script as it goes: what somebody writes over it meanwhile must not be carried out. (Behind a plain `exit` shellcheck takes
    # functions that are called by name for unreachable.)
    if [[ -n "${BASH_VERSION}" ]]; then
        exit
    fi
}

main "$@"
