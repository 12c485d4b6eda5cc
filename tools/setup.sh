#!/bin/sh
# setup.sh preflight|build|test|integration: what this computer needs before it can build or test drc.
#
#   preflight   only looks; prints how to get what is missing and fails
#   build       installs what the build needs
#   test        installs what the build and the tests need; what cannot be had makes tests skip, not fail
#   integration the same, and the servers and tools of `make test-integration`
#
# Only Debian and its relatives are set up automatically. The package manager is not called at all when
# everything is there, so that `make test` stays fast.
set -eu

mode=${1:-build}
cd "$(dirname "$0")/.."

have() { command -v "$1" >/dev/null 2>&1; }
have_header() { have gcc && printf '#include <%s>\n' "$1" | gcc -E -xc - >/dev/null 2>&1; }
have_library() { have pkg-config && pkg-config --exists "$1" 2>/dev/null; }

# need:package, with Debian's names of packages. A need is a command, header=…, lib=… (of pkg-config), py=… (a module) or file=….
build_needs='gcc:gcc header=stdio.h:libc6-dev make:make flex:flex bison:bison pkg-config:pkg-config
    lib=yaml-0.1:libyaml-dev lib=jansson:libjansson-dev'
if ls compiler/fetch/*.c >/dev/null 2>&1; then
    build_needs="$build_needs lib=libgit2:libgit2-dev"
fi
test_needs='python3:python3 bash:bash git:git jq:jq shellcheck:shellcheck clang-format:clang-format crontab:cron node:nodejs npm:npm
    py=jsonschema:python3-jsonschema py=yaml:python3-yaml curl:curl groff:groff strace:strace vim:vim mount:mount
    systemd-analyze:systemd xmllint:libxml2-utils zsh:zsh fish:fish file=/usr/share/zoneinfo/Europe/Berlin:tzdata'
# Debian starts some of these when it installs them; the tests start their own beside them.
integration_needs='aws:awscli mariadbd:mariadb-server mysqldump:mariadb-client redis-server:redis-server redis-cli:redis-tools restic:restic ssh:openssh-client
    file=/usr/lib/postgresql:postgresql pg_dump:postgresql-client'

# Prints the packages of $1 that are missing.
missing() {
    for need in $1; do
        thing=${need%%:*}
        package=${need#*:}
        case $thing in
        lib=*) have_library "${thing#lib=}" || printf ' %s' "$package" ;;
        header=*) have_header "${thing#header=}" || printf ' %s' "$package" ;;
        file=*) [ -e "${thing#file=}" ] || printf ' %s' "$package" ;;
        py=*) system_python "${thing#py=}" || printf ' %s' "$package" ;;
        *) have "$thing" || printf ' %s' "$package" ;;
        esac
    done
}

# Python modules may come with any interpreter the tests would use.
system_python() {
    for python in "${PYTHON:-python3}" /usr/bin/python3; do
        if have "$python" && "$python" -c "import $1" >/dev/null 2>&1; then
            return 0
        fi
    done
    return 1
}

advise() {
    echo "drc needs packages that are not installed:$1"
    if have apt-get; then
        echo "as root: apt-get install$1"
    elif have dnf; then
        echo "try: dnf install gcc make flex bison pkgconf libyaml-devel jansson-devel libgit2-devel"
    elif have pacman; then
        echo "try: pacman -S gcc make flex bison pkgconf libyaml jansson libgit2"
    elif have brew; then
        echo "try: brew install flex bison pkg-config libyaml jansson libgit2"
    else
        echo "install them (Debian's names) with the package manager of this system"
    fi
}

install_packages() {
    if ! have apt-get; then
        return 1
    fi
    if [ "$(id -u)" -eq 0 ]; then
        as_root=
    elif have sudo && sudo -n true 2>/dev/null; then
        as_root=sudo
    elif have sudo && [ -t 0 ]; then
        as_root=sudo
    else
        return 1
    fi
    echo "installing:$1"
    export DEBIAN_FRONTEND=noninteractive
    # A fresh machine is often busy with upgrades of its own: wait for the lock, up to five minutes.
    lock='-o DPkg::Lock::Timeout=300'
    # The lists of a fresh system are empty; on others they may be good enough.
    # shellcheck disable=SC2086 # the list of packages and the option are split on purpose
    $as_root apt-get $lock install -y -q --no-install-recommends $1 >/dev/null 2>&1 && return 0
    # shellcheck disable=SC2086
    $as_root apt-get $lock update -q >/dev/null
    # shellcheck disable=SC2086
    $as_root apt-get $lock install -y -q --no-install-recommends $1 >/dev/null
}

wanted=$(missing "$build_needs")
if [ "$mode" = preflight ]; then
    if [ -n "$wanted" ]; then
        advise "$wanted" >&2
        echo "or let \`make demo\` install them" >&2
        exit 1
    fi
    exit 0
fi

if [ -n "$wanted" ] && ! install_packages "$wanted"; then
    advise "$wanted" >&2
    exit 1
fi
[ "$mode" = test ] || [ "$mode" = integration ] || exit 0
[ "$mode" = test ] || test_needs="$test_needs $integration_needs"

wanted=$(missing "$test_needs")
if [ -n "$wanted" ] && ! install_packages "$wanted"; then
    # One package that cannot be had must not keep the others away.
    for package in $wanted; do
        install_packages " $package" || true
    done
    wanted=$(missing "$test_needs")
    if [ -n "$wanted" ]; then
        advise "$wanted" >&2
        echo "tests that need them are skipped" >&2
    fi
fi
if ! have python3; then
    echo "the test runner needs python3" >&2
    exit 1
fi

# markdownlint, at the version of the lock file. Without npm or a registry the lint test skips.
if [ -f tests/tools/package-lock.json ] && have npm; then
    stamp=tests/tools/node_modules/.package-lock.json
    if [ ! -f "$stamp" ] || [ -n "$(find tests/tools/package-lock.json -newer "$stamp")" ]; then
        echo "installing markdownlint-cli2 (npm ci in tests/tools)"
        if (cd tests/tools && npm ci --silent --no-audit --no-fund --ignore-scripts --fetch-retries=1) >/dev/null 2>&1; then
            touch "$stamp"
        else
            echo "npm ci failed: the lint test of the runbooks is skipped" >&2
        fi
    fi
fi
