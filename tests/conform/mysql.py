"""MariaDB, and MySQL where it is installed in its place: dumps."""

import os
import pwd

from conform import kit
from lib.core import need
from lib.hosts import Server, free_port, wait_for

TYPES = ("int", "bigint unsigned", "decimal(30,9)", "varchar(99)", "longtext", "varbinary(200)", "longblob", "datetime(6)", "timestamp(3) NULL", "date", "time(2)", "year",
         "bit(13)", "double", "enum('so','la','\u00fcber')", "set('x','y','z')", "json", "point", "char(7) CHARACTER SET latin1")
CATALOGUE = (
    "SELECT schema_name, default_character_set_name, default_collation_name FROM information_schema.schemata WHERE schema_name = 'app'",
    "SELECT routine_name, routine_type, dtd_identifier, routine_definition, security_type, sql_mode, definer, character_set_client FROM information_schema.routines"
    " WHERE routine_schema = 'app' ORDER BY 1, 2",
    "SELECT trigger_name, event_manipulation, event_object_table, action_timing, action_statement, definer, sql_mode FROM information_schema.triggers WHERE trigger_schema = 'app' ORDER BY 1",
    "SELECT event_name, definer, event_definition, interval_value, interval_field, status, on_completion, time_zone FROM information_schema.events WHERE event_schema = 'app' ORDER BY 1",
    "SELECT table_name, view_definition, check_option, definer, security_type FROM information_schema.views WHERE table_schema = 'app' ORDER BY 1",
)


def text(value):
    return "'" + value.replace("\\", "\\\\").replace("'", "''") + "'"


def name(value):
    return "`" + value.replace("`", "``") + "`"


