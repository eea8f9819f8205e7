/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The command line against the table of verbs. First the verb is found, looking past options and
 * their values; then every word is judged with the verb known, so options may stand anywhere.
 */
#include <stdlib.h>
#include <string.h>

#include "daemon/ctl/ctl.h"
#include "daemon/ctl/terminal.h"
#include "rules/time/date.h"

const struct option common_options[] = {
	{ "socket", WORD_PATH, "PATH", NULL,
	  "control socket of the daemon (else KEDJA_SOCKET, else /run/kedja/control)", NULL,
	  false },
	{ "conf", WORD_PATH, "DIR", NULL,
	  "folder of the configuration (else KEDJA_CONF, else /etc/kedja)", NULL, false },
	{ "json", WORD_FLAG, NULL, NULL, "for programs: JSON, whole rows, nothing shortened", NULL,
	  false },
	{ "help", WORD_FLAG, NULL, NULL, "this help", NULL, false },
	{ NULL, WORD_FLAG, NULL, NULL, NULL, NULL, false },
};

const char *word_type_name(enum word_type type)
{
	switch (type) {
	case WORD_TEXT:
		return "text";
	case WORD_PATH:
		return "path";
	case WORD_NUMBER:
		return "number";
	case WORD_DATE:
		return "date";
	case WORD_TIME:
		return "time";
	case WORD_CODE:
		return "code";
	case WORD_FIELD:
		return "field";
	case WORD_FLAG:
		return "flag";
	}
	return "?";
}

const struct verb *verb_find(const struct verb *verbs, const char *name, const char *sub)
{
	for (const struct verb *verb = verbs; verb->name != NULL; verb++) {
		bool same_sub = sub == NULL || verb->sub == NULL ? sub == verb->sub
								 : strcmp(sub, verb->sub) == 0;
		if (strcmp(verb->name, name) == 0 && same_sub)
			return verb;
	}
	return NULL;
}

static bool is_noun(const struct verb *verbs, const char *name)
{
	for (const struct verb *verb = verbs; verb->name != NULL; verb++)
		if (strcmp(verb->name, name) == 0)
			return true;
	return false;
}

bool verb_has_subs(const struct verb *verbs, const char *noun)
{
	for (const struct verb *verb = verbs; verb->name != NULL; verb++)
		if (verb->sub != NULL && strcmp(verb->name, noun) == 0)
			return true;
	return false;
}

/* Is `word` the option `name`, alone ("--json") or with its value ("--until=DATE")? */
static bool names_option(const char *word, const char *name)
{
	size_t length = strlen(name);
	if (strncmp(word, "--", 2) != 0 || strncmp(word + 2, name, length) != 0)
		return false;
	return word[2 + length] == '\0' || word[2 + length] == '=';
}

static const struct option *option_in(const struct option *options, const char *word)
{
	for (const struct option *option = options; option->name != NULL; option++)
		if (names_option(word, option->name))
			return option;
	return NULL;
}

/* An option of any row of the noun, or a common one: enough to know whether a value follows. */
static const struct option *option_of_noun(const struct verb *verbs, const char *noun,
					   const char *word)
{
	const struct option *found = option_in(common_options, word);
	for (const struct verb *verb = verbs; found == NULL && verb->name != NULL; verb++)
		if (noun != NULL && strcmp(verb->name, noun) == 0)
			found = option_in(verb->options, word);
	return found;
}

static bool is_option_word(const char *word)
{
	return word[0] == '-' && word[1] != '\0';
}

static bool takes_next_word(const struct option *option, const char *word)
{
	return option != NULL && option->type != WORD_FLAG && strchr(word, '=') == NULL;
}

/* The place of the first plain word from `i` on; `count` if there is none. */
static size_t plain_word(size_t count, char *const *words, size_t i, const struct verb *verbs,
			 const char *noun)
{
	for (; i < count; i++) {
		if (!is_option_word(words[i]))
			return i;
		if (strcmp(words[i], "--") == 0)
			return i + 1 < count ? i + 1 : count;
		if (takes_next_word(option_of_noun(verbs, noun, words[i]), words[i]))
			i++;
	}
	return count;
}

