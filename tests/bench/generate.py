"""Specifications of any size, and what comes nearest to them in other languages.

Everything is a function of the number of assets alone: no clock and no chance, so that two runs measure the same input.
Each asset has eight attributes, two `needs` on earlier assets (so that there is no circle), a tier and a backup.
"""

TIERS = ("critical", "important", "standard")
# Wide enough for the longest chain of dependencies, so that every objective holds and a build has something to write.
OBJECTIVES = (("2d", "2d"), ("3d", "3d"), ("4d", "4d"))


def needs_of(number):
    """Two earlier assets, spread evenly by a multiplicative hash, none with weaker objectives; the first asset needs nothing."""
    found = []
    for factor in (2654435761, 2246822519):
        if number > 0:
            other = ((number * factor & 0xFFFFFFFF) >> 5) % number
            other -= max(0, other % 3 - number % 3)
            if other not in found:
                found.append(other)
    return found


def assets(count):
    for number in range(count):
        yield {
            "name": f"service-{number:06d}",
            "tier": TIERS[number % 3],
            "rto": OBJECTIVES[number % 3][0],
            "rpo": OBJECTIVES[number % 3][1],
            "size": 1 + number * 7 % 500,
            "rate": 1 + number * 13 % 64,
            "cost": 10 + number * 31 % 900,
            "needs": [f"service-{other:06d}" for other in needs_of(number)],
        }


HEAD = """\
// Declares its own kinds: nothing is imported, and no rule applies.

plan bench {
  title  = "Generated, %(count)d assets"
  owner  = ops
  review = 180d
}

team ops { title = "Operations"  members = [duty] }
person duty { name = "On duty"  phone = "+49 30 1"  email = "duty@example.com" }

tier critical  { level = 1 }
tier important { level = 2 }
tier standard  { level = 3 }

kind bench.provider : site { title = "Provider"  level = provider }
kind bench.region : site { title = "Region"  level = region }
kind bench.bucket : store { title = "Bucket" }

kind bench.service : data {
  title = "Service"
  attribute engine { type = string  default = "generic" }

%(procedure)s  method restore {
    covers   = [instance, zone, region]
    restores = true
    from     = [full]
    step load { phase = recover  run = ["load", self.name]  takes = 5m..10m..20m }
    step test { phase = verify  run = ["query", self.name]  takes = 1m..2m..3m }
  }
}

site provider : bench.provider { }
site east  : bench.region { within = provider  role = primary }
site west  : bench.region { within = provider  role = recovery }
site vault : bench.region { within = provider  role = vault }

store backups    : bench.bucket { site = east }
store backups-dr : bench.bucket { site = west }

"""

# Where something is to be proved, somebody has to take the backups and to tell when they stop.
PROCEDURE = """\
  procedure full {
    managed = "the platform takes it, copies it and tells when it could not"
    source "https://example.com/backups" { says = "a failed run is told within the hour"  grade = A }
  }

"""

SCENARIOS = """\
class L1 { title = "Primary region lost" }
class L2 { title = "Recovery region lost" }
class L3 { title = "A service fails" }

scenario east-loss  { class = L1  loses = [east]   detect = 3m  declare = 10m }
scenario west-loss  { class = L2  loses = [west]   detect = 3m  declare = 10m }
scenario failure    { class = L3  fails = [service-000000]  detect = 3m  declare = 10m }

"""

ASSET = """\
asset %(name)s : bench.service {
  tier        = %(tier)s
  site        = east
  owner       = ops
  engine      = "generic-%(rate)d"
  size        = %(size)dGiB
  change_rate = %(rate)dMiB/h
  rto         = %(rto)s
  rpo         = %(rpo)s
  needs       = [%(list)s]
  backup full { kind = full  schedule = daily at 02:00  duration = 40m  retain = 30d  to = backups  copies = [backups-dr]  copy_time = 30m }
}

"""


def dr(count, scenarios):
    yield HEAD % {"count": count, "procedure": PROCEDURE if scenarios else ""}
    if scenarios:
        yield SCENARIOS
    for asset in assets(count):
        yield ASSET % {**asset, "list": ", ".join(asset["needs"])}


# ---- one dimension at a time: what a specification may have many of besides assets

