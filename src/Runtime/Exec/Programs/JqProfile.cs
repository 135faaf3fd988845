namespace Runtime.Exec.Programs;

/// <summary>jq: filters that neither import modules nor read other files, on files of the workspace.</summary>
internal sealed class JqProfile : ProgramProfile
{
    private static readonly OptionTable Options = new(
        "-rcnsSeMCja --raw-output --compact-output --null-input --slurp --sort-keys --exit-status --monochrome-output --color-output --join-output --ascii-output --tab --indent: --seq --stream --raw-input -R --help --version -f! -L! --from-file!")
    { IsGetopt = true };

    /// <inheritdoc/>
    public override string? WhyAsk(ProgramCall call)
    {
        // Options of two values, a name and a text, are not in the table.
        var rest = new List<string>();
        for (var i = 0; i < call.Arguments.Count; i++)
        {
            if (call.Arguments[i] is not ("--arg" or "--argjson") || (i > 0 && call.Arguments[i - 1] == "--indent")) rest.Add(call.Arguments[i]);
            else if ((i += 2) >= call.Arguments.Count) return "An option of jq lacks its values.";
        }
        var parsed = Options.Parse(rest);
        if (parsed.Refusal is { } refusal) return refusal;
        if (parsed.Operands.Count == 0) return null;
        var filter = parsed.Operands[0];
        if (filter.Contains("import", StringComparison.Ordinal) || filter.Contains("include", StringComparison.Ordinal) || filter.Contains("get_search_list", StringComparison.Ordinal))
            return "The filter of jq may read other files.";
        return call.WhyNotRead(parsed.Operands.Skip(1));
    }
}
