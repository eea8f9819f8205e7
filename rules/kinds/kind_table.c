/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The core kinds of events, one row each, in the order in which people meet them: staff,
 * programme, case, any. The label is what a letter says of the event ("planen antogs"); of money
 * and of stages it says no more than that something happened.
 */
#include "rules/kinds/kind.h"

/* clang-format off: a table reads better with one field a line */
#define HAS(...)                                                                                   \
	.fields = (const struct field[]){ __VA_ARGS__ },                                           \
	.field_count = sizeof((const struct field[]){ __VA_ARGS__ }) / sizeof(struct field)
#define MUST(name_, type_, class_, help_)                                                          \
	{                                                                                          \
		.name = name_, .type = type_, .class = class_, .help = help_                       \
	}
#define MUST_LIE(name_, type_, least_, most_, class_, help_)                                       \
	{                                                                                          \
		.name = name_, .type = type_, .class = class_, .help = help_, .least = least_,     \
		.most = most_                                                                      \
	}
#define MUST_ADDRESS(name_, class_, help_)                                                         \
	{                                                                                          \
		.name = name_, .type = FIELD_TEXT, .class = class_, .help = help_,                 \
		.is_address = true                                                                 \
	}
#define MAY(name_, type_, class_, help_)                                                           \
	{                                                                                          \
		.name = name_, .type = type_, .optional = true, .class = class_, .help = help_     \
	}
#define MUST_NAME(name_, names_, class_, help_)                                                    \
	{                                                                                          \
		.name = name_, .type = FIELD_ID, .class = class_, .help = help_,                   \
		.names = NAMES_##names_                                                            \
	}
#define MAY_NAME(name_, names_, class_, help_)                                                     \
	{                                                                                          \
		.name = name_, .type = FIELD_ID, .optional = true, .class = class_, .help = help_, \
		.names = NAMES_##names_                                                            \
	}
#define MUST_CODE(name_, list_, class_, help_)                                                     \
	{                                                                                          \
		.name = name_, .type = FIELD_CODE, .class = class_, .codes = list_, .help = help_  \
	}
#define MUST_RUN(name_, names_, class_, help_)                                                     \
	{                                                                                          \
		.name = name_, .type = FIELD_ID, .class = class_, .help = help_,                   \
		.names = NAMES_##names_, .must_run = true                                          \
	}
#define MAY_RUN(name_, names_, class_, help_)                                                      \
	{                                                                                          \
		.name = name_, .type = FIELD_ID, .optional = true, .class = class_, .help = help_, \
		.names = NAMES_##names_, .must_run = true                                          \
	}
#define MUST_DAY(name_, day_, help_)                                                               \
	{                                                                                          \
		.name = name_, .type = FIELD_DATE, .class = CLASS_OPEN, .help = help_,             \
		.day = DAY_##day_                                                                  \
	}
#define MAY_DAY(name_, day_, help_)                                                                \
	{                                                                                          \
		.name = name_, .type = FIELD_DATE, .optional = true, .class = CLASS_OPEN,          \
		.help = help_, .day = DAY_##day_                                                   \
	}
#define MAY_CODE(name_, list_, class_, help_)                                                      \
	{                                                                                          \
		.name = name_, .type = FIELD_CODE, .optional = true, .class = class_,              \
		.codes = list_, .help = help_                                                      \
	}
#define STAFF(name_)                   .name = name_, .subject = SUBJECT_STAFF, .people = PEOPLE_STAFF
#define PROGRAMME(name_)               .name = name_, .subject = SUBJECT_PROGRAMME
#define CASE(name_)                    .name = name_, .subject = SUBJECT_CASE
#define ANY(name_)                     .name = name_, .subject = SUBJECT_ANY
#define BEGINS(what_)                  .course = &course_##what_, .turn = TURN_BEGINS
#define ENDS(what_)                    .course = &course_##what_, .turn = TURN_ENDS
#define WITHIN(what_)                  .within = &course_##what_
#define MAY_BEGIN                      .may_begin = true
#define COUNTS_ON(field_)              .counts_on = field_
#define UNDOES(kind_)                  .undoes = kind_
#define NEEDS_KEY(means)               .key = KEY_REQUIRED, .key_means = means
#define TAKES_KEY(means)               .key = KEY_ALLOWED, .key_means = means
#define SAYS(help_, label_, label_en_) .help = help_, .label = label_, .label_en = label_en_

static const char *const reports[] = { "tertial", "annual", "partial", "final", NULL };
static const char *const meetings[] = { "steering", "reference", NULL };

