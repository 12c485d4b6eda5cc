#!/usr/bin/env bash
# Leads the name of an endpoint to another site, and back.
#
#     traffic.sh ENDPOINT COMMAND [--dry-run]        traffic.sh --help
#
# Everything about an endpoint is in ENDPOINT/endpoint.json beside this script. Records change in one batch, all or
# nothing; before a change, what is there is kept in the state folder, so that `undo` puts back exactly that.
set -euo pipefail
shopt -s inherit_errexit
export LC_ALL=C AWS_PAGER=

here="$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)"
dry_run=no
endpoint=""
folder=""
facts=""
state=""
live="" # the records as they are, once they were read
zone_id=""

usage() {
    cat <<'TEXT'
usage: traffic.sh ENDPOINT COMMAND [--dry-run]
       traffic.sh --list

  show        the records as they are now, and what the health checks see
  to TARGET   lead the name to TARGET; what is done depends on the endpoint's mode
  back        lead the name to its primary target again
  undo        put back exactly what was there before the last change of records
  create      make health checks and records that do not exist yet
  adopt       turn the plain record that exists into the records of this plan, in one batch
  prepare     mode arc: keep the addresses of the routing control cluster for the day they are needed

  --dry-run   print the calls that would change something, make none

environment: HOSTED_ZONE_ID overrides the zone; DRC_STATE names the state folder; AWS_ENDPOINT_URL is honoured

exit: 0 done, 1 failed, 4 refused, 64 wrong use
TEXT
}

say() {
    printf '%s\n' "$*"
}

die() {
    local status="$1"
    shift
    printf 'traffic: %s\n' "$*" >&2
    exit "${status}"
}

# Some commands of the CLI ignore the variable.
aws_call() {
    command aws ${AWS_ENDPOINT_URL:+--endpoint-url "${AWS_ENDPOINT_URL}"} "$@"
}

# A call that changes something.
change() {
    if [[ "${dry_run}" == yes ]]; then
        printf 'would run: aws'
        printf ' %q' "$@"
        printf '\n'
        return 0
    fi
    aws_call "$@"
}

fact() {
    jq -r "$@" <"${facts}"
}

need_tools() {
    local tool
    for tool in aws jq; do
        command -v "${tool}" >/dev/null || die 4 "${tool} is needed"
    done
}

# NAME: as in the specification. Folders have names that every file system takes.
open_endpoint() {
    local file
    for file in "${here}"/*/endpoint.json; do
        if [[ -f "${file}" && "$(jq -r .endpoint <"${file}")" == "$1" ]]; then
            facts="${file}"
            folder="${file%/endpoint.json}"
        fi
    done
    [[ -n "${facts}" ]] || die 64 "there is no endpoint $1; see --list"
    endpoint="$1"
    state="${DRC_STATE:-${XDG_STATE_HOME:-${HOME}/.local/state}/drc}/route53/$(fact .plan)/${folder##*/}"
}

find_zone() {
    [[ -z "${zone_id}" ]] || return 0
    zone_id="${HOSTED_ZONE_ID:-$(fact '.zone_id // ""')}"
    [[ -z "${zone_id}" ]] || return 0
    local zone
    zone="$(fact .zone)"
    [[ -n "${zone}" ]] || die 4 "the specification names no zone; set HOSTED_ZONE_ID"
    zone_id="$(aws_call route53 list-hosted-zones-by-name --dns-name "${zone}" --output json \
        | jq -r --arg name "${zone}." '[.HostedZones[] | select(.Name == $name and (.Config.PrivateZone | not)) | .Id]
            | if length == 1 then .[0] | sub("^/hostedzone/"; "") else "" end')"
    [[ -n "${zone_id}" ]] || die 4 "no single public zone ${zone} was found; set HOSTED_ZONE_ID"
}

