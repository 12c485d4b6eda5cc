# shellcheck shell=bash
# Variables of drc-backup-lib.sh are set and read there.
# shellcheck disable=SC2154,SC2034
# Which copies stay, which go, and which are missing. Part of drc-backup-lib.sh.

# ---- retention ------------------------------------------------------------------------------------------------

# drc_keep_periods COUNT FORMAT: reads stamps, newest first; prints the newest one of each of the last COUNT periods.
drc_keep_periods() {
    local count="$1" format="$2" stamp period last="" kept=0
    local -a stamps=() periods=()
    mapfile -t stamps
    if ((${#stamps[@]} == 0)); then
        return 0
    fi
    mapfile -t periods < <(printf '%s\n' "${stamps[@]}" \
        | sed -E 's/^(....)(..)(..)T(..)(..)(..)Z$/\1-\2-\3 \4:\5:\6 UTC/' | date -u -f - "+${format}")
    for stamp in "${!stamps[@]}"; do
        period="${periods[${stamp}]}"
        if [[ "${period}" == "${last}" ]]; then
            continue
        fi
        if ((kept == count)); then
            break
        fi
        last="${period}"
        kept=$((kept + 1))
        printf '%s\n' "${stamps[${stamp}]}"
    done
}

# drc_keep STORE: reads the stamps of complete backups, oldest first; prints those that must stay. What is stored on change is what there was
# until the next copy: it stays as long after that one.
drc_keep() {
    local index="$1" stamp base cutoff oldest="" word dependant i
    local -a stamps=() bases=()
    mapfile -t stamps
    if ((${#stamps[@]} == 0)); then
        return 0
    fi
    # The last good one stays, however old it is.
    printf '%s\n' "${stamps[-1]}"
    if [[ "${setting[retain]}" == forever ]]; then
        printf '%s\n' "${stamps[@]}"
        return 0
    fi
    {
        if [[ "${setting[retain]}" =~ ^[0-9]+$ ]]; then
            cutoff="$(printf '%(%Y%m%dT%H%M%SZ)T' "$((EPOCHSECONDS - setting[retain]))")"
            for stamp in "${stamps[@]}"; do
                if [[ ! "${stamp}" < "${cutoff}" ]]; then
                    printf '%s\n' "${stamp}"
                fi
            done
            for ((i = 1; i < ${#stamps[@]} && ${setting[on_change]:-0}; i++)); do
                if [[ ! "${stamps[i]}" < "${cutoff}" ]]; then
                    printf '%s\n' "${stamps[i - 1]}"
                fi
            done
        else
            for word in ${setting[retain]}; do
                case "${word%%=*}" in
                    hourly) base=%Y-%m-%dT%H ;;
                    daily) base=%Y-%m-%d ;;
                    weekly) base=%G-%V ;;
                    monthly) base=%Y-%m ;;
                    *) base=%Y ;;
                esac
                printf '%s\n' "${stamps[@]}" | sort -r | drc_keep_periods "${word#*=}" "${base}"
            done
        fi
    } >"${drc_work}/wanted"
    sort -u "${drc_work}/wanted"
    # What builds on another backup stays as a whole: from the full backup that the oldest one kept builds on.
    if [[ -n "${setting[of]:-}" ]]; then
        oldest="$(sort "${drc_work}/wanted" | sed -n 1p)"
        drc_stamps "${index}" "${setting[of]}" >"${drc_work}/bases" || return $?
        mapfile -t bases <"${drc_work}/bases"
        cutoff=""
        for base in "${bases[@]}"; do
            if [[ ! "${base}" > "${oldest:-${stamps[-1]}}" ]]; then
                cutoff="${base}"
            fi
        done
        for stamp in "${stamps[@]}"; do
            if [[ -z "${cutoff}" || ! "${stamp}" < "${cutoff}" ]]; then
                printf '%s\n' "${stamp}"
            fi
        done
    fi
    # A backup that something kept builds on stays, too: the newest one before each of those.
    for dependant in "${setting_needed_by[@]}"; do
        drc_stamps "${index}" "${dependant}" >"${drc_work}/dependants" || return $?
        while IFS= read -r word; do
            base=""
            for stamp in "${stamps[@]}"; do
                if [[ ! "${stamp}" > "${word}" ]]; then
                    base="${stamp}"
                fi
            done
            if [[ -n "${base}" ]]; then
                printf '%s\n' "${base}"
            fi
        done <"${drc_work}/dependants"
    done
}

# drc_most_in_a_day: reads stamps; prints how many of one day there are at most.
drc_most_in_a_day() {
    local stamp most=1
    local -A per_day=()
    while IFS= read -r stamp; do
        per_day["${stamp%T*}"]=$((${per_day["${stamp%T*}"]:-0} + 1))
        if ((per_day["${stamp%T*}"] > most)); then
            most="${per_day["${stamp%T*}"]}"
        fi
    done
    printf '%s\n' "${most}"
}

# drc_retain STORE: removes what need not stay. The checksum goes first, so that what is half removed does not count.
#
# Never more in a day than were ever made in one: after an outage, or when the clock has jumped, everything is suddenly old, and what the
# newest runs have stored may be worth nothing. The rest goes on the next days, or all at once by `prune --force`. Where nothing is kept from
# run to run (a pod), each run counts for itself.
drc_retain() {
    local index="$1" force="${2:-0}" dry="${3:-0}" stamp cutoff removed=0 most=0 day="" today gone=0 file
    if ! drc_has "store_${index}_list" || ! drc_has "store_${index}_remove" || [[ "${setting[retain]:-forever}" == forever ]]; then
        return 0
    fi
    rm -f -- "${drc_work}/incomplete.${index}"
    drc_stamps "${index}" "${setting[name]}" >"${drc_work}/all" || return $?
    # What was half written two days ago will not be finished any more.
    cutoff="$(printf '%(%Y%m%dT%H%M%SZ)T' "$((EPOCHSECONDS - 172800))")"
    if [[ -f "${drc_work}/incomplete.${index}" ]] && ((!dry)); then
        while IFS= read -r stamp; do
            if [[ "${stamp}" < "${cutoff}" ]]; then
                job_object="${setting[name]}/${stamp}.${setting[suffix]}"
                drc_verb "store_${index}_remove" >&2 || return $?
            fi
        done <"${drc_work}/incomplete.${index}"
    fi
    drc_keep "${index}" <"${drc_work}/all" >"${drc_work}/keep" || return $?
    sort -u "${drc_work}/keep" >"${drc_work}/keep.sorted"
    comm -23 "${drc_work}/all" "${drc_work}/keep.sorted" >"${drc_work}/old"
    most="$(drc_most_in_a_day <"${drc_work}/all")"
    file="${drc_state}/${setting[name]}.pruned.${index}"
    today="$(printf '%(%Y%m%d)T' "${EPOCHSECONDS}")"
    if [[ -r "${file}" ]]; then
        read -r day gone <"${file}" || true
    fi
    if [[ "${day}" != "${today}" || ! "${gone}" =~ ^[0-9]{1,9}$ ]]; then
        gone=0
    fi
    while IFS= read -r stamp; do
        if ((!force && gone + removed >= most)); then
            drc_log prune-held store "${store_name[${index}]}" removed "${removed}" old "$(wc -l <"${drc_work}/old")"
            break
        fi
        if ((dry)); then
            printf 'would remove %s from store %s: %s\n' "${setting[name]}/${stamp}.${setting[suffix]}" "${index}" "${store_name[${index}]}"
            removed=$((removed + 1))
            continue
        fi
        if [[ "${setting[output]}" != none ]]; then
            job_object="${setting[name]}/${stamp}.${setting[suffix]}.sha256"
            drc_verb "store_${index}_remove" >&2 || return $?
        fi
        job_object="${setting[name]}/${stamp}.${setting[suffix]}"
        drc_verb "store_${index}_remove" >&2 || return $?
        removed=$((removed + 1))
        printf '%s %s\n' "${today}" "$((gone + removed))" >"${file}"
    done <"${drc_work}/old"
    if ((removed > 0 && !dry)); then
        drc_log pruned store "${store_name[${index}]}" removed "${removed}"
    fi
}

# Every store; the first that cannot be tidied up keeps none of the others from it.
drc_retain_all() {
    local index status=0
    for index in "${!store_name[@]}"; do
        if ! drc_retain "${index}"; then
            drc_log prune-failed store "${store_name[${index}]}"
            status=1
        fi
    done
    return "${status}"
}

# ---- copies that are missing ----------------------------------------------------------------------------------

# drc_make_up STORE: what the first store has, this one should have as well and has not, newest first: it could not be reached when they were
# made. What is older than all it holds has expired there. No longer than one copy may take; the rest is the next run's.
drc_make_up() {
    local index="$1" stamp oldest="" object missing=0 made=0 until="$((EPOCHSECONDS + ${setting[copy_timeout]:-${setting[timeout]}}))"
    for stamp in "store_${index}_put" "store_${index}_list" store_0_fetch store_0_list; do
        drc_has "${stamp}" || return 0
    done
    drc_stamps 0 "${setting[name]}" >"${drc_work}/first" || return $?
    drc_stamps "${index}" "${setting[name]}" >"${drc_work}/there" || return $?
    # One that holds what this run brought, and nothing else, has everything yet to come.
    if (($(wc -l <"${drc_work}/there") > 1)); then
        oldest="$(sed -n 1p "${drc_work}/there")"
    fi
    sort -u "${drc_work}/first" "${drc_work}/there" >"${drc_work}/both"
    drc_keep "${index}" <"${drc_work}/both" >"${drc_work}/keep" || return $?
    sort -u "${drc_work}/keep" | comm -12 - "${drc_work}/first" | comm -23 - "${drc_work}/there" | sort -r >"${drc_work}/missing"
    while IFS= read -r stamp; do
        if [[ -n "${oldest}" && "${stamp}" < "${oldest}" ]]; then
            continue
        fi
        if ((missing || EPOCHSECONDS >= until)); then
            missing=$((missing + 1))
            continue
        fi
        object="${setting[name]}/${stamp}.${setting[suffix]}"
        if drc_fetch 0 "${stamp}" "${drc_work}/made-up" && drc_put "${index}" "${drc_work}/made-up" "${object}"; then
            made=$((made + 1))
        else
            missing=1
        fi
        rm -f -- "${drc_work}/made-up" "${drc_work}/made-up.sha256"
    done <"${drc_work}/missing"
    if ((made + missing > 0)); then
        drc_log made-up store "${store_name[${index}]}" copies "${made}" missing "${missing}"
    fi
    ((missing == 0))
}
