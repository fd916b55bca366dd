# PowerShell completion for @NAME@: the line goes to `locum complete`, which answers with candidates.
Register-ArgumentCompleter -Native -CommandName '@NAME@' -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)
    $line = $commandAst.ToString()
    # What stands after the last word is not part of it; a blank before the cursor begins a new word.
    if ($cursorPosition -gt $line.Length) { $line = $line.PadRight($cursorPosition) }
    $env:COMP_LINE = $line
    $env:COMP_POINT = $cursorPosition
    try {
        locum complete powershell | ForEach-Object {
            $text, $doc = $_ -split "`t", 2
            if (-not $doc) { $doc = $text }
            [System.Management.Automation.CompletionResult]::new($text, $text, 'ParameterValue', $doc)
        }
    } finally {
        Remove-Item Env:COMP_LINE, Env:COMP_POINT -ErrorAction SilentlyContinue
    }
}