# The record sets of the endpoint as Route 53 has them, as a JSON list. It writes `*` as \052 and ends names with a dot.
live_records() {
    find_zone
    aws_call route53 list-resource-record-sets --hosted-zone-id "${zone_id}" --start-record-name "$(fact .name)" \
        --start-record-type "$(fact .type)" --output json \
        | jq --arg name "$(fact .name)." --arg type "$(fact .type)" '[.ResourceRecordSets[]
            | select((.Name | gsub("\\\\052"; "*") | ascii_downcase) == ($name | ascii_downcase) and .Type == $type)]'
}

# CHECK: the identifier of a health check, from the record that carries it, else from the reference it was made with.
check_id() {
    local check="$1" id=""
    id="$(jq -r --argjson targets "$(fact -c .targets)" --arg check "${check}" '
        [$targets[] | select(.health_check == $check) | .set_identifier] as $sets
        | [.[] | select(.HealthCheckId != null and (.SetIdentifier as $s | $sets | index($s) != null)) | .HealthCheckId]
        | .[0] // ""' <<<"${live:-$(live_records)}")"
    if [[ -z "${id}" ]]; then
        id="$(aws_call route53 list-health-checks --output json | jq -r --arg reference "$(reference "${check}")" \
            '[.HealthChecks[] | select(.CallerReference == $reference) | .Id] | .[0] // ""')"
    fi
    printf '%s' "${id}"
}

# Route 53 makes one health check for a reference, however often it is asked; at most 64 characters.
reference() {
    printf 'drc-%s' "$(printf '%s %s %s' "$(fact .plan)" "${endpoint}" "$1" | sha256sum | cut -c1-40)"
}

# FILE: its JSON with the identifiers of health checks in the place of their names.
resolved() {
    local file="$1" check ids='{}'
    while IFS= read -r check; do
        local id
        id="$(check_id "${check}")"
        if [[ -z "${id}" ]]; then
            [[ "${dry_run}" == yes ]] || die 1 "${check} does not exist yet; run: traffic.sh ${endpoint} create"
            id="${check}"
        fi
        ids="$(jq --arg check "${check}" --arg id "${id}" '.[$check] = $id' <<<"${ids}")"
    done < <(jq -r '[.. | strings | select(startswith("health-check-"))] | unique[]' <"${file}")
    jq --argjson ids "${ids}" 'walk(if type == "string" and $ids[.] then $ids[.] else . end)' <"${file}"
}

keep_previous() {
    local previous="$1"
    [[ "${dry_run}" == no ]] || return 0
    mkdir -p "${state}"
    printf '%s\n' "${previous}" >"${state}/previous.json.new"
    mv -f "${state}/previous.json.new" "${state}/previous.json"
}

wait_for_sync() {
    local id="$1" deadline=$((SECONDS + 300))
    while [[ "$(aws_call route53 get-change --id "${id}" --query ChangeInfo.Status --output text)" != INSYNC ]]; do
        ((SECONDS < deadline)) || die 1 "change ${id} has not reached all name servers after 300 s"
        sleep 5
    done
    say "the change has reached all name servers; resolvers follow within $(fact .ttl_seconds) s"
}

# BATCH: sends a change batch, given as JSON.
send_batch() {
    local batch="$1" id
    find_zone
    if [[ "${dry_run}" == yes ]]; then
        change route53 change-resource-record-sets --hosted-zone-id "${zone_id}" --change-batch "${batch}"
        return 0
    fi
    id="$(change route53 change-resource-record-sets --hosted-zone-id "${zone_id}" --change-batch "${batch}" \
        --query ChangeInfo.Id --output text)"
    wait_for_sync "${id}"
}

# RECORDS BATCH: whether every change of the batch is there already. Names come back with a dot at the end.
is_done() {
    jq -e -n --argjson records "$1" --argjson batch "$2" '
        def plain: walk(if type == "string" then rtrimstr(".") else . end);
        ($records | map(plain)) as $have
        | $batch.Changes
        | all(.Action == "UPSERT" and ((.ResourceRecordSet | plain) as $want | $have | any(. == $want)))' >/dev/null
}

