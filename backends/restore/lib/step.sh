# shellcheck shell=bash
# Sourced by every step file. A step file defines functions step_check, step_run, step_until, step_verify, step_undo,
# step_manual, step_otherwise (those it has) and ends with `step_main "$@"`.
#
# Each call is a process of its own: a function called in a condition would lose `set -e`.

export LC_ALL=C TZ=UTC AWS_PAGER=""

# shellcheck source=notify.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/notify.sh"
# shellcheck source=hosts.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/hosts.sh"

# Some versions of the AWS CLI ignore AWS_ENDPOINT_URL for some services. It is unset in production.
aws() {
    command aws ${AWS_ENDPOINT_URL:+--endpoint-url "${AWS_ENDPOINT_URL}"} "$@"
}

# step_answer KEY: what the operator answered before the recovery began.
step_answer() {
    if [[ "${DRC_DRY_RUN:-0}" == 1 ]]; then
        return 0
    fi
    local file="${DRC_RUN_DIR:?set by recover.sh}/answers/$1"
    if [[ ! -f "${file}" ]]; then
        printf 'no answer to question %s\n' "$1" >&2
        return 1
    fi
    cat -- "${file}"
}

# step_copy KEY JOB STORE VERB: a file with the copy that the operator chose: the file itself where that was answered, else what the backup
# job fetches of that time, from the store that the plan reads. Fetched once, by the first step that uses it; anew when the answer is another.
step_copy() {
    local answer folder file
    answer="$(step_answer "$1")" || return 1
    # What somebody brought is looked at like what is fetched, where its checksum came with it.
    if [[ "${DRC_DRY_RUN:-0}" != 1 && "${answer}" == /* && -f "${answer}.sha256" && "$4" =~ ^(run|until|verify)$ ]]; then
        if [[ "$(sha256sum <"${answer}")" != "$(cut -c1-64 -- "${answer}.sha256")  -" ]]; then
            printf 'the checksum of %s does not agree with %s.sha256\n' "${answer}" "${answer}" >&2
            return 1
        fi
    fi
    if [[ "${DRC_DRY_RUN:-0}" == 1 || "${answer}" == /* || ! "$4" =~ ^(run|until|verify)$ ]]; then
        printf '%s' "${answer}"
        return 0
    fi
    # A copy is that of this run: what another one fetched as `latest` is older.
    folder="${DRC_COPIES:+${DRC_COPIES}/${DRC_RUN_DIR##*/}}"
    folder="${folder:-${DRC_RUN_DIR:?set by recover.sh}/copies}/$1"
    if [[ ! -f "${folder}/done" || "$(<"${folder}/done")" != "${answer}" ]]; then
        rm -rf -- "${folder}"
        mkdir -p -- "${folder}" || return 1
        DRC_STATE="${folder}/state" DRC_WORK="${folder}" bash -- "${DRC_OUT_FOLDER:?set by recover.sh}/cron/jobs/$2.sh" \
            fetch "${answer}" --from "$3" --into "${folder}/fetched" >&2 || return 1
        printf '%s' "${answer}" >"${folder}/done" || return 1
    fi
    for file in "${folder}/fetched"/*; do
        printf '%s' "${file}"
    done
}

# step_value NAME: something known of the run, such as incident.id (DRC_INCIDENT_ID). Empty when nobody said.
step_value() {
    local name="${1//[!a-zA-Z0-9]/_}"
    name="DRC_${name^^}"
    printf '%s' "${!name:-}"
}

# A step that learns how old the recovered data is says so; the record at the end compares it with the objective.
data_as_of() {
    printf '%s\n' "$1" >"${DRC_RUN_DIR:?set by recover.sh}/steps/${DRC_STEP:?set by recover.sh}.data-as-of"
}

step_main() {
    local verb="${1:-run}"
    case "${verb}" in
        run | check | until | verify | undo | manual | otherwise)
            if ! declare -F "step_${verb}" >/dev/null; then
                printf 'this step has no %s\n' "${verb}" >&2
                exit 64
            fi
            "step_${verb}"
            ;;
        show)
            # The body of a function as bash understood it: what --dry-run prints.
            declare -f "step_${2:-run}" | sed -e '1,2d' -e '$d'
            ;;
        *)
            printf 'usage: %s run|check|until|verify|undo|manual|otherwise|show VERB\n' "$0" >&2
            exit 64
            ;;
    esac
    # bash reads a script as it goes: what somebody writes over it meanwhile must not be carried out. (Behind a plain `exit` shellcheck takes
    # functions that are called by name for unreachable.)
    if [[ -n "${BASH_VERSION}" ]]; then
        exit
    fi
}
