/*
 * Is this machine, as it is now, fit for measuring? And what can it do at most?
 */
#include <json-c/json.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "ceiling_test.h"
#include "doctor.h"
#include "interrupt.h"
#include "json_value.h"
#include "kept_ceilings.h"
#include "measure.h"
#include "memory.h"
#include "owned.h"
#include "shared.h"
#include "terminal.h"
#include "text.h"
#include "verbs.h"
#include "workspace.h"

#define TEST_SECONDS 2.0

struct doctor_options {
    bool json, ceilings;
};

static enum ppt_status examine(struct ppt_diagnosis *diagnosis, struct ppt_error *error)
{
    struct ppt_host host PPT_OWNED(ppt_host_free) = {0};
    struct ppt_vitals vitals, after;
    struct ppt_spins spins;

    /* First, before the test itself is part of the load. */
    ppt_vitals_read("", &vitals);
    ppt_vitals_time_clock(&vitals);
    ppt_vitals_visit_folder(ppt_workspace_base(), &vitals);
    ppt_host_read(&host);
    ppt_vitals_try_blas(&vitals);
    ppt_vitals_try_events(&vitals);
    ppt_handover_among(&vitals.handovers);
    PPT_TRY(ppt_spin_run(host.effective_cpus, TEST_SECONDS, &spins, error));
    ppt_handover_among(&vitals.handovers); /* some seconds later they may be elsewhere */
    ppt_vitals_read("", &after);
    ppt_doctor_judge(&host, &vitals, &spins, after.swapped_pages - vitals.swapped_pages, diagnosis);
    return PPT_OK;
}

/* ---- for people ---- */

static const char *const colours[] = {
    [PPT_HEALTH_GOOD] = "\033[32m",
    [PPT_HEALTH_NOTE] = "\033[33m",
    [PPT_HEALTH_BAD] = "\033[1;31m",
    [PPT_HEALTH_UNKNOWN] = "\033[2m",
};
#define BOLD_GREEN "\033[1;32m"
#define PLAIN "\033[0m"

#define NAME_COLUMN 9
#define TEXT_COLUMN 26
#define TEXT_LEAST 30 /* columns; below, texts begin under the name */

/* Words in a block at its own column; the line that they begin on has begun at `start`. */
static void add_block(const char *words, size_t width, size_t start, struct ppt_text *out)
{
    const bool narrow = width < TEXT_COLUMN + TEXT_LEAST;
    const size_t column = narrow ? 2 : TEXT_COLUMN;
    struct ppt_text lines PPT_OWNED(ppt_text_free) = {0};

    ppt_text_wrap(&lines, words, width - column, 0);
    if (narrow && out->length > start) {
        ppt_text_add(out, "\n");
        start = out->length;
    }
    for (char *rest = lines.data, *line; (line = strsep(&rest, "\n"));) {
        ppt_text_pad(out, start, column);
        ppt_text_addf(out, "%s\n", line);
        start = out->length;
    }
}

static void add_finding(const struct ppt_finding *finding, const struct ppt_terminal *terminal,
                        struct ppt_text *out)
{
    const char *health = ppt_health_names[finding->health];
    struct ppt_text head PPT_OWNED(ppt_text_free) = {0};

    /* Escape sequences take no columns: the line is laid out without them. */
    ppt_text_add(&head, health);
    ppt_text_pad(&head, 0, NAME_COLUMN);
    ppt_text_add(&head, finding->name);
    add_block(finding->text, terminal->width, 0, &head);
    ppt_text_addf(out, "%s%s%s%s", terminal->colour ? colours[finding->health] : "", health,
                  terminal->colour ? PLAIN : "", head.data + strlen(health));
    add_block(finding->advice, terminal->width, out->length, out);
}

/* "noise, load and quota" */
static void add_names(const struct ppt_diagnosis *diagnosis, enum ppt_health health,
                      struct ppt_text *out)
{
    size_t left = diagnosis->counts[health];

    for (size_t i = 0; i < PPT_FINDINGS; i++) {
        if (diagnosis->findings[i].health == health) {
            left--;
            ppt_text_addf(out, "%s%s", diagnosis->findings[i].name,
                          left > 1    ? ", "
                          : left == 1 ? " and "
                                      : "");
        }
    }
}

