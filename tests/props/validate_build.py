"""A build that would write what its plan does not say writes nothing, ends with 70, and names file and line."""

import subprocess

from lib.core import Failure, Sandbox, Skip

# Target, what stands in its files for the platform example, what a wrong writer would have put there, and the file that is named.
LIES = [
    ("cron", "0 2 * * * root", "0 3 * * * root", "cron/cron.d/drc-platform"),
    ("cron", "OnCalendar=*-*-* 02:00:00", "OnCalendar=*-*-* 02:30:00", "cron/systemd/drc-platform-database-full.timer"),
    ("cron", "job retain 2592000", "job retain 259200", "cron/jobs/database-full.sh"),
    ("restore", "promote-read-replica", "delete-db-instance", "022-database-promote.sh"),
    ("restore", "\t600\tcto\n", "\t600\tnobody\n", None),
    ("route53", "\"Failover\": \"PRIMARY\"", "\"Failover\": \"SECONDARY\"", "route53/api/create.json"),
    ("terraform", "backup_retention_period             = 7", "backup_retention_period             = 0", "terraform/recovery-west/database.tf"),
    ("runbooks", "| Declare at the latest | T+0:18", "| Declare at the latest | T+0:50", "runbooks/scenario-region-loss.md"),
]


def test_lies_are_not_written(env):
    program = env.build / "props" / "validate_build"
    if not program.exists():
        raise Skip("build/props/validate_build is not built")
    for target, old, new, path in LIES:
        with Sandbox() as folder:
            done = subprocess.run([str(program), str(env.root / "examples" / "platform"), str(folder / "out"), target, old, new], capture_output=True,
                                  text=True, env=env.variables(folder), timeout=120, check=False)
            if path is None:  # nothing of the kind stands there: the truth is written
                if done.returncode != 0 or not (folder / "out").exists():
                    raise Failure(f"{target}: exit {done.returncode}\n{done.stderr}")
                continue
            if done.returncode != 70 or "E0793" not in done.stderr or path not in done.stderr or "line " not in done.stderr:
                raise Failure(f"{target}, {old!r}: exit {done.returncode}\n{done.stderr[:2000]}")
            if (folder / "out").exists():
                raise Failure(f"{target}, {old!r}: something was written")
