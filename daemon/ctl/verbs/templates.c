/* SPDX-License-Identifier: EUPL-1.2 */
/* Templates of letters: checked against the rules, and shown as they would read. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/base/clock.h"
#include "daemon/ctl/complaint.h"
#include "daemon/ctl/show.h"
#include "daemon/ctl/verbs/verbs.h"
#include "daemon/letters/letter.h"
#include "rules/check/explain.h"
#include "rules/plan/steps.h"
#include "rules/time/law.h"

/* --- check ---------------------------------------------------------------------------------- */

static struct templates *load(const struct invocation *call, size_t argument, struct office **ret,
			      struct problems *problems)
{
	const char *dir = invocation_argument(call, argument);
	dir = dir == NULL ? call->conf : dir;
	*ret = office_load(dir, problems);
	if (*ret == NULL)
		return NULL;
	char *folder = complaint_templates_folder(dir, *ret);
	struct templates *templates = templates_load(folder, (*ret)->ruleset, problems);
	free(folder);
	return templates;
}

int verb_templates_check(const struct invocation *call)
{
	struct problems problems = PROBLEMS_NONE;
	struct office *office;
	struct templates *templates = load(call, 0, &office, &problems);
	if (templates != NULL)
		templates_review(templates, office->ruleset, &problems);
	int code = complaint_show(call, "templates",
				  templates == NULL ? -1 : (long long)templates_count(templates),
				  &problems);
	templates_free(templates);
	office_free(office);
	problems_clear(&problems);
	return code;
}

/* --- preview: a sample ---------------------------------------------------------------------- */

/* What the sample is made of. Nobody of these is anybody. */
#define SAMPLE_CASE      "K-0417"
#define SAMPLE_PROGRAMME "norr"
#define SAMPLE_READER    "Anna Ek"
#define SAMPLE_OTHER     "Bo Ask"

struct sample {
	const struct office *office;
	const struct rule *rule;
	const struct step *step;
	const char *key;
	const char *language;
	struct rent_days days; /* of the month, where the key is one */
	struct deadline deadline;
	struct arena *arena;
};

static date today_of(const struct office *office)
{
	struct clock *clock = clock_new(calendar_zone(office->calendar));
	date today = clock == NULL ? date_from_ymd(2026, 1, 1) : civil_date(clock_now_civil(clock));
	clock_free(clock);
	return today;
}

static date day_of_step(const struct sample *sample, const struct step *step)
{
	return civil_date(steps_hour(&sample->deadline, sample->office->calendar, step, 1));
}

static bool is_monthly(const struct rule *rule)
{
	const struct kind *kind = rule->starts_count == 0 ? NULL : rule->starts[0].kind;
	return rule->per_key && kind != NULL && kind->key_means != NULL &&
	       strcmp(kind->key_means, "month") == 0;
}

/* A rule about months is told of the month after this one, with that month's own days; of several
 * of another kind it is "exempel". */
static void choose(struct sample *sample, date today)
{
	int year, month, day;
	date anchor = today;
	sample->key = sample->rule->per_key ? "exempel" : "";
	date_to_ymd(today, &year, &month, &day);
	if (is_monthly(sample->rule)) {
		const char *from = sample->rule->from == NULL ? "" : sample->rule->from;
		sample->key = arena_printf(sample->arena, "%04d-%02d",
					   month == 12 ? year + 1 : year, month % 12 + 1);
		if (law_rent_days(sample->office->calendar, sample->key, DATE_NONE, false,
				  &sample->days) == 0)
			anchor = strcmp(from, "due_early") == 0    ? sample->days.due_early
				 : strcmp(from, "due_latest") == 0 ? sample->days.due_latest
								   : sample->days.due_on;
	}
	sample->deadline = explain_sample(sample->office->ruleset, sample->rule, anchor);
}

/* The event that it rests on, with its open fields: dates that fit, other words. */
static const struct event *event_of(const struct sample *sample)
{
	const struct rule *rule = sample->rule;
	if (rule->starts_count == 0)
		return NULL;
	const struct kind *kind = rule->starts[0].kind;
	struct event *event = arena_alloc(sample->arena, sizeof(*event));
	struct value *values =
	    arena_alloc(sample->arena, (kind->field_count + 1) * sizeof(*values));
	for (size_t i = 0; i < kind->field_count; i++) {
		const struct field *field = &kind->fields[i];
		bool is_anchor = rule->from != NULL && strcmp(rule->from, field->name) == 0;
		values[i] = !template_may_show(field) ? (struct value){ VALUE_NULL, 0, NULL }
			    : field->type == FIELD_DATE
				? (struct value){ VALUE_DATE,
						  is_anchor ? sample->deadline.anchor
							    : sample->deadline.due,
						  NULL }
				: (struct value){ VALUE_TEXT, 0, "exempel" };
	}
	*event = (struct event){ .kind = kind, .key = sample->key, .values = values };
	event->at.day = sample->deadline.anchor;
	return event;
}