apply_batch() {
    local file="${folder}/$1.json" batch previous
    [[ -f "${file}" ]] || die 64 "there is no batch $1 for ${endpoint}"
    live="$(live_records)"
    previous="${live}"
    batch="$(resolved "${file}")"
    if is_done "${previous}" "${batch}"; then
        say "the records are so already"
        return 0
    fi
    # Undoing a creation would leave the name without an answer.
    if [[ "$1" != create ]]; then
        keep_previous "$(jq -n --argjson records "${previous}" --argjson batch "${batch}" \
            '{kind: "records", before: $records, batch: $batch}')"
    fi
    send_batch "${batch}"
}

undo() {
    local file="${state}/previous.json" now batch
    [[ -f "${file}" ]] || die 4 "nothing was changed from here, so there is nothing to undo"
    case "$(jq -r .kind <"${file}")" in
        records)
            now="$(live_records)"
            # What is there and was not goes; what was there comes back as it was. Records that are the same stay.
            batch="$(jq --argjson now "${now}" '.before as $before
                | {Comment: "undo", Changes: (
                    [$now[] | select(. as $r | $before | all(.SetIdentifier != $r.SetIdentifier))
                        | {Action: "DELETE", ResourceRecordSet: .}]
                    + [$before[] | select(. as $r | $now | all(. != $r)) | {Action: "UPSERT", ResourceRecordSet: .}])}' <"${file}")"
            if [[ "$(jq '.Changes | length' <<<"${batch}")" == 0 ]]; then
                say "the records are as they were"
            else
                send_batch "${batch}"
            fi
            ;;
        check)
            set_check "$(jq -r .id <"${file}")" "$(jq -r .disabled <"${file}")" "$(jq -r .inverted <"${file}")"
            say "the health check is as it was"
            ;;
        target) lead_to "$(jq -r .name <"${file}")" ;;
        *) die 4 "${file} is not understood" ;;
    esac
}

# ID DISABLED INVERTED: a disabled check counts as healthy, and as unhealthy when it is inverted too: so the pair
# decides alone, whatever the site answers.
set_check() {
    local id="$1" disabled="$2" inverted="$3"
    local -a flags=()
    if [[ "${disabled}" == true ]]; then flags+=(--disabled); else flags+=(--no-disabled); fi
    if [[ "${inverted}" == true ]]; then flags+=(--inverted); else flags+=(--no-inverted); fi
    if [[ "${dry_run}" == yes ]]; then
        change route53 update-health-check --health-check-id "${id}" "${flags[@]}"
    else
        change route53 update-health-check --health-check-id "${id}" "${flags[@]}" --output json >/dev/null
    fi
}

