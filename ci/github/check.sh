#!/usr/bin/env bash
# What the action runs. Takes everything from variables, and ends with the exit code of kubereach.
set -uo pipefail

command=("${KUBEREACH_BINARY:-${RUNNER_TEMP:-/tmp}/kubereach/bin/kubereach}" check --format github)
[[ -n ${KUBEREACH_FAIL_ON:-} ]] && command+=("--fail-on=$KUBEREACH_FAIL_ON")
[[ -n ${KUBEREACH_CONFIG:-} ]] && command+=("--config=$KUBEREACH_CONFIG")
[[ -n ${KUBEREACH_BASELINE:-} ]] && command+=("--baseline=$KUBEREACH_BASELINE")
[[ -n ${KUBEREACH_SARIF:-} ]] && command+=("--output=sarif:$KUBEREACH_SARIF")
[[ -n ${KUBEREACH_JUNIT:-} ]] && command+=("--output=junit:$KUBEREACH_JUNIT")
while IFS= read -r line; do
    [[ -n $line ]] && command+=("$line")
done <<<"${KUBEREACH_ARGS:-}"
command+=(--)
while IFS= read -r line; do
    [[ -n $line ]] && command+=("$line")
done <<<"${KUBEREACH_INPUTS:-}"

"${command[@]}"
code=$?
if [[ -n ${GITHUB_OUTPUT:-} ]]; then
    {
        echo "exit-code=$code"
        if [[ -n ${KUBEREACH_SARIF:-} && -f $KUBEREACH_SARIF ]]; then echo "sarif=$KUBEREACH_SARIF"; fi
    } >>"$GITHUB_OUTPUT"
fi
exit "$code"
