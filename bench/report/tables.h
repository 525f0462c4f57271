/*
 * tables.h - the formats and the charts that there are. The build compiles FILE.c, in this folder,
 * for every line.
 */
#ifndef PPT_REPORT_TABLES_H
#define PPT_REPORT_TABLES_H

/* Name, as --format has it; FILE, which has ppt_NAME_write(); the file that every run gets, and the
 * one that several runs get together (NULL: only on demand); whether it is written when charts are
 * drawn. In the order in which they are told and written. */
#define PPT_FORMATS(FORMAT)                                                                        \
    FORMAT(csv, "csv", "results.csv", "results.csv", false)                                        \
    FORMAT(json, "json", "results.json", "results.json", false)                                    \
    FORMAT(html, "page/html", "report.html", "index.html", true)                                   \
    FORMAT(gbench, "gbench", NULL, NULL, false)                                                    \
    FORMAT(bmf, "bmf", NULL, NULL, false)                                                          \
    FORMAT(ghab, "ghab", NULL, NULL, false)                                                        \
    FORMAT(hyperfine, "hyperfine", NULL, NULL, false)                                              \
    FORMAT(markdown, "markdown", NULL, NULL, false)                                                \
    FORMAT(gnuplot, "charts/gnuplot_script", NULL, NULL, false)

/* The same of what several sizes come to: files of runs that have them alone. */
#define PPT_SIZE_FORMATS(FORMAT)                                                                   \
    FORMAT(policy, "policy_files", "policy.json", NULL, false)                                     \
    FORMAT(policy_csv, "policy_files", "policy.csv", NULL, false)                                  \
    FORMAT(policy_header, "policy_files", "policy.h", NULL, false)

/* Name, and FILE, which ends in the descriptor ppt_chart_NAME. In the order in which they are
 * drawn. */
#define PPT_CHARTS(CHART)                                                                          \
    CHART(speedup, "charts/speedup_chart")                                                         \
    CHART(tasks_per_second, "charts/time_charts")                                                  \
    CHART(time, "charts/time_charts")                                                              \
    CHART(model, "charts/model_charts")                                                            \
    CHART(efficiency, "charts/model_charts")                                                       \
    CHART(task_times, "charts/pass_charts")                                                        \
    CHART(distribution, "charts/distribution_chart")                                               \
    CHART(balance, "charts/pass_charts")                                                           \
    CHART(passes, "charts/pass_charts")                                                            \
    CHART(heat, "charts/heat_chart")                                                               \
    CHART(cost, "charts/objective_charts")                                                         \
    CHART(latency, "charts/objective_charts")                                                      \
    CHART(why, "charts/why_chart")

#endif
