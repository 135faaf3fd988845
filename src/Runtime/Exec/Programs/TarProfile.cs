namespace Runtime.Exec.Programs;

/// <summary>tar: listing what is in an archive of the workspace. Unpacking, packing and its ways to start programs (-I, --to-command, --checkpoint-action, an archive with a colon) ask.</summary>
internal sealed class TarProfile : ProgramProfile
{
    private static readonly OptionTable Options = new("-tvzjJ -f@ --list --verbose --gzip --bzip2 --xz --file@ --full-time --numeric-owner --help --version");

    /// <inheritdoc/>
    public override string? WhyAsk(ProgramCall call)
    {
        // The old way of writing: letters without a dash, of which only f takes a value.
        var arguments = call.Arguments is [['t', ..] letters, ..] ? ["-" + letters, .. call.Arguments.Skip(1)] : call.Arguments;
        var parsed = Options.Parse(arguments);
        if (parsed.Refusal is { } refusal) return refusal;
        if (parsed.Has("--help", "--version")) return null;
        if (!parsed.Has("-t", "--list")) return "Only listing an archive is known to be harmless.";
        var archives = parsed.Values("-f", "--file").ToList();
        if (archives is not [var archive]) return "It is not known which archive tar reads.";
        return archive.Contains(':') ? "An archive with a colon in its name is fetched from another machine." : call.WhyNotRead(archive);
    }
}
