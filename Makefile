# drc: build, test, install. GNU make; everything that is produced lives under $(BUILD).
#
#   make              the compiler, $(BUILD)/drc
#   make demo         set up this computer, build, compile examples/platform, say where to look
#   make test         set up what the tests need, then run all but the two below
#   make test-integration   the suites that start real servers, and what stands in for a provider
#   make conform      kinds against the real thing, from a copy to a recovery elsewhere: KIND (all), SEEDS (1)
#   make test-long    random tests with many more cases; writes tests/long.md
#   make check        layers, file length, no input or output in the core, banned functions, circles, headers alone, callers
#   make check-san    unit tests and cases under the address, undefined-behaviour and leak sanitizers
#   make fuzz         libFuzzer on parse, compile and emit, FUZZ_TIME seconds each (clang)
#   make bench        time and memory of check, plan and build on generated specifications
#   make reference    write docs/reference.md from the compiler's tables and the standard library
#   make bless        rewrite the expected output of the cases (never the expected codes)
#   make coverage     line coverage of the tests (gcov)
#   make install      PREFIX (/usr/local) and DESTDIR are honoured; `make uninstall` undoes it
#   make clean        remove $(BUILD)

BUILD     ?= build
PREFIX    ?= /usr/local
DESTDIR   ?=
FUZZ_TIME ?= 60
PYTHON    ?= python3
FLEX      ?= flex
BISON     ?= bison
PKGCONFIG ?= pkg-config
INSTALL   ?= install
AR        ?= ar
# Extra arguments for the test runner, e.g. TEST_ARGS='--filter units'.
TEST_ARGS ?=

# Jobs of the builds inside `make demo`, `make test` and the like; a -j given by the caller goes before.
JOBS   ?= $(shell nproc 2>/dev/null || echo 2)
SUBMAKE = $(MAKE) --no-print-directory $(if $(filter -j%,$(MAKEFLAGS)),,-j$(JOBS))

.SUFFIXES:
.DELETE_ON_ERROR:
.DEFAULT_GOAL := all

VERSION := $(shell cat VERSION 2>/dev/null || echo 0.1.0)

# `make V=1` prints whole commands.
V ?=
ifeq ($(V),)
Q := @
say = @printf '  %-6s %s\n' $(1) $(2)
else
Q :=
say = @:
endif

# ---- flags ---------------------------------------------------------------------------------------

WARNINGS := -Wall -Wextra -Wpedantic -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
            -Wwrite-strings -Wundef -Wvla -Wformat=2 -Werror
OPTIMISE ?= -O2 -g
# Set by the sanitizer, fuzzer and coverage builds; empty otherwise.
INSTRUMENT ?=
CFLAGS   ?=
LDFLAGS  ?=

# What a parser of other people's files should have. Instrumented builds bring their own checks, and some linkers know none of
# it; _FORTIFY_SOURCE wants optimised code. `make HARDEN= HARDEN_LINK=` is without.
FORTIFY     := $(if $(filter -O1 -O2 -O3 -Os,$(OPTIMISE)),-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3)
HARDENS     := $(if $(INSTRUMENT),,$(filter Linux,$(shell uname -s)))
HARDEN      ?= $(if $(HARDENS),$(FORTIFY) -fstack-protector-strong -fstack-clash-protection -fPIE)
HARDEN_LINK ?= $(if $(HARDENS),-pie -Wl$(comma)-z$(comma)relro$(comma)-z$(comma)now)
comma       := ,

CPPFLAGS_ALL = -Icompiler -I. -I$(BUILD)/gen -D_XOPEN_SOURCE=700 -DDRC_VERSION='"$(VERSION)"' $(CPPFLAGS)
# The same binary from any folder: none of its names is in it.
PREFIX_MAP   = '-ffile-prefix-map=$(CURDIR)=.'
CFLAGS_ALL   = -std=c17 $(OPTIMISE) $(INSTRUMENT) $(HARDEN) $(PREFIX_MAP) $(CFLAGS)
LDFLAGS_ALL  = $(HARDEN_LINK) $(LDFLAGS)
# Of the compiler itself; tests count as they like.
CONVERSIONS := -Wconversion -Wsign-conversion
# flex and bison output is not ours to mend.
GENERATED_WARNINGS := -Wall -Wextra -Werror -Wno-unused-function -Wno-unused-parameter \
                      -Wno-sign-compare -Wno-unused-but-set-variable

