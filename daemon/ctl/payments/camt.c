/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * See camt.h. expat tells where elements begin and end; here a path of their names is kept, and
 * only the text of the elements in `leaves` is ever copied out of the parser's own buffers. So
 * names, addresses and accounts of payers come no further than that.
 *
 * A document type is refused at its first letter: no entities, no laughs.
 */
#include "daemon/ctl/payments/camt_own.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/ctl/terminal.h"

#define SPACE       "urn:iso:std:iso:20022:tech:xsd:camt.054.001."
#define MESSAGE     "/Document/BkToCstmrDbtCdtNtfctn"
#define NOTICE      MESSAGE "/Ntfctn"
#define ENTRY       NOTICE "/Ntry"
#define TRANSACTION ENTRY "/NtryDtls/TxDtls"

static int line_of(const struct camt *reading)
{
	return (int)XML_GetCurrentLineNumber(reading->parser);
}

static void stop(struct camt *reading, const char *text)
{
	if (reading->stopped)
		return;
	camt_complain(reading, line_of(reading), text);
	reading->stopped = true;
	XML_StopParser(reading->parser, XML_FALSE);
}

/* --- leaves ---------------------------------------------------------------------------------- */

static struct transaction *last(struct camt *reading)
{
	return reading->entry.count == 0 ? NULL : &reading->entry.list[reading->entry.count - 1];
}

static bool in_transaction(const struct camt *reading)
{
	return strncmp(reading->path, TRANSACTION "/", strlen(TRANSACTION "/")) == 0;
}

static struct sums *sums(struct camt *reading)
{
	struct transaction *transaction = last(reading);
	return in_transaction(reading) && transaction != NULL ? &transaction->sums
							      : &reading->entry.sums;
}

static void take_created(struct camt *reading)
{
	if (payment_parse_reach(reading->text, &reading->created) != 0)
		camt_complain(reading, line_of(reading), "CreDtTm is not a time");
}

static void take_from(struct camt *reading)
{
	if (payment_parse_day(reading->text, &reading->from) != 0)
		camt_complain(reading, line_of(reading), "FrDtTm is not a time");
}

static void take_message(struct camt *reading)
{
	snprintf(reading->message, sizeof(reading->message), "%.35s", reading->text);
}

static void take_notice(struct camt *reading)
{
	snprintf(reading->notice, sizeof(reading->notice), "%.35s", reading->text);
}

static void take_period(struct camt *reading)
{
	if (payment_parse_reach(reading->text, &reading->period) != 0)
		camt_complain(reading, line_of(reading), "ToDtTm is not a time");
}

static void take_last_page(struct camt *reading)
{
	if (strcmp(reading->text, "false") == 0 || strcmp(reading->text, "0") == 0)
		reading->list->has_more_pages = true;
}

static void take_account(struct camt *reading)
{
	snprintf(reading->account, sizeof(reading->account), "%.39s", reading->text);
}

static void take_amount(struct camt *reading)
{
	const char *reason;
	char complaint[200];
	struct sums *of = sums(reading);
	int64_t amount = 0;
	if (!reading->has_currency || strcmp(reading->currency, "SEK") != 0) {
		camt_complain(reading, line_of(reading), "the currency is not SEK");
	} else if (payment_parse_kronor(reading->text, &amount, &reason) != 0) {
		snprintf(complaint, sizeof(complaint), "the amount %s", reason);
		camt_complain(reading, line_of(reading), complaint);
	}
	of->has_amount = true;
	of->amount = amount;
}

/* TxAmt tells again what Amt has told, and stands for it in version 02. */
static void take_amount_of_details(struct camt *reading)
{
	if (!sums(reading)->has_amount)
		take_amount(reading);
}

static void take_direction(struct camt *reading)
{
	if (strcmp(reading->text, "CRDT") == 0)
		sums(reading)->direction = CREDIT;
	else if (strcmp(reading->text, "DBIT") == 0)
		sums(reading)->direction = DEBIT;
	else
		camt_complain(reading, line_of(reading), "CdtDbtInd is neither CRDT nor DBIT");
}

static void take_reversal(struct camt *reading)
{
	if (strcmp(reading->text, "true") == 0 || strcmp(reading->text, "1") == 0)
		sums(reading)->is_return = true;
}

static void take_status(struct camt *reading)
{
	reading->entry.is_booked = strcmp(reading->text, "BOOK") == 0;
	/* INFO is never booked; whatever else there is (PDNG, FUTR) still may be. */
	reading->entry.is_pending = !reading->entry.is_booked && strcmp(reading->text, "INFO") != 0;
}

