#!/usr/bin/env bash
# The way back after a recovery: failback.sh SCENARIO [options of recover.sh]
set -euo pipefail
here="$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)"
exec bash -- "${here}/recover.sh" --failback "$@"
