# shellcheck shell=bash
# Carries out a drill: surroundings are made, the rehearsal runs, surroundings are taken down whatever happened, and a
# record says how long it took and what was met. A drill script says what is special about it (drill KEY VALUE,
# drill_step TITLE, the functions drill_create, drill_destroy, drill_step_N) and ends with `drill_main "$@"`.
export LC_ALL=C TZ=UTC AWS_PAGER=""
umask 077

# shellcheck source=notify.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/notify.sh"

declare -A DRILL_FACT=()
declare -a DRILL_STEPS=() DRILL_CRITERIA=() DRILL_JOBS=() DRILL_MEASURES=()
declare -a DRILL_STATUS=() DRILL_SECONDS=() DRILL_MET=()

# Some versions of the AWS CLI ignore AWS_ENDPOINT_URL for some services. It is unset in production.
aws() {
    command aws ${AWS_ENDPOINT_URL:+--endpoint-url "${AWS_ENDPOINT_URL}"} "$@"
}

# drill KEY VALUE: one fact about the drill.
drill() {
    case "$1" in
        criterion) DRILL_CRITERIA+=("$2") ;;
        job) DRILL_JOBS+=("$2") ;;
        measure) DRILL_MEASURES+=("$2") ;;
        *) DRILL_FACT["$1"]="$2" ;;
    esac
}

# drill_step TITLE: the next step of the drill's own; drill_step_N is its function.
drill_step() {
    DRILL_STEPS+=("$1")
}

drill_has() {
    declare -F "$1" >/dev/null
}

# drill_run NAME TEXT COMMAND…: one part, timed; its failure is kept and does not end the drill.
drill_run() {
    local text="$1" started status=0
    shift
    say "[drill] ${text}"
    started="$(drc_now_ms)"
    "$@" </dev/null || status=$?
    DRILL_STATUS+=("$( ((status == 0)) && printf ok || printf failed)")
    DRILL_SECONDS+=("$((($(drc_now_ms) - started + 999) / 1000))")
    if ((status != 0)); then
        say "[drill] FAILED (${status}): ${text}"
        DRILL_FACT[failed]=1
    fi
}

drill_clean_up() {
    local status=$?
    trap - EXIT
    if [[ -n "${DRILL_FACT[created]:-}" ]] && drill_has drill_destroy; then
        say "[drill] taking the surroundings down"
        if ! timeout 3600 bash -- "$0" :drill_destroy </dev/null; then
            warn "drill: the surroundings could not be taken down: do it by hand"
            status=1
        fi
    fi
    exit "${status}"
}

# Whether each criterion was met, somebody has to say; without a terminal that stays open.
drill_ask() {
    local criterion reply
    for criterion in "${DRILL_CRITERIA[@]}"; do
        reply=""
        if [[ -t 0 ]]; then
            printf 'Met? %s [yes/no] ' "$(drc_clean "${criterion}")" >&2
            IFS= read -r reply || reply=""
        fi
        case "${reply,,}" in
            y | yes) DRILL_MET+=(true) ;;
            n | no)
                DRILL_MET+=(false)
                DRILL_FACT[failed]=1
                ;;
            *) DRILL_MET+=(null) ;;
        esac
    done
}

# What the drill is to measure and no program saw, somebody has to note; the recovery's own record has both.
drill_measure() {
    local what
    if [[ -n "${DRILL_FACT[recovery_record]:-}" ]]; then
        return 0
    fi
    for what in "${DRILL_MEASURES[@]}"; do
        say "[drill] measure and note the ${what^^}: nothing here did"
    done
}

# A failure is told once it happened as often in a row as the drill says; a success is told to what listens for it.
drill_tell() {
    local count="$1/${DRILL_FACT[slug_drill]}.failures" failures=0
    if [[ -z "${DRILL_FACT[failed]:-}" ]]; then
        rm -f -- "${count}"
        if [[ -n "${DRILL_FACT[heartbeat]:-}" && "$(drill_success)" == true ]]; then
            curl --silent --show-error --fail --max-time 30 --output /dev/null "${DRILL_FACT[heartbeat]//\{job\}/${DRILL_FACT[slug_drill]}}" ||
                warn "drill: nothing heard of the success at ${DRILL_FACT[heartbeat]}"
        fi
        return 0
    fi
    if [[ -f "${count}" ]]; then
        failures="$(<"${count}")"
    fi
    failures=$((failures + 1))
    printf '%s\n' "${failures}" >"${count}"
    if drill_has drill_alert && ((failures >= ${DRILL_FACT[alert_after]:-1})); then
        # Seen by drill_alert, in a process of its own.
        DRC_ALERT_TITLE="Drill ${DRILL_FACT[drill]} failed" DRC_ALERT_TEXT="${DRILL_FACT[title]}: see $2" bash -- "$0" :drill_alert ||
            warn "drill: nobody could be told that it failed"
    fi
}