static void take_day(struct camt *reading, date *to, const char *name)
{
	char complaint[60];
	if (payment_parse_day(reading->text, to) == 0)
		return;
	snprintf(complaint, sizeof(complaint), "%s is not a date", name);
	camt_complain(reading, line_of(reading), complaint);
}

static void take_booked(struct camt *reading)
{
	take_day(reading, &reading->entry.booked, "BookgDt");
}

static void take_valued(struct camt *reading)
{
	take_day(reading, &reading->entry.valued, "ValDt");
}

static void take_accepted(struct camt *reading)
{
	take_day(reading, &sums(reading)->accepted, "AccptncDtTm");
}

static void add_id(char **ids, const char *id)
{
	char *longer = xasprintf("%s\n%s", *ids == NULL ? "" : *ids, id);
	free(*ids);
	*ids = longer;
}

/* NtryRef: a number within the file, which tells nothing. */
static void take_entry_id(struct camt *reading)
{
	struct entry *entry = &reading->entry;
	add_id(&entry->ids, reading->text);
	snprintf(entry->bank_id, sizeof(entry->bank_id), "%.35s", reading->text);
}

/* No schema allows more than 35 letters; what is longer counts to its end all the same. */
static void set_own(struct camt *reading, char own[36])
{
	if (payment_is_no_id(reading->text))
		return;
	if (strlen(reading->text) > 35)
		payment_hash(reading->text, own);
	else
		snprintf(own, 36, "%.35s", reading->text);
}

static void take_entry_reference(struct camt *reading)
{
	take_entry_id(reading);
	set_own(reading, reading->entry.own);
}

static void take_id(struct camt *reading)
{
	if (last(reading) != NULL)
		add_id(&last(reading)->ids, reading->text);
}

static void take_payer_id(struct camt *reading)
{
	take_id(reading);
	if (last(reading) != NULL && !payment_is_no_id(reading->text))
		add_id(&last(reading)->payer_ids, reading->text);
}

static void take_bank_id(struct camt *reading)
{
	struct transaction *transaction = last(reading);
	take_id(reading);
	if (transaction == NULL)
		return;
	snprintf(transaction->bank_id, sizeof(transaction->bank_id), "%.35s", reading->text);
	set_own(reading, transaction->own);
}

/* Another bank's, if this one has not given its own, which comes first in the file. */
static void take_transaction_id(struct camt *reading)
{
	struct transaction *transaction = last(reading);
	take_id(reading);
	if (transaction != NULL && transaction->own[0] == '\0')
		set_own(reading, transaction->own);
}

static void take_count(struct camt *reading)
{
	int64_t count = 0;
	const char *reason;
	if (payment_parse_ore(reading->text, &count, &reason) != 0)
		camt_complain(reading, line_of(reading), "NbOfTxs is not a number");
	reading->entry.told_count =
	    (reading->entry.told_count < 0 ? 0 : reading->entry.told_count) + count;
}

static void take_reference(struct camt *reading)
{
	payment_add_words(&sums(reading)->words, reading->text, false, reading->input);
}

static void take_free_text(struct camt *reading)
{
	payment_add_words(&sums(reading)->words, reading->text, true, reading->input);
}

/* The elements whose text is looked at; everything else passes by. */
static const struct leaf {
	const char *path;
	void (*take)(struct camt *reading);
} leaves[] = {
	{ MESSAGE "/GrpHdr/MsgId", take_message },
	{ MESSAGE "/GrpHdr/CreDtTm", take_created },
	{ MESSAGE "/GrpHdr/MsgPgntn/LastPgInd", take_last_page },
	{ NOTICE "/NtfctnPgntn/LastPgInd", take_last_page },
	{ NOTICE "/Id", take_notice },
	{ NOTICE "/FrToDt/FrDtTm", take_from },
	{ NOTICE "/FrToDt/ToDtTm", take_period },
	{ NOTICE "/Acct/Id/IBAN", take_account },
	{ NOTICE "/Acct/Id/Othr/Id", take_account },
	{ ENTRY "/NtryRef", take_entry_id },
	{ ENTRY "/AcctSvcrRef", take_entry_reference },
	{ ENTRY "/Amt", take_amount },
	{ ENTRY "/CdtDbtInd", take_direction },
	{ ENTRY "/RvslInd", take_reversal },
	{ ENTRY "/Sts", take_status },
	{ ENTRY "/Sts/Cd", take_status },
	{ ENTRY "/Sts/Prtry", take_status },
	{ ENTRY "/BookgDt/Dt", take_booked },
	{ ENTRY "/BookgDt/DtTm", take_booked },
	{ ENTRY "/ValDt/Dt", take_valued },
	{ ENTRY "/ValDt/DtTm", take_valued },
	{ ENTRY "/NtryDtls/Btch/NbOfTxs", take_count },
	{ TRANSACTION "/Refs/AcctSvcrRef", take_bank_id },
	{ TRANSACTION "/Refs/TxId", take_transaction_id },
	{ TRANSACTION "/Refs/InstrId", take_payer_id },
	{ TRANSACTION "/Refs/EndToEndId", take_payer_id },
	{ TRANSACTION "/Refs/ClrSysRef", take_payer_id },
	{ TRANSACTION "/Refs/Prtry/Ref", take_payer_id },
	{ TRANSACTION "/Amt", take_amount },
	{ TRANSACTION "/AmtDtls/TxAmt/Amt", take_amount_of_details },
	{ TRANSACTION "/CdtDbtInd", take_direction },
	{ TRANSACTION "/RltdDts/AccptncDtTm", take_accepted },
	{ TRANSACTION "/RmtInf/Strd/CdtrRefInf/Ref", take_reference },
	{ TRANSACTION "/RmtInf/Strd/RfrdDocInf/Nb", take_reference },
	{ TRANSACTION "/RmtInf/Strd/AddtlRmtInf", take_free_text },
	{ TRANSACTION "/RmtInf/Ustrd", take_free_text },
};

