# How kubereach is completed in fish: it is asked itself.
function __kubereach_complete
    set -l given (commandline -opc)
    set -l last (commandline -ct)
    for line in ($given[1] __complete $given[2..-1] "$last" 2>/dev/null)
        switch $line
            case ':0'
                __fish_complete_path "$last"
            case ':*'
            case '*'
                echo $line
        end
    end
end
complete -c kubereach -f -a '(__kubereach_complete)'
