/* SPDX-License-Identifier: EUPL-1.2 */
/* Any conversation, server and client in turn: the ear on an SMTP session keeps its balance, and a
 * letter never begins where encryption or a login was wanted and is not there. */

#include "daemon/mailer/watch.h"
#include "tests/fuzz/fuzz.h"

/* Bytes are said by the server up to a 0xff, then by us, and so on; 0xfe ends the handshake. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct watch watch;
	if (size == 0)
		return 0;
	char *bytes = xcalloc(size, 1); /* what the server says is written to */
	memcpy(bytes, data, size);
	watch_begin(&watch, data[0] & 1, data[0] & 2);
	bool ours = false, cut = false;
	for (size_t i = 1, end; i < size && !cut; i = end + 1) {
		for (end = i; end < size && data[end] < 0xfe; end++)
			continue;
		char *said = bytes + i;
		bool letter = ours && !watch.writing_line && !watch.challenged && end - i > 5 &&
			      memcmp(said, "MAIL ", 5) == 0;
		cut = ours ? watch_hears_us(&watch, said, end - i)
			   : watch_hears_server(&watch, said, end - i);
		if (letter && !cut &&
		    ((watch.want_tls && !watch.secure) || (watch.want_login && !watch.logged_in)))
			abort();
		if (end < size && data[end] == 0xfe)
			watch.secure = true;
		ours = !ours;
	}
	if (watch.length >= sizeof(watch.line) ||
	    (cut && watch.fault == FAULT_NONE && !watch.flooded && !watch.out_of_turn))
		abort();
	free(bytes);
	return 0;
}
