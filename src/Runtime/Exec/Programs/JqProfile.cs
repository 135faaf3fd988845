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
        // Only whole names: jq has options of two values, which are not in the table.
        var parsed = Options.Parse(call.Arguments);
        if (parsed.Refusal is { } refusal) return refusal;
        if (parsed.Operands.Count == 0) return null;
        var filter = parsed.Operands[0];
        if (filter.Contains("import", StringComparison.Ordinal) || filter.Contains("include", StringComparison.Ordinal) || filter.Contains("get_search_list", StringComparison.Ordinal))
            return "The filter of jq may read other files.";
        return call.WhyNotRead(parsed.Operands.Skip(1));
    }
}
