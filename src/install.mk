# SPDX-License-Identifier: MIT
#
# What is installed and where, and the packages made of it; included by the Makefile.
#
# There is one list of files, which install and uninstall walk, so that nothing is left.
# Directories are the user's to choose; mount(8) looks for its helpers in /sbin alone,
# which is /usr/sbin on every Debian since 12.

PREFIX     ?= /usr/local
DESTDIR    ?=
# Debian's own prefix has a directory of libraries for each architecture.
MULTIARCH  := $(shell $(CC) -print-multiarch 2>/dev/null)
BINDIR     ?= $(PREFIX)/bin
SBINDIR    ?= $(if $(filter /usr /usr/local,$(PREFIX)),/usr,$(PREFIX))/sbin
LIBDIR     ?= $(PREFIX)/lib$(if $(filter /usr,$(PREFIX)),$(MULTIARCH:%=/%))
INCLUDEDIR ?= $(PREFIX)/include
DATADIR    ?= $(PREFIX)/share
MANDIR     ?= $(DATADIR)/man
DOCDIR     ?= $(DATADIR)/doc/tfrecordfs
UNITDIR    ?= $(PREFIX)/lib/systemd
# Where units look for the program.
UNIT_BINDIR ?= $(BINDIR)
BASHDIR    ?= $(DATADIR)/bash-completion/completions
ZSHDIR     ?= $(DATADIR)/zsh/site-functions
FISHDIR    ?= $(DATADIR)/fish/vendor_completions.d

# --- The shared library, of which others see what src/libtfrecordfs.map names --------

SONAME := libtfrecordfs.so.0
SHARED := $(BUILD)/libtfrecordfs.so.$(VERSION)

$(SHARED): $(call objects,$(CORE_SRC)) src/libtfrecordfs.map
	@echo "  LD      $@"
	$(Q)$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -shared -Wl,-soname,$(SONAME) -Wl,--no-undefined \
		-Wl,--version-script,src/libtfrecordfs.map -o $@ $(filter %.o,$^) \
		-Wl,--as-needed $(shell $(PKG_CONFIG) --libs $(CORE_PKGS)) -lm

# A sanitizer's run time is in programs only.
all: $(if $(SANITIZE),,$(SHARED))

$(BUILD)/tfrecordfs.pc: src/tfrecordfs.pc.in FORCE
	@mkdir -p $(@D)
	$(Q)sed -e 's|@LIBDIR@|$(LIBDIR)|' -e 's|@INCLUDEDIR@|$(INCLUDEDIR)|' \
		-e 's|@VERSION@|$(VERSION)|' -e 's|@PKGS@|$(CORE_PKGS)|' $< > $@

# --- What is installed: MODE:FILE:TARGET ---------------------------------------------