static const struct leaf *leaf_at(const char *path)
{
	for (size_t i = 0; i < sizeof(leaves) / sizeof(leaves[0]); i++)
		if (strcmp(leaves[i].path, path) == 0)
			return &leaves[i];
	return NULL;
}

/* A notification ends: its account, its name and its period are its own. A payment that is on its
 * way is not told of yet: nothing may be said of its day. */
static void end_notice(struct camt *reading)
{
	date reach = camt_reach(reading);
	if (reading->pending != DATE_NONE && (reach == DATE_NONE || reading->pending <= reach))
		reach = date_add_days(reading->pending, -1);
	reading->list->pending = camt_earlier(reading->list->pending, reading->pending);
	reading->reach = camt_earlier(reading->reach, reach);
	reading->account[0] = reading->notice[0] = '\0';
	reading->period = reading->from = reading->pending = DATE_NONE;
}

/* --- what expat tells ------------------------------------------------------------------------ */

/* "urn:...camt.054.001.02|Ntry" -> "Ntry"; NULL after a complaint. */
static const char *local_name(struct camt *reading, const char *name)
{
	const char *bar = strrchr(name, '|');
	size_t space = strlen(SPACE);
	if (bar == NULL || strncmp(name, SPACE, space) != 0) {
		if (reading->depth == 0)
			stop(reading, "is not a camt.054 message");
		return bar == NULL ? name : NULL; /* of another space: a supplement */
	}
	bool known = strncmp(name + space, "02|", 3) == 0 || strncmp(name + space, "08|", 3) == 0;
	if (!known && reading->depth == 0)
		stop(reading, "is a camt.054 of another version than 02 and 08");
	return bar + 1;
}

static void take_currency(struct camt *reading, const XML_Char **attributes)
{
	reading->has_currency = false;
	for (; attributes[0] != NULL; attributes += 2) {
		if (strcmp(attributes[0], "Ccy") != 0)
			continue;
		reading->has_currency = true;
		snprintf(reading->currency, sizeof(reading->currency), "%.3s", attributes[1]);
		if (strlen(attributes[1]) != 3)
			reading->currency[0] = '?';
	}
}

static void XMLCALL on_start(void *arg, const XML_Char *name, const XML_Char **attributes)
{
	struct camt *reading = arg;
	const char *local = local_name(reading, name);
	if (reading->stopped)
		return;
	if (reading->depth == DEPTH_MOST) {
		stop(reading, "its elements lie too deep in one another");
		return;
	}
	size_t length = strlen(reading->path);
	/* No element that counts has a longer name or is of another space. */
	if (local == NULL || strlen(local) > NAME_MOST)
		local = "?";
	reading->starts[reading->depth++] = length;
	snprintf(reading->path + length, sizeof(reading->path) - length, "/%s", local);
	reading->is_collecting = leaf_at(reading->path) != NULL;
	reading->length = 0;
	if (reading->is_collecting && strcmp(local, "Amt") == 0)
		take_currency(reading, attributes);
	if (strcmp(reading->path, MESSAGE) == 0)
		reading->has_message = true;
	else if (strcmp(reading->path, ENTRY) == 0)
		camt_entry_begin(reading, line_of(reading));
	else if (strcmp(reading->path, TRANSACTION) == 0)
		camt_transaction_begin(reading, line_of(reading));
	else if (strcmp(reading->path, TRANSACTION "/RtrInf") == 0)
		sums(reading)->is_return = true;
	else if (reading->depth == 2 && !reading->has_message)
		stop(reading, "is not a notification (BkToCstmrDbtCdtNtfctn)");
}

