/* SPDX-License-Identifier: EUPL-1.2 */
/* See tls.h. */
#include "daemon/mailer/tls.h"

#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <stdlib.h>

/* Notes why; the verdict is OpenSSL's own. */
static int certificate_checked(int good, X509_STORE_CTX *store)
{
	SSL *ssl = X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx());
	struct tls *tls = SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl));
	if (!good && tls->refusal == NULL)
		tls->refusal =
		    xasprintf("the certificate of %s is not accepted: %s", tls->host,
			      X509_verify_cert_error_string(X509_STORE_CTX_get_error(store)));
	return good;
}

/* The library does not tell the server which name it came for; without it a server with many
 * names shows a wrong certificate. */
static void handshake_step(const SSL *ssl, int where, int result)
{
	(void)result;
	const struct tls *tls = SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl));
	if ((where & SSL_CB_HANDSHAKE_START) != 0 && !tls->is_address)
		SSL_set_tlsext_host_name((SSL *)ssl, tls->host);
}

static bool name_require(struct tls *tls)
{
	X509_VERIFY_PARAM *param = SSL_CTX_get0_param(tls->context);
	if (tls->is_address)
		return X509_VERIFY_PARAM_set1_ip_asc(param, tls->host) == 1;
	return X509_VERIFY_PARAM_set1_host(param, tls->host, 0) == 1;
}

/* TLS 1.2 at the most: with 1.3 libesmtp takes the tickets that follow the handshake for an
 * answer that is due, and waits for it until it gives up. */
static bool context_prepare(struct tls *tls, const char *ca_file)
{
	SSL_CTX_set_app_data(tls->context, tls);
	SSL_CTX_set_info_callback(tls->context, handshake_step);
	SSL_CTX_set_verify(tls->context, SSL_VERIFY_PEER, certificate_checked);
	if (SSL_CTX_set_min_proto_version(tls->context, TLS1_2_VERSION) != 1 ||
	    SSL_CTX_set_max_proto_version(tls->context, TLS1_2_VERSION) != 1)
		return false;
	if (*ca_file == '\0')
		return SSL_CTX_set_default_verify_paths(tls->context) == 1;
	return SSL_CTX_load_verify_locations(tls->context, ca_file, NULL) == 1;
}

int tls_init(struct tls *tls, const char *host, const char *ca_file, char **ret_reason)
{
	struct in_addr address;
	*tls = (struct tls){ .context = SSL_CTX_new(TLS_client_method()), .host = xstrdup(host) };
	tls->is_address = inet_pton(AF_INET, host, &address) == 1;
	if (tls->context != NULL && context_prepare(tls, ca_file) && name_require(tls))
		return 0;
	char reason[200];
	ERR_error_string_n(ERR_peek_error(), reason, sizeof(reason));
	ERR_clear_error();
	*ret_reason = xasprintf("no certificates to trust can be read from %s: %s",
				*ca_file == '\0' ? "this system" : ca_file, reason);
	tls_clear(tls);
	return -1;
}

void tls_clear(struct tls *tls)
{
	SSL_CTX_free(tls->context);
	free(tls->host);
	free(tls->refusal);
	*tls = (struct tls){ 0 };
}

void tls_begin(struct tls *tls)
{
	ERR_clear_error();
	free(tls->refusal);
	tls->refusal = NULL;
}
