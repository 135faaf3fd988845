using Runtime.Exec.Paths;

namespace Runtime.Exec.Programs;

/// <summary>What the operands of a program are.</summary>
internal enum Operands
{
    /// <summary>Paths it reads.</summary>
    Paths,

    /// <summary>A text first, then paths it reads, unless an option gave the text.</summary>
    TextThenPaths,

    /// <summary>Texts.</summary>
    Texts,
}

/// <summary>A program that reads and prints, whatever its options in the table.</summary>
/// <param name="operands">What its operands are.</param>
/// <param name="options">Its options, as <see cref="OptionTable"/> has them.</param>
/// <param name="most">How many operands it may have: of some programs the last is a file to be written.</param>
internal sealed class ReaderProfile(Operands operands, string options, int most = int.MaxValue) : ProgramProfile
{
    private readonly Lazy<OptionTable> _table = new(() => new OptionTable(options.Replace("-#", "", StringComparison.Ordinal)) { HasNumbers = options.Contains("-#", StringComparison.Ordinal) });

    /// <summary>Options that stand for the text of <see cref="Operands.TextThenPaths"/>.</summary>
    public string[] TextOptions { get; init; } = [];

    /// <summary>True where links below a folder would be followed: one that has some asks.</summary>
    public Func<ParsedOptions, bool>? FollowsLinks { get; init; }

    /// <summary>A further look at what was read: a reason, or null.</summary>
    public Func<ParsedOptions, string?>? Also { get; init; }

    /// <inheritdoc/>
    public override string? WhyAsk(ProgramCall call)
    {
        var parsed = _table.Value.Parse(call.Arguments);
        if (parsed.Refusal is { } refusal) return refusal;
        if (parsed.Operands.Count > most) return $"{call.Name} with more than {most} operands can write.";
        if (Also?.Invoke(parsed) is { } reason) return reason;
        var skip = operands switch
        {
            Operands.Texts => parsed.Operands.Count,
            Operands.TextThenPaths when !parsed.Has(TextOptions) => 1,
            _ => 0,
        };
        if (call.WhyNotRead(parsed.Paths.Concat(parsed.Operands.Skip(skip))) is { } outside) return outside;
        if (FollowsLinks?.Invoke(parsed) != true) return null;
        var folders = parsed.Operands.Skip(skip).DefaultIfEmpty(".").Select(path => Path.Combine(call.Folder, path)).Where(Directory.Exists);
        return folders.FirstOrDefault(folder => !LinkSearch.IsFree(folder)) is { } linked ? $"{call.Name} may follow links below '{Path.GetFileName(Path.TrimEndingDirectorySeparator(linked))}'." : null;
    }
}
