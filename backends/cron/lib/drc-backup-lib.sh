# shellcheck shell=bash
# What every backup job shares. A job script says what is special about it (job …, store …, and the functions job_run,
# job_verify, job_restore, store_N_put, store_N_fetch, store_N_list, store_N_remove) and ends with `drc_job_main "$@"`.
#
# Every command of a job runs as a process of its own (`JOB.sh :NAME`), because a function called in a condition would
# lose `set -e`. Nothing is visible under its final name before it is complete: locally it is renamed, in a store the
# checksum beside it is written last, and what has no checksum does not count.
#
# This script, its libraries and what it needs on the way are in a folder of its run that nobody else can read: what somebody installs over them
# meanwhile is the next run's, and what a killed run left is removed by the next one.
#
# exit: 0 done, 1 failed, 3 verification failed, 4 stored but a copy is missing, 5 stored but old copies could not be
# removed, 64 wrong use, 75 another run is under way, 76 outside the hours it may run in, 78 not set up here,
# 124 out of time.
set -Eeuo pipefail
export LC_ALL=C TZ=UTC AWS_PAGER=""
umask 077

drc_lib="$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)"
# shellcheck source=notify.sh
source "${drc_lib}/notify.sh"
# shellcheck source=hosts.sh
source "${drc_lib}/hosts.sh"
# shellcheck source=retention.sh
source "${drc_lib}/retention.sh"

# Known only while the job runs; the commands of the job refer to them.
job_name="${DRC_JOB_NAME:-}"
job_output="${DRC_JOB_OUTPUT:-}"
job_input="${DRC_JOB_INPUT:-}"
job_object="${DRC_JOB_OBJECT:-}"
job_prefix="${DRC_JOB_PREFIX:-}"
alert_title="${DRC_ALERT_TITLE:-}"
alert_text="${DRC_ALERT_TEXT:-}"

declare -A setting=()
declare -a setting_tool=() setting_secret=() setting_store_tool=() setting_store_secret=() setting_needed_by=() store_name=()
drc_work=""
drc_counts="" # which count of failures in a row: "" of backups, ".verify" of tests of what is stored
drc_told=0    # 1: how it ended is in the log
drc_doing=""  # backup, verify, fetch …
drc_self="$0" # what its commands are read from
drc_child=""  # the command that is under way
drc_mark=""   # is there while this run is under way

# job KEY VALUE: one fact about the job.
job() {
    case "$1" in
        tool) setting_tool+=("$2") ;;
        secret) setting_secret+=("$2") ;;
        store_tool) setting_store_tool+=("$2") ;;
        store_secret) setting_store_secret+=("$2") ;;
        needed_by) setting_needed_by+=("$2") ;;
        *) setting["$1"]="$2" ;;
    esac
}

# store NAME: the next store; the first is where the backup goes, the others hold its copies.
store() {
    store_name+=("$1")
}

# Some versions of the AWS CLI ignore AWS_ENDPOINT_URL for some services. It is unset in production.
aws() {
    command aws ${AWS_ENDPOINT_URL:+--endpoint-url "${AWS_ENDPOINT_URL}"} "$@"
}

# ---- messages -------------------------------------------------------------------------------------------------

