/* SPDX-License-Identifier: EUPL-1.2 */
/* See host.h. */
#include "daemon/base/host.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "rules/base/mem.h"

#define HOSTS "/etc/hosts"
#define BLANK " \t\r\n"

bool host_name_is_whole(const char *name)
{
	const char *dot = strchr(name, '.');
	return dot != NULL && dot != name && dot[1] != '\0' &&
	       strcasecmp(name, "localhost.localdomain") != 0;
}

static bool can_be_said(const char *name)
{
	return *name != '\0' &&
	       name[strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				 "0123456789.-")] == '\0';
}

/* "127.0.1.1 kedja.example.se kedja": the first whole name of a line that has the short one, too.
 */
static char *completed_by(char *line, const char *name)
{
	char *rest = NULL, *whole = NULL;
	bool is_ours = false;
	line[strcspn(line, "#")] = '\0';
	strtok_r(line, BLANK, &rest);
	for (char *word; (word = strtok_r(NULL, BLANK, &rest)) != NULL;) {
		is_ours = is_ours || strcasecmp(word, name) == 0;
		if (whole == NULL && can_be_said(word) && host_name_is_whole(word))
			whole = word;
	}
	return is_ours && whole != NULL ? xstrdup(whole) : NULL;
}

char *host_name_by(const char *name, const char *hosts)
{
	char line[1024], *whole = NULL;
	if (!can_be_said(name))
		return xstrdup("localhost");
	FILE *file = host_name_is_whole(name) ? NULL : fopen(hosts, "re");
	while (file != NULL && whole == NULL && fgets(line, sizeof(line), file) != NULL)
		whole = completed_by(line, name);
	if (file != NULL)
		fclose(file);
	return whole == NULL ? xstrdup(name) : whole;
}

char *host_name(void)
{
	char name[256] = "";
	if (gethostname(name, sizeof(name) - 1) != 0)
		name[0] = '\0';
	return host_name_by(name, HOSTS);
}