/* The days that the law gives, as if the sample were of this month. */
static const struct letter_rent *rent_of(const struct sample *sample, date today)
{
	const struct calendar *calendar = sample->office->calendar;
	struct letter_rent *rent = arena_alloc(sample->arena, sizeof(*rent));
	date anchor = sample->deadline.anchor;
	struct law_recovery recovery = law_recovery(calendar, anchor, anchor);
	*rent = (struct letter_rent){ .covers_through = today - 1,
				      .bank_day = DATE_NONE,
				      .safe_until = DATE_NONE,
				      .notice_from = DATE_NONE,
				      .recovery_last = recovery.last,
				      .served_on = anchor,
				      .told_on =
					  DATE_NONE, /* one paper is missing where they are told */
				      .decision_from = recovery.decision_from };
	if (is_monthly(sample->rule)) {
		struct law_late late = law_late_rent(calendar, &sample->days);
		rent->safe_until = late.safe_until;
		rent->notice_from = late.notice_from;
	}
	return rent;
}

/* A lease of more than nine months, or a notice that names no day where the rule asks for it. */
static const struct letter_lease *lease_of(const struct sample *sample, const struct event *event)
{
	date anchor = sample->deadline.anchor;
	struct letter_lease *lease = arena_alloc(sample->arena, sizeof(*lease));
	bool notice = event != NULL && strcmp(event->kind->name, "lease.notice_given") == 0;
	*lease = (struct letter_lease){ .length = LEASE_LENGTH_LONG,
					.notice_given = notice,
					.day_is_reckoned = notice && sample->rule->from == NULL,
					.ends_on = notice ? law_notice_ends(anchor) : anchor,
					.month_after = law_open_ended_from(anchor) };
	return lease;
}

static const char *role_of(const struct sample *sample, const struct addressee *addressee)
{
	return addressee->role == NULL ? "" : role_title(addressee->role, sample->language);
}

static const char *others_of(const struct sample *sample)
{
	const struct step *step = sample->step;
	const struct addressee *other = step->to_count > 1   ? &step->to[1]
					: step->cc_count > 0 ? &step->cc[0]
							     : NULL;
	return other == NULL
		   ? NULL
		   : arena_printf(sample->arena, SAMPLE_OTHER " (%s)", role_of(sample, other));
}

/* The step that would come next if nothing happens. */
static const struct step *next_of(const struct sample *sample)
{
	const struct step *next = NULL;
	date day = day_of_step(sample, sample->step);
	for (size_t i = 0; i < sample->rule->step_count; i++) {
		const struct step *step = &sample->rule->steps[i];
		if (day_of_step(sample, step) > day &&
		    (next == NULL || day_of_step(sample, step) < day_of_step(sample, next)))
			next = step;
	}
	return next;
}

static struct letter_item item_of(const struct sample *sample, date today)
{
	const struct rule *rule = sample->rule;
	const struct step *next = next_of(sample);
	const struct event *event = event_of(sample);
	bool is_case = rule->subject == SUBJECT_CASE;
	return (struct letter_item){
		.subject = is_case ? SAMPLE_CASE : SAMPLE_PROGRAMME,
		.is_case = is_case,
		.key = sample->key,
		.rule = rule->name,
		.template = sample->step->template,
		.title = rule_title(rule, sample->language),
		.step = sample->step->name,
		.due = sample->deadline.due,
		.anchor = sample->deadline.anchor,
		.event = event,
		.anchor_label = event == NULL ? "" : kind_label(event->kind, sample->language),
		.too_late = DATE_NONE,
		.role = sample->step->to_count == 0 || sample->step->to[0].role == NULL
			    ? NULL
			    : sample->step->to[0].role->name,
		.why_you = sample->step->to_count == 0 ? "" : role_of(sample, &sample->step->to[0]),
		.group = sample->step->to_count == 0 || sample->step->to[0].role == NULL
			     ? NULL
			     : role_group(sample->step->to[0].role, sample->language),
		.others = others_of(sample),
		.serious = rule_is_serious(rule),
		.next = next == NULL ? DATE_NONE : day_of_step(sample, next),
		.next_to =
		    next == NULL || next->to_count == 0 ? NULL : role_of(sample, &next->to[0]),
		.rent = rent_of(sample, today),
		.lease = lease_of(sample, event),
	};
}