# Takes the primary out, or in again, by its health check.
primary_out() {
    local out="$1" check id before
    check="$(fact '.targets[0].health_check // ""')"
    id="$(check_id "${check}")"
    [[ -n "${id}" ]] || die 1 "${check} does not exist; run: traffic.sh ${endpoint} create"
    before="$(aws_call route53 get-health-check --health-check-id "${id}" --output json \
        | jq --arg id "${id}" '{kind: "check", id: $id, disabled: (.HealthCheck.HealthCheckConfig.Disabled // false),
            inverted: (.HealthCheck.HealthCheckConfig.Inverted // false)}')"
    if [[ "$(jq -r '[.disabled, .inverted] | unique | join(",")' <<<"${before}")" == "${out}" ]]; then
        say "the health check is so already"
        return 0
    fi
    keep_previous "${before}"
    set_check "${id}" "${out}" "${out}"
    [[ "${dry_run}" == no ]] || return 0
    say "the primary counts as $([[ "${out}" == true ]] && printf 'unhealthy' || printf 'what its health check sees')"
}

# Mode stop: a figure for the alarm in the recovery Region; Route 53 watches that alarm. No call leaves the Region.
switch_primary() {
    local value="$1"
    change cloudwatch put-metric-data --region "$(fact .switch.region)" --namespace "$(fact .switch.namespace)" \
        --metric-name "$(fact .switch.metric)" --dimensions "Endpoint=$(fact .endpoint)" --value "${value}"
    [[ "${dry_run}" == yes ]] || say "the alarm $(fact .switch.alarm) follows within two minutes, Route 53 after it"
}

# Mode arc: any of five addresses takes the change; they were kept by `prepare`, since asking needs a control plane.
switch_controls() {
    local to="$1" file="${state}/cluster.json" entries address region
    [[ -f "${file}" ]] || die 4 "the addresses of the cluster are not known here; run: traffic.sh ${endpoint} prepare"
    entries="$(jq -c --arg to "${to}" '[.controls | to_entries[]
        | {RoutingControlArn: .value, RoutingControlState: (if .key == $to then "On" else "Off" end)}]' <"${file}")"
    while IFS=$'\t' read -r address region; do
        if [[ "${dry_run}" == yes ]]; then
            say "would run: aws route53-recovery-cluster update-routing-control-states --region ${region} --endpoint-url ${address}"
            return 0
        fi
        if command aws route53-recovery-cluster update-routing-control-states --region "${region}" \
            --endpoint-url "${DRC_ARC_ENDPOINT_URL:-${address}}" --update-routing-control-state-entries "${entries}"; then
            return 0
        fi
        say "${address} did not take it; trying the next"
    done < <(jq -r '.endpoints[] | [.Endpoint, .Region] | @tsv' <"${file}")
    die 1 "none of the cluster's addresses took the change"
}

prepare() {
    local cluster controls panel
    [[ "$(fact .mode)" == arc ]] || die 64 "only an endpoint with mode arc needs preparing"
    cluster="$(aws_call route53-recovery-control-config list-clusters --region us-west-2 --output json \
        | jq --arg name "$(fact .plan)" '[.Clusters[] | select(.Name == $name)] | .[0] // empty')"
    [[ -n "${cluster}" ]] || die 1 "there is no cluster $(fact .plan); apply terraform/global first"
    panel="$(aws_call route53-recovery-control-config list-control-panels --region us-west-2 \
        --cluster-arn "$(jq -r .ClusterArn <<<"${cluster}")" --output json \
        | jq -r --arg name "$(fact .plan)" '[.ControlPanels[] | select(.Name == $name) | .ControlPanelArn] | .[0] // empty')"
    [[ -n "${panel}" ]] || die 1 "there is no control panel $(fact .plan); apply terraform/global first"
    controls="$(aws_call route53-recovery-control-config list-routing-controls --region us-west-2 \
        --control-panel-arn "${panel}" --output json \
        | jq --arg endpoint "$(fact .endpoint)" '[.RoutingControls[] | select(.Name | startswith($endpoint + "-"))
            | {key: (.Name | ltrimstr($endpoint + "-")), value: .RoutingControlArn}] | from_entries')"
    mkdir -p "${state}"
    jq -n --argjson cluster "${cluster}" --argjson controls "${controls}" \
        '{endpoints: $cluster.ClusterEndpoints, controls: $controls}' >"${state}/cluster.json.new"
    mv -f "${state}/cluster.json.new" "${state}/cluster.json"
    say "kept in ${state}/cluster.json"
}

create() {
    local check config
    [[ "$(fact .mode)" != arc ]] || die 4 "routing controls are created by terraform/global"
    if [[ -f "${folder}/alarm-switch.json" ]]; then
        change cloudwatch put-metric-alarm --region "$(fact .switch.region)" \
            --cli-input-json "file://${folder}/alarm-switch.json"
    fi
    while IFS= read -r check; do
        [[ -n "${check}" ]] || continue
        if [[ -n "$(check_id "${check}")" ]]; then
            say "${check} exists"
            continue
        fi
        config="$(resolved "${folder}/${check}.json")"
        change route53 create-health-check --caller-reference "$(reference "${check}")" --health-check-config "${config}" \
            --query HealthCheck.Id --output text
    done < <(fact '.checks[]')
    if [[ "$(live_records | jq length)" == 0 ]]; then
        apply_batch create
    else
        say "records of $(fact .name) exist; use adopt, or import them into terraform/global"
    fi
}

