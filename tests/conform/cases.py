"""The kinds that go through the kit, and by which ways: what `executed` of the library may say."""

from conform.files import Configuration, Files, FilesInRestic
from conform.mysql import Mysql, MysqlInRestic
from conform.postgres import Postgres, PostgresInRestic
from conform.redis import Redis, RedisInRestic

DIRECTORY = {"generic.directory.put", "generic.directory.fetch", "generic.directory.list"}

CASES = {
    "postgres.server": Postgres,
    "mysql.server": Mysql,
    "mysql.server in restic": MysqlInRestic,
    "redis.server": Redis,
    "redis.server in restic": RedisInRestic,
    "postgres.server in restic": PostgresInRestic,
    "linux.files": Files,
    "linux.files in restic": FilesInRestic,
    "git.configuration": Configuration,
}

EXECUTED = {
    "postgres.server": {"postgres.server.full", "postgres.server.restore_dump"} | DIRECTORY,
    "postgres.server in restic": {"restic.repository.restic", "postgres.server.restore_dump"},
    "mysql.server": {"mysql.server.full", "mysql.server.restore_dump"} | DIRECTORY,
    "redis.server": {"redis.server.full", "redis.server.restore_snapshot"} | DIRECTORY,
    "mysql.server in restic": {"restic.repository.restic", "mysql.server.restore_dump"},
    "redis.server in restic": {"restic.repository.restic", "redis.server.restore_snapshot"},
    "linux.files": {"linux.files.full", "linux.files.restore_files"} | DIRECTORY,
    "linux.files in restic": {"restic.repository.restic", "linux.files.restore_files"},
    "git.configuration": {"git.configuration.full", "git.configuration.checkout", "git.repository.put", "git.repository.fetch", "git.repository.list"},
}