# Program files; the tarball installs them with a program of its own.
PROGRAM ?= $(BUILD)/tfrecordfs
MANUALS := $(wildcard src/cli/*.[1-8])
UNITS   := $(wildcard $(addprefix systemd/*.,service mount automount socket target timer path))
USER_UNITS := $(wildcard systemd/user/*)
EXAMPLES   := $(wildcard systemd/examples/*)
section = $(subst .,,$(suffix $(1)))

UNIT_FILES = \
	$(foreach unit,$(UNITS),644:$(unit):$(UNITDIR)/system/$(notdir $(unit))) \
	$(foreach unit,$(USER_UNITS),644:$(unit):$(UNITDIR)/user/$(notdir $(unit)))
PROGRAM_FILES = 755:$(PROGRAM):$(BINDIR)/tfrecordfs $(UNIT_FILES) \
	$(foreach page,$(MANUALS),644:$(page):$(MANDIR)/man$(call section,$(page))/$(notdir $(page))) \
	$(foreach example,$(EXAMPLES),644:$(example):$(DOCDIR)/examples/$(notdir $(example))) \
	644:src/cli/completions/tfrecordfs.bash:$(BASHDIR)/tfrecordfs \
	644:src/cli/completions/tfrecordfs.zsh:$(ZSHDIR)/_tfrecordfs \
	644:src/cli/completions/tfrecordfs.fish:$(FISHDIR)/tfrecordfs.fish
PROGRAM_LINKS = $(SBINDIR)/mount.tfrecordfs

LIBRARY_FILES = 644:$(BUILD)/libtfrecordfs.a:$(LIBDIR)/libtfrecordfs.a \
	644:$(SHARED):$(LIBDIR)/$(notdir $(SHARED)) \
	644:$(BUILD)/tfrecordfs.pc:$(LIBDIR)/pkgconfig/tfrecordfs.pc \
	$(foreach header,$(wildcard include/tfrecordfs/*.h),644:$(header):$(INCLUDEDIR)/$(header:include/%=%))
LIBRARY_LINKS = $(LIBDIR)/$(SONAME) $(LIBDIR)/libtfrecordfs.so

# Directories that are removed when nothing else is in them; others belong to the system.
OWN_DIRECTORIES = $(INCLUDEDIR)/tfrecordfs $(LIBDIR)/pkgconfig $(BASHDIR) $(dir $(BASHDIR)) \
	$(ZSHDIR) $(dir $(ZSHDIR)) $(FISHDIR) $(dir $(FISHDIR)) \
	$(UNITDIR)/system $(UNITDIR)/user $(UNITDIR) \
	$(DOCDIR)/examples $(DOCDIR) $(dir $(DOCDIR)) \
	$(addprefix $(MANDIR)/man,$(sort $(call section,$(MANUALS))))

# $(1) is "MODE FILE TARGET".
define place_one
	install -D -m $(word 1,$(1)) $(word 2,$(1)) '$(DESTDIR)$(word 3,$(1))'

endef
place_all = $(foreach file,$(1),$(call place_one,$(subst :, ,$(file))))
targets_of = $(foreach file,$(1),'$(DESTDIR)$(word 3,$(subst :, ,$(file)))')

install: install-program install-library ## install below $(DESTDIR)$(PREFIX)
	@[ -n '$(DESTDIR)' ] || [ /sbin -ef '$(SBINDIR)' ] || \
		echo "note: mount(8) looks for mount.tfrecordfs in /sbin, not in $(SBINDIR):" \
		     "for /etc/fstab, make install SBINDIR=/sbin"
	@[ -n '$(DESTDIR)' ] || PATH=$$PATH:/sbin ldconfig 2>/dev/null || true

install-program: $(PROGRAM)
	$(call place_all,$(PROGRAM_FILES))
	sed -i 's|/usr/local/bin/|$(UNIT_BINDIR)/|g' $(call targets_of,$(UNIT_FILES))
	install -d '$(DESTDIR)$(SBINDIR)'
	ln -srf '$(DESTDIR)$(BINDIR)/tfrecordfs' '$(DESTDIR)$(SBINDIR)/mount.tfrecordfs'

install-library: $(BUILD)/libtfrecordfs.a $(SHARED) $(BUILD)/tfrecordfs.pc
	$(call place_all,$(LIBRARY_FILES))
	ln -sf $(notdir $(SHARED)) '$(DESTDIR)$(LIBDIR)/$(SONAME)'
	ln -sf $(SONAME) '$(DESTDIR)$(LIBDIR)/libtfrecordfs.so'

uninstall: ## remove what 'make install' put there
	rm -f $(call targets_of,$(PROGRAM_FILES) $(LIBRARY_FILES)) \
		$(foreach link,$(PROGRAM_LINKS) $(LIBRARY_LINKS),'$(DESTDIR)$(link)')
	for directory in $(OWN_DIRECTORIES); do \
		[ ! -d '$(DESTDIR)'$$directory ] || \
			rmdir --ignore-fail-on-non-empty '$(DESTDIR)'$$directory; done
	@[ -n '$(DESTDIR)' ] || PATH=$$PATH:/sbin ldconfig 2>/dev/null || true

# --- Packages ------------------------------------------------------------------------

# Debian's tools want debian/ at the top, so they get a copy of the tree.
DEB_TREE := build/deb/tfrecordfs-$(VERSION)
deb: ## Debian packages of the tree, in build/deb
	@command -v dh >/dev/null || { \
		echo "make: debhelper is missing: apt-get install debhelper" >&2; exit 1; }
	$(Q)rm -rf build/deb && mkdir -p $(DEB_TREE)
	$(Q)cp -a Makefile README.md LICENSE src include tests examples systemd $(DEB_TREE)
	$(Q)cp -a .debian $(DEB_TREE)/debian
	$(Q)cd $(DEB_TREE) && env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL -u DESTDIR -u WERROR \
		dpkg-buildpackage --build=binary --no-sign --jobs=$$(nproc)
	@ls build/deb/*.deb

# The program with all that Debian has as static libraries in it; ISA-L, which it has not,
# comes along.  Without names and times of this machine: the same bytes from each build.
PORTABLE      := tfrecordfs-$(VERSION)-$(shell uname -m)-linux
PORTABLE_TREE := $(BUILD)/portable/$(PORTABLE)
PORTABLE_LIBS  = $(filter-out -lm -ldl -lpthread -pthread -lisal,$(shell \
                   $(PKG_CONFIG) --static --libs $(PKGS)))
ISAL           = $(shell $(PKG_CONFIG) --variable=libdir libisal)/libisal.so.2
SOURCE_DATE_EPOCH ?= $(shell git log -1 --format=%ct 2>/dev/null || stat -c %Y Makefile)

$(BUILD)/portable/tfrecordfs: $(call objects,$(CLI_SRC)) $(ARCHIVES)
	@echo "  LD      $@"
	@mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -static-libgcc -s -o $@ $^ -Wl,-Bstatic \
		$(PORTABLE_LIBS) -Wl,-Bdynamic -lisal -lm -Wl,-rpath,'$$ORIGIN/../lib/tfrecordfs'

tarball: $(BUILD)/portable/tfrecordfs ## the program for other Linux systems, in build
	$(Q)rm -rf $(PORTABLE_TREE)
	$(Q)$(MAKE) --no-print-directory install-program PROGRAM=$< PREFIX= DESTDIR=$(PORTABLE_TREE) \
		UNIT_BINDIR=/usr/local/bin SBINDIR=/sbin BINDIR=/bin LIBDIR=/lib MANDIR=/share/man >/dev/null
	$(Q)install -D -m 644 $(ISAL) $(PORTABLE_TREE)/lib/tfrecordfs/libisal.so.2
	$(Q)install -m 644 README.md LICENSE $(PORTABLE_TREE)
	$(Q)install -d $(PORTABLE_TREE)/share/doc/tfrecordfs
	$(Q)for package in zlib1g-dev $(foreach library,$(PKGS),$(DEBIAN_$(library))); do \
		cp /usr/share/doc/$$package/copyright \
			$(PORTABLE_TREE)/share/doc/tfrecordfs/$$package.copyright; done
	$(Q)tar -C $(BUILD)/portable --sort=name --owner=0 --group=0 --numeric-owner \
		--mode=u+rw,go=rX --mtime=@$(SOURCE_DATE_EPOCH) -c $(PORTABLE) | \
		gzip -9n > build/$(PORTABLE).tar.gz
	@ls build/$(PORTABLE).tar.gz

.PHONY: install install-program install-library uninstall deb tarball
