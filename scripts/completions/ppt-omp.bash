# shellcheck shell=bash
# Completion of ppt-omp for bash.

_ppt_omp_kernels() {
    "${COMP_WORDS[0]}" list 2>/dev/null | sed -n 's/^\([a-z0-9_-]*\) .*\[.*\]$/\1/p'
}

_ppt_omp() {
    local verbs='list once report resume predict judge fit compare doctor'
    local run='--config --task --kernel --task-args --task-count --workers --inner-threads
        --ranks --distribution --iterations --warmup --wait --schedule --placement --memory --seed
        --tolerance --quick
        --output --format --quiet --timeout --program-output --help --version'
    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]}
    local verb='' operands=0 program=0 i options

    COMPREPLY=()
    for ((i = 1; i < COMP_CWORD; i++)); do
        case ${COMP_WORDS[i]} in
        --)
            program=$i
            break
            ;;
        -*) ;;
        *)
            if [ -z "$verb" ] && [ "$operands" = 0 ] && [[ " $verbs " == *" ${COMP_WORDS[i]} "* ]]; then
                verb=${COMP_WORDS[i]}
            else
                operands=$((operands + 1))
            fi
            ;;
        esac
    done
    if [ "$program" != 0 ] && { [ -z "$verb" ] || [ "$verb" = once ]; }; then
        if [ "$COMP_CWORD" = $((program + 1)) ]; then
            mapfile -t COMPREPLY < <(compgen -c -- "$word")
        else
            mapfile -t COMPREPLY < <(compgen -f -- "$word")
        fi
        return
    fi
    case $before in
    --task)
        mapfile -t COMPREPLY < <(compgen -W "$(_ppt_omp_kernels) random" -- "$word")
        return
        ;;
    --distribution)
        mapfile -t COMPREPLY < <(compgen -W 'dynamic static' -- "$word")
        return
        ;;
    --schedule)
        mapfile -t COMPREPLY < <(compgen -W 'static dynamic guided' -- "$word")
        return
        ;;
    --placement)
        mapfile -t COMPREPLY < <(compgen -W 'none close spread' -- "$word")
        return
        ;;
    --memory)
        mapfile -t COMPREPLY < <(compgen -W 'reuse fresh' -- "$word")
        return
        ;;
    --program-output)
        mapfile -t COMPREPLY < <(compgen -W 'discard check keep null' -- "$word")
        return
        ;;
    --format)
        mapfile -t COMPREPLY < <(compgen -W \
            'csv json html gbench bmf ghab hyperfine markdown gnuplot' -- "$word")
        return
        ;;
    --workers)
        mapfile -t COMPREPLY < <(compgen -W 'auto' -- "$word")
        return
        ;;
    --output)
        mapfile -t COMPREPLY < <(compgen -d -- "$word")
        return
        ;;
    --config | --kernel | --dump | --html)
        mapfile -t COMPREPLY < <(compgen -f -- "$word")
        return
        ;;
    --task-args | --task-count | --inner-threads | --ranks | --iterations | --warmup | --wait | --seed | \
        --tolerance | --timeout | --index | --tasks | --cpus | --threshold)
        return
        ;;
    esac
    case $verb in
    '') options=$run ;;
    list) options='--kernel --json --help' ;;
    once) options='--index --seed --inner-threads --dump --timeout --program-output --json --help' ;;
    report) options='--format --quiet --help' ;;
    resume) options='--force --format --quiet --help' ;;
    predict) options='--workers --json --help' ;;
    judge) options='--tasks --cpus --tolerance --json --help' ;;
    fit) options='--cpus --json --help' ;;
    compare) options='--threshold --strict --html --json --help' ;;
    doctor) options='--json --help' ;;
    esac
    if [[ $word == -* ]]; then
        mapfile -t COMPREPLY < <(compgen -W "$options" -- "$word")
        return
    fi
    case $verb in
    '')
        mapfile -t COMPREPLY < <(
            [ "$operands" != 0 ] || compgen -W "$verbs" -- "$word"
            compgen -f -X '!*.json' -- "$word"
            compgen -d -- "$word"
        )
        ;;
    once)
        if [ "$operands" = 0 ]; then
            mapfile -t COMPREPLY < <(compgen -W "$(_ppt_omp_kernels)" -- "$word")
        else
            mapfile -t COMPREPLY < <(compgen -f -- "$word")
        fi
        ;;
    report | resume | predict | compare) mapfile -t COMPREPLY < <(compgen -d -- "$word") ;;
    judge | fit) mapfile -t COMPREPLY < <(compgen -f -- "$word") ;;
    esac
}

complete -o filenames -F _ppt_omp ppt-omp
