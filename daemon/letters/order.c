/* SPDX-License-Identifier: EUPL-1.2 */
/* The order of reading (letter_own.h): sections, in them matters, in these their cases. */
#include <stdlib.h>
#include <string.h>

#include "daemon/letters/letter_own.h"

enum letter_group letter_group(const struct letter_item *item, bool urgent, date today)
{
	if (urgent)
		return GROUP_URGENT;
	if (item->copy)
		return GROUP_COPIES;
	if (item->due < today)
		return GROUP_LATE;
	return item->due == today || item->serious ? GROUP_TODAY : GROUP_COMING;
}

static bool same(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

/* Which matter does it belong to? Only what is coming is told with its words where it is alone. */
static struct matter matter_of(const struct letter *letter, const struct letter_item *item)
{
	struct matter matter = { .group = letter_group(item, letter->urgent, letter->today),
				 .minimal = letter->minimal || item->is_protected };
	bool table = matter.group == GROUP_COPIES || matter.group == GROUP_COMING;
	if (!matter.minimal && (!table || letter->count == 1))
		matter.template = template_name(item);
	if (!matter.minimal && matter.group == GROUP_COPIES && letter->count > 1)
		matter.responsible = item->responsible;
	return matter;
}

static struct matter *find(struct order *order, const struct matter *wanted)
{
	for (size_t i = 0; i < order->count; i++) {
		struct matter *matter = &order->list[i];
		if (matter->group == wanted->group && matter->minimal == wanted->minimal &&
		    same(matter->template, wanted->template) &&
		    same(matter->responsible, wanted->responsible))
			return matter;
	}
	return NULL;
}

static struct matter *add(struct order *order, const struct matter *wanted, size_t most)
{
	order->list = array_grow(order->list, order->count, &order->capacity, sizeof(*order->list));
	order->list[order->count] = *wanted;
	order->list[order->count].items = xcalloc(most + 1, sizeof(*wanted->items));
	return &order->list[order->count++];
}

void order_read(struct order *order, const struct letter *letter)
{
	for (int group = 0; group < GROUPS; group++) {
		for (size_t i = 0; i < letter->count; i++) {
			struct matter wanted = matter_of(letter, &letter->items[i]);
			if ((int)wanted.group != group)
				continue;
			struct matter *matter = find(order, &wanted);
			if (matter == NULL)
				matter = add(order, &wanted, letter->count - i);
			matter->items[matter->count++] = i;
		}
	}
}

void order_free(struct order *order)
{
	for (size_t i = 0; i < order->count; i++)
		free(order->list[i].items);
	free(order->list);
	*order = (struct order){ NULL, 0, 0 };
}

bool order_is_table(const struct matter *matter)
{
	return matter->template == NULL && !matter->minimal;
}

void letter_numbers(const struct letter *letter, size_t *ret_numbers)
{
	struct order order = { NULL, 0, 0 };
	size_t number = 0;
	order_read(&order, letter);
	for (size_t i = 0; i < order.count; i++)
		for (size_t j = 0; j < order.list[i].count; j++)
			ret_numbers[order.list[i].items[j]] = ++number;
	order_free(&order);
}
