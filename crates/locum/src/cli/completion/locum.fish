# fish completion for @NAME@: the words up to the cursor go to `locum complete`, which answers with candidates.
function __locum_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    # An empty word is a word as well.
    locum complete fish $words "$current"
end
complete -c @NAME@ -f -a '(__locum_complete)'
