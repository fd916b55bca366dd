# bash completion for @NAME@: bash gives `locum complete` the line, and it answers with candidates.
# Names of files are completed by bash itself where there are none.
complete -o default -C 'locum complete' @NAME@