static void XMLCALL on_text(void *arg, const XML_Char *text, int length)
{
	struct camt *reading = arg;
	if (!reading->is_collecting || reading->stopped)
		return;
	if (reading->length + (size_t)length > TEXT_MOST) {
		stop(reading, "an element has more than 2,000 characters");
		return;
	}
	memcpy(reading->text + reading->length, text, (size_t)length);
	reading->length += (size_t)length;
}

static void trim(struct camt *reading)
{
	size_t start = 0;
	reading->text[reading->length] = '\0';
	while (reading->length > 0 && strchr(" \t\r\n", reading->text[reading->length - 1]) != NULL)
		reading->text[--reading->length] = '\0';
	while (start < reading->length && strchr(" \t\r\n", reading->text[start]) != NULL)
		start++;
	memmove(reading->text, reading->text + start, reading->length - start + 1);
}

static void XMLCALL on_end(void *arg, const XML_Char *name)
{
	struct camt *reading = arg;
	(void)name;
	if (reading->stopped)
		return;
	const struct leaf *leaf = reading->is_collecting ? leaf_at(reading->path) : NULL;
	if (leaf != NULL) {
		trim(reading);
		if (reading->text[0] != '\0')
			leaf->take(reading);
	}
	reading->is_collecting = false;
	reading->length = 0;
	if (strcmp(reading->path, ENTRY) == 0)
		camt_entry_end(reading);
	else if (strcmp(reading->path, NOTICE) == 0)
		end_notice(reading);
	if (reading->depth > 0)
		reading->path[reading->starts[--reading->depth]] = '\0';
}

static void XMLCALL on_doctype(void *arg, const XML_Char *name, const XML_Char *system,
			       const XML_Char *public, int has_subset)
{
	(void)name;
	(void)system;
	(void)public;
	(void)has_subset;
	stop(arg, "has a document type (DTD): no bank sends one");
}

/* --- the file -------------------------------------------------------------------------------- */

bool camt_is(const char *text, size_t length)
{
	size_t skip = length >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
	while (skip < length && text[skip] != '\0' && strchr(" \t\r\n", text[skip]) != NULL)
		skip++;
	return skip < length && text[skip] == '<';
}

static void parse(struct camt *reading)
{
	const struct payment_input *input = reading->input;
	const size_t piece = 1 << 20;
	enum XML_Status status = XML_STATUS_OK;
	for (size_t at = 0; status == XML_STATUS_OK && !reading->stopped; at += piece) {
		bool is_last = input->length - at <= piece;
		size_t length = is_last ? input->length - at : piece;
		status = XML_Parse(reading->parser, input->text + at, (int)length, is_last);
		if (is_last)
			break;
	}
	if (status == XML_STATUS_OK || reading->stopped)
		return;
	problem_add_at(reading->problems, input->file, line_of(reading),
		       (int)XML_GetCurrentColumnNumber(reading->parser) + 1, "Ntry %d: not XML: %s",
		       reading->entries, XML_ErrorString(XML_GetErrorCode(reading->parser)));
}

void camt_read(const struct payment_input *input, struct payment_list *ret,
	       struct problems *problems)
{
	struct camt *reading = xcalloc(1, sizeof(*reading));
	size_t before = problems->count;
	reading->input = input;
	reading->list = ret;
	reading->problems = problems;
	reading->created = reading->reach = DATE_NONE;
	reading->period = reading->from = reading->pending = DATE_NONE;
	camt_entry_clear(&reading->entry);
	/* What the file says of its encoding may be wrong; its bytes are not. */
	bool is_utf8 = terminal_is_utf8(input->text, input->length);
	reading->parser = XML_ParserCreateNS(is_utf8 ? "UTF-8" : "ISO-8859-1", '|');
	if (reading->parser == NULL)
		abort();
	XML_SetUserData(reading->parser, reading);
	XML_SetElementHandler(reading->parser, on_start, on_end);
	XML_SetCharacterDataHandler(reading->parser, on_text);
	XML_SetStartDoctypeDeclHandler(reading->parser, on_doctype);
	parse(reading);
	ret->covers_through = reading->reach;
	if (problems->count == before && !reading->has_message)
		problem_add(problems, input->file, 1, "holds no notification");
	camt_entry_clear(&reading->entry);
	XML_ParserFree(reading->parser);
	free(reading);
	if (problems->count == before)
		payment_list_finish(ret, input->file, problems);
}
