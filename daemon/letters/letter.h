/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What a letter says. The caller gathers what is to be told; templates say it, in Swedish or
 * English. Only open fields of a case get in here at all (I6): the reference, the kind of
 * matter, dates and roles of staff. There is no field for anything else.
 *
 * Items with the same words are one matter: what to do stands once, then a line a case, then once
 * what is to be known of it. No sentence of more than 40 characters stands twice in a letter.
 *
 *   templates = templates_load(dir, ruleset, problems);
 *   if (letter_render(templates, &letter, &rendered) == 0) ... rendered.subject, rendered.text ...
 *   letter_clear(&rendered);
 */
#ifndef KEDJA_LETTERS_LETTER_H
#define KEDJA_LETTERS_LETTER_H

#include "daemon/letters/templates.h"
#include "rules/facts/lease.h"

/* The days that matter when it is about rent; DATE_NONE for those that are not known. */
struct letter_rent {
	date covers_through; /* payments are known through this day, as the letter is made */
	date bank_day; /* the last day on which banks book before the due day, where they do not on
			  it */
	date safe_until;  /* of a month's rent: the last day to pay before the lease may be lost */
	date notice_from; /* and the first day on which notice may be given */
	date recovery_last;      /* after notice: the last day to pay, when both papers have come */
	date served_on, told_on; /* the papers of the notice, each as its time counts in law */
	date decision_from;      /* and the first day on which something may be decided */
	/* Of a notice for unpaid rent: what kedja knows, and does not know. */
	bool none_open;      /* all rent that was past due is paid, as far as it knows */
	bool rent_unknown;   /* it knows nothing of the rent */
	bool post_unknown;   /* nobody said that the message to the board was a registered letter:
			      * the last day may lie earlier */
	bool recovery_over;  /* the last day by law is past */
	bool excluded;       /* the lease ends too soon for it to be won back (44 par.) */
	bool maybe_excluded; /* perhaps, for the rent is not known */
};

/* What is known of the lease that it is about. */
struct letter_lease {
	enum lease_length length; /* on the day that the matter counts from */
	bool notice_given;
	bool day_is_reckoned; /* the notice named no day: ends_on is the earliest by law */
	date ends_on;         /* DATE_NONE: not known, or it has no end */
	date month_after; /* its last day is the one that the matter counts from: a month later */
};

/* Somebody else keeps quiet about it until a day. Why is secret. */
struct letter_put_off {
	const char *name;
	bool acknowledged; /* seen, and will be taken up again; else only the reminders wait */
	date until;
};

/* A person with what is overdue of theirs; and a case whose last day by law is past. */
struct letter_overdue {
	const char *who;
	int count;
	date oldest;      /* the day by which it should have been done */
	const char *what; /* "Besök 2, Hyra inte registrerad 1" */
	size_t more;      /* further kinds of matters */
};

struct letter_past {
	const char *subject, *title;
	date last;
};

/* What is overdue in the cases of a programme, the worst first. */
struct letter_overview {
	const struct letter_overdue *rows;
	size_t count;
	const struct letter_past *past;
	size_t past_count;
	bool hidden; /* there are such cases that may not stand here */
};

