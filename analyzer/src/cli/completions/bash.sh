# How kubereach is completed in bash: it is asked itself. Source this file, or put it where bash-completion looks.
_kubereach() {
    local text=${COMP_LINE:0:COMP_POINT} line last cut directive=0
    local -a given
    read -a given <<<"$text"
    [[ $text == *[[:space:]] ]] && given+=("")
    last=${given[${#given[@]} - 1]}
    # Bash replaces only what stands behind the last '=' or ':'.
    cut=${last%"${last##*[=:]}"}
    COMPREPLY=()
    while IFS= read -r line; do
        case $line in
            :*) directive=${line#:} ;;
            *)
                line=${line%%$'\t'*}
                COMPREPLY+=("${line#"$cut"}")
                ;;
        esac
    done < <("${given[0]}" __complete "${given[@]:1}" 2>/dev/null)
    if ((directive == 0)); then
        while IFS= read -r line; do
            COMPREPLY+=("$line")
        done < <(compgen -f -- "${last#"$cut"}")
        compopt -o filenames 2>/dev/null
    fi
    return 0
}
complete -F _kubereach kubereach