/* Names for "did you mean", ended by NULL; the caller frees the list. */
static const char **noun_names(const struct verb *verbs)
{
	size_t count = 0;
	while (verbs[count].name != NULL)
		count++;
	const char **names = xcalloc(count + 1, sizeof(*names));
	for (size_t i = 0; i < count; i++)
		names[i] = verbs[i].name;
	return names;
}

static const char **sub_names(const struct verb *verbs, const char *noun)
{
	const char **names = noun_names(verbs);
	size_t count = 0;
	for (const struct verb *verb = verbs; verb->name != NULL; verb++)
		if (verb->sub != NULL && strcmp(verb->name, noun) == 0)
			names[count++] = verb->sub;
	names[count] = NULL;
	return names;
}

static void add_nearest(struct problems *problems, const char *what, const char *written,
			const char **names)
{
	problem_add(problems, "", 0, "unknown %s \"%s\"", what, written);
	problem_hint(problems, written, names, NULL);
	free(names);
}

static void wants_sub(struct problems *problems, const struct verb *verbs, const char *noun)
{
	const char **names = sub_names(verbs, noun);
	char *list = xstrdup("");
	for (size_t i = 0; names[i] != NULL; i++) {
		char *longer = xasprintf("%s%s%s", list, i == 0 ? "" : ", ", names[i]);
		free(list);
		list = longer;
	}
	problem_add(problems, "", 0, "%s what? One of: %s", noun, list);
	free(list);
	free(names);
}

/* Which words named the verb, so that they are not arguments as well. */
struct verb_words {
	size_t noun, sub; /* SIZE_MAX: none */
};

static int find_sub(size_t count, char *const *words, struct verb_words *at, struct invocation *ret,
		    struct problems *problems)
{
	const char *noun = words[at->noun];
	size_t i = plain_word(count, words, at->noun + 1, ret->verbs, noun);
	ret->verb = i < count ? verb_find(ret->verbs, noun, words[i]) : NULL;
	if (ret->verb != NULL) {
		at->sub = i;
		return 0;
	}
	ret->verb = verb_find(ret->verbs, noun, NULL);
	if (i < count) {
		char *what = xasprintf("word after %s", noun);
		add_nearest(problems, what, words[i], sub_names(ret->verbs, noun));
		free(what);
		return -1;
	}
	if (ret->verb != NULL || ret->help)
		return 0;
	wants_sub(problems, ret->verbs, noun);
	return -1;
}

static int find_verb(size_t count, char *const *words, struct verb_words *at,
		     struct invocation *ret, struct problems *problems)
{
	size_t i = plain_word(count, words, 0, ret->verbs, NULL);
	if (i == count)
		return 0;
	if (!is_noun(ret->verbs, words[i])) {
		add_nearest(problems, "verb", words[i], noun_names(ret->verbs));
		return -1;
	}
	at->noun = i;
	ret->noun = words[i];
	if (verb_has_subs(ret->verbs, words[i]))
		return find_sub(count, words, at, ret, problems);
	ret->verb = verb_find(ret->verbs, words[i], NULL);
	return 0;
}

static bool is_number(const char *text)
{
	size_t length = strlen(text);
	return length > 0 && length <= 15 && text[0] != '0' && strspn(text, "0123456789") == length;
}

/* Takes "Z" or "+01:00" off the end of a copy. */
static void drop_offset(char *text)
{
	size_t length = strlen(text);
	int second;
	if (length > 0 && text[length - 1] == 'Z')
		text[length - 1] = '\0';
	else if (length > 6 && (text[length - 6] == '+' || text[length - 6] == '-') &&
		 time_of_day_parse(text + length - 5, &second) == 0)
		text[length - 6] = '\0';
}

static bool is_time(const char *text)
{
	date day;
	civil time;
	if (date_parse(text, &day) == 0)
		return true;
	char *copy = xstrdup(text);
	drop_offset(copy);
	bool good = civil_parse(copy, &time) == 0;
	free(copy);
	return good;
}

static bool is_code(const char *text, const char *const *codes)
{
	for (size_t i = 0; codes[i] != NULL; i++)
		if (strcmp(codes[i], text) == 0)
			return true;
	return false;
}

