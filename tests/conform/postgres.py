"""PostgreSQL: dumps."""

import shutil
import tempfile

from conform import kit
from lib.core import need
from lib.hosts import Server, free_port, postgres_owner, postgres_programs, wait_for

# What belongs to a role is said by the catalogue, and what a table holds by itself: pg_dump is not asked.
CATALOGUE = {
    "roles": "SELECT rolname, rolsuper, rolinherit, rolcreaterole, rolcreatedb, rolcanlogin, rolreplication, rolconnlimit, CASE WHEN rolname <> 'keeper' THEN rolpassword END, rolvaliduntil, rolbypassrls"
             " FROM pg_authid WHERE rolname !~ '^pg_'",
    "settings of roles": "SELECT coalesce(d.datname, '-'), coalesce(r.rolname, '-'), s.setconfig FROM pg_db_role_setting s LEFT JOIN pg_database d ON d.oid = setdatabase"
                         " LEFT JOIN pg_roles r ON r.oid = setrole",
    "members": "SELECT roleid::regrole, member::regrole, admin_option FROM pg_auth_members WHERE roleid >= 16384 OR member >= 16384",
    "comments on roles": "SELECT r.rolname, description FROM pg_shdescription d JOIN pg_authid r ON r.oid = objoid WHERE classoid = 'pg_authid'::regclass",
    "database": "SELECT datname, datdba::regrole, pg_encoding_to_char(encoding), datcollate, datctype, datconnlimit,"
                " (SELECT array_agg(x::text ORDER BY x::text) FROM unnest(coalesce(datacl, acldefault('d', datdba))) x), shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = current_database()",
    "schemas": "SELECT nspname, nspowner::regrole, (SELECT array_agg(x::text ORDER BY x::text) FROM unnest(coalesce(nspacl, acldefault('n', nspowner))) x) FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'",
    "relations": "SELECT c.oid::regclass, relkind, relowner::regrole, relpersistence, relrowsecurity, reloptions, (SELECT array_agg(x::text ORDER BY x::text) FROM unnest(coalesce(relacl, acldefault(CASE relkind WHEN 'S' THEN 's' ELSE 'r' END::\"char\", relowner))) x),"
                 " obj_description(c.oid, 'pg_class') FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace WHERE {own}",
    "columns": "SELECT attrelid::regclass, attnum, attname, format_type(atttypid, atttypmod), attnotnull, attidentity, attgenerated, attcollation::regcollation,"
               " (SELECT array_agg(x::text ORDER BY x::text) FROM unnest(attacl) x), pg_get_expr(adbin, adrelid), col_description(attrelid, attnum)"
               " FROM pg_attribute a JOIN pg_class c ON c.oid = attrelid JOIN pg_namespace n ON n.oid = relnamespace LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum"
               " WHERE {own} AND attnum > 0 AND NOT attisdropped",
    "constraints": "SELECT conrelid::regclass, conname, pg_get_constraintdef(o.oid) FROM pg_constraint o JOIN pg_namespace n ON n.oid = connamespace WHERE {own}",
    "indexes": "SELECT indexrelid::regclass, pg_get_indexdef(indexrelid), indisvalid FROM pg_index JOIN pg_class c ON c.oid = indexrelid JOIN pg_namespace n ON n.oid = relnamespace WHERE {own}",
    "views": "SELECT c.oid::regclass, pg_get_viewdef(c.oid), relispopulated FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace WHERE {own} AND relkind IN ('v', 'm')",
    "functions": "SELECT p.oid::regprocedure, proowner::regrole, pg_get_functiondef(p.oid), (SELECT array_agg(x::text ORDER BY x::text) FROM unnest(coalesce(proacl, acldefault('f', proowner))) x)"
                 " FROM pg_proc p JOIN pg_namespace n ON n.oid = pronamespace WHERE {own} AND prokind <> 'a'",
    "triggers": "SELECT tgrelid::regclass, tgname, pg_get_triggerdef(t.oid), tgenabled FROM pg_trigger t WHERE NOT tgisinternal",
    "policies": "SELECT polrelid::regclass, polname, polcmd, polroles::regrole[], pg_get_expr(polqual, polrelid) FROM pg_policy",
    "types": "SELECT t.oid::regtype, typtype, typowner::regrole, format_type(typbasetype, typtypmod), (SELECT array_agg(enumlabel ORDER BY enumsortorder) FROM pg_enum WHERE enumtypid = t.oid)"
             " FROM pg_type t JOIN pg_namespace n ON n.oid = typnamespace WHERE {own} AND typtype IN ('e', 'd')",
    "default rights": "SELECT defaclrole::regrole, coalesce(nspname, '-'), defaclobjtype, (SELECT array_agg(x::text ORDER BY x::text) FROM unnest(defaclacl) x)"
                      " FROM pg_default_acl LEFT JOIN pg_namespace n ON n.oid = defaclnamespace",
    "large objects": "SELECT oid, lomowner::regrole, md5(lo_get(oid)), (SELECT array_agg(x::text ORDER BY x::text) FROM unnest(lomacl) x) FROM pg_largeobject_metadata",
    "publications": "SELECT pubname, pubowner::regrole, puballtables FROM pg_publication",
    "extensions": "SELECT extname, extversion, extnamespace::regnamespace FROM pg_extension",
    "sequences": "SELECT schemaname, sequencename, last_value, increment_by, cycle FROM pg_sequences",
}
OWN = "n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'"
TYPES = ("int", "bigint", "numeric(20,7)", "text", "bytea", "timestamptz", "date", "interval", "uuid", "jsonb", "int[]", "bool", "float8", "inet", "numrange", "char(7)")


