# SPDX-License-Identifier: MIT
#
# Common invocations ('make help' lists every target):
#
#   make                                  optimised build in build/release
#   make demo                             install what is missing, build, show it all
#   make check                            install what is missing, build, run every test
#   make unit SANITIZE=address,undefined  C unit tests only, with sanitizers
#   make install PREFIX=/usr DESTDIR=stage
#
# Overridable: CC CFLAGS CPPFLAGS LDFLAGS PKG_CONFIG SANITIZE WERROR V
#              BENCH (options of tests/bench/run)
#              PREFIX DESTDIR and the directories of src/install.mk

VERSION := 0.1.0

CFLAGS     ?= -O2 -g
PKG_CONFIG ?= pkg-config
SANITIZE   ?=
WERROR     ?=
Q := $(if $(filter 1,$(V)),,@)

# One directory per flavour, so that a sanitizer run neither mixes its objects
# with the normal build nor forces a rebuild of it.
comma := ,
BUILD := build/$(if $(SANITIZE),$(subst $(comma),-,$(SANITIZE)),release)

# Libraries, and the Debian package that a missing one is found in.
CORE_PKGS := jansson libjpeg libpng libisal libcrypto expat yaml-0.1
PKGS := fuse3 $(CORE_PKGS)
DEBIAN_fuse3     := libfuse3-dev
DEBIAN_jansson   := libjansson-dev
DEBIAN_libjpeg   := libjpeg-dev
DEBIAN_libpng    := libpng-dev
DEBIAN_libisal   := libisal-dev
DEBIAN_libcrypto := libssl-dev
DEBIAN_expat     := libexpat1-dev
DEBIAN_yaml-0.1  := libyaml-dev
DEBIAN_cmocka    := libcmocka-dev

PKG_CFLAGS = $(shell $(PKG_CONFIG) --cflags $(PKGS))
PKG_LIBS   = $(shell $(PKG_CONFIG) --libs $(PKGS)) -lm

WARNINGS := -Wall -Wextra -Wconversion -Wshadow -Wundef -Wvla -Wmissing-prototypes \
            -Wstrict-prototypes -Wwrite-strings -Wpointer-arith -Wformat=2 \
            -Wimplicit-fallthrough $(if $(WERROR),-Werror)
SANITIZERS := $(if $(SANITIZE),-fsanitize=$(SANITIZE) \
                -fno-sanitize-recover=all -fno-omit-frame-pointer)

# Ours first, so that the user's win.  No contraction: split quotas and normalised
# boxes must come out alike on machines with and without fused multiply-add.
ALL_CPPFLAGS = -Isrc -Iinclude -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 \
               -DTRFS_VERSION='"$(VERSION)"' $(PKG_CFLAGS) $(CPPFLAGS)
ALL_CFLAGS   = -std=c11 -pthread -ffp-contract=off -fPIC $(WARNINGS) $(SANITIZERS) $(CFLAGS)
ALL_LDFLAGS  = -pthread $(SANITIZERS) $(LDFLAGS)

