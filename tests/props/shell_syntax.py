"""Shell text in a script: what bash refuses, and what would end the function it stands in, is refused by drc; nothing else is.

Bash is the oracle. A text is right when it can stand between braces and between parentheses alike: one that ends the first in its middle
is refused in the second. Fragments are drawn from a grammar, then tokens are taken out, put in and exchanged.
"""

import concurrent.futures
import random
import re
import subprocess

from lib.core import Failure, Sandbox, Skip, need

FRAGMENTS = 3600
STRICTER = 0.02  # of what bash takes
WORDS = ["a", "b1", "-x", "x=1", "x+=2", "x[1]=y", "y=(p q)", "\"q $x\"", "'s t'", "$'e\\'f'", "$x", "${x}", "${x:-a b}", "${x#\"}\"}", "\"${x%'}'}\"",
         "$((1 + (2)))", "$[3]", "`c d`", "\\;", "a\\ b", "#", "a#b", "in", "do", "done", "fi", "}", "{", "]]", "!", "[", "]", "{a,b}", "*.[ch]",
         "$$", "$", "~", "esac", "2", "=", "==", "time", "é", "\"`e`\"", "\"$(f \"g\")\"", "${x[@]/#/y}", "declare", "export"]
TOKENS = ["if", "then", "elif", "else", "fi", "for", "while", "until", "select", "do", "done", "case", "in", "esac", "{", "}", "(", ")", "((", "))",
          "[[", "]]", "&&", "||", "|", "|&", ";", ";;", ";&", "&", "!", "time", "function", "coproc", "\n", "<<E", "<", ">", ">>", "2>&1", ">&-", "&>",
          "<(", "$(", "${", "$((", "`", "'", "\"", "\\", "\\\n", "#", "E\n", "\nE\n", " ", "\n}\n", "\n)\n", "x=(", "a()", "x[", "-p", "<<<"]


class Grammar:
    def __init__(self, seed):
        self.random = random.Random(seed)

    def pick(self, *choices):
        return self.random.choice(choices)

    def word(self, depth):
        if depth > 0 and self.random.random() < 0.12:
            return self.pick("$(%s)", "\"$(%s)\"", "<(%s)", "x=$(%s)", "$(\n%s\n)") % self.list(depth - 1)
        return self.random.choice(WORDS)

    def words(self, depth, least=1):
        return " ".join(self.word(depth) for _ in range(self.random.randint(least, 3)))

    def redirection(self, depth):
        return self.pick("> f", "2>&1", "< f", ">> f", "&> f", "<<< %s" % self.word(depth), "{fd}>f", ">&-", "2> f", "<> f", ">| f",
                         "< <(%s)" % self.list(0))

    def simple(self, depth):
        made = self.pick("a ", "x=1 ", "echo ", "", "local ", "> f ") + self.words(depth)
        if self.random.random() < 0.2:
            made += " " + self.redirection(depth)
        if self.random.random() < 0.06:
            made += self.pick(" <<E\nit's $x\nE\n", " <<-'E'\n\t\"\n\tE\n", " <<\\E | b\n)\n}\nE\n")
        return made

    def test(self, depth):
        if depth > 0 and self.random.random() < 0.5:
            return self.pick("%s && %s", "%s || %s", "( %s ) && ! %s", "%s\n&& %s") % (self.test(depth - 1), self.test(depth - 1))
        return self.pick("-n $x", "$x", "a == b*", "$x =~ ^(a b|c)$", "$x != @(a|b c)", "1 -lt 2", "a < b", "! -f f", "\"$x\" = \"\"")

    def body(self, depth):
        return self.list(depth - 1) + self.pick(";", "\n", " ;", "&", " # c\n")

    def compound(self, depth):
        kind = self.random.randrange(13)
        body = lambda: self.body(depth)
        if kind == 0:
            return f"if {body()} then {body()} fi"
        if kind == 1:
            return f"if {body()} then {body()} elif {body()} then {body()} else {body()} fi"
        if kind == 2:
            return f"{self.pick('while', 'until')} {body()} do {body()} done"
        if kind == 3:
            return f"{self.pick('for', 'select')} v in {self.words(depth, 0)}{self.pick(';', chr(10))} do {body()} done"
        if kind == 4:
            return f"for v{self.pick(';', ' ', chr(10))} do {body()} done"
        if kind == 5:
            return f"for ((i = 0; i < 3; i++)){self.pick(';', ' ', chr(10))} {self.pick('do %s done', '{ %s }') % body()}"
        if kind == 6:
            arms = "".join(f"{self.pick('', '(')}{self.pick('a', 'a | b', '*', '[0-9]*')}) {self.pick(self.list(depth - 1), '')} {self.pick(';;', ';&', ';;&')}"
                           f"{self.pick(' ', chr(10))}" for _ in range(self.random.randint(0, 2)))
            return f"case {self.word(0)} {self.pick('', chr(10))}in {arms}{self.pick('', '*) a' + chr(10))}esac"
        if kind == 7:
            return f"{{ {body()} }}"
        if kind == 8:
            return f"({self.list(depth - 1)})"
        if kind == 9:
            return f"[[ {self.test(2)} ]]"
        if kind == 10:
            return self.pick("((x + 1))", "(( (1) ))", "((a); b)", "( (a) )")
        if kind == 11:
            return f"{self.pick('f()', 'function f', 'function f ()', 'f ()')} {self.pick('', chr(10))}{{ {body()} }}"
        return f"coproc {self.pick('', 'N ')}{{ {body()} }}"

    def command(self, depth):
        if depth > 0 and self.random.random() < 0.45:
            made = self.compound(depth)
            return made + (" " + self.redirection(0) if self.random.random() < 0.15 else "")
        return self.simple(depth)

    def list(self, depth):
        made = self.pick("", "", "", "", "! ", "time ", "time -p ") + self.command(depth)
        for _ in range(self.pick(0, 0, 1, 2)):
            made += self.pick(" && ", " || ", " | ", "; ", "\n", " &\n", " |& ", " &&\n\n", " # it's\n", "\n# c\n") + self.command(max(depth - 1, 0))
        return made

    def mutate(self, text):
        for _ in range(self.pick(1, 1, 1, 2, 3)):
            parts = re.findall(r"\w+|\s|[;&|<>()]+|.", text, re.S)
            at = self.random.randrange(len(parts) + 1)
            how = self.random.random()
            if how < 0.4 and parts:
                del parts[min(at, len(parts) - 1)]
            elif how < 0.8:
                parts.insert(at, self.pick("", " ") + self.random.choice(TOKENS) + self.pick("", " "))
            elif how < 0.9 and parts:
                parts[min(at, len(parts) - 1)] = self.random.choice(TOKENS)
            else:
                parts = parts[:at]
            text = "".join(parts)
        return text


