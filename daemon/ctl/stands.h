/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Who and what a file of events begins, so that its rows may name them in any order: roles before
 * the colleagues who hold them, a thousand rows and a batch further down. The daemon looks at one
 * batch at a time; with each goes what its rows name and the file begins.
 *
 *   stands = stands_new();
 *   stands_add(stands, event); ...             all rows of the file, first
 *   stands_name(stands, event); ...            those of a batch
 *   list = stands_take(stands);                [{"kind", "subject"}] for it; the next one begins
 */
#ifndef KEDJA_CTL_STANDS_H
#define KEDJA_CTL_STANDS_H

#include <jansson.h>

struct stands;

struct stands *stands_new(void);
void stands_free(struct stands *stands); /* takes NULL */

/* Core kinds with which nothing begins are left out; what an own kind of the office begins the
 * daemon knows. */
void stands_add(struct stands *stands, const json_t *event);
void stands_name(struct stands *stands, const json_t *event);
json_t *stands_take(struct stands *stands); /* a new reference */

#endif
