"""What is weaker in one plan.json than in another, found from the published format alone (docs/reference.md, the schema of the plan): an oracle for
`drc diff`, which shares nothing with it. Only what is surely weaker is named, each with the rule that must not pass: (rule, subject, scenario)."""

INFINITE = float("inf")


def loss(value):
    """A LOSS: milliseconds; "n/a" is nothing to lose, "all" everything, else unknown (worse than any number, better than all)."""
    if value == "n/a":
        return -1
    return value if isinstance(value, int) else INFINITE if value == "all" else 10 ** 18


def span(value):
    return 10 ** 18 if value is None else value["worst"]


def objective(value):
    return INFINITE if value is None or not isinstance(value.get("ms"), int) else value["ms"]


VERDICT = {"ok": 0, "n/a": 0, "unknown": 1, "refuted": 2}


def named(items, key="name"):
    return {item[key]: item for item in items}


def in_both(a, b, key="name"):
    ours, theirs = named(a, key), named(b, key)
    return [(name, ours[name], theirs[name]) for name in ours if name in theirs]


def of_assets(old, new):
    for name, a, b in in_both(old["assets"], new["assets"]):
        for field in ("rto", "rpo", "mtd"):
            if objective(b[field]) > objective(a[field]):
                yield "OBJECTIVE_NO_WEAKEN", name, None
        if a["copies"] and b["copies"] and any(b["copies"][field] < a["copies"][field] for field in ("total", "media", "offsite", "immutable")):
            yield "COPY_NO_DELETE", name, None
    for name in named(old["assets"]).keys() - named(new["assets"]).keys():
        yield "ASSET_NO_DELETE", name, None


def of_scenarios(old, new):
    for name, a, b in in_both(old["scenarios"], new["scenarios"]):
        for asset, x, y in in_both(a["assets"], b["assets"], "asset"):
            for field in ("rto", "rpo"):
                if objective(y[field]) > objective(x[field]):
                    yield "OBJECTIVE_NO_WEAKEN", asset, name
                if VERDICT[y[f"{field}_verdict"]] > VERDICT[x[f"{field}_verdict"]]:
                    yield "VERDICT_NO_REGRESS", asset, name
            if span(y["finish"]) > span(x["finish"]):
                yield "RTO_NO_REGRESS", asset, name
            if loss(y["data_loss"]) > loss(x["data_loss"]):
                yield "RPO_NO_REGRESS", asset, name
    for name in named(old["scenarios"]).keys() - named(new["scenarios"]).keys():
        yield "SCENARIO_NO_DELETE", name, None


def retained(backup):
    value = backup["attributes"].get("retain")
    if value == "forever":
        return INFINITE
    return value.get("duration") if isinstance(value, dict) else None


def blocks(plan, word):
    return {block["id"]: block for thing in plan["declared"] if thing["block"] == "asset" for block in thing["blocks"] if block["block"] == word}


def things(plan, word):
    found = {}

    def walk(items):
        for item in items:
            if item["block"] == word:
                found[item["id"]] = item["attributes"]
            walk(item["blocks"])

    walk(plan["declared"])
    return found


def references(attributes, name):
    value = attributes.get(name)
    return {item["ref"] for item in value} if isinstance(value, list) else set()


def of_what_is_asked(old, new):
    for id_, a, b in ((id_, a, things(new, "asset").get(id_)) for id_, a in things(old, "asset").items()):
        still = references(a, "restores_with") & {thing["id"] for thing in new["declared"]}  # what has another name is no need less
        if b is not None and still - references(b, "restores_with") - references(b, "needs"):
            yield "ORDER_NO_LOOSEN", id_.split(".", 1)[1], None
    for id_, a, b in ((id_, a, things(new, "admins").get(id_)) for id_, a in things(old, "admins").items()):
        if b is not None and (b.get("quorum", 1) < a.get("quorum", 1) or references(a, "of") and references(b, "of") - references(a, "of")):
            yield "PROTECTION_NO_WEAKEN", id_.split("/")[0].split(".", 1)[1], None
    for id_, a, b in ((id_, a, things(new, "drill").get(id_)) for id_, a in things(old, "drill").items()):
        if b is not None and isinstance(b.get("participants"), list) and (a.get("participants") == "all" or references(a, "participants") - references(b, "participants")):
            yield "DRILL_NO_LOOSEN", id_.split(".", 1)[1], None


def of_protections(old, new):
    assets = named(new["assets"]).keys()
    ours, theirs = blocks(old, "backup"), blocks(new, "backup")
    for id_, backup in ours.items():
        owner = id_.split("/")[0].split(".", 1)[1]
        if id_ not in theirs:
            if owner in assets:
                yield "COPY_NO_DELETE", owner, None
        elif retained(backup) is not None and retained(theirs[id_]) is not None and retained(theirs[id_]) < retained(backup):
            yield "RETENTION_NO_SHORTEN", owner, None
    for id_ in blocks(old, "replica").keys() - blocks(new, "replica").keys():
        owner = id_.split("/")[0].split(".", 1)[1]
        if owner in assets:
            yield "COPY_NO_DELETE", owner, None
    yield from of_what_is_asked(old, new)
    for name in named(old["sites"]).keys() - named(new["sites"]).keys():
        yield "SITE_NO_DELETE", name, None


BY = {"artifact": 0, "platform": 1, "demand": 2, "nobody": 3}


def of_the_ledger(old, new):
    for id_, a, b in in_both(old["assumptions"], new["assumptions"], "id"):
        if b["unwatched"] and not a["unwatched"] or a["check"] and not b["check"]:
            yield "ASSUMPTION_NO_UNWATCH", id_, None
        if a["by"] and b["by"] and BY[b["by"]["who"]] > BY[a["by"]["who"]]:
            yield "ASSUMPTION_NO_DEMAND", id_, None
    for id_, a, b in in_both(old["figures"], new["figures"], "id"):
        if a["value"] and b["value"] and b["value"]["worst"] > a["value"]["worst"]:
            yield "FIGURE_NO_ASSERT", id_, None


def weaker(old, new):
    found = set()
    for part in (of_assets, of_scenarios, of_protections, of_the_ledger):
        found |= set(part(old, new))
    return found
