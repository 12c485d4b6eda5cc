#!/usr/bin/env bash
# Rehearses a recovery: drill.sh SCENARIO [options of recover.sh]
# Fences, traffic and points of no return are only simulated, unless --for-real is given.
set -euo pipefail
here="$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)"
exec bash -- "${here}/recover.sh" --drill "$@"