static void complain_of_code(const char *place, const char *text, const char *const *codes,
			     struct problems *problems)
{
	char *list = xstrdup(codes[0]);
	for (size_t i = 1; codes[i] != NULL; i++) {
		char *longer = xasprintf("%s, %s", list, codes[i]);
		free(list);
		list = longer;
	}
	problem_add(problems, place, 0, "\"%s\" is not one of %s", text, list);
	problem_hint(problems, text, codes, NULL);
	free(list);
}

/* One word against its type; complains under the name of the option or argument. */
static void check_word(const char *place, enum word_type type, const char *const *codes,
		       const char *text, struct problems *problems)
{
	date day;
	if (type != WORD_PATH && !terminal_is_utf8(text, strlen(text))) {
		problem_add(problems, place, 0, "\"%s\" is not UTF-8", text);
		return;
	}
	switch (type) {
	case WORD_NUMBER:
		if (!is_number(text))
			problem_add(problems, place, 0,
				    "\"%s\" is not a number: a whole number from 1", text);
		break;
	case WORD_DATE:
		if (date_parse(text, &day) != 0)
			problem_add(problems, place, 0, "\"%s\" is not a date: YYYY-MM-DD", text);
		break;
	case WORD_TIME:
		if (!is_time(text))
			problem_add(problems, place, 0,
				    "\"%s\" is not a time: YYYY-MM-DD or YYYY-MM-DDTHH:MM", text);
		break;
	case WORD_CODE:
		if (!is_code(text, codes))
			complain_of_code(place, text, codes, problems);
		break;
	case WORD_FIELD:
		if (strchr(text, '=') == NULL || text[0] == '=')
			problem_add(problems, place, 0, "\"%s\" is not a field: write name=value",
				    text);
		break;
	case WORD_TEXT:
	case WORD_PATH:
	case WORD_FLAG:
		break;
	}
}

static void check_arguments(const struct invocation *call, struct problems *problems)
{
	const struct argument *argument = call->verb->arguments;
	size_t i = 0;
	for (; argument->name != NULL; argument++) {
		if (i >= call->argument_count && !argument->optional)
			problem_add(problems, "", 0, "%s is missing: %s", argument->name,
				    argument->help);
		do {
			if (i < call->argument_count)
				check_word(argument->name, argument->type, NULL, call->arguments[i],
					   problems);
			i++;
		} while (argument->repeats && i < call->argument_count);
	}
	for (; i < call->argument_count; i++)
		problem_add(problems, "", 0, "one word too many: \"%s\"", call->arguments[i]);
}

static void check_needs(const struct invocation *call, struct problems *problems)
{
	for (const struct option *option = call->verb->options; option->name != NULL; option++) {
		bool given = invocation_option(call, option->name) != NULL;
		if (given && option->needs != NULL &&
		    invocation_option(call, option->needs) == NULL)
			problem_add(problems, "", 0, "--%s needs --%s", option->name,
				    option->needs);
		if (!given && option->required)
			problem_add(problems, "", 0, "--%s is missing: %s", option->name,
				    option->help);
	}
}

static void set_common(struct invocation *call, const struct option *option, const char *value)
{
	if (strcmp(option->name, "socket") == 0)
		call->socket = value;
	else if (strcmp(option->name, "conf") == 0)
		call->conf = value;
	else if (strcmp(option->name, "json") == 0)
		call->json = true;
	else
		call->help = true;
}

static void set_option(struct invocation *call, const struct option *option, const char *value,
		       struct problems *problems)
{
	for (const struct option *common = common_options; common->name != NULL; common++) {
		if (common == option) {
			set_common(call, option, value);
			return;
		}
	}
	size_t i = (size_t)(option - call->verb->options);
	if (call->values[i] != NULL)
		problem_add(problems, "", 0, "--%s stands twice", option->name);
	call->values[i] = value;
	char *place = xasprintf("--%s", option->name);
	check_word(place, option->type, option->codes, value, problems);
	free(place);
}

