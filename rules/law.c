/* See law.h. */
#include "rules/law.h"

#define DAYS_BEFORE_FORFEITURE 7  /* 42 par. first paragraph 1 */
#define DAYS_OF_RECOVERY       21 /* 44 par. first paragraph 1 */
#define DAYS_BEFORE_DECISION   2  /* 44 par. second paragraph, in weekdays */

struct law_late law_late_rent(const struct calendar *calendar, const struct rent_days *days)
{
	date week = date_add_days(days->due_latest, DAYS_BEFORE_FORFEITURE);
	date over = calendar_adjust(calendar, week, ADJUST_STATUTORY);
	return (struct law_late){
		.safe_until = date_add_days(days->due_early, DAYS_BEFORE_FORFEITURE),
		.notice_from = date_add_days(over, 1),
	};
}

/* What a weekday is when they are counted, the law does not say: days on which banks work give
 * the later date. */
struct law_recovery law_recovery(const struct calendar *calendar, date served, date told)
{
	date both = date_add_days(served > told ? served : told, DAYS_OF_RECOVERY);
	date last = calendar_adjust(calendar, both, ADJUST_STATUTORY);
	date passed = last;
	for (int left = DAYS_BEFORE_DECISION; left > 0 && passed != DATE_NONE; left--)
		do
			passed = date_add_days(passed, 1);
		while (passed != DATE_NONE && !calendar_is_bank_day(calendar, passed));
	return (struct law_recovery){ last, date_add_days(passed, 1) };
}

date law_open_ended_from(date ends_on)
{
	return date_add_months(ends_on, 1);
}
