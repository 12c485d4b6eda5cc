# shellcheck shell=bash
# What every part of a recovery shares: messages, time, JSON and the journal.
#
# The journal is a file of JSON lines that only ever grows. It is the truth about a run: what it does not say was
# done, was not done. Every line is written with one call, so that steps running side by side cannot mix theirs.

drc_require_bash() {
    if ((BASH_VERSINFO[0] < 5 || (BASH_VERSINFO[0] == 5 && BASH_VERSINFO[1] < 1))); then
        printf 'bash 5.1 or later is needed; this is %s\n' "${BASH_VERSION}" >&2
        exit 4
    fi
}

# Text from the plan and from programs is shown without control characters, those of eight bits too, and without what turns the direction of a line:
# nothing may steer the terminal or stand elsewhere than it is. Bytes: every script runs in the locale C.
drc_clean() {
    local text="$1"
    text="${text//[$'\001'-$'\010'$'\013'-$'\037'$'\177']/?}"
    text="${text//$'\xc2'[$'\x80'-$'\x9f']/?}"                            # U+0080 to U+009F
    text="${text//$'\xd8\x9c'/?}"                                         # U+061C
    text="${text//$'\xe2\x80'[$'\x8e'$'\x8f'$'\xa8'-$'\xae']/?}"         # U+200E, U+200F, U+2028 to U+202E
    text="${text//$'\xe2\x81'[$'\xa6'-$'\xa9']/?}"                       # U+2066 to U+2069
    printf '%s' "${text//$'\xef\xbb\xbf'/?}"                             # U+FEFF
}

say() {
    printf '%s\n' "$(drc_clean "$*")"
}

warn() {
    printf '%s\n' "$(drc_clean "$*")" >&2
}

# die STATUS TEXT…
die() {
    local status="$1"
    shift
    warn "recover: $*"
    exit "${status}"
}

# Milliseconds since 1970. EPOCHREALTIME has six decimals; its separator is the locale's.
drc_now_ms() {
    local now="${EPOCHREALTIME}"
    now="${now//[!0-9]/}"
    printf '%s' "$((now / 1000))"
}

# drc_utc SECONDS: 2026-11-21T08:30:00Z
drc_utc() {
    TZ=UTC printf '%(%Y-%m-%dT%H:%M:%SZ)T' "$1"
}

# drc_seconds_of TEXT: seconds since 1970 of an ISO 8601 instant or a date; nothing and false when it is none.
drc_seconds_of() {
    local text="$1"
    [[ "${text}" =~ ^[0-9]{4}-[0-9]{2}-[0-9]{2}([T\ ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?(Z|[+-][0-9]{2}:?[0-9]{2})?)?$ ]] \
        || return 1
    TZ=UTC date -u -d "${text}" +%s 2>/dev/null
}

# count_of NUMBER NOUN: "1 step", "3 steps".
count_of() {
    printf '%s %s%s' "$1" "$2" "$([[ "$1" == 1 ]] || printf s)"
}

# drc_span SECONDS: "1 h 05 min", for people.
drc_span() {
    local s="$1" sign=""
    if ((s < 0)); then
        sign="-"
        s=$((-s))
    fi
    if ((s < 60)); then
        printf '%s%d s' "${sign}" "${s}"
    elif ((s < 3600)); then
        printf '%s%d min %02d s' "${sign}" "$((s / 60))" "$((s % 60))"
    elif ((s < 172800)); then
        printf '%s%d h %02d min' "${sign}" "$((s / 3600))" "$((s % 3600 / 60))"
    else
        printf '%s%d d %d h' "${sign}" "$((s / 86400))" "$((s % 86400 / 3600))"
    fi
}

# A JSON string with its quotes. Bytes above 127 are passed on: the text is UTF-8.
json_string() {
    local text="$1"
    text="${text//\\/\\\\}"
    text="${text//\"/\\\"}"
    text="${text//$'\n'/\\n}"
    text="${text//$'\t'/\\t}"
    text="${text//$'\r'/\\r}"
    text="${text//[$'\001'-$'\037'$'\177']/?}"
    printf '"%s"' "${text}"
}

# journal EVENT STEP STATUS [KEY VALUE]…: one line. Keys and their order are fixed for the first six fields, because
# `--resume` reads them back. A value that is a whole number is written as a number.
journal() {
    local event="$1" step="$2" status="$3" line key value now
    shift 3
    now="$(drc_now_ms)"
    line="{\"ms\":${now},\"time\":\"$(drc_utc "$((now / 1000))")\",\"event\":\"${event}\",\"step\":\"${step}\""
    line+=",\"status\":\"${status}\""
    while (($# >= 2)); do
        key="$1"
        value="$2"
        shift 2
        if [[ "${value}" =~ ^(0|-?[1-9][0-9]{0,17})$ ]]; then
            line+=",\"${key}\":${value}"
        else
            if ((${#value} > 1000)); then
                value="${value:0:1000}"
                # Not in the middle of a character.
                while [[ "${value}" == *[$'\200'-$'\377'] ]]; do
                    value="${value%?}"
                done
            fi
            line+=",\"${key}\":$(json_string "${value}")"
        fi
    done
    printf '%s}\n' "${line}" >>"${DRC_RUN_DIR}/journal.jsonl"
    # What a journal says must outlive the machine; where sync cannot do one file, it does all.
    sync -d "${DRC_RUN_DIR}/journal.jsonl" 2>/dev/null || sync
}

# journal_field LINE KEY: the value of a key as written by journal, unescaped as far as people need it.
journal_field() {
    local line="$1" key="$2" pattern
    pattern="\"${key}\":(\"(([^\"\\\\]|\\\\.)*)\"|-?[0-9]+)"
    [[ "${line}" =~ ${pattern} ]] || return 1
    local value="${BASH_REMATCH[2]:-${BASH_REMATCH[1]}}"
    [[ "${value}" == '""' ]] && value=""
    value="${value//\\\"/\"}"
    printf '%s' "${value//\\\\/\\}"
}
