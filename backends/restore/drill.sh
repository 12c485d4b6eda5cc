#!/usr/bin/env bash
# Rehearses a recovery: drill.sh SCENARIO [options of recover.sh]
# Fences, traffic, points of no return and whatever works on what serves today are only simulated, unless --for-real is given.
set -euo pipefail
here="$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)"
exec bash -- "${here}/recover.sh" --drill "$@"
