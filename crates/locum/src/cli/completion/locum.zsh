#compdef @NAME@
# zsh completion for @NAME@: the words up to the cursor go to `locum complete`, which answers with candidates.
_locum_complete_@NAME@() {
  local line
  local -a whole open
  while IFS= read -r line; do
    # A candidate that goes on, such as file:// or Key=, gets no blank.
    if [[ $line == *[/=]:* ]]; then open+=("$line"); else whole+=("$line"); fi
  done < <(locum complete zsh "${(@Q)words[1,CURRENT]}" 2>/dev/null)
  if (( ${#whole} + ${#open} == 0 )); then
    _files
    return
  fi
  (( ${#whole} )) && _describe -V '@NAME@' whole
  (( ${#open} )) && _describe -V '@NAME@' open -S ''
}
if [[ ${funcstack[1]} == _* ]]; then
  _locum_complete_@NAME@ "$@"
else
  compdef _locum_complete_@NAME@ @NAME@
fi
