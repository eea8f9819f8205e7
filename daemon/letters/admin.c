/* SPDX-License-Identifier: EUPL-1.2 */
/* See admin.h. */
#include "daemon/letters/admin.h"

#include <stdlib.h>
#include <string.h>

#include "daemon/people/people.h"
#include "daemon/store/meta.h"

/* What is said; the time by the office's clock stands between `before` and `after`. */
struct words {
	const char *subject, *before, *after;
};

static const struct words drill[2] = {
	{ "Prov från kedja",
	  "Hej!\n"
	  "\n"
	  "Det här är ett prov. Ingen behöver göra något.\n"
	  "\n"
	  "Någon har kört \"kedjactl drill\" för att se att brev från kedja kommer fram.\n"
	  "Brevet gick samma väg som påminnelserna: genom utkorgen, genom kedja-mailer\n"
	  "och till den här brevlådan. Att du läser det visar att hela vägen fungerar.\n"
	  "\n"
	  "Provet gjordes ",
	  "." },
	{ "Test from kedja",
	  "Hello,\n"
	  "\n"
	  "This is a test. Nobody needs to do anything.\n"
	  "\n"
	  "Somebody ran \"kedjactl drill\" to see that letters from kedja arrive. This one\n"
	  "went the way that reminders go: through the outbox, through kedja-mailer and\n"
	  "into this mailbox. That you read it shows that the whole way works.\n"
	  "\n"
	  "The test was made at ",
	  "." },
};

static const struct words given_up[2] = {
	{ "Brev från kedja kommer inte fram",
	  "Hej!\n"
	  "\n"
	  "Minst ett brev från kedja har inte kunnat lämnas trots många försök, och kedja\n"
	  "försöker inte längre. Påminnelserna i det har gått vidare till någon annan.\n"
	  "\n"
	  "\"kedjactl outbox\" visar vilka brev det gäller och vad e-postservern svarade.\n"
	  "Är felet rättat skickar \"kedjactl outbox retry\" dem på nytt.\n"
	  "\n"
	  "Det första gavs upp ",
	  ". Det här brevet kommer högst en gång om dagen." },
	{ "Letters from kedja do not arrive",
	  "Hello,\n"
	  "\n"
	  "At least one letter from kedja could not be delivered in spite of many\n"
	  "attempts, and kedja no longer tries. What it reminded of has gone to somebody\n"
	  "else.\n"
	  "\n"
	  "\"kedjactl outbox\" shows which letters these are and what the mail server\n"
	  "answered. When that is put right, \"kedjactl outbox retry\" sends them again.\n"
	  "\n"
	  "The first was given up at ",
	  ". This letter comes once a day at the most." },
};

static const char *time_words(const struct core *core, char text[INSTANT_TEXT_SIZE])
{
	clock_format(core->clock, clock_now(core->clock), text);
	text[strlen("YYYY-MM-DDTHH:MM")] = '\0';
	text[strlen("YYYY-MM-DD")] = ' ';
	return text;
}

static int64_t write_to(const struct core *core, struct letters *letters,
			const struct words words[2], const struct person *person)
{
	const struct words *said = &words[strcmp(person->language, "sv") == 0 ? 0 : 1];
	char time[INSTANT_TEXT_SIZE];
	char *text = xasprintf("%s%s%s\n\n%s\n", said->before, time_words(core, time), said->after,
			       core->office->settings->sender_name);
	int64_t id = letters_send(letters, &(struct new_message){ .person = person->id,
								  .name = person->name,
								  .address = person->email,
								  .language = person->language,
								  .subject = said->subject,
								  .text = text,
								  .digest_day = DATE_NONE });
	free(text);
	return id;
}

int64_t letters_admin_drill(const struct core *core, struct letters *letters,
			    struct problems *problems)
{
	struct person administrator;
	if (people_get(core, "", NULL, &administrator))
		return write_to(core, letters, drill, &administrator);
	problem_add(problems, "administrator", 0,
		    "there is none in kedja.conf: name the address that the test shall go to");
	return 0;
}

static bool is_of_administrator(const struct core *core, int64_t message)
{
	struct query *q = db_query(core->db, "SELECT 1 FROM message WHERE id = ?1 AND person = ''");
	db_bind_int(q, 1, message);
	return db_found(q);
}

/* False if it was told today already. */
static bool tell_today(const struct core *core)
{
	char today[DATE_TEXT_SIZE];
	date_format(clock_today(core->clock), today);
	return store_meta_set(core->db, "told_given_up", today);
}

void letters_admin_given_up(const struct core *core, struct letters *letters, int64_t message)
{
	struct person administrator;
	if (is_of_administrator(core, message) || !people_get(core, "", NULL, &administrator) ||
	    !tell_today(core))
		return;
	(void)!write_to(core, letters, given_up, &administrator);
}
