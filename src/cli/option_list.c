/* SPDX-License-Identifier: MIT */
#include "cli/option_list.h"

#include "base/compiler.h"
#include <stddef.h>
#include <string.h>

char *trfs_option_list_next(char **list)
{
	char *word = *list, *to = word;
	const char *from = word;
	bool is_quoted = false;

	if (!word)
		return NULL;
	for (; *from && (is_quoted || *from != ','); from++) {
		if (from[0] == '\\' && (from[1] == ',' || from[1] == '"'))
			*to++ = *++from;
		else if (*from == '"')
			is_quoted = !is_quoted;
		else
			*to++ = *from;
	}
	*list = *from ? word + (from - word) + 1 : NULL;
	*to = '\0';
	return word;
}

const char *trfs_option_list_unclosed(const char *list)
{
	const char *option = list;
	bool is_quoted = false;

	for (; *list; list++) {
		if (list[0] == '\\' && (list[1] == ',' || list[1] == '"'))
			list++;
		else if (*list == '"')
			is_quoted = !is_quoted;
		else if (*list == ',' && !is_quoted)
			option = list + 1;
	}
	return is_quoted ? option : NULL;
}

bool trfs_option_list_is_mounts(const char *word)
{
	static const char *const words[] = {
		"",	    "_netdev",	   "async",	 "atime",
		"auto",	    "defaults",	   "dev",	 "diratime",
		"dirsync",  "exec",	   "group",	 "iversion",
		"lazytime", "loud",	   "mand",	 "noatime",
		"noauto",   "nodev",	   "nodiratime", "noexec",
		"nofail",   "nogroup",	   "noiversion", "nolazytime",
		"nomand",   "noowner",	   "norelatime", "nostrictatime",
		"nosuid",   "nosymfollow", "nouser",	 "nousers",
		"owner",    "relatime",	   "ro",	 "rw",
		"silent",   "strictatime", "suid",	 "symfollow",
		"sync",	    "user",	   "users",	 "default_permissions",
	};
	static const char *const beginnings[] = { "x-",	   "X-",      "comment=",
						  "user=", "helper=", "uhelper=" };

	for (size_t i = 0; i < TRFS_COUNT(words); i++)
		if (strcmp(words[i], word) == 0)
			return true;
	for (size_t i = 0; i < TRFS_COUNT(beginnings); i++)
		if (strncmp(word, beginnings[i], strlen(beginnings[i])) == 0)
			return true;
	return false;
}
