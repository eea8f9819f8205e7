/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Logging to standard error, one line a message, with systemd's level prefix ("<4>") when the
 * journal reads it. Text from outside is escaped, so nobody forges a line. No case data goes in.
 */
#ifndef KEDJA_BASE_LOG_H
#define KEDJA_BASE_LOG_H

#include <stdbool.h>

#include "rules/base/mem.h"

enum log_level {
	LOG_LEVEL_ERROR = 3,
	LOG_LEVEL_WARNING = 4,
	LOG_LEVEL_NOTICE = 5,
	LOG_LEVEL_DEBUG = 7
};

void log_open(const char *program, enum log_level most); /* prefix; what is shown at the most */
void log_error(const char *format, ...) PRINTF_LIKE(1, 2);
void log_warning(const char *format, ...) PRINTF_LIKE(1, 2);
void log_notice(const char *format, ...) PRINTF_LIKE(1, 2);
void log_debug(const char *format, ...) PRINTF_LIKE(1, 2);

#endif