class Mysql(kit.Case):
    kind = "mysql.server"
    question = "dump"
    opens = "MYSQL_PWD"

    def __init__(self, folder, seed):
        super().__init__(folder, seed)
        need("mariadbd", "mariadb-install-db", "mysql", "mysqldump", "mysqlcheck")
        self.port = free_port(kit.HERE, kit.THERE)
        self.servers, self.logins = {}, {}

    def attributes(self):
        return f'database = "app"  username = "keeper"  host = "{kit.HERE}"  port = {self.port}  size = 1MiB'

    def newest(self):
        return self.host.newest()

    # ---- the server

    def start(self, address):
        user, place = pwd.getpwuid(os.getuid()).pw_name, self.folder / address
        self.host.call("mariadb-install-db", "--no-defaults", f"--datadir={place}", f"--tmpdir={self.folder}/work", "--auth-root-authentication-method=normal",
                       "--skip-test-db", f"--user={user}")
        self.servers[address] = Server(self.host, "mariadbd", "--no-defaults", f"--user={user}", f"--datadir={place}", f"--tmpdir={self.folder}/work", f"--port={self.port}",
                                       f"--bind-address={address}", f"--socket={place}/socket", f"--pid-file={place}/pid", "--innodb-flush-log-at-trx-commit=0",
                                       "--event-scheduler=OFF", log=f"{address}.log")
        wait_for([*self.root(address), "--execute", "SELECT 1"], self.host.variables)
        # No one who has no password, as at a set-up by hand.
        self.sql("DROP USER IF EXISTS ''@localhost; CREATE USER keeper@'%' IDENTIFIED BY 'not-a-secret'; GRANT ALL ON *.* TO keeper@'%' WITH GRANT OPTION", address)

    def root(self, address):
        return ["mysql", "--no-defaults", f"--socket={self.folder}/{address}/socket", "--user=root", "--password=", "--default-character-set=utf8mb4", "--batch", "--raw", "--skip-column-names"]

    def sql(self, script, address=kit.HERE, delimiter=";"):
        (self.folder / "statement.sql").write_text(script + "\n", encoding="utf-8")
        return self.host.call("sh", "-c", 'script=$1; shift; exec "$@" < "$script"', "sh", self.folder / "statement.sql", *self.root(address), f"--delimiter={delimiter}")

    def end(self):
        for server in self.servers.values():
            server.end()

    # ---- what is in it

    def value(self, kind):
        r = self.random
        if r.random() < 0.1:
            return "NULL"
        odd = "".join(r.choice("aZ9 \t\n\\'\"$;-%`\u00e4\u4e2d\U0001f600") for _ in range(r.randrange(30)))
        return {
            "int": lambda: str(r.randrange(-2**31, 2**31)), "bigint unsigned": lambda: str(r.randrange(2**64)), "decimal(30,9)": lambda: f"{r.randrange(-10**20, 10**20)}.{r.randrange(10**9):09}",
            "varchar(99)": lambda: text(odd), "longtext": lambda: text(odd * 40), "varbinary(200)": lambda: f"x'{r.randbytes(r.randrange(200)).hex()}'",
            "longblob": lambda: f"x'{r.randbytes(r.randrange(5000)).hex()}'", "datetime(6)": lambda: f"'{r.randrange(1000, 9999)}-{r.randrange(1, 13):02}-28 23:59:59.{r.randrange(10**6):06}'",
            "timestamp(3) NULL": lambda: f"FROM_UNIXTIME({r.randrange(1, 2**31 - 1)}.{r.randrange(1000):03})", "date": lambda: f"'{r.randrange(1000, 9999)}-02-28'",
            "time(2)": lambda: f"'-{r.randrange(838)}:59:58.77'", "year": lambda: str(r.randrange(1901, 2155)), "bit(13)": lambda: f"b'{r.randrange(2**13):b}'",
            "double": lambda: repr(r.uniform(-1e300, 1e300)), "enum('so','la','\u00fcber')": lambda: r.choice(["'so'", "'\u00fcber'"]), "set('x','y','z')": lambda: r.choice(["''", "'x,z'"]),
            "json": lambda: "JSON_OBJECT('k', " + text(odd) + ")", "point": lambda: f"POINT({r.randrange(99)}, {r.randrange(99)})", "char(7) CHARACTER SET latin1": lambda: "'\u00e4b'",
        }[kind]()

    def begin(self):
        r = self.random
        self.start(kit.HERE)
        people = ["app", "read er", f"user{r.randrange(10**6)}", "o'dd"]
        self.sql("CREATE DATABASE app CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;" + "".join(f"CREATE USER {text(p)}@'%' IDENTIFIED BY {text(self.password(p))};" for p in people)
                 + f"CREATE ROLE team; GRANT SELECT ON app.* TO team; GRANT team TO {text(people[2])}@'%'; SET DEFAULT ROLE team FOR {text(people[2])}@'%';"
                 + f"GRANT ALL ON app.* TO {text(people[0])}@'%'; ALTER USER {text(people[1])}@'%' WITH MAX_USER_CONNECTIONS 7;")
        for i in range(r.randrange(8, 20)):
            table = name(r.choice(["t", "Table", "with space", "quo`te", "\u00fcber"]) + str(i))
            columns = [(name(f"c{n} x"), r.choice(TYPES)) for n in range(r.randrange(1, 9))]
            self.sql("SET sql_mode = 'NO_AUTO_VALUE_ON_ZERO,ALLOW_INVALID_DATES'; USE app; "
                     f"CREATE TABLE {table} (id bigint AUTO_INCREMENT PRIMARY KEY, n int DEFAULT 3 CHECK (n > 0), d int AS (n * 2) STORED, " + ", ".join(f"{c} {t}" for c, t in columns)
                     + f", KEY (n, d)) COMMENT 'a table; one' {r.choice(['', 'ROW_FORMAT=COMPRESSED', 'DEFAULT CHARSET=latin1', 'AUTO_INCREMENT=4711'])};"
                     + "".join(f"INSERT INTO {table} ({', '.join(c for c, _ in columns)}) VALUES ({', '.join(self.value(t) for _, t in columns)});" for _ in range(r.randrange(60)))
                     + f"GRANT {r.choice(['SELECT', 'INSERT, UPDATE'])} ON {table} TO {text(people[1])}@'%'; GRANT SELECT ({columns[0][0]}) ON {table} TO {text(people[3])}@'%'")
        self.sql("USE app; CREATE TABLE parent (i int PRIMARY KEY, v varchar(50) UNIQUE); CREATE TABLE child (i int PRIMARY KEY, FOREIGN KEY (i) REFERENCES parent (i) ON DELETE CASCADE);"
                 "INSERT INTO parent SELECT seq, concat('v', seq) FROM seq_1_to_500; INSERT INTO child SELECT seq FROM seq_1_to_500_step_3;"
                 "CREATE TABLE parted (i int) PARTITION BY RANGE (i) (PARTITION a VALUES LESS THAN (10), PARTITION b VALUES LESS THAN MAXVALUE); INSERT INTO parted VALUES (1), (99);"
                 "CREATE TABLE versioned (i int) WITH SYSTEM VERSIONING; INSERT INTO versioned VALUES (1); CREATE TABLE aria (i int) ENGINE=Aria; INSERT INTO aria VALUES (7);"
                 f"CREATE SEQUENCE numbers START {r.randrange(1, 99)} INCREMENT 7; SELECT NEXTVAL(numbers); CREATE VIEW seen AS SELECT v FROM parent WHERE i > 7 WITH CHECK OPTION;"
                 f"CREATE DEFINER = {text(people[0])}@'%' SQL SECURITY DEFINER VIEW owned AS SELECT i FROM child;"
                 "CREATE FUNCTION twice(x int) RETURNS int DETERMINISTIC RETURN 2 * x; CREATE TRIGGER stamps BEFORE INSERT ON parent FOR EACH ROW SET NEW.v = concat(NEW.v, '!');"
                 "CREATE EVENT hourly ON SCHEDULE EVERY 1 HOUR STARTS '2026-01-01 00:00:00' DO DELETE FROM parted WHERE i > 1000;"
                 f"GRANT EXECUTE ON FUNCTION twice TO {text(people[3])}@'%'")
        self.sql(f"USE app//\nCREATE DEFINER = {text(people[0])}@'%' PROCEDURE rebuild()\nBEGIN\n  CREATE TABLE IF NOT EXISTS c (i int);\n  SELECT 'a;b';\nEND//", delimiter="//")

    def password(self, who):
        return self.logins.setdefault(who, f"it's {self.random.randrange(10**9)} of {who}")

    def whole(self, there):
        address = kit.THERE if there else kit.HERE
        tables = [line.split("\t") for line in self.sql("SELECT table_name, table_type FROM information_schema.tables WHERE table_schema = 'app' ORDER BY 1", address).split("\n") if line]
        parts = [self.sql(";\n".join(CATALOGUE), address)]
        parts.append(self.sql("USE app; " + "".join(f"SHOW CREATE TABLE {name(t)};" for t, kind in tables if kind != "SEQUENCE"), address)
                     .replace("`app`.", ""))  # how a view is shown depends on where it was made
        for table, kind in tables:
            if kind == "VIEW":
                continue
            if kind == "SEQUENCE":
                parts.append(self.sql(f"USE app; SELECT minimum_value, maximum_value, start_value, increment, cache_size, cycle_option FROM {name(table)}", address))
                continue
            columns = [line for line in self.sql(f"SELECT column_name FROM information_schema.columns WHERE table_schema = 'app' AND table_name = {text(table)} ORDER BY ordinal_position",
                                                 address).split("\n") if line]
            rows = self.sql("USE app; SELECT " + ", ".join(f"hex({name(c)})" for c in columns) + f" FROM {name(table)}", address)
            parts.append(f"== {table}\n" + "\n".join(sorted(rows.split("\n"))))
        users = [line for line in self.sql("SELECT concat(quote(user), '@', quote(host)) FROM mysql.user WHERE user NOT IN ('root', 'mariadb.sys', 'keeper', 'team') ORDER BY 1", address).split("\n") if line]
        accounts = self.sql("".join(f"SHOW CREATE USER {u}; SHOW GRANTS FOR {u};" for u in users) + "SHOW GRANTS FOR team", address)
        parts.append("\n".join(sorted(accounts.split("\n"))))
        for who in self.logins:  # that they are let in, by their own passwords
            parts.append(f"== {who}\n" + self.host.call("mysql", "--no-defaults", "--protocol=TCP", f"--host={address}", f"--port={self.port}", f"--user={who}", "--batch",
                                                       "--execute", "SELECT current_user(), current_role()", expect=(0, 1), MYSQL_PWD=self.password(who)))
        return "\n".join(parts)

    def change(self):
        self.sql("USE app; DROP TABLE child; DELETE FROM parent WHERE i % 2 = 0; CREATE TABLE junk (i int); INSERT INTO junk VALUES (1)")

    def destroy(self):
        self.servers.pop(kit.HERE).end()

    def empty(self):
        self.start(kit.THERE)


class MysqlInRestic(kit.InRestic, Mysql):
    """What restic takes has no accounts in it: somebody kept them, as is asked."""

    def destroy(self):
        users = [line for line in self.sql("SELECT concat(quote(user), '@', quote(host)) FROM mysql.user WHERE user NOT IN ('root', 'mariadb.sys', 'keeper', 'team')").split("\n") if line]
        self.accounts = "CREATE ROLE team;\n" + "".join(self.sql(f"SHOW CREATE USER {u}").rstrip("\n") + ";\n" for u in users)
        self.grants = "".join(line + ";\n" for u in ["team", *users] for line in self.sql(f"SHOW GRANTS FOR {u}").split("\n") if line)
        super().destroy()

    def empty(self):
        super().empty()
        self.sql(self.accounts, kit.THERE)

    def hand_over(self):
        self.sql(self.grants, kit.THERE)
