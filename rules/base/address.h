/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * E-mail addresses, by an allow-list. The same function judges an address when it is recorded
 * and once more just before it goes on the wire, so that nothing which could be read as a
 * command, a header, an option or a route ever gets that far.
 *
 *   fault = address_fault(text);
 *   if (fault != NULL) problem_add(..., "address", "'%s' %s", text, fault);
 *
 * Narrower than RFC 5321 allows: no quoting, no domain literals, no letters outside ASCII, and
 * none of the signs that old mail routers or shells give a meaning (! % | ` $ / and the like).
 */
#ifndef KEDJA_ADDRESS_H
#define KEDJA_ADDRESS_H

#define ADDRESS_MOST       254 /* characters; RFC 5321 4.5.3.1.3 less the angle brackets */
#define ADDRESS_LOCAL_MOST 64
#define ADDRESS_LABEL_MOST 63

/* NULL when mail can be sent there; else what is wrong and what would be right, in words that
 * follow the address in a sentence. The text lives for ever. */
const char *address_fault(const char *address);

#endif