static void add_closing(const struct ppt_diagnosis *diagnosis, struct ppt_text *out)
{
    if (!diagnosis->fit) {
        ppt_text_add(out, "Not fit for measuring: a figure measured now would not be trustworthy, "
                          "because of ");
        add_names(diagnosis, PPT_HEALTH_BAD, out);
        ppt_text_add(out, ".");
        return;
    }
    ppt_text_add(out, "Fit for measuring");
    if (diagnosis->counts[PPT_HEALTH_NOTE] > 0) {
        ppt_text_add(out, "; worth knowing: ");
        add_names(diagnosis, PPT_HEALTH_NOTE, out);
    }
    ppt_text_add(out, ".");
}

static void print_text(const struct ppt_diagnosis *diagnosis)
{
    const struct ppt_terminal terminal = ppt_terminal_of(stdout);
    struct ppt_text out PPT_OWNED(ppt_text_free) = {0};
    struct ppt_text closing PPT_OWNED(ppt_text_free) = {0};

    for (size_t i = 0; i < PPT_FINDINGS; i++) {
        add_finding(&diagnosis->findings[i], &terminal, &out);
    }
    add_closing(diagnosis, &closing);
    if (terminal.colour) {
        ppt_text_add(&out, diagnosis->fit ? BOLD_GREEN : colours[PPT_HEALTH_BAD]);
    }
    ppt_text_wrap(&out, closing.data, terminal.width, 0);
    ppt_text_addf(&out, "%s\n", terminal.colour ? PLAIN : "");
    fputs(out.data, stdout);
}

/* ---- for programs ---- */

static json_object *finding_to_json(const struct ppt_finding *finding)
{
    json_object *object = json_object_new_object();

    add(object, "name", text(finding->name));
    add(object, "state", text(ppt_health_names[finding->health]));
    add(object, "value", isnan(finding->value) ? NULL : ppt_json_number(finding->value));
    add(object, "unit", text(finding->unit));
    add(object, "text", text(finding->text));
    add(object, "advice", text(finding->advice));
    return object;
}

static void print_json(const struct ppt_diagnosis *diagnosis)
{
    json_object *object = json_object_new_object(), *list = json_object_new_array();
    struct ppt_text closing PPT_OWNED(ppt_text_free) = {0};

    for (size_t i = 0; i < PPT_FINDINGS; i++) {
        json_object_array_add(list, finding_to_json(&diagnosis->findings[i]));
    }
    add_closing(diagnosis, &closing);
    add(object, "fit", json_object_new_boolean(diagnosis->fit));
    add(object, "sentence", text(closing.data));
    add(object, "checks", list);
    puts(json_object_to_json_string_ext(object,
                                        JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_NOSLASHESCAPE));
    json_object_put(object);
}

/* ---- ceilings ---- */

static enum ppt_status measure_ceilings(struct ppt_ceilings *ceilings, struct ppt_error *error)
{
    struct ppt_host host PPT_OWNED(ppt_host_free) = {0};
    struct ppt_workspace scratch PPT_OWNED(ppt_workspace_remove) = {0};
    char now[PPT_STARTED_SIZE];

    ppt_interrupt_watch();
    PPT_TRY(ppt_workspace_create(&scratch, error));
    ppt_host_read(&host);
    ppt_measure_now(now);
    PPT_TRY(ppt_ceilings_measure(&host, scratch.folder.fd, &ppt_interrupted, ceilings, error));
    ceilings->measured = ppt_strdup(now);
    return PPT_OK;
}

#define CEILING_COLUMN 22
#define CEILING_WIDTH 11

static void add_value(struct ppt_text *out, double value)
{
    char text[32];

    snprintf(text, sizeof(text), value > 0 ? "%.4g" : "-", value);
    ppt_text_right(out, text, CEILING_WIDTH);
}

