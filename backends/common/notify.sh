# shellcheck shell=bash
# Tells people: a notice of a recovery, the failure of a backup. Fixed text of drc, the same beside every script.

# fill_in TEXT: {{incident.NAME}} becomes what is known of the incident; what is not known stays visible.
fill_in() {
    local text="$1" done="" name
    while [[ "${text}" =~ \{\{incident\.([a-z_]+)\}\} ]]; do
        name="DRC_INCIDENT_${BASH_REMATCH[1]^^}"
        done+="${text%%"${BASH_REMATCH[0]}"*}${!name:-[${BASH_REMATCH[1]}]}"
        text="${text#*"${BASH_REMATCH[0]}"}"
    done
    printf '%s' "${done}${text}"
}

notify_json() {
    local text="$1"
    text="${text//\\/\\\\}"
    text="${text//\"/\\\"}"
    text="${text//$'\n'/\\n}"
    text="${text//$'\t'/\\t}"
    text="${text//$'\r'/\\r}"
    printf '"%s"' "${text//[$'\001'-$'\037'$'\177']/?}"
}

# notify TYPE ADDRESS API TOKEN_VARIABLE STATUS IMPACT TITLE BODY
# Sends through DRC_NOTIFY_COMMAND when it is set, else through the channel's API, else mail by sendmail. What cannot be sent is printed for
# somebody to send by hand: a notice must not hold up a recovery. `-` stands for nothing. Sets drc_unsent: where nobody looks on (a job), that is a failure.
notify() {
    local type="$1" address="$2" api="$3" token="$4" status="$5" impact="$6" title body payload
    title="$(fill_in "$7")"
    body="$(fill_in "$8")"
    if [[ "${DRC_DRILL:-0}" == 1 ]]; then
        title="[DRILL] ${title}"
    fi
    if [[ -n "${DRC_NOTIFY_COMMAND:-}" ]]; then
        if "${DRC_NOTIFY_COMMAND}" "${type}" "${address}" "${status}" "${impact}" "${title}" "${body}"; then
            return 0
        fi
    elif [[ "${api}" == - && "${type}" == email ]]; then
        if notify_mail "${address}" "${title}" "${body}"; then
            return 0
        fi
    elif [[ "${api}" != - && ("${token}" == - || -n "${!token:-}") ]]; then
        if [[ "${type}" == status_page ]]; then
            payload="{\"incident\":{\"name\":$(notify_json "${title}"),\"status\":$(notify_json "${status}")"
            payload+=",\"impact_override\":$(notify_json "${impact}"),\"body\":$(notify_json "${body}")}}"
        else
            payload="{\"text\":$(notify_json "${title}"$'\n'"${body}")}"
        fi
        if notify_post "${api}" "${token}" "${payload}"; then
            return 0
        fi
    fi
    # Lines that start with `! ` are shown to whoever runs the recovery.
    printf 'Send by hand to %s (%s):\n%s\n%s\n' "${address}" "${type}" "${title}" "${body}" | sed 's/^/! /'
    # shellcheck disable=SC2034 # for who sources this
    drc_unsent=1
}

# notify_mail ADDRESS SUBJECT BODY: by the mail program of this machine; false where it has none, or where the mail was refused.
notify_mail() {
    local program
    program="$(PATH="${PATH}:/usr/sbin:/usr/lib" command -v sendmail)" || return 1
    printf 'To: %s\nSubject: %s\nMIME-Version: 1.0\nContent-Type: text/plain; charset=UTF-8\n\n%s\n' \
        "${1//[$'\r\n']/ }" "${2//[$'\r\n']/ }" "$3" | "${program}" -i -- "$1"
}

# notify_post URL TOKEN_VARIABLE JSON
notify_post() {
    local -a header=(--header 'Content-Type: application/json')
    if [[ "$2" == - ]]; then
        curl --fail --silent --show-error --max-time 30 "${header[@]}" --data "$3" --output /dev/null -- "$1"
    else
        # The token goes through a file descriptor: arguments can be read by every user of the machine.
        curl --fail --silent --show-error --max-time 30 "${header[@]}" \
            --header @<(printf 'Authorization: OAuth %s\n' "${!2}") --data "$3" --output /dev/null -- "$1"
    fi
}
