namespace Runtime.Exec.Programs;

/// <summary>Programs that print their arguments. <c>printf -v</c> of some shells evaluates a name, so options before the text ask.</summary>
internal sealed class EchoProfile : ProgramProfile
{
    /// <inheritdoc/>
    public override string? WhyAsk(ProgramCall call)
    {
        var first = call.Arguments.Count == 0 ? "" : call.Arguments[0];
        return !first.StartsWith('-') || (call.Name == "echo" && first is "-n" or "-e" or "-E" or "-ne" or "-en") || first == "--" ? null : $"{first} is not an option known to be harmless.";
    }
}