static void add_ceiling(const struct ppt_ceiling_row *row, const struct ppt_ceilings *ceilings,
                        struct ppt_text *out)
{
    const struct ppt_by_workers best = ppt_ceiling_value(row, &ceilings->best);
    const struct ppt_by_workers median = ppt_ceiling_value(row, &ceilings->median);
    const size_t start = out->length;

    if (best.one <= 0) {
        return;
    }
    ppt_text_add(out, row->name);
    ppt_text_pad(out, start, CEILING_COLUMN);
    add_value(out, best.one);
    add_value(out, median.one);
    if (ceilings->workers > 1) {
        add_value(out, row->by_workers ? best.all : 0);
        add_value(out, row->by_workers ? median.all : 0);
    }
    ppt_text_addf(out, "  %s\n", row->unit);
}

static void print_ceilings(const struct ppt_ceilings *ceilings)
{
    const struct ppt_terminal terminal = ppt_terminal_of(stdout);
    struct ppt_text out PPT_OWNED(ppt_text_free) = {0};
    char workers[48];

    ppt_text_pad(&out, 0, CEILING_COLUMN);
    ppt_text_right(&out, "1 worker", CEILING_WIDTH);
    ppt_text_right(&out, "median", CEILING_WIDTH);
    if (ceilings->workers > 1) {
        snprintf(workers, sizeof(workers), "%u workers", ceilings->workers);
        ppt_text_right(&out, workers, CEILING_WIDTH);
        ppt_text_right(&out, "median", CEILING_WIDTH);
    }
    ppt_text_add(&out, "\n");
    for (const struct ppt_ceiling_row *row = ppt_ceiling_rows; row->name; row++) {
        add_ceiling(row, ceilings, &out);
    }
    ppt_text_wrap(&out,
                  "The best of several runs each, and their median; a copy counts bytes read and "
                  "bytes written. Kept for this machine: runs from now on say how near they come.",
                  terminal.width, 0);
    ppt_text_add(&out, "\n");
    fputs(out.data, stdout);
}

static void print_ceilings_json(const struct ppt_ceilings *ceilings)
{
    json_object *object PPT_OWNED(ppt_json_put) = json_object_new_object();

    ppt_fields_write(ppt_ceiling_fields, ceilings, 0, object);
    puts(json_object_to_json_string_ext(object,
                                        JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_NOSLASHESCAPE));
}

/* That they cannot be kept is told, and is no failure. */
static enum ppt_status tell_ceilings(bool json, struct ppt_error *error)
{
    struct ppt_ceilings ceilings PPT_OWNED(ppt_ceilings_free) = {0};
    struct ppt_error problem = {""};

    PPT_TRY(measure_ceilings(&ceilings, error));
    if (json) {
        print_ceilings_json(&ceilings);
    } else {
        print_ceilings(&ceilings);
    }
    if (ppt_ceilings_keep(&ceilings, &problem) != PPT_OK) {
        ppt_text_print(stderr, "ppt-omp: these ceilings are not kept for runs: %s", problem.text);
    }
    return PPT_OK;
}

static enum ppt_status doctor(const struct ppt_line *line, struct ppt_error *error)
{
    const struct doctor_options *options = line->options;
    struct ppt_diagnosis diagnosis;

    if (options->ceilings) {
        return tell_ceilings(options->json, error);
    }
    PPT_TRY(examine(&diagnosis, error));
    if (options->json) {
        print_json(&diagnosis);
    } else {
        print_text(&diagnosis);
    }
    error->text[0] = '\0'; /* all has been said */
    return diagnosis.fit ? PPT_OK : PPT_INCONCLUSIVE;
}

static const struct ppt_option doctor_rows[] = {
    {"--ceilings", PPT_OPTION_FLAG, .offset = offsetof(struct doctor_options, ceilings),
     .heading = "Option of doctor:", .joins = true,
     .help = "measures what the machine can do at most, for runs"},
    PPT_SHARED(JSON, struct doctor_options, json),
};

const struct ppt_verb ppt_verb_doctor = {
    .name = "doctor",
    .forms = {{"doctor", "is this machine fit for measuring?"}},
    PPT_OPTIONS(doctor_rows, struct doctor_options, 0),
    .run = doctor,
};
