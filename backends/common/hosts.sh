# shellcheck shell=bash
# Work on other hosts, paths that are mounted from them, and repositories that others use: for backup jobs and for the steps of a recovery.

# When this run, or this step, began: the commands of a restore wait once, not each anew.
export drc_since="${drc_since:-${EPOCHSECONDS}}"

# drc_here ADDRESS: whether this is the machine of that address or name. What cannot be told is another one.
drc_here() {
    local own address
    own=" $(hostname -I 2>/dev/null || true) "
    while read -r address _; do
        if [[ "${address}" == 127.* || "${address}" == ::1 || "${own}" == *" ${address} "* ]]; then
            return 0
        fi
    done < <(getent ahosts "$1" 2>/dev/null || true)
    return 1
}

# drc_on ADDRESS USER SCRIPT [ARGUMENT]…: a script of sh, which finds its arguments in $1, $2 …, on the host it is for: directly
# there, from everywhere else by ssh. No address: here. Standard input and output are the script's.
drc_on() {
    local address="$1" user="$2" word line="sh -c"
    shift 2
    if [[ -z "${address}" ]] || drc_here "${address}"; then
        sh -c "$1" sh "${@:2}"
        return
    fi
    # The shell on the other side reads the words again.
    for word in "$1" sh "${@:2}"; do
        line+=" '${word//\'/\'\\\'\'}'"
    done
    ssh -o BatchMode=yes -o ConnectTimeout=10 -o ServerAliveInterval=15 -o ServerAliveCountMax=4 -l "${user}" -- "${address}" "${line}"
}

# drc_mounted PATH SOURCE: whether the path is in what is mounted from there; no SOURCE: it need not be.
drc_mounted() {
    local source="" path="$1"
    if [[ -z "$2" ]]; then
        return 0
    fi
    # Looked at first, so that what mounts on demand does. What has yet to be made there is where the folder above it is.
    while [[ ! -d "${path}/." && "${path}" == /*/* ]]; do
        path="${path%/*}"
    done
    if [[ -d "${path}/." ]]; then
        source="$(findmnt --noheadings --output SOURCE --target "${path}" | tail -n 1)" || true
    fi
    if [[ "${source}" != "$2" ]]; then
        printf '%s is not mounted at %s: there is %s\n' "$2" "$1" "${source:-nothing}" >&2
        return 1
    fi
}

# restic ARGUMENT…: the program, which waits while others hold the repository: a check and a prune want it for themselves, and without
# waiting whoever comes second fails. As long as drc_waits says, in seconds, at most; locks whose holder is gone are removed meanwhile
# (`restic unlock` tells by process on this machine, of others when they are half an hour old). With drc_reads, for a restore, what is
# still locked after so many seconds is read all the same: its holder has died, or writes what the restore does not read.
restic() {
    local status i said until=$((EPOCHSECONDS + ${drc_waits:-0}))
    local -a repository=()
    for ((i = 1; i < $#; i++)); do
        if [[ "${!i}" == --repo ]]; then
            repository=("${@:i:2}")
        fi
    done
    if [[ -n "${drc_reads:-}" ]]; then
        until=$((drc_since + drc_reads))
    fi
    said="$(mktemp)" || return 1
    while :; do
        status=0
        command restic "$@" 2>"${said}" || status=$?
        cat -- "${said}" >&2
        # 11 since 0.17.
        if ((status == 0)) || { ((status != 11)) && ! grep -q 'already locked' "${said}"; }; then
            break
        fi
        command restic "${repository[@]}" unlock >&2 || true
        if ((EPOCHSECONDS >= until)); then
            if [[ -n "${drc_reads:-}" ]]; then
                status=0
                command restic --no-lock "$@" || status=$?
            fi
            break
        fi
        # Two that met must not meet again.
        sleep "$((2 + SRANDOM % 4))"
    done
    rm -f -- "${said}"
    return "${status}"
}

# drc_noted REPOSITORY: the file in which a job keeps what it knows of a repository; nothing where it keeps nothing.
drc_noted() {
    local sum
    if [[ -n "${DRC_STATE:-}" ]]; then
        sum="$(sha256sum <<<"$1")"
        printf '%s/restic.%s' "${DRC_STATE}" "${sum:0:16}"
    fi
}

# drc_repository REPOSITORY: made where there has never been one. One that this machine has written to and that is gone is none to make anew:
# somebody has taken it away, or something else is at its place. `restic init` overwrites nothing.
drc_repository() {
    local said file
    file="$(drc_noted "$1")"
    if said="$(restic --repo "$1" cat config 2>&1 >/dev/null)"; then
        if [[ -n "${file}" && ! -e "${file}" ]]; then
            printf '0 0\n' >"${file}"
        fi
        return 0
    fi
    if ! grep -q 'Is there a repository at the following location' <<<"${said}"; then
        printf '%s\n' "${said}" >&2
        return 1
    fi
    if [[ -n "${file}" && -e "${file}" ]]; then
        printf '%s is gone, and this machine has written to it before: if that is right, remove %s\n' "$1" "${file}" >&2
        return 1
    fi
    # Two jobs that begin at once on this machine make one.
    (
        if [[ -n "${file}" ]]; then
            exec 5>"${file}.lock" && flock 5 || exit 1
        fi
        command restic --repo "$1" cat config >/dev/null 2>&1 || command restic --repo "$1" init >&2
    ) || return 1
    restic --repo "$1" cat config >/dev/null || return 1
    if [[ -n "${file}" ]]; then
        printf '0 0\n' >"${file}"
    fi
}

# drc_read_through REPOSITORY: tests the structure of a repository and reads a twentieth of its data, each time the next: after twenty times
# everything was read. After a damage everything is read, and nothing is well until that ends well. Where nothing is kept from run to run (a pod)
# the day says whose turn it is.
drc_read_through() {
    local file turn=0 red=0 parts=20 status=0
    file="$(drc_noted "$1")"
    if [[ -n "${DRC_STATELESS:-}" ]]; then
        turn=$((EPOCHSECONDS / 86400))
    elif [[ -n "${file}" && -r "${file}" ]]; then
        read -r turn red <"${file}" || true
    fi
    if [[ ! "${turn}" =~ ^[0-9]{1,9}$ ]]; then
        turn=0
    fi
    if [[ "${red}" == 1 ]]; then
        printf 'the last test of %s found it damaged: all of it is read\n' "$1" >&2
        restic --repo "$1" check --read-data || status=$?
    else
        restic --repo "$1" check --read-data-subset="$((turn % parts + 1))/${parts}" || status=$?
    fi
    if ((status == 0)); then
        turn=$((turn + 1))
        red=0
    elif restic --repo "$1" cat config >/dev/null 2>&1; then
        # It is there, and the password opens it.
        red=1
    fi
    if [[ -n "${file}" && -z "${DRC_STATELESS:-}" ]]; then
        printf '%s %s\n' "${turn}" "${red}" >"${file}"
    fi
    return "${status}"
}
