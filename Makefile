# SPDX-License-Identifier: EUPL-1.2
# kedja: how it is built, tried, checked and installed. `make help` lists what can be asked for.
#
# Everything that is made lies under $(B); nothing is written beside the sources. A source file is
# built because it is there: there are no lists of files to keep.

VERSION = 0.1
B ?= build
PREFIX ?= /usr/local
SYSCONFDIR ?= /etc
UNITDIR ?= $(PREFIX)/lib/systemd/system
SYSUSERSDIR ?= $(PREFIX)/lib/sysusers.d
TMPFILESDIR ?= $(PREFIX)/lib/tmpfiles.d
SBINDIR = $(PREFIX)/sbin
BINDIR = $(PREFIX)/bin
MANDIR = $(PREFIX)/share/man
COMPLETIONDIR = $(PREFIX)/share/bash-completion/completions

ifeq ($(origin CC),default)
CC = gcc
endif
MACHINE := $(shell uname -m)
SANITIZE ?=
FUZZ_SECONDS ?= 4

# Packages, by what they are for (contrib/deps.sh knows the names).
PACKAGES_build = build
PACKAGES_run = build demo
PACKAGES_test = build demo test
PACKAGES_prove = build demo test prove
PACKAGES_bench = build demo bench
PACKAGES_all = build demo test bench

# --- flags ---------------------------------------------------------------------------------------

CFLAGS ?= -g -O2
STRICT = -std=c17 -D_GNU_SOURCE -Wall -Wextra -Wshadow -Werror -Wformat -Werror=format-security -I. \
	-DKEDJA_VERSION=\"$(VERSION)\"

ifneq ($(SANITIZE),)
# -w: the instrumentation makes gcc see ghosts; the plain build is the one that warns.
HARDEN = -fsanitize=$(SANITIZE) -fno-sanitize-recover=all -fno-omit-frame-pointer -w
HARDEN_LINK = -fsanitize=$(SANITIZE)
else
HARDEN = -fPIE -fstack-protector-strong -D_FORTIFY_SOURCE=2 -fstack-clash-protection
ifneq ($(filter x86_64 i686,$(MACHINE)),)
HARDEN += -fcf-protection
endif
HARDEN_LINK = -pie -Wl,-z,relro -Wl,-z,now
endif

# Asked only when a recipe needs it: pkg-config may be among what has to be installed first.
MAIL_CFLAGS = $(eval MAIL_CFLAGS := $$(shell pkg-config --cflags gmime-3.0 libical))$(MAIL_CFLAGS)
LIBS_rules = $(eval LIBS_rules := $$(shell pkg-config --libs libconfig) -lm)$(LIBS_rules)
LIBS_daemon = $(eval LIBS_daemon := $$(shell pkg-config --libs libevent_core sqlite3 jansson nettle))$(LIBS_daemon)
LIBS_mailer = $(eval LIBS_mailer := -lesmtp $$(shell pkg-config --libs openssl gmime-3.0 libical jansson))$(LIBS_mailer)
LIBS_ctl = $(eval LIBS_ctl := $$(shell pkg-config --libs jansson sqlite3 expat))$(LIBS_ctl)
LIBS_cmocka = $(eval LIBS_cmocka := $$(shell pkg-config --libs cmocka))$(LIBS_cmocka)

COMPILE = $(CC) $(STRICT) $(HARDEN) $(CPPFLAGS) $(CFLAGS) -MMD -MP
LINK = $(CC) $(CFLAGS) $(HARDEN_LINK) $(LDFLAGS) -Wl,--as-needed

# A sub-make uses all processors unless the one who called said otherwise.
JOBS = $(if $(filter -j% --jobserver%,$(MAKEFLAGS)),,-j$(shell nproc))
SUBMAKE = $(MAKE) --no-print-directory $(JOBS)

# --- sources -------------------------------------------------------------------------------------

# Rooms may lie in rooms: every file below a folder, but for the main programs.
files = $(sort $(shell find $(1) -name '$(2)'))
SRC_all := $(call files,rules daemon,*.c)
SRC_rules = $(filter rules/%,$(SRC_all))
SRC_mailer = $(filter-out %/main.c,$(filter daemon/mailer/%,$(SRC_all)))
SRC_ctl = $(filter-out %/main.c,$(filter daemon/ctl/%,$(SRC_all)))
SRC_daemon = $(filter-out daemon/main.c daemon/mailer/% daemon/ctl/%,$(filter daemon/%,$(SRC_all)))