static void complain_of_option(const struct verb *verb, const char *word, struct problems *problems)
{
	const char *names[OPTIONS_MOST + 8];
	size_t count = 0;
	char *written = xstrdup(word);
	written[strcspn(written, "=")] = '\0';
	for (const struct option *o = verb == NULL ? NULL : verb->options; o && o->name; o++)
		names[count++] = o->name;
	for (const struct option *o = common_options; o->name != NULL; o++)
		names[count++] = o->name;
	names[count] = NULL;
	const char *near = problem_nearest(written + strspn(written, "-"), names);
	if (near == NULL)
		problem_add(problems, "", 0, "unknown option %s", written);
	else
		problem_add(problems, "", 0, "unknown option %s: did you mean --%s?", written,
			    near);
	free(written);
}

/* Reads the option at words[i]; returns how many words it took. */
static size_t take_option(size_t count, char *const *words, size_t i, struct invocation *call,
			  struct problems *problems)
{
	const char *word = words[i];
	if (strcmp(word, "-h") == 0)
		word = "--help";
	const struct option *option = option_in(common_options, word);
	if (option == NULL && call->verb != NULL)
		option = option_in(call->verb->options, word);
	const char *equals = strchr(word, '=');
	if (option == NULL) {
		complain_of_option(call->verb, word, problems);
	} else if (option->type == WORD_FLAG) {
		if (equals != NULL)
			problem_add(problems, "", 0, "--%s takes no value", option->name);
		set_option(call, option, "", problems);
	} else if (equals != NULL) {
		set_option(call, option, equals + 1, problems);
	} else if (i + 1 < count) {
		set_option(call, option, words[i + 1], problems);
		return 2;
	} else {
		problem_add(problems, "", 0, "--%s needs a value: %s", option->name, option->value);
	}
	return 1;
}

static void take_words(size_t count, char *const *words, const struct verb_words *at,
		       struct invocation *call, struct problems *problems)
{
	bool only_words = false;
	for (size_t i = 0; i < count;) {
		if (!only_words && strcmp(words[i], "--") == 0) {
			only_words = true;
			i++;
		} else if (!only_words && is_option_word(words[i])) {
			i += take_option(count, words, i, call, problems);
		} else {
			if (i != at->noun && i != at->sub)
				call->words[call->argument_count++] = words[i];
			i++;
		}
	}
	call->arguments = call->words;
}

/* What needs no verb: kedjactl --version, kedjactl --table. */
static bool is_alone(size_t count, char *const *words, const char *option)
{
	return count == 1 && strcmp(words[0], option) == 0;
}

static bool asks_for_help(size_t count, char *const *words)
{
	for (size_t i = 0; i < count && strcmp(words[i], "--") != 0; i++)
		if (strcmp(words[i], "--help") == 0 || strcmp(words[i], "-h") == 0)
			return true;
	return false;
}

int ctl_parse(size_t count, char *const *words, const struct verb *verbs, struct invocation *ret,
	      struct problems *problems)
{
	struct verb_words at = { SIZE_MAX, SIZE_MAX };
	*ret = (struct invocation){ .verbs = verbs };
	ret->words = xcalloc(count + 1, sizeof(*ret->words));
	ret->version = is_alone(count, words, "--version");
	ret->table = is_alone(count, words, "--table");
	if (ret->version || ret->table)
		return 0;
	ret->help = asks_for_help(count, words);
	if (find_verb(count, words, &at, ret, problems) != 0)
		return -1;
	size_t before = problems->count;
	take_words(count, words, &at, ret, problems);
	if (ret->verb == NULL && !ret->help && problems->count == before)
		problem_add(problems, "", 0, "which verb? \"kedjactl --help\" lists them");
	if (ret->verb != NULL && !ret->help) {
		check_arguments(ret, problems);
		check_needs(ret, problems);
	}
	return problems->count == before ? 0 : -1;
}

void invocation_clear(struct invocation *call)
{
	free(call->words);
	*call = (struct invocation){ 0 };
}

const char *invocation_argument(const struct invocation *call, size_t i)
{
	return i < call->argument_count ? call->arguments[i] : NULL;
}

const char *invocation_option(const struct invocation *call, const char *name)
{
	for (size_t i = 0; call->verb->options[i].name != NULL; i++)
		if (strcmp(call->verb->options[i].name, name) == 0)
			return call->values[i];
	return NULL;
}

bool invocation_flag(const struct invocation *call, const char *name)
{
	return invocation_option(call, name) != NULL;
}