def fragments(seed, count):
    grammar = Grammar(seed)
    made = ["", " \n", "# c", "true\n}\ntouch x\ng() {\ntrue", "a\n}\\\n\ng() { b", "true \\", "cat <<E", "true &&", "case x in x) true;;"]
    while len(made) < count:
        text = grammar.list(3)
        if len(text) < 500:
            made.append(text if grammar.random.random() < 0.3 else grammar.mutate(text))
    # Blank lines and blanks around it are no part of what is written.
    return [text.strip("\n") for text in made]


def faults(env, texts, folder):
    program = env.build / "props" / "shell_syntax"
    if not program.exists():
        raise Skip("build/props/shell_syntax is not built")
    outcome = env.run([program], folder, stdin=b"".join(text.encode() + b"\0" for text in texts))
    if outcome.code != 0:
        raise Failure(f"shell_syntax: exit {outcome.code}\n{outcome.stderr.decode(errors='replace')[:2000]}")
    return outcome.stdout.decode().split("\0")[:-1]


def test_as_bash(env, seed=1, count=FRAGMENTS):
    bash = need("bash")
    texts = fragments(seed, count)

    def takes(text):
        done = subprocess.run([bash, "--norc", "-n"], input=f"f() {{\n{text}\n}}\ng() {{\n(\n{text}\n)\n}}\n".encode(), stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, env={"LC_ALL": "C.UTF-8"}, timeout=20, check=False)
        return done.returncode == 0 and not done.stdout  # what is wrong in [[ ]] is said, with status 0

    with Sandbox() as folder:
        answers = faults(env, texts, folder)
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        right = list(pool.map(takes, texts))
    wrong = [text for text, fault, ok in zip(texts, answers, right) if not fault and not ok]
    if wrong:
        raise Failure(f"{len(wrong)} texts are accepted that bash refuses, or that end their function:\n" + "\n".join(map(repr, wrong[:8])))
    # What stands in backquotes is read by bash only when it runs.
    strict = [(text, fault) for text, fault, ok in zip(texts, answers, right) if fault and ok and "backquotes" not in fault]
    if len(strict) > STRICTER * sum(right):
        raise Failure(f"{len(strict)} of {sum(right)} texts are refused that bash takes:\n" + "\n".join(f"{text!r}: {fault}" for text, fault in strict[:8]))
    if not 0.25 < sum(right) / len(texts) < 0.75:
        raise Failure(f"bash takes {sum(right)} of {len(texts)}: the test tests one side only")