static int render(const struct invocation *call, const struct templates *templates,
		  const struct sample *sample, struct rendered *ret)
{
	const struct settings *settings = sample->office->settings;
	char *ask = settings == NULL ? NULL : settings_administrator(settings);
	date today = day_of_step(sample, sample->step);
	struct letter_item item = item_of(sample, today);
	struct letter letter = { .language = sample->language,
				 .name = SAMPLE_READER,
				 .today = today,
				 .minimal = invocation_option(call, "minimal") != NULL,
				 .urgent = sample->step->urgent != URGENT_NO,
				 .report_how = settings == NULL ? NULL
								: settings_report_how(
								      settings, sample->language),
				 .ask = ask,
				 .unit = settings == NULL ? "" : settings->sender_name,
				 .items = &item,
				 .count = 1 };
	struct unbuilt unbuilt = { NULL, 0, 0, false };
	int result = letter_make(templates, &letter, &unbuilt, ret);
	free(ask);
	for (size_t i = 0; i < unbuilt.count; i++)
		show_printf(stderr,
			    "kedjactl: %s: no letter can be built from this template: it says too "
			    "much, or sections within each other repeat too often\n",
			    unbuilt.files[i]);
	unbuilt_clear(&unbuilt);
	return result;
}

/* --- preview: shown ------------------------------------------------------------------------- */

static int write_page(const char *path, const char *html)
{
	FILE *file = fopen(path, "w");
	bool written = file != NULL && fputs(html, file) >= 0;
	if (file != NULL && fclose(file) == 0 && written)
		return CTL_DONE;
	show_printf(stderr, "kedjactl: %s: this file cannot be written: %s\n", path,
		    strerror(errno));
	return CTL_REFUSED;
}

static int show(const struct invocation *call, const struct rendered *letter)
{
	const char *page = invocation_option(call, "html");
	if (call->json) {
		json_t *answer = json_pack("{s:s, s:s, s:s}", "subject", letter->subject, "text",
					   letter->text, "html", letter->html);
		show_json(stdout, answer);
		json_decref(answer);
	} else {
		char *safe = show_escape(letter->text, true);
		show_printf(stdout, "Subject: %s\n\n", letter->subject);
		fputs(safe, stdout);
		free(safe);
	}
	return page == NULL ? CTL_DONE : write_page(page, letter->html);
}

static void complain_of_names(const struct office *office, const struct rule *rule,
			      const char *const *arguments)
{
	size_t count = rule == NULL ? office->ruleset->count : rule->step_count;
	const char **names = xcalloc(count + 1, sizeof(*names));
	for (size_t i = 0; i < count; i++)
		names[i] = rule == NULL ? office->ruleset->rules[i].name : rule->steps[i].name;
	const char *name = arguments[rule == NULL ? 0 : 1];
	const char *near = problem_nearest(name, names);
	show_printf(stderr, "kedjactl: %s no %s \"%s\"%s%s%s\n",
		    rule == NULL ? "there is" : "the rule has", rule == NULL ? "rule" : "step",
		    name, near == NULL ? "" : ": did you mean \"", near == NULL ? "" : near,
		    near == NULL ? "" : "\"?");
	free(names);
}

static int preview(const struct invocation *call, const struct office *office,
		   const struct templates *templates)
{
	const char *language = invocation_option(call, "language");
	const char *day = invocation_option(call, "anchor");
	struct sample sample = { .office = office,
				 .language = language == NULL ? "sv" : language,
				 .arena = arena_new() };
	struct rendered letter = { NULL, NULL, NULL };
	int code = CTL_REFUSED;
	sample.rule = ruleset_find(office->ruleset, call->arguments[0]);
	if (sample.rule != NULL)
		sample.step = rule_step(sample.rule, call->arguments[1]);
	if (sample.step == NULL) {
		complain_of_names(office, sample.rule, call->arguments);
		goto out;
	}
	date anchor = today_of(office);
	if (day != NULL && date_parse(day, &anchor) != 0)
		goto out; /* the table of verbs lets nothing but dates through */
	choose(&sample, anchor);
	if (render(call, templates, &sample, &letter) == 0)
		code = show(call, &letter);
	letter_clear(&letter);
out:
	arena_free(sample.arena);
	return code;
}

int verb_templates_preview(const struct invocation *call)
{
	struct problems problems = PROBLEMS_NONE;
	struct office *office;
	struct templates *templates = load(call, 2, &office, &problems);
	int code = templates == NULL ? complaint_tell(&problems) : preview(call, office, templates);
	templates_free(templates);
	office_free(office);
	problems_clear(&problems);
	return code;
}
