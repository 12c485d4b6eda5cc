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
    local source=""
    if [[ -z "$2" ]]; then
        return 0
    fi
    # Looked at first, so that what mounts on demand does.
    if [[ -d "$1/." ]]; then
        source="$(findmnt --noheadings --output SOURCE --target "$1" | tail -n 1)" || true
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