def quoted(text):
    return "'" + text.replace("'", "''") + "'"


def name(text):
    return '"' + text.replace('"', '""') + '"'


class Postgres(kit.Case):
    kind = "postgres.server"
    question = "dump"
    opens = "PGPASSWORD"

    def __init__(self, folder, seed):
        super().__init__(folder, seed)
        self.programs = postgres_programs()
        need("pg_dump", "pg_dumpall", "setpriv")
        self.port = free_port(kit.HERE, kit.THERE)
        self.data = tempfile.mkdtemp(prefix="drc-conform-")
        self.servers, self.logins = {}, {}

    def attributes(self):
        return f'database = "app"  username = "keeper"  host = "{kit.HERE}"  port = {self.port}  size = 1MiB'

    def newest(self):
        return self.host.newest()

    # ---- the server

    def start(self, address):
        owner, place = postgres_owner(), f"{self.data}/{address}"
        if owner:
            shutil.chown(self.data, "postgres", "postgres")
        (self.folder / "password").write_text("not-a-secret\n")
        (self.folder / "password").chmod(0o644)
        shutil.copy(self.folder / "password", f"{self.data}/password")
        shutil.chown(f"{self.data}/password", "postgres", "postgres") if owner else None
        self.host.call(*owner, self.programs / "initdb", "--pgdata", place, "--username", "keeper", "--auth", "scram-sha-256", "--pwfile", f"{self.data}/password",
                       "--encoding", "UTF8", "--locale", "C", "--no-sync", cwd=self.data)
        self.servers[address] = Server(self.host, *owner, self.programs / "postgres", "-D", place, "-p", self.port, "-c", f"listen_addresses={address}",
                                       "-c", f"unix_socket_directories={self.data}", "-c", f"unix_socket_permissions=0700", "-c", "fsync=off", "-c", "autovacuum=off", log=f"{address}.log")
        wait_for([*self.at(address), "--dbname", "postgres", "--command", "SELECT 1"], self.host.variables)

    def at(self, address, user="keeper"):
        return ["psql", "--host", address, "--port", str(self.port), "--username", user, "--no-password", "--no-psqlrc", "--set", "ON_ERROR_STOP=1", "--tuples-only",
                "--no-align", "--quiet"]

    def sql(self, text, address=kit.HERE, database="app", user="keeper", **more):
        script = self.folder / "statement.sql"
        script.write_text(text + ";\n", encoding="utf-8")
        return self.host.call(*self.at(address, user), "--dbname", database, "--file", script, **more)

    def end(self):
        for server in self.servers.values():
            server.end()
        shutil.rmtree(self.data, ignore_errors=True)

    # ---- what is in it

    def value(self, kind):
        r = self.random
        if r.random() < 0.1:
            return "NULL"
        text = "".join(r.choice("aZ9 \t\n\\'\"$;-%äß\u4e2d\U0001f600\u202e") for _ in range(r.randrange(40)))
        return {
            "int": lambda: str(r.randrange(-2**31, 2**31)), "bigint": lambda: str(r.randrange(-2**63, 2**63)),
            "numeric(20,7)": lambda: f"{r.randrange(-10**12, 10**12)}.{r.randrange(10**7):07}", "text": lambda: quoted(text),
            "bytea": lambda: f"'\\x{r.randbytes(r.randrange(200)).hex()}'::bytea", "timestamptz": lambda: f"to_timestamp({r.randrange(-10**10, 10**11)}.{r.randrange(10**6):06})",
            "date": lambda: f"date '2000-01-01' + {r.randrange(-10**6, 10**6)}", "interval": lambda: f"make_interval(months => {r.randrange(99)}, secs => {r.randrange(10**6)})",
            "uuid": lambda: quoted(r.randbytes(16).hex()), "jsonb": lambda: f"jsonb_build_object({quoted(text)}, {r.randrange(99)}, 'n', NULL)",
            "int[]": lambda: f"ARRAY[{r.randrange(9)}, NULL, {r.randrange(9)}]::int[]", "bool": lambda: r.choice(["true", "false"]),
            "float8": lambda: r.choice(["'NaN'::float8", "'-Infinity'::float8", repr(r.uniform(-1e300, 1e300))]), "inet": lambda: f"'10.{r.randrange(256)}.0.{r.randrange(256)}/24'::inet",
            "numrange": lambda: f"numrange({r.randrange(9)}, {r.randrange(9, 99)}, '[]')", "char(7)": lambda: quoted("x" * r.randrange(8)),
        }[kind]()

    def begin(self):
        r = self.random
        self.start(kit.HERE)
        people = ["app owner", 'odd"name', "reader", f"user-{r.randrange(10**6)}"]
        self.sql("; ".join([f"CREATE ROLE {name(p)} LOGIN PASSWORD {quoted(self.password(p))}" for p in people] + [
            "CREATE ROLE team NOLOGIN", f"GRANT team TO {name(people[3])} WITH ADMIN OPTION", f"GRANT pg_read_all_data TO {name('reader')}",
            f"ALTER ROLE {name(people[1])} CREATEDB CONNECTION LIMIT 7 VALID UNTIL '2099-01-01 00:00:00+00'", f"ALTER ROLE {name('reader')} SET statement_timeout = '77s'",
            f"COMMENT ON ROLE team IS {quoted('what it is for; two' + chr(10) + 'lines')}",
            "SET allow_in_place_tablespaces = off"]), database="postgres")
        self.sql(f"CREATE DATABASE app OWNER {name('app owner')} TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C.UTF-8' LC_CTYPE 'C.UTF-8' CONNECTION LIMIT 99", database="postgres")
        self.sql(f"ALTER DATABASE app SET work_mem = '7MB'; ALTER ROLE {name('reader')} IN DATABASE app SET search_path = 'two words', public; REVOKE CONNECT ON DATABASE app FROM PUBLIC;"
                 f" GRANT CONNECT ON DATABASE app TO {', '.join(name(p) for p in people)}; COMMENT ON DATABASE app IS 'the one'")
        self.sql("; ".join([
            f"CREATE SCHEMA {name('two words')} AUTHORIZATION {name('app owner')}", "CREATE EXTENSION pg_trgm" if self.has_extension("pg_trgm") else "SELECT 1",
            "CREATE TYPE mood AS ENUM ('so', 'la', 'ünlich')", "CREATE DOMAIN positive AS int CHECK (VALUE > 0)",
            "CREATE FUNCTION twice(x int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT 2 * x'", f"ALTER FUNCTION twice OWNER TO {name('app owner')}",
            "REVOKE EXECUTE ON FUNCTION twice FROM PUBLIC", f"GRANT EXECUTE ON FUNCTION twice TO team",
            f"ALTER DEFAULT PRIVILEGES FOR ROLE {name('app owner')} GRANT SELECT ON TABLES TO team"]))
        for i in range(r.randrange(8, 20)):
            schema = r.choice(["public", "two words"])
            table = f"{name(schema)}.{name(r.choice(['t', 'Table', 'with space', 'quo' + chr(34) + 'te']) + str(i))}"
            columns = [(f"c{n} x", r.choice(TYPES)) for n in range(r.randrange(1, 9))]
            self.sql(f"CREATE TABLE {table} (id bigint GENERATED {r.choice(['ALWAYS', 'BY DEFAULT'])} AS IDENTITY PRIMARY KEY, kind mood DEFAULT 'so', n positive DEFAULT 3,"
                     f" d int GENERATED ALWAYS AS (twice(n)) STORED, " + ", ".join(f"{name(c)} {t}" for c, t in columns) + ");"
                     + "".join(f"INSERT INTO {table} ({', '.join(name(c) for c, _ in columns)}) VALUES ({', '.join(self.value(t) for _, t in columns)});" for _ in range(r.randrange(60)))
                     + f"ALTER TABLE {table} OWNER TO {name(r.choice(people))}; GRANT {r.choice(['SELECT', 'INSERT, UPDATE', 'ALL'])} ON {table} TO {name(r.choice(people))};"
                     + f"GRANT SELECT ({name(columns[0][0])}) ON {table} TO team; COMMENT ON COLUMN {table}.{name(columns[0][0])} IS 'a column'; CREATE INDEX ON {table} (kind, d) WHERE n > 1")
        self.sql("; ".join([
            "CREATE TABLE parent (i int PRIMARY KEY, v text UNIQUE)", "CREATE TABLE child (i int PRIMARY KEY REFERENCES parent ON DELETE CASCADE DEFERRABLE, who name DEFAULT current_user)",
            "INSERT INTO parent SELECT i, 'v' || i FROM generate_series(1, 500) i", "INSERT INTO child SELECT i FROM generate_series(1, 500, 3) i",
            "CREATE TABLE parted (i int, at date) PARTITION BY RANGE (at)", "CREATE TABLE parted_1 PARTITION OF parted FOR VALUES FROM ('2020-01-01') TO ('2021-01-01')",
            "INSERT INTO parted VALUES (1, '2020-05-05')", f"CREATE UNLOGGED TABLE unlogged (i int); INSERT INTO unlogged VALUES (1)",
            "ALTER TABLE child ENABLE ROW LEVEL SECURITY", f"CREATE POLICY own ON child FOR SELECT TO {name('reader')} USING (who = current_user)",
            "CREATE VIEW seen WITH (security_barrier) AS SELECT v FROM parent WHERE i > 7", "CREATE MATERIALIZED VIEW kept AS SELECT count(*) FROM parent",
            "CREATE FUNCTION stamp() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.v := NEW.v || ''!''; RETURN NEW; END'",
            "CREATE TRIGGER stamps BEFORE INSERT ON parent FOR EACH ROW EXECUTE FUNCTION stamp()", f"CREATE SEQUENCE numbers START {r.randrange(100)} INCREMENT 7",
            "SELECT nextval('numbers'), nextval('numbers')", f"SELECT lo_from_bytea(4711, '\\x{r.randbytes(5000).hex()}')", f"GRANT SELECT ON LARGE OBJECT 4711 TO {name('reader')}",
            "CREATE PUBLICATION all_of_it FOR ALL TABLES"]))

    def password(self, who):
        return self.logins.setdefault(who, f"it's {self.random.randrange(10**9)} of {who}")

    def has_extension(self, wanted):
        return wanted in self.sql("SELECT name FROM pg_available_extensions", database="postgres")

    def whole(self, there):
        address = kit.THERE if there else kit.HERE
        queries = []
        for what, query in CATALOGUE.items():
            queries.append(f"\\echo == {what}\nSELECT * FROM ({query.replace('{own}', OWN)}) q ORDER BY q::text COLLATE \"C\";")
        tables = self.sql(f"SELECT c.oid::regclass FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace WHERE {OWN} AND relkind IN ('r', 'm', 'p')"
                          " AND relpersistence = 'p'", address)
        queries += [f"\\echo == {quoted(table)}\nSELECT * FROM {table} x ORDER BY x::text COLLATE \"C\";" for table in sorted(tables.split("\n")) if table]
        parts = [self.sql("\n".join(queries), address)]
        for who in self.logins:  # that they are let in, by their own passwords
            parts.append(f"== {who}\n" + self.sql("SELECT current_user, current_setting('statement_timeout'), current_setting('work_mem')", address, user=who,
                                                 expect=(0, 2), PGPASSWORD=self.password(who)))
        return "\n".join(parts)

    def change(self):
        self.sql("DROP TABLE child; DELETE FROM parent WHERE i % 2 = 0; CREATE TABLE junk (i int); UPDATE parent SET v = 'damaged' || i")

    def destroy(self):
        self.servers.pop(kit.HERE).end()
        shutil.rmtree(f"{self.data}/{kit.HERE}")

    def empty(self):
        self.start(kit.THERE)


class PostgresInRestic(kit.InRestic, Postgres):
    """Another store, and nothing else."""