#define PERSON                                                                                     \
	MUST("name", FIELD_TEXT, CLASS_STAFF, "the name, as letters greet the person"),            \
	    MUST_ADDRESS("email", CLASS_STAFF, "the address that letters go to"),                  \
	    MAY("board", FIELD_ID, CLASS_STAFF, "the board (nämnd) that the person belongs to"),   \
	    MAY_CODE("language", "language", CLASS_STAFF, "the language of the person's letters"), \
	    MAY_CODE("rhythm", "rhythm", CLASS_STAFF,                                              \
		     "letters every day, or once a week about what is not urgent")

#define ROLE                                                                                       \
	MUST_CODE("role", "role", CLASS_OPEN, "the role"),                                         \
	    MUST_RUN("staff", STAFF, CLASS_STAFF, "the member of staff")

/* The four life areas, the agreed contact at risk of rent debt, and the goals. */
#define PLAN(FIELD)                                                                                \
	FIELD("rent", FIELD_FLAG, CLASS_CASE, "does the plan say how the rent is paid?"),          \
	    FIELD("tenancy", FIELD_FLAG, CLASS_CASE, "does it say what the tenancy law asks?"),    \
	    FIELD("treatment", FIELD_FLAG, CLASS_CASE,                                             \
		  "does it name the treatment that is needed?"),                                   \
	    FIELD("neighbour", FIELD_FLAG, CLASS_CASE, "does it say how to be a good neighbour?"), \
	    FIELD("rent_contact", FIELD_FLAG, CLASS_CASE,                                          \
		  "is the contact at risk of rent debt agreed?"),                                  \
	    MAY("efforts", FIELD_FLAG, CLASS_CASE, "does it name the efforts (insatser)?"),        \
	    FIELD("goals_short", FIELD_FLAG, CLASS_CASE, "are there goals for the near future?"),  \
	    FIELD("goals_long", FIELD_FLAG, CLASS_CASE, "are there goals for the long run?"),      \
	    MAY("review_on", FIELD_DATE, CLASS_OPEN, "the day agreed for the follow-up")

#define TASK(FIELD, FIELD_OF_CODES)                                                                \
	FIELD_OF_CODES("what", "task", CLASS_CASE, "what is to be done"),                          \
	    FIELD("due_on", FIELD_DATE, CLASS_OPEN, "by when"),                                    \
	    FIELD_OF_CODES("role", "role", CLASS_OPEN, "whose task it is")

#define AREA           MAY_CODE("area", "area", CLASS_CASE, "in the own district or another")
#define ENDS_ON(FIELD) FIELD("ends_on", FIELD_DATE, CLASS_OPEN, "the last day of the lease")
/* What becomes of a lease, and whose doing it is. */
#define LEASE_TURN                                                                                 \
	ENDS_ON(MAY), MAY_CODE("by", "lease_party", CLASS_CASE, "who gave notice, or asked for it")
#define ON(help_) MUST_DAY("on", HAPPENED, help_)
#define CHILDREN(FIELD)                                                                            \
	FIELD("children", FIELD_COUNT, CLASS_CASE, "how many children live in the household")
/* On a case that was never opened, this is the programme that is told. */
#define ITS_PROGRAMME                                                                              \
	MAY_NAME("programme", PROGRAMME, CLASS_OPEN, "for a case that was never opened")
/* A matter of unpaid rent goes by the month that the landlord's form names. */
#define RENT_MONTH          TAKES_KEY("rent month"), .lone_key = "-"
#define EVICTION_DAY(help_) MUST_DAY("date", COMES, help_), ITS_PROGRAMME

#define PAYMENT                                                                                    \
	MUST("amount", FIELD_AMOUNT, CLASS_CASE, "the amount in öre"),                             \
	    MUST_DAY("paid_on", PAID, "the day of payment, as the bank tells it")

#define PUT_OFF                                                                                    \
	MUST("rule", FIELD_ID, CLASS_OPEN, "the rule whose deadline it is"),                       \
	    MUST("until", FIELD_DATE, CLASS_OPEN, "the day on which reminders go out again"),      \
	    MUST("reason", FIELD_TEXT, CLASS_SECRET, "why"),                                       \
	    MAY("by", FIELD_ID, CLASS_STAFF, "the member of staff who says so"),                   \
	    MAY_CODE("role", "role", CLASS_OPEN, "as which, if that does not follow from `by`")

