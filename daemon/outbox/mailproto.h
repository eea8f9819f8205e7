/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What kedjad and kedja-mailer say to each other: JSON objects, one a line, over a socket pair
 * on the mailer's descriptor 0. Both sides refuse anything else, and lines over 1 MiB.
 *
 *   mailer: {"hello":"kedja-mailer","protocol":1}
 *   kedjad: {"configure":{"transport":"maildir","maildir":"/...","smtp_host":...,"smtp_port":25,
 *            "smtp_starttls":true,"smtp_ca_file":"","smtp_user":"","smtp_password_file":"",
 *            "sender":"kedja@example.se","sender_name":"Kedja","helo_name":"kedja.example.se"}}
 *   mailer: {"ready":true}   or   {"fault":"sentence","kind":KIND}
 *   kedjad: {"send":[LETTER, ...],"doubt":true?}      doubt: whether the server takes anything from
 *           us; a refusal that does not say whose matter it is then is a fault
 *   mailer: {"id":17,"outcome":"sent","code":250,"text":"2.0.0 Ok"}       one per letter, in order,
 *           as soon as it is known; outcome: sent, deferred, refused, unclear
 *           {"fault":"sentence","kind":KIND,"id":17?}     it is the installation's fault: the
 * letters of the batch that have no outcome were not tried, or (17) count as such. KIND: login,
 *           tls, sender, relay, config, folder
 *           {"done":true}                                                  ends every batch
 *   kedjad: {"noted":17}   the outcomes up to that of 17 are safe in its file. By SMTP the data of
 *           the next letter waits for this: whoever is killed, one letter at the most has been
 *           taken by the server and is not known to have been (I5)
 *
 *   LETTER: {"id":17,"message_id":"...","date":"Mon, 30 Nov 2026 08:00:00 +0100",
 *            "to":{"name":"...","address":"..."},"subject":"...","text":"...","html":"..."?,
 *            "references":"..."?,"calendar":[ENTRY, ...]?,"urgent":true?}   urgent: the headers
 *            that mail programs show as "high importance"
 *   ENTRY: {"uid":"...","sequence":0,"day":"2027-03-01","summary":"...","description":"..."?,
 *           "cancelled":true?}   a whole day in the calendar of the reader, or one taken away
 *
 * The same LETTER gives the same bytes, always (I5). End of file on descriptor 0 ends the mailer
 * after the letter in hand.
 */
#ifndef KEDJA_OUTBOX_MAILPROTO_H
#define KEDJA_OUTBOX_MAILPROTO_H

#define MAIL_PROTOCOL  1
#define MAIL_LINE_MOST (1024 * 1024)

/* kedjad's first line, with its end; the caller frees it. */
struct settings;
char *mailproto_configure(const struct settings *settings);

enum mail_outcome { MAIL_SENT, MAIL_DEFERRED, MAIL_REFUSED, MAIL_UNCLEAR };

#endif