struct letter_item {
	const char *subject; /* case reference or programme */
	bool is_case;
	const char *called;   /* what a letter calls it: of a programme its title; NULL: subject */
	const char *key;      /* "" or which one of several: a rent month, a task */
	const char *rule;     /* name: its template is <language>/<rule>.txt, else item.txt */
	const char *template; /* that the step names instead, or NULL */
	const char *title;    /* of the rule */
	const char *step;
	date due, anchor;
	const struct event *event; /* that it rests on: its open fields may be told; or NULL */
	const char *anchor_label;  /* kind of the event it rests on, in words: "planen antogs" */
	int missed;                /* earlier occurrences that were never done, or told of */
	bool only_told;            /* nothing fulfils its rule */
	bool copy;                 /* the reader gets it as a copy */
	const char *role;          /* its name; NULL: none */
	bool other_board;          /* the reader belongs to another board than the case */
	date too_late;             /* when it was done, after its last day by law; DATE_NONE */
	const char *why_you;       /* role title by which the reader gets it: "socialsekreterare" */
	const char *group;         /* whoever holds that role sits in it: "styrgruppen"; NULL */
	const char *stands_in;     /* why it comes to this reader instead: NULL or a sentence */
	const char *others;        /* who else got it, "Bo Ek (boendestödjare)"; NULL: nobody */
	const char
	    *other_names; /* the same without roles, for the line of a case; NULL: as others */
	const char *responsible; /* of a copy: who got it to do it; NULL: not known */
	date next;               /* when the next reminder goes out if nothing happens; DATE_NONE */
	int next_second;         /* of that day, where it is today */
	const char *next_to;     /* to whom: role titles, "enhetschef"; NULL */
	const struct letter_overview
	    *overview;                        /* what is overdue in a programme's cases, or NULL */
	bool comes_back;                      /* it had been put off, and its day has come */
	const struct letter_put_off *put_off; /* by others than the reader */
	size_t put_off_count;
	const struct letter_rent *rent;   /* NULL: it is not about rent */
	const struct letter_lease *lease; /* NULL: nor about a lease */
	bool done;                        /* of a row in a section: nothing is open any more */
	bool serious;                     /* not to be had back: a coming day is for today, too */
	bool is_protected;                /* minimal content whatever the setting */
};

/* What a letter tells besides its reminders (enclosure.h). */
struct letter_section {
	const char *kind; /* "return", "handover", "calendar" */
	const char *who;  /* of a handover: who had it before */
	date from, to;    /* of a return: the leave; DATE_NONE if it is not known any more */
	const struct letter_item *rows;
	size_t count, more; /* rows, and how many further ones there are */
	bool hidden;        /* there are such that may not stand here */
};

struct letter {
	const char *language; /* "sv", "en" */
	const char *name;     /* of the reader */
	date today;
	bool minimal; /* content = "minimal" */
	bool urgent;  /* all of it: it does not wait for the letter of the day, and says so */
	const char *report_how; /* NULL or "": whoever is to ask is told instead */
	const char *unit;       /* name under which kedja signs */
	const char *ask;        /* who looks after kedja: name and address; NULL: not said */
	const struct letter_item
	    *items; /* in the order of reading: letter_group, then as they come */
	size_t count;
	const struct letter_section *sections;
	size_t section_count;
};

struct rendered {
	char *subject; /* never a kind of matter together with a case (I6) */
	char *text;    /* UTF-8, lines ended by LF, at most 76 columns where words allow */
	char *html;    /* the same as a page of its own: no pictures, nothing from elsewhere */
};

/* Files of templates that no letter could be built from, until one is again. */
struct unbuilt {
	char **files;
	size_t count, capacity;
	bool changed; /* since whoever keeps it looked */
};
void unbuilt_add(struct unbuilt *unbuilt, const char *file);
/* Those that are none of the templates are noted no more. */
void unbuilt_forget_others(struct unbuilt *unbuilt, const struct templates *templates);
void unbuilt_clear(struct unbuilt *unbuilt);

/* 0, or -1: a template takes too long or says too much; its file is noted. What was noted and can
 * be built from now is noted no more. */
MUST_CHECK int letter_make(const struct templates *templates, const struct letter *letter,
			   struct unbuilt *unbuilt, struct rendered *ret);
MUST_CHECK int letter_render(const struct templates *templates, const struct letter *letter,
			     struct rendered *ret);
void letter_clear(struct rendered *rendered);

/* The sections of a letter, in the order of reading. */
enum letter_group { GROUP_URGENT, GROUP_LATE, GROUP_TODAY, GROUP_COMING, GROUP_COPIES, GROUPS };

enum letter_group letter_group(const struct letter_item *item, bool urgent, date today);

/* The number that each item has in the letter, from 1, in the order of reading. */
void letter_numbers(const struct letter *letter, size_t *ret_numbers);

#endif
