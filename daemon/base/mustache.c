/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * See mustache.h. A template is a flat list of nodes; a section knows where its end is. Names
 * are looked up from the innermost context outwards, dotted ones by their first part.
 *
 * A tag for a section, its end or a comment that stands alone on its line takes the whole line
 * away with it, so that templates can be laid out to be read.
 */
#include "daemon/base/mustache.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "rules/base/utf8.h"

#define DEPTH_MOST 32 /* sections within sections: it bounds the recursion */

enum node_kind { NODE_TEXT, NODE_VALUE, NODE_RAW, NODE_SECTION, NODE_INVERTED };

struct node {
	enum node_kind kind;
	char *text; /* or the name */
	size_t end; /* of a section: the node after its last */
	int line;
};

struct mustache {
	char *file;
	struct node *nodes;
	size_t count, capacity;
};

/* ---- parsing ---- */

struct parser {
	const char *text, *at, *limit;
	const char *file;
	const char *const *names;
	mustache_refuse *refuse; /* or NULL */
	void *arg;
	struct problems *problems;
	struct mustache *result;
	size_t open[DEPTH_MOST]; /* sections that wait for their end */
	size_t depth;
	const char *counted; /* lines up to here are counted */
	int line;
};

struct tag {
	const char *begin, *after; /* the whole of it, braces and all */
	char sigil;                /* '\0' for a plain value, '{' for three braces */
	char *name;                /* trimmed */
	int line;
};

static int line_at(struct parser *parser, const char *place)
{
	for (; parser->counted < place; parser->counted++) {
		if (*parser->counted == '\n')
			parser->line++;
	}
	return parser->line;
}

static void add_node(struct parser *parser, enum node_kind kind, const char *text, size_t length)
{
	struct mustache *result = parser->result;
	result->nodes =
	    array_grow(result->nodes, result->count, &result->capacity, sizeof(result->nodes[0]));
	result->nodes[result->count++] =
	    (struct node){ kind, xasprintf("%.*s", (int)length, text), 0, 0 };
}

static void add_text(struct parser *parser, const char *begin, const char *end)
{
	if (end > begin)
		add_node(parser, NODE_TEXT, begin, (size_t)(end - begin));
}

