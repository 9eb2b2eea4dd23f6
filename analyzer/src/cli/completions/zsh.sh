#compdef kubereach
# How kubereach is completed in zsh: it is asked itself. Put this file as _kubereach into a folder of $fpath.
_kubereach() {
    local -a lines described
    local line directive=0
    lines=("${(@f)$("${words[1]}" __complete "${(@Q)words[2,CURRENT]}" 2>/dev/null)}")
    for line in $lines; do
        if [[ $line == :* ]]; then
            directive=${line#:}
        else
            line=${line//:/\\:}
            described+=("${line/$'\t'/:}")
        fi
    done
    (( $#described )) && _describe -t kubereach kubereach described
    [[ $directive == 0 ]] && _files
    return 0
}
if [[ $funcstack[1] == _kubereach ]]; then
    _kubereach "$@"
else
    compdef _kubereach kubereach
fi