# drc_log STATUS [KEY VALUE]…: one JSON line in the log, the same for people on standard output.
drc_log() {
    local status="$1" line text key value
    shift
    line="{\"time\":\"$(printf '%(%Y-%m-%dT%H:%M:%SZ)T' "${EPOCHSECONDS}")\",\"plan\":$(notify_json "${setting[plan]}")"
    line+=",\"job\":$(notify_json "${setting[name]}"),\"status\":\"${status}\""
    text="${setting[name]}: ${status}"
    while (($# >= 2)); do
        key="$1"
        value="$2"
        shift 2
        if [[ "${value}" =~ ^(0|-?[1-9][0-9]{0,17})$ ]]; then
            line+=",\"${key}\":${value}"
        else
            line+=",\"${key}\":$(notify_json "${value:0:1000}")"
        fi
        text+=" ${key}=${value}"
    done
    printf '%s\n' "${text//[$'\001'-$'\037'$'\177']/?}" || true
    if ! { printf '%s}\n' "${line}" >>"${drc_log_file}"; } 2>/dev/null; then
        # A full disk must not keep from anybody what was to be written on it.
        line="${drc_log_file}"
        drc_log_file=/dev/null
        drc_alert log-failed "${line} cannot be written: is its disk full?" 1
    fi
}

# drc_fail CODE STATUS TEXT: tells of a failure, and ends the job.
drc_fail() {
    drc_told=1
    drc_failed "$@"
    exit "$1"
}

# drc_failed CODE STATUS TEXT: logs, and tells somebody once enough runs in a row have failed. Backups and tests are counted apart: good backups
# each night must not hide that what is stored is bad each morning.
drc_failed() {
    local code="$1" status="$2" text="$3" count=0 file="${drc_state}/${setting[name]}${drc_counts}.failures"
    drc_log "${status}" text "${text}" code "${code}"
    if [[ -r "${file}" ]]; then
        count="$(<"${file}")"
    fi
    if [[ ! "${count}" =~ ^[0-9]{1,9}$ ]]; then
        count=0
    fi
    count=$((count + 1))
    # Where nobody can count, each failure is told.
    if ! { printf '%s\n' "${count}" >"${file}"; } 2>/dev/null || ((count >= ${setting[alert_after]:-1})); then
        drc_alert "${status}" "${text}" "${count}"
    fi
}

# drc_ended STATUS: the end of a job, also one that nobody foresaw (a full disk, a signal): no failure stays unheard of.
drc_ended() {
    trap '' TERM INT HUP
    if (($1 != 0 && !drc_told)); then
        drc_told=1
        drc_failed "$1" failed "it ended with $1 where nothing was expected to fail" || true
    fi
    if [[ -n "${drc_work}" ]]; then
        rm -rf -- "${drc_work}"
    fi
    if [[ -n "${drc_mark}" ]]; then
        drc_remove_named
        rm -f -- "${drc_mark}"
    fi
}

# drc_stopped STATUS: a signal. What is under way is ended, too.
drc_stopped() {
    if [[ -n "${drc_child}" ]]; then
        kill -TERM "${drc_child}" 2>/dev/null || true
        wait "${drc_child}" || true
    fi
    drc_fail "$1" stopped "somebody or something stopped it (a signal)"
}

# Tells somebody. An alert that cannot be sent must not hide what it is about: it is only logged.
drc_alert() {
    local status="$1" text="$2" count="$3"
    if [[ -n "${DRC_ALERT_COMMAND:-}" ]]; then
        timeout 60 "${DRC_ALERT_COMMAND}" "${setting[plan]}" "${setting[name]}" "${status}" "${text}" "${count}" \
            "${setting[notify]:-}" </dev/null || drc_log alert-failed command "${DRC_ALERT_COMMAND}"
        return 0
    fi
    alert_title="Backup ${setting[name]} of plan ${setting[plan]}: ${status}"
    alert_text="${text} (failures in a row: ${count})"
    if drc_has job_alert; then
        DRC_ALERT_TITLE="${alert_title}" DRC_ALERT_TEXT="${alert_text}" \
            timeout 60 bash -- "${drc_self}" :job_alert </dev/null >&2 || drc_log alert-failed command job_alert
    fi
    if command -v logger >/dev/null; then
        logger -p user.err -t drc -- "${alert_title}: ${alert_text}; tell ${setting[notify]:-the owner}" \
            || drc_log alert-failed command logger
    fi
}

# What listens at the URL raises the alarm when nothing came for too long: also when this machine is gone. The URL of the machine's
# settings goes before the one that the specification states. A test that has failed stops the signs of life until one succeeds.
drc_heartbeat() {
    local url="${DRC_HEARTBEAT_URL:-${setting[heartbeat]:-}}"
    if [[ -e "${drc_state}/${setting[name]}.verify.failures" ]]; then
        return 0
    fi
    if [[ -n "${url}" ]]; then
        curl --fail --silent --show-error --max-time 20 --output /dev/null \
            -- "${url//\{job\}/"${setting[name]}"}" || drc_log heartbeat-failed
    fi
}

# ---- surroundings ---------------------------------------------------------------------------------------------

# Secrets and settings of this machine: /etc/drc/PLAN.env, readable by nobody else.
drc_load_environment() {
    local file="${DRC_ENV_FILE:-/etc/drc/${setting[plan_slug]}.env}" mode
    if [[ -e "${file}" ]]; then
        mode="$(stat -L -c %a -- "${file}")"
        if [[ ! -f "${file}" || ! -r "${file}" ]]; then
            drc_refuse "${file} cannot be read"
        elif [[ ! -O "${file}" && "$(stat -L -c %u -- "${file}")" != 0 ]]; then
            drc_refuse "${file} belongs to somebody else: it has to be root's, or of who runs this"
        elif [[ "${mode: -1}" != 0 ]]; then
            drc_refuse "${file} can be read by everybody: chmod 600"
        elif [[ "${mode: -2:1}" == [2367] ]]; then
            # It says where everything goes, to whoever runs the job.
            drc_refuse "${file} can be written by a group: chmod 600"
        fi
        drc_read_settings "${file}"
    fi
    drc_state="${DRC_STATE:-/var/lib/drc/${setting[plan_slug]}}"
    drc_log_file="${DRC_LOG:-${drc_state}/backup.jsonl}"
    if ! mkdir -p -- "${drc_state}" "$(dirname -- "${drc_log_file}")" || ! [[ -w "${drc_state}" ]]; then
        # Nowhere to write that down: it is told at once.
        drc_refuse "${drc_state} cannot be written: nothing is backed up"
    fi
}

# drc_refuse TEXT: not set up, and nothing can be written down yet.
drc_refuse() {
    drc_told=1
    drc_log_file=/dev/null
    printf '%s\n' "$1" >&2
    case "${drc_doing}" in
        backup | verify) drc_alert not-set-up "$1" 1 ;;
    esac
    exit 78
}

# drc_read_settings FILE: one NAME=value a line, as systemd reads it: nothing in it is carried out. What the two would read differently is
# refused: backslashes, and quotation marks but round the whole value.
drc_read_settings() {
    local line name value number=0
    while IFS= read -r line || [[ -n "${line}" ]]; do
        number=$((number + 1))
        line="${line%$'\r'}"
        if [[ "${line}" =~ ^[[:space:]]*([#\;]|$) ]]; then
            continue
        fi
        if [[ ! "${line}" =~ ^[[:space:]]*([A-Za-z_][A-Za-z0-9_]*)=(.*)$ ]]; then
            drc_refuse "$1, line ${number}: no NAME=value"
        fi
        name="${BASH_REMATCH[1]}"
        value="${BASH_REMATCH[2]}"
        value="${value%"${value##*[![:space:]]}"}"
        if [[ "${value}" =~ ^\'([^\']*)\'$ ]]; then
            value="${BASH_REMATCH[1]}"
        elif [[ "${value}" =~ ^\"([^\"\\]*)\"$ ]]; then
            value="${BASH_REMATCH[1]}"
        elif [[ "${value}" == *[\'\"\\]* ]]; then
            drc_refuse "$1, line ${number}: write the value of ${name} in single quotes, as a whole"
        fi
        declare -gx "${name}=${value}"
    done <"$1"
}

# drc_check_environment VERB: what the job itself needs is not asked of a machine that only fetches a copy for a recovery.
drc_check_environment() {
    local name missing=""
    local -a tools=("${setting_store_tool[@]}") secrets=("${setting_store_secret[@]}")
    case "$1" in
        fetch | list | prune) ;;
        *)
            tools+=("${setting_tool[@]}")
            secrets+=("${setting_secret[@]}")
            ;;
    esac
    for name in flock timeout sha256sum "${tools[@]}"; do
        if ! type -P -- "${name}" >/dev/null && [[ "${missing} " != *" ${name} "* ]]; then
            missing+=" ${name}"
        fi
    done
    for name in "${secrets[@]}"; do
        if [[ -z "${!name:-}" && "${missing} " != *" \$${name} "* ]]; then
            missing+=" \$${name}"
        fi
    done
    if [[ -n "${missing}" ]]; then
        drc_fail 78 not-set-up "missing here:${missing}"
    fi
}

# drc_check_host: a run that reads what is on one machine would, on another, store other files under the same name. Which machine this
# is says DRC_HOST or /etc/drc/host, else the address the specification has for it, where that is among this machine's own. Where jobs
# are spread over several machines, one of the two must say so: behind a translated address only the first can.
drc_check_host() {
    local host="${setting[host]:-}" address="${setting[address]:-}" own="${DRC_HOST:-}"
    if [[ -z "${host}" ]]; then
        return 0
    fi
    if [[ -z "${own}" && -r /etc/drc/host ]]; then
        read -r own </etc/drc/host || true
    fi
    if [[ -n "${own}" && "${own}" != "${host}" ]]; then
        drc_fail 78 not-set-up "this job is for ${host}, and this machine is ${own}"
    fi
    if [[ -z "${own}" && -n "${setting[spread]:-}" ]] && ! { [[ -n "${address}" ]] && drc_here "${address}"; }; then
        drc_fail 78 not-set-up \
            "this job is for ${host}${address:+ (${address})}, and nothing says that this machine is it: if it is, write ${host} into /etc/drc/host"
    fi
}

# drc_lock VERB: two runs of a job do not overlap. What only reads holds up no run, and two tests are not made at once; a run that is its
# own store's command waits for a test, as long as the proof counts.
drc_lock() {
    local file="${drc_state}/${setting[name]}"
    case "$1" in
        list | fetch | ready) return 0 ;;
        verify) exec 8>"${file}.verify.lock" ;;
        *) exec 8>"${file}.lock" ;;
    esac
    if ! flock --nonblock 8; then
        # A missed run, not a failure of its own: the run that holds the lock reports for itself.
        drc_told=1
        drc_log locked
        exit 75
    fi
    if [[ "$1" == backup && "${setting[output]}" == none ]]; then
        exec 9>"${file}.verify.lock"
        if ! flock --timeout "$((${setting[waits]:-0} + 60))" 9; then
            drc_told=1
            drc_log locked
            exit 75
        fi
    fi
    drc_begin "${file}$([[ "$1" != verify ]] || printf .verify).running"
}

# drc_begin FILE: it is there as long as this run is, so that one that was killed, or went with its machine, is told by the next.
drc_begin() {
    local since=""
    drc_mark="$1"
    if [[ -f "${drc_mark}" ]]; then
        read -r since <"${drc_mark}" || true
        drc_remove_named
        drc_failed 137 killed "the run that began at ${since:-an unknown time} never ended: it was killed, or the machine went down"
    fi
    if ! { printf '%(%Y-%m-%dT%H:%M:%SZ)T\n' "${EPOCHSECONDS}" >"${drc_mark}"; } 2>/dev/null; then
        drc_fail 78 not-set-up "${drc_mark} cannot be written: is the disk full?"
    fi
}

# What commands of a job keep under a name that is the same each run, as restic wants it.
drc_remove_named() {
    local base="${DRC_WORK:-${drc_state}}/restic.work"
    if [[ "${drc_mark}" != *.verify.running && -d "${base}" && ! -L "${base}" && -O "${base}" ]]; then
        rm -rf -- "${base:?}/${setting[name]}"
    fi
}

# The folder of this run, which is locked as long as it is used: what nobody holds was left by a run that was killed.
drc_make_work() {
    local base="${DRC_WORK:-${drc_state}}" folder
    for folder in "${base}/work.${setting[name]}."*; do
        if [[ -d "${folder}" && ! -L "${folder}" && -O "${folder}" ]] && (exec 6<>"${folder}/lock" && flock --nonblock 6) 2>/dev/null; then
            rm -rf -- "${folder}"
        fi
    done
    if ! folder="$(mktemp -d -- "${base}/new.XXXXXXXX")"; then
        drc_fail 78 not-set-up "no work file can be made in ${base}: is it mounted, and has it room?"
    fi
    drc_work="${folder}"
    exec 7>"${drc_work}/lock"
    flock 7
    mv -- "${folder}" "${base}/work.${setting[name]}.${folder##*.}"
    drc_work="${base}/work.${setting[name]}.${folder##*.}"
    mkdir -- "${drc_work}/self" "${drc_work}/self/jobs" "${drc_work}/self/lib"
    cp -- "$0" "${drc_work}/self/jobs/job.sh"
    cp -- "${drc_lib}"/*.sh "${drc_work}/self/lib/"
    drc_self="${drc_work}/self/jobs/job.sh"
}

# drc_outside FROM-TO: false when it is now within these hours of the day (UTC), as in 06:00-23:00 or 22:00-04:00.
drc_outside() {
    local now from to
    [[ "$1" =~ ^([0-9]{2}):([0-9]{2})-([0-9]{2}):([0-9]{2})$ ]] || return 0
    from=$((10#${BASH_REMATCH[1]} * 60 + 10#${BASH_REMATCH[2]}))
    to=$((10#${BASH_REMATCH[3]} * 60 + 10#${BASH_REMATCH[4]}))
    now="$(printf '%(%H:%M)T' "${EPOCHSECONDS}")"
    now=$((10#${now%:*} * 60 + 10#${now#*:}))
    if ((from <= to)); then
        ((now < from || now >= to))
    else
        ((now < from && now >= to))
    fi
}

# drc_verb NAME: runs one function of the job as its own process, within the time limit: a copy to another store in the time that takes, and
# without one of its own what a recovery waits for (its step has one; 0 is none), or a test, which has a day. The lock is inherited on purpose: a
# command that outlives a killed job keeps the next run out.
drc_verb() {
    local status=0 limit="${setting[timeout]}"
    case "${drc_doing}:$1" in
        *:store_0_put | *:job_run) ;;
        *:store_*_put) limit="${setting[copy_timeout]:-${limit}}" ;;
        fetch:* | restore:*) limit=0 ;;
        verify:store_*_fetch | verify:job_verify) limit=86400 ;;
    esac
    # In the background, so that a signal is heard at once.
    DRC_STATE="${drc_state}" DRC_JOB_NAME="${job_name}" DRC_JOB_OUTPUT="${job_output}" DRC_JOB_INPUT="${job_input}" \
        DRC_JOB_OBJECT="${job_object}" DRC_JOB_PREFIX="${job_prefix}" \
        DRC_REMARKS="${drc_work}/remarks" TMPDIR="${drc_work:-${TMPDIR:-/tmp}}" \
        timeout --kill-after=30 "${limit}" ${setting[nice]:+nice -n "${setting[nice]}"} \
        bash -- "${drc_self}" ":$1" </dev/null &
    drc_child=$!
    wait "${drc_child}" || status=$?
    drc_child=""
    if ((status == 137)); then
        status=124
    fi
    return "${status}"
}

# drc_remark TEXT: for commands of a job: something that whoever runs it should know, and that does not make the copy worthless.
drc_remark() {
    printf '%s\n' "$1" >>"${DRC_REMARKS:-/dev/stderr}"
}

drc_has() {
    declare -F "$1" >/dev/null
}

# ---- stores ---------------------------------------------------------------------------------------------------

# drc_put STORE FILE OBJECT: the file, then its checksum; what has no checksum beside it is not a backup.
drc_put() {
    job_input="$2"
    job_object="$3"
    drc_verb "store_$1_put" >&2 || return $?
    job_input="$2.sha256"
    job_object="$3.sha256"
    drc_verb "store_$1_put" >&2
}

# drc_stamps STORE JOB: the stamps of complete backups of a job in a store, oldest first, one a line. A stamp more than a day ahead of the clock
# was made under a wrong one (or is): it is no newest backup and nothing old. It stays where it is, and is told.
drc_stamps() {
    local line stamp latest
    local -A data=() sum=()
    job_prefix="$2/"
    latest="$(printf '%(%Y%m%dT%H%M%SZ)T' "$((EPOCHSECONDS + 86400))")"
    drc_verb "store_$1_list" >"${drc_work}/list" || return $?
    while IFS= read -r line; do
        line="${line%$'\r'}"
        if [[ "${line}" == "$2/"* && "${line#"$2/"}" =~ ^([0-9]{8}T[0-9]{6}Z)\.[A-Za-z0-9._-]+$ ]]; then
            stamp="${BASH_REMATCH[1]}"
            if [[ "${line}" == *.sha256 ]]; then
                sum["${stamp}"]=1
            else
                data["${stamp}"]=1
            fi
        fi
    done <"${drc_work}/list"
    for stamp in "${!data[@]}"; do
        if [[ "${stamp}" > "${latest}" ]]; then
            printf '%s\n' "${stamp}" >>"${drc_work}/ahead.$1"
        elif [[ -n "${sum[${stamp}]:-}" || "${setting[output]}" == none ]]; then
            # A command that stores by itself does so at once, or not at all.
            printf '%s\n' "${stamp}"
        else
            printf '%s\n' "${stamp}" >>"${drc_work}/incomplete.$1"
        fi
    done | sort
}

# drc_fetch STORE STAMP FILE: a backup and its checksum, which must agree.
drc_fetch() {
    local object="${setting[name]}/$2.${setting[suffix]}"
    job_output="$3"
    job_object="${object}"
    drc_verb "store_$1_fetch" >&2 || return $?
    job_output="$3.sha256"
    job_object="${object}.sha256"
    drc_verb "store_$1_fetch" >&2 || return $?
    if [[ "$(sha256sum <"$3")" != "$(cut -c1-64 "$3.sha256")  -" ]]; then
        printf 'the checksum of %s does not agree\n' "${object}" >&2
        return 3
    fi
}

# ---- what a job does ------------------------------------------------------------------------------------------

# drc_code STATUS: the exit code for a command of the job that failed.
drc_code() {
    if (($1 == 124)); then
        printf 124
    else
        printf '%s' "$2"
    fi
}

drc_stamp_of() {
    printf '%(%Y%m%dT%H%M%SZ)T' "$1"
}

# drc_unchanged SUM: whether the newest complete copy in every store is of this checksum. What was noted here counts as long as that store still
# has the copy it was noted for: somebody may have replaced or emptied it, or the specification may name another one. A store that nobody can
# list is believed.
drc_unchanged() {
    local sum="$1" noted="" noted_stamp="" stamp index
    if [[ -f "${drc_state}/${setting[name]}.sha256" ]]; then
        read -r noted noted_stamp <"${drc_state}/${setting[name]}.sha256" || true
    fi
    for index in "${!store_name[@]}"; do
        if ! drc_has "store_${index}_list"; then
            [[ "${noted}" == "${sum}" ]] || return 1
            continue
        fi
        drc_stamps "${index}" "${setting[name]}" >"${drc_work}/seen" || return 1
        stamp="$(tail -n 1 "${drc_work}/seen")"
        # Nothing there, or a store that lets copies go by their age.
        if [[ -z "${stamp}" ]] || { ((${setting[renew]:-0})) && [[ "${stamp}" < "$(drc_stamp_of "$((EPOCHSECONDS - setting[renew]))")" ]]; }; then
            return 1
        fi
        if [[ "${noted}" == "${sum}" && "${noted_stamp}" == "${stamp}" ]]; then
            continue
        fi
        # A new machine, a pod, a store of its own history.
        drc_has "store_${index}_fetch" || return 1
        (
            # shellcheck disable=SC2030 # what is put has its own names
            job_output="${drc_work}/last.sha256"
            # shellcheck disable=SC2030
            job_object="${setting[name]}/${stamp}.${setting[suffix]}.sha256"
            drc_verb "store_${index}_fetch" >&2
        ) || return 1
        [[ "$(cut -c1-64 "${drc_work}/last.sha256")" == "${sum}" ]] || return 1
    done
    ((${#store_name[@]})) || [[ "${noted}" == "${sum}" ]]
}

drc_backup() {
    local stamp object started="${EPOCHSECONDS}" status=0 index code=0 sum bytes=0 if_changed="$1"
    stamp="$(printf '%(%Y%m%dT%H%M%SZ)T' "${EPOCHSECONDS}")"
    object="${setting[name]}/${stamp}.${setting[suffix]}"
    drc_make_work
    drc_log started
    job_output="${drc_work}/output.partial"
    job_object="${object}"
    drc_verb job_run >&2 || status=$?
    if ((status != 0)); then
        drc_fail "$(drc_code "${status}" 1)" "$( ((status == 124)) && printf timed-out || printf failed)" "the backup command ended with ${status}"
    fi
    if [[ "${setting[output]}" != none && ! -s "${job_output}" && ! -d "${job_output}" ]]; then
        drc_fail 1 failed "the backup command left nothing"
    fi
    # Verified as the command left it, before anything is stored.
    if drc_has job_verify; then
        drc_verb job_verify >/dev/null || status=$?
        if ((status != 0)); then
            drc_fail "$(drc_code "${status}" 3)" verification-failed \
                "the verification ended with ${status}$([[ "${setting[output]}" != none ]] || printf '; what the run stored is in its store, and not tested')"
        fi
    fi
    if [[ "${setting[output]}" == none ]]; then
        drc_retain_all || drc_fail 5 prune-failed "the backup is stored, but old ones could not be removed"
        drc_tell_ahead
        drc_done "${object}" 0 "${started}"
        return 0
    fi
    if [[ -d "${job_output}" ]]; then
        tar --create --sort=name --file "${job_output}.tar" --directory "${job_output}" .
        job_output="${job_output}.tar"
    fi
    mv -- "${job_output}" "${drc_work}/output"
    job_output="${drc_work}/output"
    sum="$(sha256sum <"${job_output}")"
    sum="${sum%% *}"
    printf '%s  %s\n' "${sum}" "${object##*/}" >"${job_output}.sha256"
    bytes="$(stat -c %s -- "${job_output}")"
    if ((if_changed)) && drc_unchanged "${sum}"; then
        drc_log unchanged sha256 "${sum}"
        drc_retain_all || drc_fail 5 prune-failed "nothing has changed, but old copies could not be removed"
        drc_mark_success
        return 0
    fi
    for index in "${!store_name[@]}"; do
        status=0
        if ! drc_has "store_${index}_put"; then
            continue
        fi
        drc_put "${index}" "${drc_work}/output" "${object}" || status=$?
        if ((status == 0)) && drc_has "store_${index}_list"; then
            drc_stamps "${index}" "${setting[name]}" >"${drc_work}/seen" || status=$?
            if ((status == 0)) && ! grep -qxF -- "${stamp}" "${drc_work}/seen"; then
                status=1
            fi
        fi
        if ((status != 0 && index == 0)); then
            drc_fail "$(drc_code "${status}" 1)" failed "the upload to ${store_name[0]} ended with ${status}"
        elif ((status != 0)); then
            drc_log copy-failed store "${store_name[${index}]}" code "${status}"
            code=4
        fi
    done
    # What a store could not take when it was made.
    for index in "${!store_name[@]}"; do
        if ((index > 0 && code == 0)) && ! drc_make_up "${index}"; then
            drc_log copy-failed store "${store_name[${index}]}" text "older copies are still missing there"
            code=4
        fi
    done
    # Nothing old goes while a copy is missing.
    if ((code == 0)) && ! drc_retain_all; then
        code=5
    fi
    if ((code == 4)); then
        drc_fail 4 copy-missing "the backup is in ${store_name[0]}, but a copy, or an older one, could not be made"
    fi
    if ((code == 5)); then
        drc_fail 5 prune-failed "the backup is stored, but old ones could not be removed"
    fi
    drc_tell_ahead
    printf '%s %s\n' "${sum}" "${stamp}" >"${drc_state}/${setting[name]}.sha256"
    drc_done "${object}" "${bytes}" "${started}" sha256 "${sum}"
}

# drc_tell_ahead: copies stamped later than now, told once for each such set of copies.
drc_tell_ahead() {
    local file="${drc_state}/${setting[name]}.ahead"
    cat -- "${drc_work}"/ahead.* 2>/dev/null | sort -u >"${drc_work}/ahead" || true
    if [[ ! -s "${drc_work}/ahead" ]]; then
        rm -f -- "${file}"
    elif ! cmp -s -- "${drc_work}/ahead" "${file}"; then
        drc_log ahead copies "$(wc -l <"${drc_work}/ahead")" first "$(head -n 1 "${drc_work}/ahead")"
        drc_alert ahead "copies are stamped later than now: a clock is or was wrong; nothing takes them for the newest, nobody removes them" 1
        cp -- "${drc_work}/ahead" "${file}"
    fi
}

drc_done() {
    local object="$1" bytes="$2" started="$3"
    shift 3
    # A warning, and no lost night.
    if [[ -s "${drc_work}/remarks" ]]; then
        drc_log remarks lines "$(wc -l <"${drc_work}/remarks")" text "$(head -c 900 "${drc_work}/remarks")"
    fi
    drc_log ok object "${object}" bytes "${bytes}" seconds "$((EPOCHSECONDS - started))" "$@"
    drc_mark_success
}

drc_mark_success() {
    printf '%s\n' "${EPOCHSECONDS}" >"${drc_state}/${setting[name]}.success"
    rm -f -- "${drc_state}/${setting[name]}.failures"
    drc_heartbeat
}

# drc_verify_stored IF_DUE STAMP STORE: the newest complete backup, or that one, is fetched and checked; each time from the next store, so that
# copies are tested as well, or from the one that is named.
drc_verify_stored() {
    local if_due="$1" asked="$2" from="$3" last=0 index=0 turn=0 stamp status=0
    drc_counts=.verify
    if [[ -r "${drc_state}/${setting[name]}.verified" ]]; then
        read -r last turn <"${drc_state}/${setting[name]}.verified" || true
    elif [[ -n "${DRC_STATELESS:-}" ]]; then
        # Nothing is kept from run to run (a pod): each daily run tests, and the calendar says whose turn it is.
        turn=$((EPOCHSECONDS / 86400))
    fi
    # An hour early is due: a daily check that ran a minute late yesterday must not wait for tomorrow.
    if ((if_due && EPOCHSECONDS - last < ${setting[verify_every]:-86400} - 3600)); then
        return 0
    fi
    drc_make_work
    if [[ "${setting[output]}" == none ]]; then
        job_object=""
        if [[ "${asked}" != latest ]]; then
            job_object="${setting[name]}/${asked}.${setting[suffix]}"
        fi
        if drc_has job_verify; then
            drc_verb job_verify >/dev/null || status=$?
        fi
    else
        index=$((turn % (${#store_name[@]} > 0 ? ${#store_name[@]} : 1)))
        if ! drc_has "store_${index}_fetch" || ! drc_has "store_${index}_list"; then
            index=0
        fi
        if ! drc_has "store_${index}_fetch" || ! drc_has "store_${index}_list"; then
            drc_fail 3 verification-failed "no store can be read by a command: verify by hand"
        fi
        if [[ -n "${from}" ]]; then
            index="$(drc_store_called "${from}")"
        fi
        drc_stamps "${index}" "${setting[name]}" >"${drc_work}/seen" || status=$?
        stamp="$(tail -n 1 "${drc_work}/seen")"
        if [[ "${asked}" != latest ]]; then
            stamp="$(grep -xF -- "${asked}" "${drc_work}/seen")" || true
        fi
        if [[ -z "${stamp}" ]]; then
            drc_fail 3 verification-failed "there is no complete backup in ${store_name[${index}]}"
        fi
        drc_fetch "${index}" "${stamp}" "${drc_work}/fetched" || status=$?
        if ((status == 0)); then
            drc_unpack "${drc_work}/fetched"
            job_output="${job_input}"
            if drc_has job_verify; then
                drc_verb job_verify >/dev/null || status=$?
            fi
        fi
    fi
    if ((status != 0)); then
        drc_fail "$(drc_code "${status}" 3)" verification-failed "backup ${stamp:-} in ${store_name[${index}]:-its store}: ended with ${status}"
    fi
    # One that somebody chose says nothing of the others.
    if [[ "${asked}" == latest && -z "${from}" ]]; then
        printf '%s %s\n' "${EPOCHSECONDS}" "$((turn + 1))" >"${drc_state}/${setting[name]}.verified"
        rm -f -- "${drc_state}/${setting[name]}.verify.failures"
    fi
    drc_log verified store "${store_name[${index}]:-}" stamp "${stamp:-}"
}

# drc_store_called NAME: the number of a store that can be read.
drc_store_called() {
    local index
    for index in "${!store_name[@]}"; do
        if [[ "${store_name[${index}]}" == "$1" ]] && drc_has "store_${index}_list" && drc_has "store_${index}_fetch"; then
            printf '%s' "${index}"
            return 0
        fi
    done
    printf 'no store that can be read is called %s; there are: %s\n' "$1" "${store_name[*]}" >&2
    return 64
}

# drc_ready: what `run` would do, as far as that can be seen without doing it.
drc_ready() {
    local index status=0
    drc_make_work
    for index in "${!store_name[@]}"; do
        if ! drc_has "store_${index}_list"; then
            printf 'store %s, %s: nothing can list it\n' "${index}" "${store_name[${index}]}"
        elif drc_stamps "${index}" "${setting[name]}" >"${drc_work}/seen"; then
            printf 'store %s, %s: answers; copies there: %s, newest: %s\n' "${index}" "${store_name[${index}]}" "$(wc -l <"${drc_work}/seen")" \
                "$(tail -n 1 "${drc_work}/seen")"
        else
            printf 'store %s, %s: does not answer, or has never been written to\n' "${index}" "${store_name[${index}]}"
            status=1
        fi
    done
    printf 'tools and secrets are here; nothing was done\n'
    return "${status}"
}

# Every store that answers is listed: the first one may be what was lost.
drc_list() {
    local index read=0
    drc_make_work
    for index in "${!store_name[@]}"; do
        if ! drc_has "store_${index}_list"; then
            continue
        fi
        if drc_stamps "${index}" "${setting[name]}" >"${drc_work}/seen"; then
            read=1
            sed "s|^|store ${index}: |" "${drc_work}/seen"
        else
            printf 'store %s, %s, cannot be read\n' "${index}" "${store_name[${index}]}" >&2
        fi
    done
    if ((!read && ${#store_name[@]})); then
        drc_fail 1 failed "no store can be read"
    fi
}

# drc_unpack FILE: sets job_input to what the restore command expects.
drc_unpack() {
    job_input="$1"
    if [[ "${setting[output]}" == directory ]]; then
        mkdir -p -- "$1.d"
        tar --extract --file "$1" --directory "$1.d"
        job_input="$1.d"
    fi
}

# drc_from_stores STAMP STORE: brings a backup, looked for in one store after the other or in the one named, to fetched in the work
# folder; sets from_index and from_stamp. One that is stamped later than now was taken nobody knows when.
drc_from_stores() {
    local index stamp
    if [[ "$1" != latest && "$1" > "$(drc_stamp_of "$((EPOCHSECONDS + 86400))")" ]] && ((!${force:-0})); then
        drc_fail 1 failed "backup $1 is stamped later than now: a clock is or was wrong, and nobody knows how old it is (--force takes it all the same)"
    fi
    for index in "${!store_name[@]}"; do
        stamp="$1"
        if [[ -n "$2" && "$2" != "${store_name[${index}]}" ]] || ! drc_has "store_${index}_fetch"; then
            continue
        fi
        if [[ "${stamp}" == latest ]]; then
            drc_stamps "${index}" "${setting[name]}" >"${drc_work}/seen" || continue
            stamp="$(tail -n 1 "${drc_work}/seen")"
        fi
        if [[ -n "${stamp}" ]] && drc_fetch "${index}" "${stamp}" "${drc_work}/fetched"; then
            from_index="${index}"
            from_stamp="${stamp}"
            return 0
        fi
    done
    drc_fail 1 failed "no store gave backup $1"
}

# drc_fetch_into STAMP STORE FOLDER: the file of a backup, under its own name, for the steps of a recovery.
drc_fetch_into() {
    local from_index="" from_stamp="" file
    if [[ "${setting[output]}" == none ]]; then
        drc_fail 64 wrong-use "this job knows its store itself: see the runbook"
    fi
    drc_make_work
    drc_from_stores "$1" "$2"
    mkdir -p -- "$3"
    file="$3/${setting[name]}-${from_stamp}.${setting[suffix]}"
    mv -- "${drc_work}/fetched" "${file}.partial"
    mv -- "${file}.partial" "${file}"
    drc_log fetched stamp "${from_stamp}" store "${store_name[${from_index}]}" file "${file}"
}

# drc_restore STAMP STORE FOLDER DRY
drc_restore() {
    local from_index="" from_stamp="$1" dry="$4" status=0
    if ! drc_has job_restore; then
        drc_fail 64 wrong-use "this job has no restore command: see the runbook"
    fi
    drc_make_work
    if [[ "${setting[output]}" != none ]]; then
        drc_from_stores "$1" "$2"
        drc_unpack "${drc_work}/fetched"
    else
        # Such a job knows its store itself, and restores into a folder. The newest run is that of the clock: what a store takes for the last
        # one may be from the future.
        if [[ "$1" == latest ]] && drc_has store_0_list; then
            drc_stamps 0 "${setting[name]}" >"${drc_work}/seen" || drc_fail 1 failed "${store_name[0]} cannot be read"
            from_stamp="$(tail -n 1 "${drc_work}/seen")"
            if [[ -z "${from_stamp}" ]]; then
                drc_fail 1 failed "${store_name[0]} holds no complete backup"
            fi
        fi
        if [[ "${from_stamp}" != latest ]]; then
            job_object="${setting[name]}/${from_stamp}.${setting[suffix]}"
        fi
    fi
    if ((dry)); then
        job_output="${job_input}"
        if drc_has job_verify; then
            drc_verb job_verify >/dev/null || status=$?
        fi
        if ((status != 0)); then
            drc_fail "$(drc_code "${status}" 3)" verification-failed "the verification ended with ${status}: nothing was restored"
        fi
        printf 'would restore %s of %s; it was fetched and checked, and nothing was changed. What would run (function job_restore of %s):\n' \
            "${from_stamp}" "${store_name[${from_index:-0}]:-its store}" "$0"
        declare -f job_restore
        return 0
    fi
    if [[ "${setting[output]}" == none ]]; then
        mkdir -p -- "$3"
        job_output="$(cd -- "$3" && pwd)"
    fi
    drc_verb job_restore >&2 || status=$?
    if ((status != 0)); then
        drc_fail "$(drc_code "${status}" 1)" restore-failed "the restore command ended with ${status}"
    fi
    drc_log restored stamp "${from_stamp}" store "${store_name[${from_index:-0}]:-}"
}

drc_usage="usage: JOB.sh [run] [--scheduled] [--if-changed]
                                take a backup, store it, copy it, remove what is too old
       JOB.sh run --dry-run     look whether tools, secrets and stores are here, and do nothing
       JOB.sh list              complete backups in every store, oldest first
       JOB.sh verify [STAMP|latest] [--from STORE] [--if-due]
                                fetch a backup from a store, and check it
       JOB.sh fetch STAMP|latest [--from STORE] [--into FOLDER] [--force]
                                bring a backup here, checked; --force: also one stamped later than now
       JOB.sh restore STAMP|latest --yes [--from STORE] [--into FOLDER] [--force]
                                put it in the place of what is there
       JOB.sh restore STAMP|latest --dry-run [--from STORE]
                                fetch and check it, show the command, change nothing
       JOB.sh prune [--dry-run] [--force]
                                remove what need not be kept; no more in a day than a day makes, unless forced

A STAMP is a time in UTC as list shows it, such as 20261101T020000Z; latest is the newest that is not from the future. After damage
that was noticed late the newest copy is damaged as well: choose one from before.
--scheduled waits for the jitter of the plan; --if-changed stores nothing when the data is as it was.
exit: 0 done, 1 failed, 3 verification failed, 4 a copy is missing, 5 old copies could not be removed, 64 wrong use,
75 another run is under way, 76 outside its hours, 78 not set up here, 124 out of time"

drc_job_main() {
    local verb=backup scheduled=0 if_changed=0 if_due=0 yes=0 force=0 dry=0 from="" into="${PWD}/restored" stamp="" index
    if [[ "${1:-}" == :* ]]; then
        # One command of the job, in this process of its own. Half an hour more: then nobody's lock is stale enough to be removed.
        # shellcheck disable=SC2034 # for restic() of hosts.sh
        drc_waits=$((${setting[waits]:-0} + 1860))
        "${1#:}"
        # Nobody looks on who could send it by hand.
        exit "$((${drc_unsent:-0}))"
    fi
    if (($# > 0)) && [[ "$1" != -* ]]; then
        verb="$1"
        shift
    fi
    if [[ "${verb}" == run ]]; then
        verb=backup
    fi
    while (($# > 0)); do
        case "$1" in
            --scheduled) scheduled=1 ;;
            --if-changed) if_changed=1 ;;
            --if-due) if_due=1 ;;
            --yes) yes=1 ;;
            --force) force=1 ;;
            --dry-run) dry=1 ;;
            --from)
                from="${2:-}"
                shift
                ;;
            --into)
                into="${2:-}"
                shift
                ;;
            --help | -h) verb=help ;;
            -*)
                printf '%s\n' "${drc_usage}" >&2
                exit 64
                ;;
            *) stamp="$1" ;;
        esac
        shift
    done
    if [[ "${verb}" == verify && -z "${stamp}" ]]; then
        stamp=latest
    fi
    case "${verb}" in
        help)
            printf '%s\n' "${drc_usage}"
            exit 0
            ;;
        backup | list | prune) [[ -z "${stamp}" ]] || verb=unknown ;;
        verify | fetch | restore)
            if [[ ! "${stamp}" =~ ^([0-9]{8}T[0-9]{6}Z|latest)$ ]] || { [[ "${verb}" == restore ]] && ((!yes && !dry)); }; then
                verb=unknown
            fi
            ;;
        *) verb=unknown ;;
    esac
    if [[ "${verb}" == unknown ]]; then
        printf '%s\n' "${drc_usage}" >&2
        exit 64
    fi
    job_name="${setting[name]}"
    drc_doing="${verb}"
    drc_load_environment
    trap 'drc_ended "$?"' EXIT
    trap 'drc_stopped 143' TERM
    trap 'drc_stopped 130' INT
    trap 'drc_stopped 129' HUP
    if ((scheduled && ${setting[jitter]:-0} > 0)); then
        sleep "$((SRANDOM % (setting[jitter] + 1)))"
    fi
    # After the random delay: what counts is when it begins.
    if [[ "${verb}" == backup && -n "${setting[not_within]:-}" ]] && ! drc_outside "${setting[not_within]}"; then
        drc_told=1
        drc_log outside-hours not_within "${setting[not_within]}"
        exit 76
    fi
    if [[ "${verb}" == backup ]]; then
        drc_check_host
    fi
    drc_check_environment "${verb}"
    if [[ "${verb}" == backup ]] && ((dry)); then
        # Whoever asks looks on.
        drc_told=1
        verb=ready
    fi
    drc_lock "${verb}"
    case "${verb}" in
        ready) drc_ready ;;
        backup) drc_backup "${if_changed}" ;;
        verify) drc_verify_stored "${if_due}" "${stamp}" "${from}" ;;
        fetch) drc_fetch_into "${stamp}" "${from}" "${into}" ;;
        restore) drc_restore "${stamp}" "${from}" "${into}" "${dry}" ;;
        list) drc_list ;;
        prune)
            drc_make_work
            for index in "${!store_name[@]}"; do
                drc_retain "${index}" "${force}" "${dry}" || drc_fail 5 prune-failed "${store_name[${index}]}"
            done
            ;;
    esac
    # bash reads a script as it goes: what somebody writes over it meanwhile must not be carried out. (Behind a plain `exit` shellcheck takes
    # functions that are called by name for unreachable.)
    if [[ -n "${BASH_VERSION}" ]]; then
        exit
    fi
}
