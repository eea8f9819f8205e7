/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Any bytes as a configuration text. What the look-over lets through, libconfig must parse: were
 * it to refuse, its own message would come without a usable reason, so that is a finding.
 */

#include "rules/base/utf8.h"
#include "rules/conf/confread.h"
#include "rules/conf/conftext.h"
#include "rules/kinds/chain.h"
#include "tests/fuzz/fuzz.h"

static void check_problems(struct problems *problems)
{
	problems_sort(problems);
	for (size_t i = 0; i < problems->count; i++) {
		require(utf8_length(problems->list[i].text) > 0);
		require(strchr(problems->list[i].text, '\n') == NULL);
	}
	problems_clear(problems);
}

static void read_all(const config_setting_t *root)
{
	static const struct conf_key keys[] = {
		{ "stages", CONF_GROUPS, true }, { "first", CONF_TEXT_OR_TEXTS, true },
		{ "flag", CONF_FLAG, false },    { "number", CONF_NUMBER, false },
		{ NULL, CONF_TEXT, false },
	};
	struct problems problems = PROBLEMS_NONE;
	confread_keys(root, keys, "fuzz.conf", &problems);
	check_problems(&problems);
	confread_version(root);
	for (size_t i = 0; i < confread_text_count(root, "first"); i++)
		require(utf8_length(confread_text_at(root, "first", i)) >= 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct problems problems = PROBLEMS_NONE;
	struct config_t config;
	const char *bytes = (const char *)data;
	int result = confread_open(&config, bytes, size, "fuzz.conf", &problems);
	require(result == 0 || problems.count > 0);
	if (result == 0) {
		read_all(config_root_setting(&config));
		config_destroy(&config);
	}
	check_problems(&problems);

	/* The same bytes as a chain: a text, so up to the first zero. */
	char *text = fuzz_text(data, size);
	struct chain *chain = chain_parse(text, "fuzz.conf", &problems);
	require((chain == NULL) == (problems.count > 0));
	check_problems(&problems);
	chain_free(chain);

	/* And did the library say yes wherever we did? */
	if (conftext_check_bytes(bytes, size, "fuzz.conf", &problems) == 0) {
		char *copy = xasprintf("%s\n", text);
		if (conftext_check(copy, "fuzz.conf", &problems) == 0) {
			config_init(&config);
			require(config_read_string(&config, copy) == CONFIG_TRUE);
			config_destroy(&config);
		}
		free(copy);
	}
	problems_clear(&problems);
	free(text);
	return 0;
}
