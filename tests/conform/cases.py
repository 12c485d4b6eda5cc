"""The kinds that go through the kit, and by which ways: what `executed` of the library may say."""

from conform.postgres import Postgres

DIRECTORY = {"generic.directory.put", "generic.directory.fetch", "generic.directory.list"}

CASES = {
    "postgres.server": Postgres,
}

EXECUTED = {
    "postgres.server": {"postgres.server.full", "postgres.server.restore_dump"} | DIRECTORY,
}
