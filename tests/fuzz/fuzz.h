/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What the fuzz targets share: an input as a block or a text of its own, so that a byte read beyond
 * it is seen, and a file of the tree. Both are freed by the caller.
 */
#ifndef KEDJA_TESTS_FUZZ_FUZZ_H
#define KEDJA_TESTS_FUZZ_FUZZ_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static inline void require(bool holds)
{
	if (!holds)
		abort();
}

/* Exactly `size` bytes, with nothing behind them (one byte where there is none). */
static inline char *fuzz_block(const uint8_t *data, size_t size)
{
	char *block = malloc(size == 0 ? 1 : size);
	require(block != NULL);
	if (size > 0)
		memcpy(block, data, size);
	return block;
}

/* The same, ended by a NUL. */
static inline char *fuzz_text(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);
	require(text != NULL);
	if (size > 0)
		memcpy(text, data, size);
	text[size] = '\0';
	return text;
}

/* A file of the tree, of which at most 65535 bytes are read. Ends the program where there is none.
 */
static inline char *fuzz_file(const char *path)
{
	char *text = calloc(1, 65536);
	FILE *file = fopen(path, "r");
	if (file == NULL || text == NULL) {
		fputs("run this from the root of the tree\n", stderr);
		exit(1);
	}
	text[fread(text, 1, 65535, file)] = '\0';
	fclose(file);
	return text;
}

#endif
