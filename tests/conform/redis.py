"""Redis: its snapshot file."""

import os

from conform import kit
from lib.core import need
from lib.hosts import Server, free_port, wait_for

SYSTEMCTL = """#!/usr/bin/env bash
# As systemd would: the server of this host is one process, which saves when it stops.
set -eu
at=$(cat {folder}/where)
case "$1" in
    is-active) redis-cli -h "$at" -p {port} PING >/dev/null 2>&1 ;;
    stop) redis-cli -h "$at" -p {port} SHUTDOWN SAVE >/dev/null 2>&1 || true
          while redis-cli -h "$at" -p {port} PING >/dev/null 2>&1; do sleep 0.1; done ;;
    start) setsid redis-server --port {port} --bind "$at" --dir {folder}/data/ --save "" --requirepass not-a-secret --appendonly no --databases 16 \\
               --pidfile {folder}/pid --daemonize yes >/dev/null
           until redis-cli -h "$at" -p {port} PING >/dev/null 2>&1; do sleep 0.1; done ;;
    *) exit 64 ;;
esac
"""
# Each type in its own words: how it is stored may differ, and what it holds may not.
DESCRIBE = """
local out = {}
local function bytes(x) return (string.gsub(tostring(x), ".", function(c) return string.format("%02x", string.byte(c)) end)) end
local function flat(x) if type(x) == "table" then local parts = {} for i, v in ipairs(x) do parts[i] = flat(v) end return "[" .. table.concat(parts, ",") .. "]" end return bytes(x) end
for db = 0, 15 do
    redis.call("SELECT", db)
    local keys = redis.call("KEYS", "*")
    table.sort(keys)
    for _, key in ipairs(keys) do
        local kind = redis.call("TYPE", key).ok
        local held
        if kind == "string" then held = redis.call("GET", key)
        elseif kind == "list" then held = redis.call("LRANGE", key, 0, -1)
        elseif kind == "set" then held = redis.call("SMEMBERS", key) table.sort(held)
        elseif kind == "zset" then held = redis.call("ZRANGE", key, 0, -1, "WITHSCORES")
        elseif kind == "hash" then local all = redis.call("HGETALL", key) held = {} for i = 1, #all, 2 do held[#held + 1] = bytes(all[i]) .. "=" .. bytes(all[i + 1]) end table.sort(held)
        elseif kind == "stream" then held = {redis.call("XRANGE", key, "-", "+"), redis.call("XINFO", "STREAM", key)[8]}
            for _, group in ipairs(redis.call("XINFO", "GROUPS", key)) do held[#held + 1] = {group[2], group[4], group[6], group[8]} end
        end
        out[#out + 1] = db .. " " .. bytes(key) .. " " .. kind .. " " .. redis.call("PEXPIRETIME", key) .. " " .. flat(held)
    end
end
return out
"""