AFTER = """\
runbook home {
  title = "Back home"
  for   = [east-loss]
  after {
    step tell { manual = "tell users that it is back"  by = ops  takes = 1m..2m..3m }
  }
}

"""

# Its members are restored to one point; the bound is wider than their schedule, so that it holds.
GROUP = """\
group together {
  title    = "Restored together"
  members  = [%s]
  max_skew = 2d
}

"""

SCENARIO = "scenario east-%(number)06d { class = L1  loses = [east]  detect = 3m  declare = 10m }\n"


def bare(count, needs=()):
    """Assets without needs, and one more that has them all."""
    for asset in assets(count):
        yield ASSET % {**asset, "list": ""}
    if needs:
        yield ASSET % {**next(assets(1)), "tier": "standard", "rto": "4d", "rpo": "4d", "name": "hub", "list": ", ".join(needs)}


def dimension(name, count):
    """A specification that has `count` of one thing: steps that one step of a runbook waits for, needs of one asset, members of a group,
    scenarios (over ten assets)."""
    names = [f"service-{number:06d}" for number in range(count)]
    yield HEAD % {"count": 10 if name == "scenarios" else count, "procedure": PROCEDURE}
    yield SCENARIOS
    if name == "after":
        yield AFTER
        yield from bare(count)
    elif name == "needs":
        yield from bare(count, names)
    elif name == "members":
        yield GROUP % ", ".join(names)
        yield from bare(count)
    elif name == "scenarios":
        for number in range(count):
            yield SCENARIO % {"number": number}
        for asset in assets(10):
            yield ASSET % {**asset, "list": ", ".join(asset["needs"])}
    else:
        raise ValueError(name)


DIMENSIONS = ("after", "needs", "members", "scenarios")


def terraform(count):
    """The same facts as built-in resources with a condition; `terraform validate` needs no provider for them."""
    for asset in assets(count):
        depends = ", ".join(f"terraform_data.{name}" for name in asset["needs"])
        yield (
            f'resource "terraform_data" "{asset["name"]}" {{\n'
            f'  input = {{\n    tier = "{asset["tier"]}"\n    site = "east"\n    owner = "ops"\n    engine = "generic-{asset["rate"]}"\n'
            f'    size = {asset["size"]}\n    rate = {asset["rate"]}\n    rto = "{asset["rto"]}"\n    rpo = "{asset["rpo"]}"\n  }}\n'
            f'  depends_on = [{depends}]\n'
            f'  lifecycle {{\n    postcondition {{\n      condition     = self.input.size > 0\n      error_message = "size"\n    }}\n  }}\n}}\n\n'
        )


def jsonnet(count):
    yield "local all = {\n"
    for asset in assets(count):
        needs = ", ".join(f"'{name}'" for name in asset["needs"])
        yield (
            f"  '{asset['name']}': {{ tier: '{asset['tier']}', site: 'east', owner: 'ops', engine: 'generic-{asset['rate']}', "
            f"size: {asset['size']}, rate: {asset['rate']}, rto: '{asset['rto']}', rpo: '{asset['rpo']}', needs: [{needs}] }},\n"
        )
    yield "};\n"
    yield ("{ [name]: all[name] { assert self.size > 0, assert std.length([n for n in self.needs if !std.objectHas(all, n)]) == 0 } "
           "for name in std.objectFields(all) }\n")


def pkl(count):
    yield ("class Asset {\n  tier: \"critical\" | \"important\" | \"standard\"\n  site: String\n  owner: String\n  engine: String\n"
           "  size: Int(isPositive)\n  rate: Int(isPositive)\n  rto: String\n  rpo: String\n  needs: Listing<String>\n}\n\n"
           "assets: Mapping<String, Asset>(every((_, a) -> a.needs.toList().every((n) -> containsKey(n)))) = new {\n")
    for asset in assets(count):
        needs = "; ".join(f'"{name}"' for name in asset["needs"])
        yield (
            f"  [\"{asset['name']}\"] {{ tier = \"{asset['tier']}\"; site = \"east\"; owner = \"ops\"; engine = \"generic-{asset['rate']}\"; "
            f"size = {asset['size']}; rate = {asset['rate']}; rto = \"{asset['rto']}\"; rpo = \"{asset['rpo']}\"; "
            f"needs {{ {needs} }} }}\n"
        )
    yield "}\n"
