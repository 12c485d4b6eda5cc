# shellcheck shell=bash
# Sourced by every step file. A step file defines functions step_check, step_run, step_until, step_verify, step_undo,
# step_manual, step_otherwise (those it has) and ends with `step_main "$@"`.
#
# Each call is a process of its own: a function called in a condition would lose `set -e`.

export LC_ALL=C TZ=UTC AWS_PAGER=""

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

# fill_in TEXT: {{incident.NAME}} becomes what is known of the incident; what is not known stays visible.
fill_in() {
    local text="$1" name value
    while [[ "${text}" =~ \{\{incident\.([a-z_]+)\}\} ]]; do
        name="DRC_INCIDENT_${BASH_REMATCH[1]^^}"
        value="${!name:-[${BASH_REMATCH[1]}]}"
        text="${text//"${BASH_REMATCH[0]}"/"${value}"}"
    done
    printf '%s' "${text}"
}

step_json() {
    local text="$1"
    text="${text//\\/\\\\}"
    text="${text//\"/\\\"}"
    text="${text//$'\n'/\\n}"
    text="${text//$'\t'/\\t}"
    text="${text//$'\r'/\\r}"
    printf '"%s"' "${text//[$'\001'-$'\037'$'\177']/?}"
}

# notify TYPE ADDRESS API TOKEN_VARIABLE STATUS IMPACT TITLE BODY
# Sends through DRC_NOTIFY_COMMAND when it is set, else through the channel's API; otherwise the text is printed for
# somebody to send. `-` stands for nothing. A message that cannot be sent fails the step, which may be best effort.
notify() {
    local type="$1" address="$2" api="$3" token="$4" status="$5" impact="$6" title body payload
    title="$(fill_in "$7")"
    body="$(fill_in "$8")"
    if [[ "${DRC_DRILL:-0}" == 1 ]]; then
        title="[DRILL] ${title}"
    fi
    if [[ -n "${DRC_NOTIFY_COMMAND:-}" ]]; then
        "${DRC_NOTIFY_COMMAND}" "${type}" "${address}" "${status}" "${impact}" "${title}" "${body}"
        return
    fi
    if [[ "${api}" == - ]]; then
        printf 'Send by hand to %s (%s):\n%s\n%s\n' "${address}" "${type}" "${title}" "${body}"
        return
    fi
    if [[ "${type}" == status_page ]]; then
        payload="{\"incident\":{\"name\":$(step_json "${title}"),\"status\":$(step_json "${status}")"
        payload+=",\"impact_override\":$(step_json "${impact}"),\"body\":$(step_json "${body}")}}"
    else
        payload="{\"text\":$(step_json "${title}"$'\n'"${body}")}"
    fi
    # The token goes through a file descriptor: arguments can be read by every user of the machine.
    if [[ "${token}" != - ]]; then
        curl --fail --silent --show-error --max-time 30 --header 'Content-Type: application/json' \
            --header @<(printf 'Authorization: OAuth %s\n' "${!token:?the token of the channel is not set}") \
            --data "${payload}" --output /dev/null -- "${api}"
    else
        curl --fail --silent --show-error --max-time 30 --header 'Content-Type: application/json' \
            --data "${payload}" --output /dev/null -- "${api}"
    fi
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
}