static const char *find(const struct parser *parser, const char *from, const char *what)
{
	return memmem(from, (size_t)(parser->limit - from), what, strlen(what));
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static char *trimmed(const char *begin, const char *end)
{
	while (begin < end && is_blank(*begin))
		begin++;
	while (end > begin && is_blank(end[-1]))
		end--;
	return xasprintf("%.*s", (int)(end - begin), begin);
}

/* `begin` stands on the "{{". False: it has no end, which has been said. */
static bool read_tag(struct parser *parser, const char *begin, struct tag *ret)
{
	const char *inside = begin + 2;
	const char *closing = "}}";
	char sigil = inside < parser->limit ? *inside : '\0';
	if (sigil != '\0' && strchr("{&#^/!>=", sigil) != NULL)
		inside++;
	else
		sigil = '\0';
	if (sigil == '{')
		closing = "}}}";
	const char *end = find(parser, inside, closing);
	int line = line_at(parser, begin);
	if (end == NULL) {
		problem_add(parser->problems, parser->file, line,
			    "a tag is not closed: \"%s\" is missing", closing);
		return false;
	}
	*ret = (struct tag){ begin, end + strlen(closing), sigil, trimmed(inside, end), line };
	return true;
}

/* Nothing but blanks before and after on its lines? Then those and the line's end go too. */
static void widen_if_alone(const struct parser *parser, struct tag *tag)
{
	const char *begin = tag->begin, *after = tag->after;
	while (begin > parser->text && (begin[-1] == ' ' || begin[-1] == '\t'))
		begin--;
	while (after < parser->limit && (*after == ' ' || *after == '\t'))
		after++;
	if (begin > parser->text && begin[-1] != '\n')
		return;
	if (after < parser->limit && *after == '\r')
		after++;
	if (after < parser->limit && *after != '\n')
		return;
	tag->begin = begin;
	tag->after = after < parser->limit ? after + 1 : after;
}

static void check_name(struct parser *parser, const struct tag *tag)
{
	if (tag->name[0] == '\0') {
		problem_add(parser->problems, parser->file, tag->line,
			    "a tag is empty: a name is missing between the braces");
		return;
	}
	if (strcmp(tag->name, ".") == 0 || parser->names == NULL)
		return;
	for (const char *const *name = parser->names; *name != NULL; name++) {
		if (strcmp(*name, tag->name) == 0)
			return;
	}
	char *reason = parser->refuse == NULL ? NULL : parser->refuse(parser->arg, tag->name);
	if (reason != NULL && reason[0] != '\0') {
		problem_add(parser->problems, parser->file, tag->line, "%s", reason);
	} else if (reason == NULL) {
		problem_add(parser->problems, parser->file, tag->line, "unknown name \"%s\"",
			    tag->name);
		problem_hint(parser->problems, tag->name, parser->names, NULL);
	}
	free(reason);
}

static void open_section(struct parser *parser, const struct tag *tag)
{
	if (parser->depth == DEPTH_MOST) {
		problem_add(parser->problems, parser->file, tag->line,
			    "more than %d sections within each other", DEPTH_MOST);
		parser->depth = 0; /* the rest would only be noise */
		parser->at = parser->limit;
		return;
	}
	parser->open[parser->depth++] = parser->result->count;
	add_node(parser, tag->sigil == '#' ? NODE_SECTION : NODE_INVERTED, tag->name,
		 strlen(tag->name));
	parser->result->nodes[parser->result->count - 1].line = tag->line;
}

static void close_section(struct parser *parser, const struct tag *tag)
{
	if (parser->depth == 0) {
		problem_add(parser->problems, parser->file, tag->line,
			    "\"%s\" ends here but was never begun", tag->name);
		return;
	}
	parser->depth--;
	struct node *node = &parser->result->nodes[parser->open[parser->depth]];
	if (strcmp(node->text, tag->name) != 0)
		problem_add(parser->problems, parser->file, tag->line,
			    "\"%s\" ends here, but \"%s\" of line %d is still open", tag->name,
			    node->text, node->line);
	node->end = parser->result->count;
}

static void take_tag(struct parser *parser, const struct tag *tag)
{
	if (strchr("!/>=", tag->sigil) == NULL || tag->sigil == '\0')
		check_name(parser, tag);
	switch (tag->sigil) {
	case '!':
		break;
	case '#':
	case '^':
		open_section(parser, tag);
		break;
	case '/':
		close_section(parser, tag);
		break;
	case '>':
		problem_add(parser->problems, parser->file, tag->line,
			    "templates cannot include others: write the text here");
		break;
	case '=':
		problem_add(parser->problems, parser->file, tag->line,
			    "the braces cannot be replaced by other signs");
		break;
	default: /* a value: none of the signs */
		add_node(parser, tag->sigil == '\0' ? NODE_VALUE : NODE_RAW, tag->name,
			 strlen(tag->name));
		break;
	}
}

static bool is_value(char sigil)
{
	return sigil == '\0' || sigil == '{' || sigil == '&';
}

static void parse(struct parser *parser)
{
	while (parser->at < parser->limit) {
		const char *begin = find(parser, parser->at, "{{");
		struct tag tag;
		if (begin == NULL || !read_tag(parser, begin, &tag)) {
			add_text(parser, parser->at, parser->limit);
			break;
		}
		if (!is_value(tag.sigil))
			widen_if_alone(parser, &tag);
		add_text(parser, parser->at, tag.begin);
		parser->at = tag.after;
		take_tag(parser, &tag);
		free(tag.name);
	}
	while (parser->depth > 0) {
		parser->depth--;
		const struct node *node = &parser->result->nodes[parser->open[parser->depth]];
		problem_add(parser->problems, parser->file, node->line,
			    "\"%s\" is begun here but never ended", node->text);
	}
}

/* The text of an editor that writes in the old way: "å" is one byte there. False: it was said. */
static bool check_encoding(struct parser *parser)
{
	uint32_t character;
	size_t length;
	if (parser->limit - parser->text >= 3 && memcmp(parser->text, "\xef\xbb\xbf", 3) == 0) {
		problem_add(
		    parser->problems, parser->file, 1,
		    "the file begins with a byte order mark, which would stand in the letter: "
		    "save it as UTF-8 without one");
		return false;
	}
	for (const char *c = parser->text; c < parser->limit; c += length) {
		length = utf8_read(c, (size_t)(parser->limit - c), &character);
		if (length > 0)
			continue;
		const char *line = c;
		while (line > parser->text && line[-1] != '\n')
			line--;
		problem_add(
		    parser->problems, parser->file, line_at(parser, c),
		    "byte %zu of the line (0x%02X) is not UTF-8: save the file as UTF-8, with "
		    "iconv -f ISO-8859-1 -t UTF-8 for example",
		    (size_t)(c - line) + 1, (unsigned char)*c);
		return false;
	}
	return true;
}

struct mustache *mustache_parse(const char *text, size_t length, const char *file,
				const char *const *names, struct problems *problems)
{
	return mustache_parse_with(text, length, file, names, NULL, NULL, problems);
}

struct mustache *mustache_parse_with(const char *text, size_t length, const char *file,
				     const char *const *names, mustache_refuse *refuse, void *arg,
				     struct problems *problems)
{
	size_t before = problems->count;
	const char *zero = memchr(text, '\0', length);
	struct parser parser = { .text = text,
				 .at = text,
				 .limit = text + length,
				 .file = file,
				 .names = names,
				 .refuse = refuse,
				 .arg = arg,
				 .problems = problems,
				 .result = xcalloc(1, sizeof(*parser.result)),
				 .counted = text,
				 .line = 1 };
	if (zero != NULL || length > INT32_MAX)
		problem_add(problems, file, zero == NULL ? 0 : line_at(&parser, zero),
			    "this is not a text: it holds a zero byte or is too long");
	else if (check_encoding(&parser))
		parse(&parser);
	parser.result->file = xstrdup(file);
	if (problems->count == before)
		return parser.result;
	mustache_free(parser.result);
	return NULL;
}

void mustache_free(struct mustache *mustache)
{
	if (mustache == NULL)
		return;
	for (size_t i = 0; i < mustache->count; i++)
		free(mustache->nodes[i].text);
	free(mustache->nodes);
	free(mustache->file);
	free(mustache);
}

const char *mustache_file(const struct mustache *mustache)
{
	return mustache->file;
}

/* ---- how long it can take ---- */

struct measure {
	const struct mustache *mustache;
	const struct mustache_list *lists;
	double most; /* times */
	int line;    /* of what is gone through so often */
};

static double length_of(const struct measure *measure, const struct node *node)
{
	const char *dot = strrchr(node->text, '.'), *name = dot == NULL ? node->text : dot + 1;
	const struct mustache_list *list = measure->lists;
	while (list->name != NULL && strcmp(list->name, name) != 0)
		list++;
	return node->kind == NODE_SECTION && list->name != NULL ? (double)list->most : 1;
}

static double steps(struct measure *measure, size_t first, size_t end, double times)
{
	double all = 0;
	for (size_t i = first; i < end;) {
		const struct node *node = &measure->mustache->nodes[i];
		bool section = node->kind == NODE_SECTION || node->kind == NODE_INVERTED;
		double inner = section ? times * length_of(measure, node) : 0;
		all += times + inner;
		if (inner > measure->most) {
			measure->most = inner;
			measure->line = node->line;
		}
		if (section)
			all += steps(measure, i + 1, node->end, inner);
		i = section ? node->end : i + 1;
	}
	return all;
}

double mustache_steps(const struct mustache *mustache, const struct mustache_list *lists,
		      int *ret_line)
{
	struct measure measure = { mustache, lists, 0, 0 };
	double all = steps(&measure, 0, mustache->count, 1);
	*ret_line = measure.line;
	return all;
}

/* ---- rendering ---- */

struct context {
	const struct context *outer;
	const json_t *value;
};

struct output {
	FILE *file;
	bool html;
	size_t steps;
};

static bool is_too_long(struct output *output)
{
	return output->steps > MUSTACHE_STEPS_MOST ||
	       (output->steps % 64 == 0 && ftell(output->file) > MUSTACHE_BYTES_MOST);
}

static const json_t *get(const json_t *object, const char *name, size_t length)
{
	return json_is_object(object) ? json_object_getn(object, name, length) : NULL;
}

/* The first part of a name is searched outwards, the others must be in what it names. */
static const json_t *look_up(const struct context *context, const char *name)
{
	if (strcmp(name, ".") == 0)
		return context->value;
	size_t length = strcspn(name, ".");
	const json_t *value = NULL;
	for (; context != NULL && value == NULL; context = context->outer)
		value = get(context->value, name, length);
	while (value != NULL && name[length] == '.') {
		name += length + 1;
		length = strcspn(name, ".");
		value = get(value, name, length);
	}
	return value;
}

static bool is_false(const json_t *value)
{
	return value == NULL || json_is_null(value) || json_is_false(value) ||
	       (json_is_array(value) && json_array_size(value) == 0) ||
	       (json_is_string(value) && json_string_length(value) == 0);
}

static void write_escaped(FILE *file, const char *text)
{
	for (; *text != '\0'; text++) {
		switch (*text) {
		case '&':
			fputs("&amp;", file);
			break;
		case '<':
			fputs("&lt;", file);
			break;
		case '>':
			fputs("&gt;", file);
			break;
		case '"':
			fputs("&quot;", file);
			break;
		default: /* the other characters */
			putc(*text, file);
			break;
		}
	}
}

static void write_real(FILE *file, double value)
{
	char text[40];
	snprintf(text, sizeof(text), "%.15g", value);
	if (strtod(text, NULL) != value)
		snprintf(text, sizeof(text), "%.17g", value);
	fputs(text, file);
}

static void write_value(const struct output *output, const json_t *value, bool raw)
{
	switch (value == NULL ? JSON_NULL : json_typeof(value)) {
	case JSON_STRING:
		if (raw || !output->html)
			fputs(json_string_value(value), output->file);
		else
			write_escaped(output->file, json_string_value(value));
		break;
	case JSON_INTEGER:
		fprintf(output->file, "%lld", (long long)json_integer_value(value));
		break;
	case JSON_REAL:
		write_real(output->file, json_real_value(value));
		break;
	case JSON_TRUE:
		fputs("true", output->file);
		break;
	case JSON_FALSE:
		fputs("false", output->file);
		break;
	case JSON_NULL:
	case JSON_OBJECT:
	case JSON_ARRAY:
		break;
	}
}

static void render(struct output *output, const struct mustache *mustache, size_t first, size_t end,
		   const struct context *context);

static void render_section(struct output *output, const struct mustache *mustache, size_t section,
			   const struct context *context)
{
	const struct node *node = &mustache->nodes[section];
	const json_t *value = look_up(context, node->text);
	if (is_false(value))
		return;
	size_t times = json_is_array(value) ? json_array_size(value) : 1;
	for (size_t i = 0; i < times && !is_too_long(output); i++) {
		output->steps++; /* an empty section is one, too */
		struct context inner = { context,
					 json_is_array(value) ? json_array_get(value, i) : value };
		render(output, mustache, section + 1, node->end, &inner);
	}
}

static void render(struct output *output, const struct mustache *mustache, size_t first, size_t end,
		   const struct context *context)
{
	for (size_t i = first; i < end && !is_too_long(output);) {
		output->steps++;
		const struct node *node = &mustache->nodes[i];
		bool section = node->kind == NODE_SECTION || node->kind == NODE_INVERTED;
		switch (node->kind) {
		case NODE_TEXT:
			fputs(node->text, output->file);
			break;
		case NODE_VALUE:
		case NODE_RAW:
			write_value(output, look_up(context, node->text), node->kind == NODE_RAW);
			break;
		case NODE_SECTION:
			render_section(output, mustache, i, context);
			break;
		case NODE_INVERTED:
			if (is_false(look_up(context, node->text)))
				render(output, mustache, i + 1, node->end, context);
			break;
		}
		i = section ? node->end : i + 1;
	}
}

char *mustache_render(const struct mustache *mustache, const json_t *values, bool html)
{
	char *text = NULL;
	size_t length = 0;
	struct output output = { open_memstream(&text, &length), html, 0 };
	struct context context = { NULL, values };
	if (output.file == NULL)
		abort(); /* out of memory */
	render(&output, mustache, 0, mustache->count, &context);
	if (fclose(output.file) != 0)
		abort();
	if (output.steps <= MUSTACHE_STEPS_MOST && length <= MUSTACHE_BYTES_MOST)
		return text;
	free(text);
	return NULL;
}
