#include "list.h"

#include <string.h>

#include "argon2_speed.h"
#include "args.h"
#include "blas.h"
#include "hash.h"
#include "isa.h"
#include "json_value.h"
#include "owned.h"
#include "plugin.h"
#include "registry.h"
#include "shared.h"
#include "text.h"
#include "verbs.h"

struct list_options {
    const char *kernel; /* the file of one that is not built in, or NULL */
    bool json;
};

static const char *const kinds[] = {
    [PPT_PARAM_INTEGER] = "integer",  [PPT_PARAM_REAL] = "number",   [PPT_PARAM_CHOICE] = "choice",
    [PPT_PARAM_SPAN] = "[low, high]", [PPT_PARAM_PATHS] = "[files]", [PPT_PARAM_WORDS] = "words",
    [PPT_PARAM_INPUTS] = "inputs",
};

static void add_param(const struct ppt_param *param, struct ppt_text *out)
{
    const size_t start = out->length;

    ppt_text_addf(out, "    %s%s%s", param->group ? param->group : "", param->group ? "." : "",
                  param->name);
    ppt_text_pad(out, start, 24);
    if (param->kind == PPT_PARAM_CHOICE) {
        for (size_t i = 0; param->choices[i]; i++) {
            ppt_text_addf(out, "%s%s", i ? "|" : "", param->choices[i]);
        }
    } else {
        ppt_text_add(out, kinds[param->kind]);
        if (ppt_param_has_bounds(param)) {
            ppt_text_addf(out, " %.10g to %.10g", param->smallest, param->largest);
        }
    }
    ppt_text_addf(out, "%s%s, default %s%s\n", *param->unit ? " " : "", param->unit, param->value,
                  param->optional ? ", optional" : "");
    ppt_text_addf(out, "        %s\n", param->help);
}

static void add_kernel(const struct ppt_kernel *kernel, struct ppt_text *out)
{
    ppt_text_addf(out, "%-9s %s [%s]\n", kernel->name, kernel->summary, kernel->category);
    if (kernel->missing) {
        ppt_text_addf(out, "    not in this build: %s\n", kernel->missing);
    }
    for (size_t i = 0; i < kernel->param_count; i++) {
        add_param(&kernel->params[i], out);
    }
    ppt_text_add(out, "\n");
}

static void add_text(json_object *object, const char *key, const char *value)
{
    add(object, key, value ? text(value) : NULL);
}

static json_object *param_to_json(const struct ppt_param *param)
{
    json_object *object = json_object_new_object();

    add_text(object, "name", param->name);
    add_text(object, "kind", kinds[param->kind]);
    add(object, "default", json_tokener_parse(param->value));
    add(object, "optional", json_object_new_boolean(param->optional));
    add_text(object, "group", param->group);
    if (param->kind == PPT_PARAM_CHOICE) {
        json_object *choices = json_object_new_array();

        for (size_t i = 0; param->choices[i]; i++) {
            json_object_array_add(choices, text(param->choices[i]));
        }
        add(object, "choices", choices);
    } else if (ppt_param_has_bounds(param)) {
        add(object, "smallest", ppt_json_number(param->smallest));
        add(object, "largest", ppt_json_number(param->largest));
    }
    add_text(object, "unit", param->unit);
    add_text(object, "help", param->help);
    return object;
}

static json_object *kernel_to_json(const struct ppt_kernel *kernel)
{
    json_object *object = json_object_new_object();
    json_object *params = json_object_new_array();

    for (size_t i = 0; i < kernel->param_count; i++) {
        json_object_array_add(params, param_to_json(&kernel->params[i]));
    }
    add_text(object, "name", kernel->name);
    add_text(object, "category", kernel->category);
    add_text(object, "summary", kernel->summary);
    add_text(object, "missing", kernel->missing);
    add(object, "in_random_mix", json_object_new_boolean(kernel->draw != NULL));
    add(object, "parameters", params);
    return object;
}

void ppt_list_kernels(json_object *list)
{
    for (size_t i = 0; ppt_kernels[i]; i++) {
        json_object_array_add(list, kernel_to_json(ppt_kernels[i]));
    }
}