show() {
    local id
    live_records | jq -r '.[] | [.Name, .Type, .SetIdentifier // "-", .Failover // (.Weight // .Region // "-" | tostring),
        .AliasTarget.DNSName // ([.ResourceRecords[]?.Value] | join(",")), .HealthCheckId // "-"] | @tsv'
    while IFS= read -r id; do
        [[ -n "${id}" ]] || continue
        aws_call route53 get-health-check-status --health-check-id "${id}" --output json \
            | jq -r --arg id "${id}" '.HealthCheckObservations[] | [$id, .Region // "-", .StatusReport.Status] | @tsv'
    done < <(live_records | jq -r '[.[].HealthCheckId // empty] | unique[]')
}

# INDEX: what leading to this target took traffic from, where asking first would need a control plane.
keep_other() {
    keep_previous "$(jq --argjson index "$1" '{kind: "target", name: .targets[if $index == 0 then 1 else 0 end].name}' <"${facts}")"
}

# Leads to the target with this name.
lead_to() {
    local to="$1" index
    index="$(jq -r --arg to "${to}" '[.targets | to_entries[] | select(.value.name == $to) | .key] | .[0] // ""' <"${facts}")"
    [[ -n "${index}" ]] || die 64 "${endpoint} has no target ${to}; it has: $(fact '[.targets[].name] | join(", ")')"
    case "$(fact .mode)" in
        arc)
            switch_controls "${to}"
            keep_other "${index}"
            ;;
        stop)
            switch_primary "$((index > 0 ? 1 : 0))"
            keep_other "${index}"
            ;;
        health)
            if [[ "$(fact .routing)" == failover && "$(fact '.targets[0].health_check // ""')" != "" ]]; then
                primary_out "$([[ "${index}" == 0 ]] && printf false || printf true)"
            else
                apply_batch "$(fact ".targets[${index}].batch")"
            fi
            ;;
        *) apply_batch "$(fact ".targets[${index}].batch")" ;;
    esac
    [[ "${dry_run}" == yes ]] || say "${endpoint}: $(fact .name) leads to ${to}"
}

main() {
    local -a words=()
    local word file
    for word in "$@"; do
        case "${word}" in
            --help | -h)
                usage
                exit 0
                ;;
            --dry-run) dry_run=yes ;;
            --list)
                for file in "${here}"/*/endpoint.json; do
                    [[ -f "${file}" ]] || continue
                    jq -r '[.endpoint, .name, .mode, ([.targets[].name] | join(","))] | @tsv' <"${file}"
                done
                exit 0
                ;;
            -*) die 64 "unknown option ${word}; see --help" ;;
            *) words+=("${word}") ;;
        esac
    done
    ((${#words[@]} >= 2)) || {
        usage >&2
        exit 64
    }
    need_tools
    if [[ -e "${here}/../.drc-stage/journal" && "${words[1]}" != show ]]; then
        die 4 "a build was interrupted in this folder: files of two plans stand beside each other; build again"
    fi
    open_endpoint "${words[0]}"
    case "${words[1]}" in
        show) show ;;
        to) lead_to "${words[2]:?usage: traffic.sh ENDPOINT to TARGET}" ;;
        back) lead_to "$(fact '.targets[0].name')" ;;
        undo) undo ;;
        create) create ;;
        adopt) apply_batch adopt ;;
        prepare) prepare ;;
        *) die 64 "unknown command ${words[1]}; see --help" ;;
    esac
    # bash reads a script as it goes: what somebody writes over it meanwhile must not be carried out. (Behind a plain `exit` shellcheck takes
    # functions that are called by name for unreachable.)
    if [[ -n "${BASH_VERSION}" ]]; then
        exit
    fi
}

main "$@"
