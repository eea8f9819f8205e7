/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The encryption of mail: an OpenSSL context of our own, for that of libesmtp breaks down on its
 * second session. The certificate's chain and the server's name are checked in the handshake, by
 * OpenSSL, against the name that was configured; there is no way to turn that off.
 */
#ifndef KEDJA_MAILER_TLS_H
#define KEDJA_MAILER_TLS_H

#include <openssl/ssl.h>
#include <stdbool.h>

#include "rules/base/mem.h"

struct tls {
	SSL_CTX *context; /* NULL: none */
	char *host;       /* the name or IPv4 address that the certificate must carry */
	bool is_address;
	char *refusal; /* why a certificate was refused; NULL if none was */
};

/* ca_file "": those that this system trusts. -1 with a sentence that the caller frees. */
MUST_CHECK int tls_init(struct tls *tls, const char *host, const char *ca_file, char **ret_reason);
void tls_clear(struct tls *tls); /* a zeroed one too */

/* Before each session: forgets the last refusal. */
void tls_begin(struct tls *tls);

#endif