# true, false, or null: it is not a success until somebody said that every criterion was met.
drill_success() {
    local met all=true
    if [[ -n "${DRILL_FACT[failed]:-}" ]]; then
        printf false
        return 0
    fi
    if ((${#DRILL_STATUS[@]} == 0 && ${#DRILL_MET[@]} == 0)); then
        all=null
    fi
    for met in "${DRILL_MET[@]}"; do
        if [[ "${met}" == null ]]; then
            all=null
        fi
    done
    printf '%s' "${all}"
}

drill_record() {
    local file="$1" started="$2" i comma=""
    {
        printf '{\n  "schema": "drc.drill-record/1",\n'
        for i in plan digest drill kind scenario; do
            printf '  "%s": %s,\n' "${i}" "$(json_string "${DRILL_FACT[${i}]:-}")"
        done
        printf '  "started_at": "%s",\n  "finished_at": "%s",\n' "$(drc_utc "${started}")" "$(drc_utc "${EPOCHSECONDS}")"
        printf '  "success": %s,\n' "$(drill_success)"
        printf '  "recovery_record": %s,\n  "parts": [' "$(json_string "${DRILL_FACT[recovery_record]:-}")"
        for i in "${!DRILL_STATUS[@]}"; do
            printf '%s\n    {"title": %s, "state": "%s", "ms": %s}' "${comma}" "$(json_string "${DRILL_PARTS[${i}]}")" \
                "${DRILL_STATUS[${i}]}" "$((DRILL_SECONDS[i] * 1000))"
            comma=","
        done
        printf '\n  ],\n  "criteria": ['
        comma=""
        for i in "${!DRILL_CRITERIA[@]}"; do
            printf '%s\n    {"text": %s, "met": %s}' "${comma}" "$(json_string "${DRILL_CRITERIA[${i}]}")" "${DRILL_MET[${i}]}"
            comma=","
        done
        printf '\n  ]\n}\n'
    } >"${file}.new"
    mv -f -- "${file}.new" "${file}"
}

drill_usage() {
    cat <<'TEXT'
usage: DRILL.sh [--yes] [--dry-run] [--with-recovery] [options of recover.sh]

--yes            no typed confirmation
--dry-run        print every command, touch nothing
--with-recovery  rehearse the scenario's recovery as well as the drill's own steps

A tabletop runs nothing: its steps are shown, and somebody says that they were talked through.
exit: 0 carried out, 1 something failed or a criterion was not met, 2 nothing to run and nobody said how it went,
3 not confirmed. The record says whether it was a success: null while somebody has yet to say that criteria were met.
TEXT
}

declare -a DRILL_PARTS=()

# drill_show WITH_RECOVERY: every command of the drill, none of which is run.
drill_show() {
    local i here
    here="$(cd -- "$(dirname -- "$0")/.." && pwd)"
    for i in drill_create $(seq -f 'drill_step_%g' 1 "${#DRILL_STEPS[@]}") drill_destroy; do
        if drill_has "${i}"; then
            say "# ${i}"
            say "$(declare -f "${i}" | sed -e '1,2d' -e '$d')"
        fi
    done
    for i in "${DRILL_JOBS[@]}"; do
        say "# ../cron/jobs/${i}.sh verify"
    done
    if (($1)) && [[ -n "${DRILL_FACT[scenario]:-}" ]]; then
        bash -- "${here}/recover.sh" "${DRILL_FACT[scenario]}" --dry-run
    fi
}

# People round a table: what would be done is read out, and they say whether it was talked through. Nothing is run.
drill_talk() {
    say "[drill] a tabletop: nothing is run. Talk each of these steps through with who would do it."
    if ! drill_show 1; then
        say "[drill] FAILED: the steps could not be shown"
        DRILL_FACT[failed]=1
    fi
    if ((${#DRILL_STEPS[@]} > 0)) || [[ -n "${DRILL_FACT[scenario]:-}" ]]; then
        DRILL_CRITERIA+=("every step was talked through with who would do it")
    fi
}

drill_part() {
    DRILL_PARTS+=("$1")
    drill_run "$@"
}

# drill_carry_out STARTED FOLDER WITH_RECOVERY OPTION…: surroundings, tests of backups, own steps, the rehearsal.
drill_carry_out() {
    local started="$1" folder="$2" with_recovery="$3" i here
    local -a rest=("${@:4}")
    here="$(cd -- "$(dirname -- "$0")/.." && pwd)"
    trap drill_clean_up EXIT
    if drill_has drill_create; then
        # From here on something may exist that has to be taken down.
        DRILL_FACT[created]=1
        drill_part "make the surroundings" bash -- "$0" :drill_create
    fi
    if [[ -z "${DRILL_FACT[failed]:-}" ]]; then
        for i in "${DRILL_JOBS[@]}"; do
            drill_part "test the newest backup of ${i}" bash -- "${here}/../cron/jobs/${i}.sh" verify
        done
        for i in "${!DRILL_STEPS[@]}"; do
            # Later steps build on earlier ones.
            if [[ -z "${DRILL_FACT[failed]:-}" ]]; then
                drill_part "${DRILL_STEPS[${i}]}" bash -- "$0" ":drill_step_$((i + 1))"
            fi
        done
        if ((with_recovery)) && [[ -n "${DRILL_FACT[scenario]:-}" && -z "${DRILL_FACT[failed]:-}" ]]; then
            drill_part "rehearse ${DRILL_FACT[scenario]}" bash -- "${here}/recover.sh" "${DRILL_FACT[scenario]}" --drill \
                --yes-i-declare "drill ${DRILL_FACT[drill]}" "${rest[@]}"
            DRILL_FACT[recovery_record]="$(find "${folder%/drills}/${DRILL_FACT[scenario]}" -name record.json -newermt "@${started}" \
                2>/dev/null | sort | tail -n 1)"
        fi
    fi
}

drill_main() {
    local yes=0 dry=0 with_recovery=0 typed="" folder record started
    local -a rest=()
    if [[ "${1:-}" == :* ]]; then
        if [[ "${DRILL_FACT[kind]}" == tabletop && "$1" != :drill_alert ]]; then
            die 4 "a tabletop runs nothing"
        fi
        # One command of the drill, in this process of its own.
        "${1#:}"
        exit
    fi
    while (($# > 0)); do
        case "$1" in
            --yes) yes=1 ;;
            --dry-run) dry=1 ;;
            --with-recovery) with_recovery=1 ;;
            --help)
                drill_usage
                exit 0
                ;;
            *) rest+=("$1") ;;
        esac
        shift
    done
    if ((${#DRILL_STEPS[@]} == 0 && ${#DRILL_JOBS[@]} == 0)); then
        with_recovery=1
    fi
    if ((dry)); then
        say "Drill ${DRILL_FACT[drill]} (${DRILL_FACT[title]}): nothing is touched."
        drill_show "${with_recovery}"
        exit 0
    fi
    if ((!yes)); then
        if [[ ! -t 0 ]]; then
            warn "drill: not confirmed: use a terminal or --yes"
            exit 3
        fi
        printf 'Drill %s. Type DRILL to begin: ' "$(drc_clean "${DRILL_FACT[drill]}")" >&2
        IFS= read -r typed || typed=""
        if [[ "${typed}" != DRILL ]]; then
            warn "drill: not confirmed: nothing was done"
            exit 3
        fi
    fi
    folder="${DRC_STATE:-${XDG_STATE_HOME:-${HOME:?}/.local/state}/drc/${DRILL_FACT[slug]}}/drills"
    mkdir -p -- "${folder}"
    started="${EPOCHSECONDS}"
    record="${folder}/${DRILL_FACT[slug_drill]}-$(TZ=UTC printf '%(%Y%m%dT%H%M%SZ)T' "${started}").json"
    export DRC_DRILL=1
    if [[ "${DRILL_FACT[isolated]:-}" == false ]]; then
        warn "drill: its surroundings can reach production"
    fi
    if [[ "${DRILL_FACT[kind]}" == tabletop ]]; then
        drill_talk
    else
        drill_carry_out "${started}" "${folder}" "${with_recovery}" "${rest[@]}"
    fi
    if ((${#DRILL_STATUS[@]} == 0)); then
        say "[drill] nothing here is run by a program: carry the drill out as the runbook says"
    fi
    drill_ask
    drill_record "${record}" "${started}"
    say "Record: ${record}"
    drill_measure
    drill_tell "${folder}" "${record}"
    if [[ -n "${DRILL_FACT[failed]:-}" ]]; then
        exit 1
    fi
    if ((${#DRILL_STATUS[@]} == 0)) && [[ "$(drill_success)" != true ]]; then
        exit 2
    fi
    # bash reads a script as it goes: what somebody writes over it meanwhile must not be carried out. (Behind a plain `exit` shellcheck takes
    # functions that are called by name for unreachable.)
    if [[ -n "${BASH_VERSION}" ]]; then
        exit
    fi
}
