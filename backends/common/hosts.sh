# shellcheck shell=bash
# Work on other hosts, and paths that are mounted from them: for backup jobs and for the steps of a recovery.

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