objects = $(patsubst %.c,$(B)/obj/%.o,$(1))
OBJ_rules = $(call objects,$(SRC_rules))
OBJ_daemon = $(call objects,$(SRC_daemon))
OBJ_mailer = $(call objects,$(SRC_mailer))
OBJ_ctl = $(call objects,$(SRC_ctl))

LIBRARIES = $(addprefix $(B)/,libctl.a libmailer.a libdaemon.a librules.a)
PROGRAMS = $(addprefix $(B)/,kedjad kedja-mailer kedjactl)
TESTS = $(patsubst tests/unit/%.c,$(B)/tests/%,$(wildcard tests/unit/test_*.c))
FUZZERS = $(patsubst tests/fuzz/%.c,$(B)/fuzz/%,$(wildcard tests/fuzz/fuzz_*.c))
BENCHES = $(patsubst tests/bench/%.c,$(B)/bench/%,$(wildcard tests/bench/*.c))
C_FILES = $(call files,rules daemon tests,*.[ch])
MANUALS = $(call files,rules daemon conf,*.[1-9])

# --- what can be asked for -------------------------------------------------------------------------

# Asked for together, these go one after the other; each is parallel within itself.
ifneq ($(filter run check prove sanitize mutants bench check-source fuzz fuzz-brief coverage,$(MAKECMDGOALS)),)
.NOTPARALLEL:
endif

.PHONY: all tests run check prove sanitize mutants bench check-source format fuzz-brief fuzz coverage \
	install deps clean help FORCE

all: $(PROGRAMS) ## the three programs: kedjad, kedja-mailer, kedjactl (the default)

tests: all $(TESTS) $(B)/tests/lost_commits.so $(B)/tests/bad_calls.so ## the programs of the unit tests

run: $(B)/.packages-run ## the demonstration: two years of a housing chain and the letters it sends
	+@$(SUBMAKE) all
	@BUILD=$(abspath $(B)) contrib/demo/run

check: $(B)/.packages-test ## all tests
	+@$(SUBMAKE) tests
	@BUILD=$(B) tests/run

# Packages that are large and serve this alone are of the purpose "prove" in contrib/deps.sh.
prove: $(B)/.packages-prove ## what is too long for every day: all years, 1,000 cases, 200 kills, a busy machine
	+@$(SUBMAKE) tests
	@BUILD=$(B) KEDJA_LONG=1 VERDICT_CASES=1000 EQUAL_SETS=1000 SILENT_HISTORIES=1000 \
		tests/run tests/years/*.bats \
		tests/faults/*.bats tests/system/real_clock.bats tests/system/lost_commits.bats \
		tests/unit/test_verdict.c tests/unit/test_equal.c tests/unit/test_never_silent.c
	@echo "All tests once more, beside four processes that only reckon:"
	@stress-ng --quiet --cpu 4 & busy=$$!; trap 'kill $$busy' EXIT; BUILD=$(B) tests/run

sanitize: $(B)/.packages-test ## all tests again, under the address and undefined behaviour sanitizers
	+@$(SUBMAKE) B=$(B)/sanitize SANITIZE=address,undefined CFLAGS='-g -O1' tests
	@BUILD=$(B)/sanitize tests/run

mutants: all ## changes each number of each shipped rule: do the rule tests notice?
	@BUILD=$(abspath $(B)) tests/mutants.py

bench: $(B)/.packages-bench ## ratios against other programs, measured in the same run
	+@$(SUBMAKE) benches
	@BUILD=$(B) tests/bench/run

check-source: $(B)/.packages-test ## floors, forbidden calls, formatting, manuals against the code
	+@$(SUBMAKE) all
	@BUILD=$(B) tests/check-source.sh

format: $(B)/.packages-test ## lays out all C files by .clang-format
	@clang-format-14 -i $(C_FILES)

fuzz-brief: $(B)/.packages-test ## each fuzz target on its seeds and for FUZZ_SECONDS
	+@$(SUBMAKE) B=$(B)/fuzzing CC=clang-14 SANITIZE=address,undefined CFLAGS='-g -O1' fuzzers
	@BUILD=$(B)/fuzzing tests/fuzz/run $(FUZZ_SECONDS)

fuzz: $(B)/.packages-test ## the same for longer: ten minutes each, or FUZZ_SECONDS
	@$(MAKE) --no-print-directory fuzz-brief \
		FUZZ_SECONDS=$(if $(filter file,$(origin FUZZ_SECONDS)),600,$(FUZZ_SECONDS))

coverage: $(B)/.packages-test ## which lines and branches the tests reach
	+@$(SUBMAKE) B=$(B)/coverage CFLAGS='-g -O0 --coverage' HARDEN= HARDEN_LINK= tests
	@find $(B)/coverage -name '*.gcda' -delete
	@BUILD=$(B)/coverage tests/run || echo "Tests failed: the figures are of what was reached."
	@mkdir -p $(B)/coverage/report
	@gcovr --root . --object-directory $(B)/coverage --filter rules/ --filter daemon/ \
		--exclude-throw-branches --html-details $(B)/coverage/report/index.html \
		--print-summary -j 2
	@echo "The report is in $(B)/coverage/report/index.html"

deps: $(B)/.packages-all ## installs what building, trying, testing and measuring need

clean: ## removes what was made
	rm -rf $(B)

help: ## this list
	@sed -n 's/^\([a-z-]*\):[^#]*## \(.*\)/  make \1\t\2/p' $(firstword $(MAKEFILE_LIST)) | expand -t 24
	@echo "  Settings: B= (build folder) PREFIX= DESTDIR= SYSCONFDIR= CC= CFLAGS= FUZZ_SECONDS="

# --- packages ----------------------------------------------------------------------------------------

# Asked again only when packages have come or gone. The targets above install what is missing;
# a plain `make` only says what it is.
DPKG_STATUS = $(wildcard /var/lib/dpkg/status)

$(B)/.packages-%: contrib/deps.sh $(DPKG_STATUS)
	@contrib/deps.sh $(PACKAGES_$*)
	@mkdir -p $(@D) && touch $@

$(B)/.packages: contrib/deps.sh $(DPKG_STATUS)
	@contrib/deps.sh --check $(PACKAGES_build)
	@mkdir -p $(@D) && touch $@

# --- objects, libraries, programs ----------------------------------------------------------------------

# Other flags or another set of files: made anew.
$(B)/.flags: FORCE | $(B)/.packages
	@echo '$(COMPILE) / $(LINK)' | cmp -s - $@ || echo '$(COMPILE) / $(LINK)' > $@

$(B)/.sources: FORCE | $(B)/.packages
	@echo '$(SRC_rules) $(SRC_daemon) $(SRC_mailer) $(SRC_ctl)' | cmp -s - $@ || \
		echo '$(SRC_rules) $(SRC_daemon) $(SRC_mailer) $(SRC_ctl)' > $@

$(B)/obj/daemon/mailer/%.o: daemon/mailer/%.c $(B)/.flags
	@mkdir -p $(@D)
	@echo "  CC    $<"
	@$(COMPILE) $(MAIL_CFLAGS) -c -o $@ $<

$(B)/obj/%.o: %.c $(B)/.flags
	@mkdir -p $(@D)
	@echo "  CC    $<"
	@$(COMPILE) -c -o $@ $<

define archive
@echo "  AR    $@"
@rm -f $@
@ar qcsD $@ $(filter %.o,$^) # q: two rooms may hold files of one name
endef

$(B)/librules.a: $(OBJ_rules) $(B)/.sources
	$(archive)
$(B)/libdaemon.a: $(OBJ_daemon) $(B)/.sources
	$(archive)
$(B)/libmailer.a: $(OBJ_mailer) $(B)/.sources
	$(archive)
$(B)/libctl.a: $(OBJ_ctl) $(B)/.sources
	$(archive)

define program
@echo "  LINK  $@"
@$(LINK) -o $@ $(filter %.o %.a,$^)
endef

# What each program may link is decided here: the daemon speaks no SMTP, the mailer has no database.
$(B)/kedjad: $(B)/obj/daemon/main.o $(B)/libdaemon.a $(B)/librules.a
	$(program) $(LIBS_daemon) $(LIBS_rules)
$(B)/kedja-mailer: $(B)/obj/daemon/mailer/main.o $(B)/libmailer.a $(B)/libdaemon.a $(B)/librules.a
	$(program) $(LIBS_mailer)
$(B)/kedjactl: $(B)/obj/daemon/ctl/main.o $(B)/libctl.a $(B)/libdaemon.a $(B)/librules.a
	$(program) $(LIBS_ctl) $(LIBS_rules)

$(B)/tests/%: tests/unit/%.c $(LIBRARIES) $(B)/.flags
	@mkdir -p $(@D)
	@echo "  TEST  $<"
	@$(COMPILE) $(MAIL_CFLAGS) -MF $@.d -o $@ $< -Wl,--as-needed $(HARDEN_LINK) $(LDFLAGS) \
		-Wl,--start-group $(LIBRARIES) -Wl,--end-group \
		$(LIBS_cmocka) $(LIBS_daemon) $(LIBS_mailer) $(LIBS_ctl) $(LIBS_rules)

# Loaded into a daemon under test; without the sanitizers, which the program brings along.
$(B)/tests/%.so: tests/system/%.c $(B)/.flags
	@mkdir -p $(@D)
	@echo "  TEST  $<"
	@$(CC) -std=c17 -O1 -Wall -Wextra -shared -fPIC -o $@ $< -ldl

.PHONY: benches
benches: all $(BENCHES)

$(B)/bench/%: tests/bench/%.c $(B)/.flags
	@mkdir -p $(@D)
	@echo "  BENCH $<"
	@$(COMPILE) -MF $@.d -o $@ $< $(HARDEN_LINK) $(LDFLAGS) -lsqlite3

.PHONY: fuzzers
fuzzers: $(FUZZERS)

# The fuzzer's own instrumentation goes into every object; only the target gets its main program.
ifneq ($(findstring clang,$(CC)),)
ifneq ($(SANITIZE),)
HARDEN += -fsanitize=fuzzer-no-link
endif
endif

$(B)/fuzz/%: tests/fuzz/%.c $(LIBRARIES) $(B)/.flags
	@mkdir -p $(@D)
	@echo "  FUZZ  $<"
	@$(COMPILE) $(MAIL_CFLAGS) -fsanitize=fuzzer -MF $@.d -o $@ $< -Wl,--as-needed \
		-Wl,--start-group $(LIBRARIES) -Wl,--end-group \
		$(LIBS_daemon) $(LIBS_mailer) $(LIBS_ctl) $(LIBS_rules)

-include $(SRC_all:%.c=$(B)/obj/%.d) $(wildcard $(B)/tests/*.d $(B)/fuzz/*.d $(B)/bench/*.d)

# --- install -------------------------------------------------------------------------------------------

# Configuration that is there already stays as it is; a newer one is put beside it as *.new.
install: all ## installs under DESTDIR and PREFIX; keeps configuration that is there
	install -d $(DESTDIR)$(SBINDIR) $(DESTDIR)$(BINDIR) $(DESTDIR)$(UNITDIR) \
		$(DESTDIR)$(SYSUSERSDIR) $(DESTDIR)$(TMPFILESDIR) $(DESTDIR)$(SYSCONFDIR)/kedja
	install -m 0755 $(B)/kedjad $(B)/kedja-mailer $(DESTDIR)$(SBINDIR)
	install -m 0755 $(B)/kedjactl $(DESTDIR)$(BINDIR)
	install -D -m 0644 contrib/completion/kedjactl $(DESTDIR)$(COMPLETIONDIR)/kedjactl
	@for manual in $(MANUALS); do \
		folder=$(DESTDIR)$(MANDIR)/man$${manual##*.}; \
		install -d $$folder && install -m 0644 $$manual $$folder || exit 1; \
	done
	sed -e 's|/usr/sbin/|$(SBINDIR)/|g' -e 's|/usr/bin/kedjactl|$(BINDIR)/kedjactl|g' \
		-e 's|/etc/kedja|$(SYSCONFDIR)/kedja|g' \
		contrib/kedjad.service > $(DESTDIR)$(UNITDIR)/kedjad.service
	install -m 0644 contrib/kedja.sysusers $(DESTDIR)$(SYSUSERSDIR)/kedja.conf
	install -m 0644 contrib/kedja.tmpfiles $(DESTDIR)$(TMPFILESDIR)/kedja.conf
	@contrib/install-conf.sh conf $(DESTDIR)$(SYSCONFDIR)/kedja
