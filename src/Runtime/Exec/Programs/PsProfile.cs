namespace Runtime.Exec.Programs;

/// <summary>ps: what runs, by letters (<c>ps aux</c>) and options (<c>ps -ef</c>), without the letter that shows environments.</summary>
internal sealed class PsProfile : ProgramProfile
{
    private static readonly OptionTable Options = new(
        "-AaefFHjlMNTwyZLcVdm -o: -O: -p: -u: -U: -C: -G: -g: -s: -t: -q: --forest --headers --no-headers --format: --pid: --ppid: --sort: --user: --cols: --rows: --width: --help? --version");

    /// <inheritdoc/>
    public override string? WhyAsk(ProgramCall call)
    {
        var parsed = Options.Parse(call.Arguments);
        if (parsed.Refusal is { } refusal) return refusal;
        foreach (var operand in parsed.Operands)
        {
            if (operand.Length == 0 || (operand.Any(c => !"auxfwhjlvsmTHLSrn".Contains(c)) && operand.Any(c => !char.IsAsciiDigit(c) && c != ','))) return $"{operand} of ps is not known to be harmless.";
        }
        return null;
    }
}