class Redis(kit.Case):
    kind = "redis.server"
    question = "file"
    opens = "REDISCLI_AUTH"

    def __init__(self, folder, seed):
        super().__init__(folder, seed)
        need("redis-server", "redis-cli", "redis-check-rdb", "setsid")
        self.port = free_port(kit.HERE, kit.THERE)

    def attributes(self):
        return f'host = "{kit.HERE}"  port = {self.port}  persistent = true  size = 1MiB  password = auth  directory = "{self.folder}/data"'

    def newest(self):
        return self.host.newest()

    def cli(self, *words, **more):
        where = (self.folder / "where").read_text().strip()
        # The kit knows the password, also while nobody else does.
        return self.host.call("redis-cli", "-h", where, "-p", self.port, *words, REDISCLI_AUTH="not-a-secret", **more)

    def systemctl(self, *words):
        self.host.call("systemctl", *words, REDISCLI_AUTH="not-a-secret")

    def begin(self):
        r = self.random
        # A host has one folder of that name: here it leads to that of the one that is there.
        (self.folder / kit.HERE).mkdir()
        (self.folder / "data").symlink_to(self.folder / kit.HERE)
        (self.folder / "where").write_text(kit.HERE + "\n")
        self.host.program("systemctl", SYSTEMCTL.format(folder=self.folder, port=self.port))
        self.host.program("chown", "#!/bin/sh\nexit 0\n")
        self.systemctl("start", "redis-server")
        script = self.folder / "fill.py"
        commands = []
        for i in range(r.randrange(150, 400)):
            key, few = f"key {i} ü", lambda: [r.randbytes(r.choice([0, 1, 9, 300])) for _ in range(r.randrange(1, 40))]
            commands.append(("SELECT", r.choice([0, 0, 1, 9, 15])))
            kind = r.choice(["SET", "RPUSH", "SADD", "ZADD", "HSET", "XADD", "SETBIT", "PFADD", "GEOADD"])
            if kind == "SET":
                commands.append((kind, key, r.choice([b"", b"17", r.randbytes(r.randrange(20000)), b"\0\r\n"])))
            elif kind in ("RPUSH", "SADD", "PFADD"):
                commands.append((kind, key, *few()))
            elif kind == "ZADD":
                commands.append((kind, key, *[x for m in few() for x in (r.choice(["-inf", "1.5", str(r.uniform(-9e9, 9e9))]), m)]))
            elif kind == "HSET":
                commands.append((kind, key, *[x for m in few() for x in (m, r.randbytes(9))]))
            elif kind == "XADD":
                commands += [(kind, key, f"{n}-{r.randrange(9)}", "field", r.randbytes(9)) for n in range(1, r.randrange(2, 9))]
                commands += [("XGROUP", "CREATE", key, "group", "1"), ("XREADGROUP", "GROUP", "group", "one", "COUNT", "1", "STREAMS", key, ">")]
            elif kind == "SETBIT":
                commands.append((kind, key, r.randrange(9999), 1))
            else:
                commands.append((kind, key, r.uniform(-180, 180), r.uniform(-85, 85), "place"))
            if r.random() < 0.4:
                commands.append(("PEXPIREAT", key, 4 * 10**12 + r.randrange(10**9)))
        commands.append(("FUNCTION", "LOAD", "#!lua name=own\nredis.register_function('twice', function(keys, args) return 2 * args[1] end)"))
        wire = b"".join(b"*%d\r\n" % len(words) + b"".join(b"$%d\r\n%s\r\n" % (len(w), w) for w in (x if isinstance(x, bytes) else str(x).encode() for x in words))
                        for words in commands)
        script.write_bytes(wire)
        said = self.host.call("sh", "-c", 'exec redis-cli -h "$1" -p "$2" --pipe < "$3"', "sh", kit.HERE, self.port, script)
        if "errors: 0" not in said:
            raise AssertionError(said)

    def whole(self, there):
        (self.folder / "describe.lua").write_text(DESCRIBE)
        return self.cli("--eval", self.folder / "describe.lua") + self.cli("FUNCTION", "LIST", "WITHCODE")

    def change(self):
        self.cli("SELECT", "0")
        self.cli("-n", "1", "FLUSHDB")
        self.cli("-n", "0", "SET", "junk", "1")

    def destroy(self):
        self.cli("SHUTDOWN", "NOSAVE", expect=(0, 1))
        for path in (self.folder / kit.HERE).iterdir():
            path.unlink()

    def empty(self):
        (self.folder / kit.THERE).mkdir()
        (self.folder / "data").unlink()
        (self.folder / "data").symlink_to(self.folder / kit.THERE)
        (self.folder / "where").write_text(kit.THERE + "\n")

    def end(self):
        if self.host and (self.folder / "where").exists():
            self.cli("SHUTDOWN", "NOSAVE", expect=None)


class RedisInRestic(kit.InRestic, Redis):
    opens = "RESTIC_PASSWORD"