/* Which variants of the hot loops this machine can use, and which it does. */
static json_object *isas_to_json(struct ppt_text *out)
{
    json_object *object = json_object_new_object();
    json_object *usable = json_object_new_array();

    ppt_text_addf(out, "\ninstruction set in use: %s (usable here:", ppt_isa()->name);
    for (size_t i = 0; ppt_isas[i]; i++) {
        if (ppt_isas[i]->usable()) {
            json_object_array_add(usable, text(ppt_isas[i]->name));
            ppt_text_addf(out, " %s", ppt_isas[i]->name);
        }
    }
    ppt_text_add(out, "; PPT_OMP_ISA chooses)\n");
    add_text(object, "in_use", ppt_isa()->name);
    add(object, "usable", usable);
    return object;
}

/* What it computes as only the library knows, which is not loaded for this. */
static json_object *blas_to_json(struct ppt_text *out)
{
    json_object *object = json_object_new_object();

    ppt_text_addf(out,
                  "OpenBLAS of tensor and matrix: %s\n    ppt-omp doctor says as which type of CPU "
                  "it computes\n",
                  ppt_blas_path());
    add_text(object, "library", ppt_blas_path());
    return object;
}

/* Which code of it a distribution has chosen only its speed tells. Not in figures: what is listed
 * is the same each time. */
static json_object *argon2_to_json(struct ppt_text *out)
{
    json_object *object = json_object_new_object();
    const struct ppt_argon2_speed speed = ppt_argon2_speed();
    const bool known = speed.block_cycles > 0;

    ppt_text_addf(out, "libargon2 of password: %s, ", ppt_hash_argon2id_version());
    if (known) {
        ppt_text_addf(out, "%s code%s\n", speed.code,
                      strcmp(speed.code, "plain") == 0 ? "; vectorised code takes half" : "");
    } else {
        ppt_text_add(out, "its code is unknown: it does not hash\n");
    }
    add_text(object, "version", ppt_hash_argon2id_version());
    add_text(object, "code", speed.code);
    return object;
}

static enum ppt_status list(const struct ppt_line *line, struct ppt_error *error)
{
    const struct list_options *options = line->options;
    struct ppt_text lines PPT_OWNED(ppt_text_free) = {0};
    const struct ppt_kernel *own = NULL;

    if (options->kernel) {
        PPT_TRY(ppt_plugin_load(options->kernel, &own, error));
    }
    json_object *kernels = json_object_new_array();

    if (own) {
        json_object_array_add(kernels, kernel_to_json(own));
        add_kernel(own, &lines);
    }
    ppt_list_kernels(kernels);
    for (size_t i = 0; ppt_kernels[i]; i++) {
        add_kernel(ppt_kernels[i], &lines);
    }
    ppt_text_add(&lines, "random    a mix of tasks, drawn anew for every iteration\n"
                         "    task_args           names of kernels to draw from, or [] for all\n");
    json_object *isas = isas_to_json(&lines), *blas = blas_to_json(&lines);
    json_object *argon2 = argon2_to_json(&lines);

    if (options->json) {
        json_object *answer = json_object_new_object();

        add(answer, "kernels", kernels);
        add(answer, "instruction_sets", isas);
        add(answer, "blas", blas);
        add(answer, "argon2", argon2);
        puts(json_object_to_json_string_ext(answer, JSON_C_TO_STRING_PRETTY |
                                                        JSON_C_TO_STRING_NOSLASHESCAPE));
        json_object_put(answer);
    } else {
        fputs(lines.data, stdout);
        json_object_put(kernels);
        json_object_put(isas);
        json_object_put(blas);
        json_object_put(argon2);
    }
    return PPT_OK;
}

static const struct ppt_option list_rows[] = {
    {"--kernel", PPT_OPTION_TEXT, .offset = offsetof(struct list_options, kernel)},
    PPT_SHARED(JSON, struct list_options, json),
};

const struct ppt_verb ppt_verb_list = {
    .name = "list",
    .forms = {{"list", "kernels, parameters, defaults"}},
    PPT_OPTIONS(list_rows, struct list_options, 0),
    .run = list,
};
