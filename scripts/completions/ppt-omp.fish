# Completion of ppt-omp for fish.

set -l verbs list once report resume predict judge fit compare doctor
set -l no_verb "not __fish_seen_subcommand_from $verbs; and not contains -- -- (commandline -opc)"

function __ppt_omp_kernels
    ppt-omp list 2>/dev/null | string replace -rf '^([a-z0-9_-]+) .*\[.*\]$' '$1'
end

# Options that several verbs have: NAME VERBS, with "run" for none of them.
function __ppt_omp_verb
    set -l words (commandline -opc)
    set -l seen run
    contains -- -- $words
    and return 1
    for word in $words[2..]
        contains -- $word list once report resume predict judge fit compare doctor
        and set seen $word
        and break
    end
    contains -- $seen $argv
end

complete -c ppt-omp -n $no_verb -a list -d 'kernels, parameters, defaults'
complete -c ppt-omp -n $no_verb -a once -d 'one task: its digest and its time'
complete -c ppt-omp -n $no_verb -a report -d 'every report again'
complete -c ppt-omp -n $no_verb -a resume -d 'go on where a run ended early'
complete -c ppt-omp -n $no_verb -a predict -d 'what the run says for N workers'
complete -c ppt-omp -n $no_verb -a judge -d 'the verdict on a table'
complete -c ppt-omp -n $no_verb -a fit -d 'the law of a table'
complete -c ppt-omp -n $no_verb -a compare -d 'did speed or scaling change?'
complete -c ppt-omp -n $no_verb -a doctor -d 'is this machine fit for measuring?'

complete -c ppt-omp -n '__ppt_omp_verb once' -a '(__ppt_omp_kernels)' -d kernel

complete -c ppt-omp -n '__ppt_omp_verb run' -l config -r -F -d 'a configuration'
complete -c ppt-omp -n '__ppt_omp_verb run' -l task -x -a '(__ppt_omp_kernels) random' -d 'what to run'
complete -c ppt-omp -n '__ppt_omp_verb run list' -l kernel -r -F -d 'a kernel of your own'
complete -c ppt-omp -n '__ppt_omp_verb run' -l task-args -x -d 'its arguments as JSON'
complete -c ppt-omp -n '__ppt_omp_verb run' -l task-count -x -d 'tasks per pass'
complete -c ppt-omp -n '__ppt_omp_verb run predict' -l workers -x -a auto -d 'worker counts'
complete -c ppt-omp -n '__ppt_omp_verb run once' -l inner-threads -x -d 'threads inside a task'
complete -c ppt-omp -n '__ppt_omp_verb run' -l ranks -x -d 'processes of MPI that share the tasks'
complete -c ppt-omp -n '__ppt_omp_verb run' -l distribution -x -a 'dynamic static' -d 'how ranks get their tasks'
complete -c ppt-omp -n '__ppt_omp_verb run' -l iterations -x -d blocks
complete -c ppt-omp -n '__ppt_omp_verb run' -l warmup -x -d 'discarded rounds'
complete -c ppt-omp -n '__ppt_omp_verb run' -l wait -x -d 'seconds of rest'
complete -c ppt-omp -n '__ppt_omp_verb run' -l schedule -x -a 'static dynamic guided' -d 'how tasks are handed out'
complete -c ppt-omp -n '__ppt_omp_verb run' -l placement -x -a 'none close spread' -d 'binds workers to CPUs'
complete -c ppt-omp -n '__ppt_omp_verb run' -l memory -x -a 'reuse fresh' -d 'scratch of tasks'
complete -c ppt-omp -n '__ppt_omp_verb run once' -l seed -x -d 'makes it repeatable'
complete -c ppt-omp -n '__ppt_omp_verb run judge' -l tolerance -x -d 'how much slower is as good'
complete -c ppt-omp -n '__ppt_omp_verb run' -l quick -d '3 blocks and no waits'
complete -c ppt-omp -n '__ppt_omp_verb run' -l output -r -d 'where results go'
complete -c ppt-omp -n '__ppt_omp_verb run report resume' -l format -x -a 'csv json html gbench bmf ghab hyperfine markdown gnuplot' -d 'print that instead'
complete -c ppt-omp -n '__ppt_omp_verb run report resume' -l quiet -d 'the verdict alone'
complete -c ppt-omp -n '__ppt_omp_verb run once' -l timeout -x -d 'of a program'
complete -c ppt-omp -n '__ppt_omp_verb run once' -l program-output -x -a 'discard check keep null' -d 'what becomes of it'
complete -c ppt-omp -n '__ppt_omp_verb once' -l index -x -d 'which task'
complete -c ppt-omp -n '__ppt_omp_verb once' -l dump -r -F -d 'write what it made'
complete -c ppt-omp -n '__ppt_omp_verb resume' -l force -d 'on another machine, too'
complete -c ppt-omp -n '__ppt_omp_verb judge' -l tasks -x -d 'per pass'
complete -c ppt-omp -n '__ppt_omp_verb judge fit' -l cpus -x -d 'that may be used'
complete -c ppt-omp -n '__ppt_omp_verb compare' -l threshold -x -d 'the change that counts'
complete -c ppt-omp -n '__ppt_omp_verb compare' -l strict -d 'a suspect is not fine'
complete -c ppt-omp -n '__ppt_omp_verb compare' -l html -r -F -d 'write a page'
complete -c ppt-omp -n '__ppt_omp_verb list once predict judge fit compare doctor' -l json -d 'an answer for programs'
complete -c ppt-omp -l help -d help
complete -c ppt-omp -l version -d version