# Packages that are linked; the fetching libraries only once something fetches.
FETCH_SOURCES := $(wildcard compiler/fetch/*.c)
PACKAGES      := yaml-0.1 jansson $(if $(FETCH_SOURCES),libgit2)
PKG_CFLAGS    := $(shell $(PKGCONFIG) --cflags $(PACKAGES) 2>/dev/null)
PKG_LIBS      := $(shell $(PKGCONFIG) --libs $(PACKAGES) 2>/dev/null || echo -lyaml -ljansson)
LIBS          := $(PKG_LIBS) -lm

# ---- what there is -------------------------------------------------------------------------------

MAIN_SOURCE  := compiler/driver/main.c
EMBED_SOURCE := compiler/embed/embed.c
SOURCES      := $(sort $(filter-out $(MAIN_SOURCE) $(EMBED_SOURCE), \
                  $(shell find compiler $(wildcard backends) -name '*.c' 2>/dev/null)))
OBJECTS      := $(SOURCES:%.c=$(BUILD)/obj/%.o)
MAIN_OBJECT  := $(if $(wildcard $(MAIN_SOURCE)),$(BUILD)/obj/compiler/driver/main.o)

GEN_PARSER   := $(if $(wildcard grammar/parser.y),$(BUILD)/gen/parser.c)
GEN_LEXER    := $(if $(wildcard grammar/lexer.l),$(BUILD)/gen/lexer.c)
GEN_STDLIB   := $(BUILD)/gen/stdlib_data.c
GEN_TEXTS    := $(BUILD)/gen/texts_data.c
GEN_HEADERS  := $(GEN_PARSER:.c=.h) $(GEN_LEXER:.c=.h)
GEN_OBJECTS  := $(patsubst $(BUILD)/gen/%.c,$(BUILD)/obj/gen/%.o,$(GEN_PARSER) $(GEN_LEXER) $(GEN_STDLIB) $(GEN_TEXTS))

# Fixed texts that backends put beside what they generate; real scripts here, so that shellcheck reads them too.
TEXT_FILES   := $(sort $(shell find backends -name '*.sh' 2>/dev/null))
STDLIB_FILES := $(sort $(shell find stdlib -name '*.dr' 2>/dev/null))
LIBRARY      := $(BUILD)/libdrc.a
PROGRAM      := $(if $(MAIN_OBJECT),$(BUILD)/drc)

UNIT_TESTS   := $(patsubst tests/unit/%.c,$(BUILD)/unit/%,$(sort $(wildcard tests/unit/*_test.c)))
PROPS        := $(patsubst tests/props/%.c,$(BUILD)/props/%,$(sort $(wildcard tests/props/*.c)))
FUZZERS      := $(patsubst tests/fuzz/%.c,$(BUILD)/bin/%,$(sort $(wildcard tests/fuzz/*_fuzz.c)))

# Header dependencies, under both names of the object: a build folder may be named relative or absolute, and one
# that was made by the other name must not look up to date.
DEPENDENCIES  = -MMD -MP -MT $(patsubst $(CURDIR)/%,%,$(abspath $@)) -MT $(abspath $@)
# To make, a name with spaces is several: in such a folder everything is named relative to it, and only so.
ifneq ($(words $(CURDIR)),1)
DEPENDENCIES  = -MMD -MP -MT $@
endif
ifneq ($(words $(BUILD)),1)
$(error BUILD must be one name without spaces, not "$(BUILD)": name a folder relative to this one)
endif

# ---- the compiler --------------------------------------------------------------------------------

.PHONY: all library demo test test-integration conform test-long check check-san fuzz bench bless reference coverage install uninstall clean \
        unit setup-build setup-test setup-integration fuzzers

all: $(LIBRARY) $(PROGRAM)

library: $(LIBRARY)

$(BUILD)/drc: $(MAIN_OBJECT) $(LIBRARY)
	$(call say,LINK,$@)
	$(Q)$(CC) $(CFLAGS_ALL) $(LDFLAGS_ALL) -o $@ $(MAIN_OBJECT) $(LIBRARY) $(LIBS)

# Rebuilt whole, and whenever the list of members changes, so that a deleted source leaves nothing behind.
$(LIBRARY): $(OBJECTS) $(GEN_OBJECTS) $(BUILD)/members
	$(call say,AR,$@)
	$(Q)rm -f $@
	$(Q)$(AR) rcs $@ $(OBJECTS) $(GEN_OBJECTS)

MEMBERS = $(patsubst $(BUILD)/%,%,$(OBJECTS) $(GEN_OBJECTS))
$(BUILD)/members: FORCE
	@mkdir -p $(@D)
	@echo '$(MEMBERS)' | cmp -s - $@ || echo '$(MEMBERS)' > $@
.PHONY: FORCE

# Says once, and early, which package is missing, instead of failing on a header.
$(BUILD)/preflight: tools/setup.sh
	@mkdir -p $(@D)
	@sh tools/setup.sh preflight
	@touch $@

$(BUILD)/obj/%.o: %.c | $(GEN_HEADERS) $(BUILD)/preflight
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(CC) $(CPPFLAGS_ALL) $(PKG_CFLAGS) $(CFLAGS_ALL) $(WARNINGS) $(CONVERSIONS) $(DEPENDENCIES) -c -o $@ $<

$(BUILD)/obj/gen/%.o: $(BUILD)/gen/%.c | $(GEN_HEADERS) $(BUILD)/preflight
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) $(GENERATED_WARNINGS) $(DEPENDENCIES) -c -o $@ $<

$(BUILD)/gen/parser.c $(BUILD)/gen/parser.h &: grammar/parser.y | $(BUILD)/preflight
	@mkdir -p $(BUILD)/gen
	$(call say,BISON,$<)
	$(Q)$(BISON) -Wall -Werror -Wcounterexamples --header=$(BUILD)/gen/parser.h -o $(BUILD)/gen/parser.c $<

# -8 is not redundant: with -Cf, flex would otherwise build a scanner for 7-bit text.
$(BUILD)/gen/lexer.c $(BUILD)/gen/lexer.h &: grammar/lexer.l | $(BUILD)/preflight
	@mkdir -p $(BUILD)/gen
	$(call say,FLEX,$<)
	$(Q)$(FLEX) -8 -Cf --header-file=$(BUILD)/gen/lexer.h -o $(BUILD)/gen/lexer.c $<

# The standard library inside the binary. The list of files is a dependency too: a removed file must vanish.
$(BUILD)/embed: $(EMBED_SOURCE) | $(BUILD)/preflight
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(CC) -std=c17 -O1 $(WARNINGS) -o $@ $<

$(BUILD)/stdlib.list: FORCE
	@mkdir -p $(@D)
	@echo '$(STDLIB_FILES)' | cmp -s - $@ || echo '$(STDLIB_FILES)' > $@

$(GEN_STDLIB): $(BUILD)/embed $(BUILD)/stdlib.list $(STDLIB_FILES)
	@mkdir -p $(@D)
	$(call say,EMBED,$@)
	$(Q)$(BUILD)/embed stdlib $(STDLIB_FILES) > $@

$(BUILD)/texts.list: FORCE
	@mkdir -p $(@D)
	@echo '$(TEXT_FILES)' | cmp -s - $@ || echo '$(TEXT_FILES)' > $@

$(GEN_TEXTS): $(BUILD)/embed $(BUILD)/texts.list $(TEXT_FILES)
	@mkdir -p $(@D)
	$(call say,EMBED,$@)
	$(Q)$(BUILD)/embed -t backends $(TEXT_FILES) > $@

# ---- tests ---------------------------------------------------------------------------------------

unit: $(UNIT_TESTS) $(PROPS)

$(BUILD)/props/%: tests/props/%.c $(LIBRARY)
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(CC) $(CPPFLAGS_ALL) $(PKG_CFLAGS) $(CFLAGS_ALL) $(WARNINGS) $(DEPENDENCIES) -MF $@.d $(LDFLAGS_ALL) \
	  -o $@ $< $(LIBRARY) $(LIBS)

$(BUILD)/unit/%: tests/unit/%.c tests/unit/test.h $(LIBRARY)
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(CC) -Itests/unit $(CPPFLAGS_ALL) $(PKG_CFLAGS) $(CFLAGS_ALL) $(WARNINGS) $(DEPENDENCIES) -MF $@.d $(LDFLAGS_ALL) \
	  -o $@ $< $(LIBRARY) $(LIBS)

setup-build:
	@sh tools/setup.sh build

setup-test:
	@sh tools/setup.sh test

setup-integration:
	@sh tools/setup.sh integration

test: setup-test
	@$(SUBMAKE) all unit
	@$(PYTHON) tests/run.py --build $(BUILD) --group fast $(TEST_ARGS)

test-integration: setup-integration
	@$(SUBMAKE) all unit
	@$(PYTHON) tests/run.py --build $(BUILD) --group integration $(TEST_ARGS)

# KIND: a part of the name, as `python3 tests/run.py --only conform --list` prints them. SEEDS: of the random data, `1,2,3`.
KIND  ?=
SEEDS ?= 1
conform: setup-integration
	@$(SUBMAKE) all
	@DRC_CONFORM_SEEDS=$(SEEDS) $(PYTHON) tests/run.py --build $(BUILD) --only conform --filter 'conform/$(KIND)' -v $(TEST_ARGS)

# LONG times as many random cases, from LONG_SEED where it is given; all trials of attributes. What came of it is kept in tests/long.md.
LONG      ?= 20
LONG_SEED ?=
test-long: setup-test
	@$(SUBMAKE) all unit
	@$(PYTHON) tests/long.py --build $(BUILD) --times $(LONG) $(if $(LONG_SEED),--seed $(LONG_SEED)) -- $(TEST_ARGS)

bless: all unit
	@$(PYTHON) tests/run.py --build $(BUILD) --only cases,examples --bless $(TEST_ARGS)

# The last two need the objects: their symbols say who calls whom.
check: all
	@$(PYTHON) tools/layers.py
	@$(PYTHON) tools/format.py
	@$(PYTHON) tools/circles.py $(BUILD)
	@$(PYTHON) tools/externals.py $(BUILD) $(CC) $(CPPFLAGS_ALL) $(PKG_CFLAGS) $(CFLAGS_ALL) $(WARNINGS)

# To a file of its own first: a failure must not leave half a page.
reference: all
	@$(BUILD)/drc debug plan-schema > $(BUILD)/plan.schema.json && cp $(BUILD)/plan.schema.json compiler/plan/plan.schema.json
	@$(BUILD)/drc debug reference > $(BUILD)/reference.md
	@mv $(BUILD)/reference.md docs/reference.md

SANITIZE := -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer

check-san:
	@$(SUBMAKE) BUILD=$(BUILD)/san OPTIMISE='-O1 -g' \
	  INSTRUMENT='$(SANITIZE) -DDRC_ARENA_MALLOC' all unit
	@$(PYTHON) tests/run.py --build $(BUILD)/san --only unit,cases $(TEST_ARGS)

# Fuzzers see the same library, instrumented by clang; the corpus is seeded from cases and examples.
fuzz:
	@$(SUBMAKE) BUILD=$(BUILD)/fuzz CC=clang OPTIMISE='-O1 -g' \
	  INSTRUMENT='-fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all -DDRC_FUZZING' fuzzers
	@$(PYTHON) tests/fuzz/run.py --build $(BUILD)/fuzz --time $(FUZZ_TIME)

fuzzers: $(FUZZERS)

$(BUILD)/bin/%_fuzz: tests/fuzz/%_fuzz.c $(LIBRARY)
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(CC) $(CPPFLAGS_ALL) $(PKG_CFLAGS) $(CFLAGS_ALL) -fsanitize=fuzzer $(WARNINGS) $(DEPENDENCIES) -MF $@.d $(LDFLAGS_ALL) \
	  -o $@ $< $(LIBRARY) $(LIBS)

$(BUILD)/bench/measure: tests/bench/measure.c
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(CC) -std=c17 -D_XOPEN_SOURCE=700 -D_DEFAULT_SOURCE -O1 $(WARNINGS) -o $@ $<

bench: all $(BUILD)/bench/measure
	@$(PYTHON) tests/bench/run.py --drc $(BUILD)/drc --work $(BUILD)/bench $(BENCH_ARGS)

coverage:
	@$(SUBMAKE) BUILD=$(BUILD)/cov OPTIMISE='-O0 -g' INSTRUMENT='--coverage' all unit
	-@$(PYTHON) tests/run.py --build $(BUILD)/cov --only unit,cases,examples $(TEST_ARGS)
	@$(PYTHON) tools/coverage.py $(BUILD)/cov

# ---- demonstration -------------------------------------------------------------------------------

demo: setup-build
	@$(SUBMAKE) all
	@sh tools/demo.sh $(BUILD)

# ---- installation --------------------------------------------------------------------------------

BINDIR  := $(DESTDIR)$(PREFIX)/bin
DATADIR := $(DESTDIR)$(PREFIX)/share
DOCDIR  := $(DATADIR)/doc/drc
MANDIR  := $(DATADIR)/man/man1
MANPAGES := $(sort $(wildcard man/*.1))
COMPLETIONS := bash-completion/completions/drc zsh/site-functions/_drc fish/vendor_completions.d/drc.fish

# A folder as one word of the shell, whatever is in its name.
quoted = '$(subst ','\'',$(1))'

install: all
	$(INSTALL) -d $(call quoted,$(BINDIR)) $(call quoted,$(DOCDIR)) $(call quoted,$(MANDIR)) $(call quoted,$(DATADIR)/drc/verify)
	$(Q)for folder in $(dir $(COMPLETIONS)); do $(INSTALL) -d $(call quoted,$(DATADIR))/$$folder || exit; done
	$(INSTALL) -m 755 $(BUILD)/drc $(call quoted,$(BINDIR)/drc)
	$(INSTALL) -m 644 LICENSE $(wildcard README.md) docs/certificate.md $(call quoted,$(DOCDIR))
	$(INSTALL) -m 755 verify/drc-verify.py $(call quoted,$(DATADIR)/drc/verify)
	$(if $(MANPAGES),$(INSTALL) -m 644 $(MANPAGES) $(call quoted,$(MANDIR)))
	@# Each shell gets its completion only if this version of the program can print one.
	@$(BUILD)/drc completion bash > $(BUILD)/completion 2>/dev/null && \
	  $(INSTALL) -m 644 $(BUILD)/completion $(call quoted,$(DATADIR)/bash-completion/completions/drc) || true
	@$(BUILD)/drc completion zsh > $(BUILD)/completion 2>/dev/null && \
	  $(INSTALL) -m 644 $(BUILD)/completion $(call quoted,$(DATADIR)/zsh/site-functions/_drc) || true
	@$(BUILD)/drc completion fish > $(BUILD)/completion 2>/dev/null && \
	  $(INSTALL) -m 644 $(BUILD)/completion $(call quoted,$(DATADIR)/fish/vendor_completions.d/drc.fish) || true

uninstall:
	rm -f $(call quoted,$(BINDIR)/drc)
	$(Q)for file in $(COMPLETIONS); do rm -f $(call quoted,$(DATADIR))/$$file || exit; done
	$(Q)for page in $(notdir $(MANPAGES)); do rm -f $(call quoted,$(MANDIR))/$$page || exit; done
	rm -rf $(call quoted,$(DOCDIR)) $(call quoted,$(DATADIR)/drc)

clean:
	rm -rf $(BUILD)

# Header dependencies, written by the compiler as it goes.
-include $(OBJECTS:.o=.d) $(MAIN_OBJECT:.o=.d) $(GEN_OBJECTS:.o=.d) $(addsuffix .d,$(UNIT_TESTS) $(PROPS) $(FUZZERS))