# Sources: one directory per layer, lowest first.  The list is the architecture;
# tests/lint/check-layers rejects an include that points upwards.
LAYERS   := base wire image manifest dataset index stream fuse
layer_sources = $(foreach layer,$(1),$(sort $(wildcard src/$(layer)/*.c)))
CORE_SRC := $(call layer_sources,$(filter-out fuse,$(LAYERS)))
FUSE_SRC := $(call layer_sources,fuse)
CLI_SRC  := $(sort $(wildcard src/cli/*.c))
UNIT_SRC := $(sort $(wildcard tests/unit/test_*.c))
HELP_SRC := $(sort $(filter-out $(UNIT_SRC),$(wildcard tests/unit/*.c)))

objects = $(patsubst %.c,$(BUILD)/%.o,$(1))

.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
.SECONDARY:
.SUFFIXES:

# The library as others link it, which ends below fuse, and what our own programs link.
ARCHIVES := $(BUILD)/fuse.a $(BUILD)/libtfrecordfs.a

all: $(BUILD)/tfrecordfs $(BUILD)/libtfrecordfs.a ## build program and library; installs nothing

# Fails before the first compilation, naming the package to install.
need-%:
	@command -v $(PKG_CONFIG) >/dev/null || { \
		echo "make: $(PKG_CONFIG) is missing: apt-get install pkg-config" >&2; exit 1; }
	@$(PKG_CONFIG) --exists $* || { \
		echo "make: the library $* is missing: apt-get install $(DEBIAN_$*)" >&2; exit 1; }

$(BUILD)/tfrecordfs: $(call objects,$(CLI_SRC)) $(ARCHIVES)
	@echo "  LD      $@"
	$(Q)$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $^ $(PKG_LIBS)

$(BUILD)/libtfrecordfs.a: $(call objects,$(CORE_SRC))
$(BUILD)/fuse.a: $(call objects,$(FUSE_SRC))
$(ARCHIVES):
	@echo "  AR      $@"
	$(Q)rm -f $@ && $(AR) rcs $@ $^

$(BUILD)/%.o: %.c $(BUILD)/flags
	@echo "  CC      $<"
	@mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

# Rewritten only when a flag changed, which rebuilds whatever depends on it.
FLAGS_NOW = $(subst ','\'',$(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) $(ALL_LDFLAGS))
$(BUILD)/flags: FORCE | $(addprefix need-,$(PKGS))
	@mkdir -p $(@D)
	@echo '$(FLAGS_NOW)' | cmp -s - $@ || echo '$(FLAGS_NOW)' > $@

$(BUILD)/tests/unit/test_%: $(BUILD)/tests/unit/test_%.o $(call objects,$(HELP_SRC)) \
                            $(ARCHIVES)
	@echo "  LD      $@"
	$(Q)$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $^ -lcmocka $(PKG_LIBS)

# Storage at its worst, for the tests of mounts.
FAULTS_SRC := $(sort $(wildcard tests/faults/*.c))
FAULTS_BIN := $(patsubst %.c,$(BUILD)/%,$(FAULTS_SRC))
$(FAULTS_BIN): %: %.o
	@echo "  LD      $@"
	$(Q)$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $^ $(PKG_LIBS)

# The program, and what a mount does, with what refuses them memory and threads, one place
# at a time.
SCARCITY_SRC  := $(sort $(wildcard tests/scarcity/*.c))
SCARCITY_HELP := $(addprefix tests/scarcity/,refusals.c runner.c sites.c)
SCARCITY_BIN  := $(addprefix $(BUILD)/tests/scarcity/,commands serve)
SCARCITY_WRAP := -rdynamic $(addprefix -Wl$(comma)--wrap=,main mmap pthread_create \
                  EVP_MD_CTX_new EVP_DigestInit_ex EVP_Digest)

# Called before a sanitizer is ready, so without it.
$(addprefix $(BUILD)/tests/scarcity/,refusals.o sites.o): SANITIZERS :=
$(BUILD)/tests/scarcity/refusals.o: CPPFLAGS += $(if $(SANITIZE),-DTRFS_SANITIZED)

$(BUILD)/tests/scarcity/commands: $(call objects,$(CLI_SRC) $(SCARCITY_HELP)) \
                                  $(ARCHIVES)
$(BUILD)/tests/scarcity/serve: $(call objects,tests/scarcity/serve.c $(SCARCITY_HELP)) \
                               $(ARCHIVES)

$(SCARCITY_BIN):
	@echo "  LD      $@"
	$(Q)$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) $(SCARCITY_WRAP) -o $@ $^ $(PKG_LIBS)

UNIT_BIN := $(patsubst %.c,$(BUILD)/%,$(UNIT_SRC))
unit-build: need-cmocka all $(UNIT_BIN) $(FAULTS_BIN) $(SCARCITY_BIN)
unit: unit-build ## build and run the C unit tests of this flavour
	$(Q)tests/run unit $(BUILD)

# Fuzz targets, each a program that replays inputs in any flavour, and a fuzzer in the
# flavour that 'make fuzz' builds with clang.  In all of them the window over a manifest
# begins with eight bytes, so that short inputs cross its border as real files do.
FUZZ_SRC    := $(sort $(wildcard tests/fuzz/fuzz_*.c))
FUZZ_HELP   := tests/fuzz/index_forge.c tests/fuzz/index_seed.c tests/fuzz/kernel.c \
               tests/fuzz/mounted.c tests/fuzz/source_files.c tests/unit/small_catalog.c
FUZZ_SHARED  = $(call objects,$(FUZZ_HELP)) $(BUILD)/tests/fuzz/small_window.o \
               $(BUILD)/tests/fuzz/cli.a $(ARCHIVES)

$(BUILD)/tests/fuzz/small_window.o: src/manifest/window.c $(BUILD)/flags
	@echo "  CC      $< (small)"
	@mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) -DTRFS_WINDOW_CAPACITY_FIRST=8 -MMD -MP -c -o $@ $<

# The command line's parts, for targets that have a main() of their own.
$(BUILD)/tests/fuzz/cli.a: $(call objects,$(filter-out src/cli/main.c,$(CLI_SRC)))
	@echo "  AR      $@"
	@mkdir -p $(@D)
	$(Q)rm -f $@ && $(AR) rcs $@ $^

$(BUILD)/tests/fuzz/replay_%: $(BUILD)/tests/fuzz/fuzz_%.o $(BUILD)/tests/fuzz/driver.o \
                              $(FUZZ_SHARED)
	@echo "  LD      $@"
	$(Q)$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $^ $(PKG_LIBS)

$(BUILD)/tests/fuzz/fuzz_%: $(BUILD)/tests/fuzz/fuzz_%.o $(FUZZ_SHARED)
	@echo "  LD      $@"
	$(Q)$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -fsanitize=fuzzer -o $@ $^ $(PKG_LIBS)

fuzz-replay-build: $(patsubst tests/fuzz/fuzz_%.c,$(BUILD)/tests/fuzz/replay_%,$(FUZZ_SRC))
fuzz-build: $(patsubst %.c,$(BUILD)/%,$(FUZZ_SRC))
fuzz: ## run each fuzz target for FUZZ_SECONDS (60), one after the other
	$(Q)$(MAKE) --no-print-directory BUILD=build/fuzz CC=clang-14 \
		SANITIZE=fuzzer-no-link,address,undefined fuzz-build
	$(Q)tests/fuzz/run build/fuzz

demo: ## install what is missing, build, mount real images and train on them
	$(Q)tests/setup/install
	$(Q)$(MAKE) --no-print-directory all
	$(Q)examples/demo

check: ## install what is missing, build every flavour, run the tests
	$(Q)tests/setup/install --tests
	$(Q)tests/run all

check-all: ## the same, and what takes long: engines, packages in fresh Debian systems, ...
	$(Q)tests/setup/install --tests
	$(Q)tests/run everything

BENCH_BIN := $(patsubst %.c,$(BUILD)/%,$(wildcard tests/bench/*.c))
$(BENCH_BIN): %: %.o $(ARCHIVES)
	@echo "  LD      $@"
	$(Q)$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $^ $(PKG_LIBS)

bench: ## install what is missing, measure all others beside us, rewrite tests/bench/README.md
	$(Q)tests/setup/install --bench
	$(Q)$(MAKE) --no-print-directory all $(BENCH_BIN)
	$(Q)tests/bench/run $(BENCH)

soak: unit-build ## readers, reloads, faults and mounts at once, for SOAK_SECONDS (600)
	$(Q)BUILD=$(BUILD) tests/run soak --seconds $(or $(SOAK_SECONDS),600)

lint: ## layers, symbols, headers, clang-tidy, cppcheck, manual page
	$(Q)tests/run lint

include src/install.mk

clean: ## remove what was built; keeps the virtual environment and the demo's data
	rm -rf build/release build/address-undefined build/thread build/fuzz build/deb

distclean: ## remove build/ altogether
	rm -rf build

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  \1\t\2/p' Makefile src/install.mk | expand -t 20

.PHONY: all demo check check-all bench soak lint unit unit-build fuzz fuzz-build fuzz-replay-build \
        clean distclean help FORCE
FORCE:

-include $(patsubst %.o,%.d,$(call objects,$(CORE_SRC) $(FUSE_SRC) $(CLI_SRC) $(UNIT_SRC) $(HELP_SRC) $(FAULTS_SRC) \
           $(SCARCITY_SRC) \
           $(FUZZ_SRC) $(FUZZ_HELP) tests/fuzz/driver.c tests/fuzz/small_window.c))