static const struct kind kinds[] = {
	{ STAFF("staff.joined"), MAY_BEGIN, BEGINS(work), HAS(PERSON),
	  SAYS("somebody begins to work here", "medarbetaren började", "the colleague began") },
	{ STAFF("staff.changed"), WITHIN(work), HAS(PERSON),
	  SAYS("a name, an address, a board or a language changed", "uppgifterna ändrades",
	       "the details were changed") },
	{ STAFF("staff.left"), ENDS(work),
	  SAYS("somebody works here no more and holds no role from then on", "medarbetaren slutade",
	       "the colleague left") },
	{ STAFF("staff.absent"), WITHIN(work), .may_lie_ahead = true,
	  HAS(MUST("from", FIELD_DATE, CLASS_STAFF, "the first day away"),
	      MUST("to", FIELD_DATE, CLASS_STAFF, "the last day away"),
	      MAY_RUN("deputy", STAFF, CLASS_STAFF, "who gets the letters meanwhile")),
	  SAYS("somebody is away for some days", "medarbetaren är borta",
	       "the colleague is away") },
	{ STAFF("staff.back"), .may_lie_ahead = true,
	  HAS(MAY("from", FIELD_DATE, CLASS_STAFF, "the first day away"),
	      MAY("to", FIELD_DATE, CLASS_STAFF, "the last day away"),
	      MAY_NAME("deputy", STAFF, CLASS_STAFF, "who got the letters meanwhile")),
	  SAYS("somebody is back", "medarbetaren är tillbaka", "the colleague is back") },
	{ STAFF("staff.unreachable"),
	  HAS(MUST("status", FIELD_TEXT, CLASS_STAFF, "what the mail server said")),
	  SAYS("letters to somebody fail for good (recorded by kedja)", "brev kommer inte fram",
	       "letters do not arrive") },

	{ PROGRAMME("programme.started"), MAY_BEGIN, BEGINS(programme), .people = PEOPLE_BOARD,
	  HAS(MUST("title", FIELD_TEXT, CLASS_OPEN, "its name for people"),
	      MAY("board", FIELD_ID, CLASS_CASE, "the board (nämnd) that runs it"),
	      MAY("ends_on", FIELD_DATE, CLASS_OPEN, "its last day, if it has one")),
	  SAYS("a programme begins", "verksamheten startade", "the programme began") },
	{ PROGRAMME("programme.ended"), ENDS(programme),
	  HAS(MAY("title", FIELD_TEXT, CLASS_OPEN, "its name for people"),
	      MAY("board", FIELD_ID, CLASS_CASE, "the board (nämnd) that ran it"),
	      MAY("ends_on", FIELD_DATE, CLASS_OPEN, "its last day")),
	  SAYS("a programme ends", "verksamheten avslutades", "the programme ended") },
	{ ANY("role.assigned"), BEGINS(role), .people = PEOPLE_ROLE,
	  HAS(ROLE,
	      MAY_NAME("from", STAFF, CLASS_STAFF,
		       "who had it before and hands it over: the new holder is told what is open")),
	  SAYS("somebody takes a role in a programme or a case", "rollen lämnades över",
	       "the role was handed over") },
	{ ANY("role.released"), ENDS(role), .people = PEOPLE_ROLE, HAS(ROLE),
	  SAYS("somebody gives up a role in a programme or a case", "rollen lämnades",
	       "the role was given up") },
	{ PROGRAMME("inventory.done"), SAYS("who may come into question has been looked into",
					    "inventeringen blev klar", "the inventory was done") },
	{ PROGRAMME("housing_agency.informed"),
	  SAYS("the housing agency knows of the programme", "bostadsförmedlingen informerades",
	       "the housing agency was informed") },
	{ PROGRAMME("evaluation.done"),
	  SAYS("goals and method were evaluated", "mål och metod utvärderades",
	       "goals and method were evaluated") },
	{ PROGRAMME("report.delivered"), NEEDS_KEY("report"), .key_codes = reports,
	  SAYS("a report was delivered", "rapporten lämnades", "the report was delivered") },
	{ PROGRAMME("meeting.held"), NEEDS_KEY("meeting"), .key_codes = meetings,
	  SAYS("a group met", "mötet hölls", "the meeting was held") },
	{ PROGRAMME("payments.imported"),
	  HAS(MUST_CODE("format", "format", CLASS_OPEN, "the format of the file"),
	      MUST("file", FIELD_TEXT, CLASS_SECRET, "the name of the file"),
	      MUST("covers_through", FIELD_DATE, CLASS_OPEN, "payments are known up to this day"),
	      /* a month's file of a whole town has more payments than a plan has goals */
	      MUST_LIE("payments", FIELD_COUNT, 0, 9999999, CLASS_CASE,
		       "the number of payments in the file"),
	      MUST_LIE("sum", FIELD_AMOUNT, 0, AMOUNT_MOST, CLASS_CASE,
		       "their sum in öre; 0 without payments")),
	  SAYS("a payment file was read, after its payments", "betalningsfilen lästes in",
	       "the payment file was read") },
	{ PROGRAMME("flat.vacated"), BEGINS(flat), NEEDS_KEY("flat"), HAS(AREA),
	  SAYS("a flat stands empty", "lägenheten blev ledig", "the flat became vacant") },
	{ PROGRAMME("flat.filled"), ENDS(flat), NEEDS_KEY("flat"), HAS(AREA),
	  SAYS("somebody moves into a flat", "lägenheten fick en boende",
	       "somebody moved into the flat") },
	{ PROGRAMME("deviation.noted"), BEGINS(deviation), TAKES_KEY("deviation"),
	  SAYS("the reference group noted a deviation", "avvikelsen noterades",
	       "the deviation was noted") },
	{ PROGRAMME("deviation.reported"), ENDS(deviation), TAKES_KEY("deviation"),
	  SAYS("a deviation was reported to the steering group", "avvikelsen rapporterades",
	       "the deviation was reported") },
	{ PROGRAMME("buyers.informed"), SAYS("districts and other buyers were informed",
					     "köparna informerades", "the buyers were informed") },
	{ PROGRAMME("payment.unmatched"), NEEDS_KEY("bank reference"),
	  HAS(PAYMENT, MUST("reference", FIELD_TEXT, CLASS_SECRET, "what the payer stated"),
	      MAY("reversal", FIELD_FLAG, CLASS_CASE, "is it money that went back?"),
	      MAY("same_as", FIELD_ID, CLASS_SECRET, "a payment that it may be the same as"),
	      MAY_NAME("perhaps_of", CASE, CLASS_OPEN,
		       "a case of which that day is not known until it is decided")),
	  SAYS("a payment that fits no rent", "betalningen kunde inte kopplas till en hyra",
	       "the payment could not be matched to a rent") },
	{ PROGRAMME("payment.assigned"), NEEDS_KEY("bank reference"),
	  HAS(MUST_NAME("case", CASE, CLASS_OPEN, "the case whose rent was paid"),
	      MAY("amount", FIELD_AMOUNT, CLASS_CASE, "so much of it; else all that is left")),
	  SAYS("such a payment found its case", "betalningen kopplades till ett ärende",
	       "the payment was matched to a case") },

	{ CASE("case.opened"), MAY_BEGIN, BEGINS(case), .people = PEOPLE_BOARD,
	  HAS(MUST_RUN("programme", PROGRAMME, CLASS_OPEN, "the programme it belongs to"),
	      MAY("board", FIELD_ID, CLASS_CASE, "the board (nämnd) that decides in it"),
	      MAY("protected", FIELD_FLAG, CLASS_CASE, "is the person's identity protected?"),
	      CHILDREN(MAY)),
	  SAYS("a case begins", "ärendet öppnades", "the case was opened") },
	{ CASE("case.transferred"), WITHIN(case), .people = PEOPLE_BOARD,
	  HAS(MUST_RUN("programme", PROGRAMME, CLASS_OPEN, "the programme it belongs to now"),
	      MAY("board", FIELD_ID, CLASS_CASE, "the board (nämnd) that decides in it now"),
	      MAY("protected", FIELD_FLAG, CLASS_CASE, "is the person's identity protected?"),
	      CHILDREN(MAY)),
	  SAYS("a case goes over to another programme", "ärendet flyttades över",
	       "the case was transferred") },
	{ CASE("case.closed"), ENDS(case),
	  HAS(MUST_CODE("outcome", "outcome", CLASS_CASE, "how it ended"),
	      MAY("reason", FIELD_TEXT, CLASS_SECRET,
		  "why it ends while something is open by law")),
	  SAYS("a case ends", "ärendet avslutades", "the case was closed") },
	{ CASE("case.paused"), BEGINS(pause), WITHIN(case),
	  SAYS("the clock of a case stops", "ärendet pausades", "the case was paused") },
	{ CASE("case.resumed"), ENDS(pause), WITHIN(case),
	  SAYS("the clock of a case goes on", "ärendet återupptogs", "the case was resumed") },
	{ CASE("case.protected"),
	  HAS(MUST("on", FIELD_FLAG, CLASS_CASE, "true: protected from now on; false: no more")),
	  SAYS("the identity is protected, or no more", "uppgiften om skydd ändrades",
	       "the note on protection was changed") },
	{ CASE("household.changed"), HAS(CHILDREN(MUST)),
	  SAYS("who lives in the household changed", "hushållet ändrades",
	       "the household changed") },
	{ CASE("consent.given"), .people = PEOPLE_CONSENT,
	  HAS(MUST("board", FIELD_ID, CLASS_CASE, "the board (nämnd) that may be told"),
	      MUST("until", FIELD_DATE, CLASS_OPEN, "the last day of the consent")),
	  SAYS("the person agrees that a board is told", "samtycke lämnades",
	       "consent was given") },
	{ CASE("consent.withdrawn"), .people = PEOPLE_CONSENT,
	  HAS(MUST("board", FIELD_ID, CLASS_CASE, "the board (nämnd) that may be told no more"),
	      MAY("until", FIELD_DATE, CLASS_OPEN, "the last day of the consent")),
	  SAYS("the person takes a consent back", "samtycket togs tillbaka",
	       "the consent was withdrawn") },
	{ CASE("assessment.done"), SAYS("what help is needed has been assessed",
					"bedömningen blev klar", "the assessment was done") },
	{ CASE("decision.made"),
	  HAS(MAY("valid_until", FIELD_DATE, CLASS_OPEN, "its last day, if it has one")),
	  SAYS("the decision on assistance", "beslutet fattades", "the decision was made") },
	{ CASE("decision.open_ended_confirmed"),
	  SAYS("that the decision has no last day is meant",
	       "att beslutet saknar slutdatum bekräftades",
	       "that the decision has no last day was confirmed") },
	{ CASE("plan.adopted"), HAS(PLAN(MUST)),
	  SAYS("a plan is agreed", "planen antogs", "the plan was adopted") },
	{ CASE("plan.amended"), HAS(PLAN(MAY)),
	  SAYS("the plan is changed: only what is named", "planen ändrades",
	       "the plan was amended") },
	{ CASE("plan.reviewed"),
	  HAS(MUST("goals_met", FIELD_COUNT, CLASS_CASE, "how many goals were reached"),
	      MUST("goals_unmet", FIELD_COUNT, CLASS_CASE, "how many were not"),
	      MUST("explained", FIELD_FLAG, CLASS_CASE, "is it noted why?"),
	      MAY("review_on", FIELD_DATE, CLASS_OPEN, "the day agreed for the next follow-up")),
	  SAYS("the plan was followed up", "planen följdes upp", "the plan was reviewed") },
	{ CASE("explanations.noted"),
	  SAYS("why goals were or were not reached is noted", "förklaringarna noterades",
	       "the explanations were noted") },
	{ CASE("task.agreed"), BEGINS(task), TAKES_KEY("task"), HAS(TASK(MUST, MUST_CODE)),
	  SAYS("a task of the plan, or of one's own", "uppdraget avtalades",
	       "the task was agreed") },
	{ CASE("task.done"), ENDS(task), TAKES_KEY("task"), HAS(TASK(MAY, MAY_CODE)),
	  SAYS("a task is done", "uppdraget blev klart", "the task was done") },
	{ CASE("task.dropped"), ENDS(task), TAKES_KEY("task"), HAS(TASK(MAY, MAY_CODE)),
	  SAYS("a task is no longer wanted", "uppdraget ströks", "the task was dropped") },
	{ CASE("stage.entered"), WITHIN(case),
	  HAS(MUST_CODE("stage", "stage", CLASS_CASE, "the stage of the housing chain"),
	      MUST_CODE("mode", "mode", CLASS_CASE, "moved to a flat, or the lease was converted"),
	      MAY("reason", FIELD_TEXT, CLASS_SECRET, "why a stage was skipped")),
	  SAYS("the person goes on or back in the housing chain", "boendet ändrades",
	       "the housing changed") },
	{ CASE("lease.started"), BEGINS(lease),
	  HAS(ENDS_ON(MAY),
	      MAY("block", FIELD_FLAG, CLASS_CASE,
		  "is the flat one of at least three of the lessor's?"),
	      AREA, MAY("rent", FIELD_AMOUNT, CLASS_CASE, "the rent for a month in öre"),
	      MAY("ocr", FIELD_TEXT, CLASS_SECRET, "the number that payments state")),
	  SAYS("a second-hand lease begins", "avtalet började", "the lease began") },
	{ CASE("lease.prolonged"), HAS(LEASE_TURN),
	  SAYS("the lease goes on", "avtalet förlängdes", "the lease was extended") },
	{ CASE("lease.notice_given"), HAS(LEASE_TURN),
	  SAYS("notice was given", "avtalet sades upp", "notice was given on the lease") },
	{ CASE("lease.ended"), ENDS(lease), HAS(LEASE_TURN),
	  SAYS("the lease is over", "avtalet upphörde", "the lease ended") },
	{ CASE("lease.taken_over"), ENDS(lease), HAS(LEASE_TURN),
	  SAYS("the person takes over the lease", "avtalet togs över",
	       "the lease was taken over") },
	{ CASE("lease.indefinite"), HAS(LEASE_TURN),
	  SAYS("the lease goes on until further notice", "avtalet gäller tills vidare",
	       "the lease goes on until further notice") },
	{ CASE("lease.disputed"), HAS(ENDS_ON(MUST)),
	  SAYS("a dispute whether the lease goes on", "tvist om förlängning uppstod",
	       "a dispute on extension arose") },
	{ CASE("dispute.referred"), HAS(ENDS_ON(MAY)),
	  SAYS("the dispute is with the tribunal", "tvisten lämnades till hyresnämnden",
	       "the dispute was referred to the rent tribunal") },
	{ CASE("application.sent"), BEGINS(application), TAKES_KEY("application"),
	  SAYS("an application to the housing agency", "ansökan skickades",
	       "the application was sent") },
	{ CASE("application.answered"), ENDS(application), TAKES_KEY("application"),
	  SAYS("its answer", "ansökan besvarades", "the application was answered") },
	{ CASE("counselling.offered"), SAYS("budget and debt counselling was offered",
					    "rådgivning erbjöds", "counselling was offered") },
	{ CASE("lease.waiver_approved"),
	  HAS(MUST("until", FIELD_DATE, CLASS_OPEN, "the last day of the waiver")),
	  SAYS("the waiver of security of tenure is approved", "avståendet godkändes",
	       "the waiver was approved") },
	{ CASE("waiver.not_needed"), SAYS("no waiver of security of tenure is needed",
					  "avstående behövs inte", "no waiver is needed") },
	{ CASE("rent.charged"), BEGINS(rent), NEEDS_KEY("month"),
	  HAS(MUST("amount", FIELD_AMOUNT, CLASS_CASE, "the rent in öre"),
	      MAY("due_on", FIELD_DATE, CLASS_OPEN, "the day that stands on the slip"),
	      MAY("reference", FIELD_TEXT, CLASS_SECRET, "what the payer is asked to state"),
	      MAY("first", FIELD_FLAG, CLASS_CASE, "is it the first month of the lease?")),
	  SAYS("rent for a month", "hyran aviserades", "the rent was charged") },
	{ CASE("rent.paid"), COUNTS_ON("paid_on"),
	  HAS(PAYMENT, MAY("reference", FIELD_TEXT, CLASS_SECRET, "what the payer stated"),
	      MAY("bank_reference", FIELD_TEXT, CLASS_SECRET, "what the bank calls the payment")),
	  SAYS("a payment of rent", "en betalning registrerades", "a payment was registered") },
	{ CASE("rent.reversed"),
	  HAS(PAYMENT, MAY("reference", FIELD_TEXT, CLASS_SECRET, "what the payment had stated"),
	      MAY("bank_reference", FIELD_TEXT, CLASS_SECRET, "what the bank calls the return")),
	  SAYS("a payment of rent went back", "en betalning gick tillbaka",
	       "a payment was returned") },
	{ CASE("rent.settled"), NEEDS_KEY("month"), .is_virtual = true,
	  SAYS("the rent of a month is covered", "hyran för månaden blev betald",
	       "the rent of the month was paid") },
	{ CASE("rent.reopened"), UNDOES("rent.settled"), NEEDS_KEY("month"), .is_virtual = true,
	  HAS(MUST("due_on", FIELD_DATE, CLASS_OPEN, "the day on which it was due"),
	      MUST("due_early", FIELD_DATE, CLASS_OPEN, "the same on the earliest reading"),
	      MUST("due_latest", FIELD_DATE, CLASS_OPEN, "the same on the latest reading")),
	  SAYS("a rent that was covered is open again",
	       "en betalning av hyran för månaden gick tillbaka",
	       "a payment of the rent of the month was returned") },
	{ CASE("rent.cleared"), .is_virtual = true,
	  SAYS("no rent is open any more", "all hyra blev betald", "all rent was paid") },
	{ CASE("rent.uncleared"), UNDOES("rent.cleared"), .is_virtual = true,
	  SAYS("money went back, and a rent that is past due is open again",
	       "hyra som var betald är obetald igen", "rent that was paid is unpaid again") },
	{ CASE("rent.waived"), NEEDS_KEY("month"),
	  SAYS("the rent of a month is let off", "hyran efterskänktes", "the rent was waived") },
	{ CASE("rent.warned"),
	  SAYS("the landlord's written warning", "hyresvärden varnade skriftligt",
	       "the landlord gave a written warning") },
	{ CASE("forfeiture.covered"), COUNTS_ON("paid_on"), RENT_MONTH, .is_virtual = true,
	  HAS(MUST("paid_on", FIELD_DATE, CLASS_OPEN, "the day of the last payment that counts")),
	  SAYS("what was past due when the lease was ended is covered by payments",
	       "hyran som förföll före uppsägningen blev betald",
	       "the rent that was due before the notice was paid") },
	{ CASE("forfeiture.uncovered"), UNDOES("forfeiture.covered"), RENT_MONTH,
	  .is_virtual = true,
	  SAYS("what was covered when the lease was ended is open again",
	       "en betalning av hyran som förföll före uppsägningen räknas inte längre",
	       "a payment of the rent that was due before the notice counts no more") },
	{ CASE("forfeiture.notice_served"), MAY_BEGIN, COUNTS_ON("on"), RENT_MONTH,
	  HAS(ON("the day on which the person was served"), ITS_PROGRAMME),
	  SAYS("the person was served the form that the lease is ended for unpaid rent and can be "
	       "won "
	       "back (underrättelse, form 1)",
	       "underrättelsen delgavs", "the notice was served") },
	{ CASE("board.notified"), MAY_BEGIN, COUNTS_ON("on"), RENT_MONTH,
	  HAS(ON("the day on which it came in, however it was sent"),
	      MAY_DAY(
		  "sent_on", HAPPENED,
		  "the day on which it was posted as a registered letter, by receipt or postmark; "
		  "never the date on the form"),
	      ITS_PROGRAMME),
	  SAYS("the landlord's message to the social board that the lease is ended for unpaid rent "
	       "(form 3, never a message about disturbances)",
	       "socialnämnden fick meddelandet", "the social welfare board got the message") },
	{ CASE("arrears.paid"), COUNTS_ON("paid_on"), RENT_MONTH,
	  HAS(MUST_DAY("paid_on", PAID, "the day of the payment, as the receipt says"),
	      MAY_CODE("where", "paid_to", CLASS_CASE,
		       "to the landlord, or deposited with the county administrative board"),
	      ITS_PROGRAMME),
	  SAYS("a receipt was seen: all that the notice names is paid, or deposited",
	       "ett kvitto visades", "a receipt was shown") },
	{ CASE("forfeiture.withdrawn"), COUNTS_ON("on"), RENT_MONTH,
	  HAS(ON("the day of the landlord's writing, or of the decision"), ITS_PROGRAMME),
	  SAYS("the landlord takes the notice back in writing, or it is decided that it has no "
	       "effect",
	       "uppsägningen togs tillbaka", "the notice was withdrawn") },
	{ CASE("payment.undertaken"), COUNTS_ON("on"), RENT_MONTH,
	  HAS(ON("the day on which it was sent to the landlord in writing")),
	  SAYS("the board undertakes to pay", "nämnden åtog sig att betala",
	       "the board undertook to pay") },
	{ CASE("enforcement.applied"), MAY_BEGIN, COUNTS_ON("on"),
	  HAS(ON("the day of the application, or of the letter that tells it"), ITS_PROGRAMME),
	  SAYS("the landlord has applied at the enforcement authority (Kronofogden)",
	       "en ansökan gjordes hos Kronofogden",
	       "an application was made to the enforcement authority") },
	{ CASE("eviction.dated"), MAY_BEGIN, HAS(EVICTION_DAY("the day of the eviction")),
	  SAYS("the bailiff tells the day", "ett besked kom in", "a message came in") },
	{ CASE("eviction.postponed"), MAY_BEGIN, HAS(EVICTION_DAY("the new day of the eviction")),
	  SAYS("the bailiff tells another day", "ett nytt besked kom in",
	       "a new message came in") },
	{ CASE("eviction.called_off"), HAS(ITS_PROGRAMME),
	  SAYS("there will be no eviction", "ärendet hos Kronofogden ställdes in",
	       "the matter at the enforcement authority was called off") },
	{ CASE("eviction.carried_out"), MAY_BEGIN, COUNTS_ON("on"),
	  HAS(ON("the day of the eviction"), ITS_PROGRAMME),
	  SAYS("the eviction took place", "avhysningen genomfördes", "the eviction took place") },
	{ CASE("eviction.confirmed"), HAS(ITS_PROGRAMME),
	  SAYS("the same-day confirmation is sent to the bailiff", "bekräftelsen skickades",
	       "the confirmation was sent") },
	{ CASE("remark.received"), BEGINS(remark), TAKES_KEY("remark"),
	  SAYS("a remark of the landlord", "en anmärkning kom in", "a remark came in") },
	{ CASE("remark.handled"), ENDS(remark), TAKES_KEY("remark"),
	  SAYS("the remark is dealt with", "anmärkningen togs om hand",
	       "the remark was dealt with") },
	{ CASE("disturbance.reported"), MAY_BEGIN, BEGINS(disturbance), TAKES_KEY("disturbance"),
	  HAS(ITS_PROGRAMME),
	  SAYS("a disturbance was reported", "en störning anmäldes",
	       "a disturbance was reported") },
	{ CASE("disturbance.board_notified"), MAY_BEGIN, COUNTS_ON("on"), TAKES_KEY("disturbance"),
	  HAS(ON("the day on which it came in"), ITS_PROGRAMME),
	  SAYS("the landlord's message to the social board about disturbances (12 kap. 25 a par. "
	       "jordabalken, never about unpaid rent)",
	       "ett meddelande om störningar kom in", "a message about disturbances came in") },
	{ CASE("disturbance.notice"), MAY_BEGIN, COUNTS_ON("on"), TAKES_KEY("disturbance"),
	  HAS(ON("the day on which it came in"), ITS_PROGRAMME),
	  SAYS("the copy to the social board of a notice for especially serious disturbances (12 "
	       "kap. "
	       "42 par. fourth paragraph jordabalken): no payment wins the lease back",
	       "en kopia av en uppsägning kom in", "the copy of a notice came in") },
	{ CASE("disturbance.handled"), ENDS(disturbance), TAKES_KEY("disturbance"),
	  HAS(ITS_PROGRAMME),
	  SAYS("the disturbance is dealt with", "störningen togs om hand",
	       "the disturbance was dealt with") },
	{ CASE("debt.reported"), MAY_BEGIN, BEGINS(debt), TAKES_KEY("debt"),
	  HAS(MUST_CODE("debt", "debt", CLASS_CASE, "what is owed"), ITS_PROGRAMME),
	  SAYS("a debt became known", "en anmälan kom in", "a report came in") },
	{ CASE("debt.handled"), ENDS(debt), TAKES_KEY("debt"),
	  HAS(MAY_CODE("debt", "debt", CLASS_CASE, "what is owed"), ITS_PROGRAMME),
	  SAYS("the debt is dealt with", "anmälan togs om hand", "the report was dealt with") },
	{ CASE("visit.made"),
	  SAYS("housing support in the home", "besöket gjordes", "the visit was made") },
	{ CASE("visit.missed"), SAYS("a visit that did not come about", "besöket blev inte av",
				     "the visit did not take place") },
	{ CASE("home.kept"),
	  HAS(MUST_CODE("kept", "home_kept", CLASS_CASE, "does the person have the home still?")),
	  SAYS("whether the home was kept is known", "boendet följdes upp",
	       "the housing was followed up") },
	{ CASE("support.handover_decided"),
	  SAYS("who gives housing support from here on", "boendestödet lämnades över",
	       "the housing support was handed over") },

	{ ANY("deadline.acknowledged"), TAKES_KEY("deadline of several"), HAS(PUT_OFF),
	  SAYS("somebody has seen a deadline and comes back to it", "bevakningen är sedd",
	       "the deadline has been seen") },
	{ ANY("deadline.snoozed"), TAKES_KEY("deadline of several"), HAS(PUT_OFF),
	  SAYS("somebody puts the reminders of a deadline off", "påminnelserna sköts upp",
	       "the reminders were put off") },
	{ ANY("event.voided"),
	  HAS(MUST("event", FIELD_NUMBER, CLASS_OPEN, "the number of the event"),
	      MUST("reason", FIELD_TEXT, CLASS_SECRET, "why")),
	  SAYS("an event that was a mistake is taken back", "händelsen togs tillbaka",
	       "the event was taken back") },
};
/* clang-format on */

const struct kind *kind_core_table(size_t *ret_count)
{
	*ret_count = sizeof(kinds) / sizeof(kinds[0]);
	return kinds;
}
