namespace Runtime.Exec.Programs;

/// <summary>Arguments, read by an <see cref="OptionTable"/>.</summary>
internal sealed class ParsedOptions
{
    /// <summary>Options in order: the name as the table has it, its value, and whether that is a path.</summary>
    public List<(string Name, string? Value, bool IsPath)> Options { get; } = [];

    /// <summary>What is no option.</summary>
    public List<string> Operands { get; } = [];

    /// <summary>True where <c>--</c> ended the options.</summary>
    public bool HasEnd { get; set; }

    /// <summary>How many of the operands stand before <c>--</c>.</summary>
    public int OperandsBeforeEnd { get; set; }

    /// <summary>Why the arguments cannot pass, or null.</summary>
    public string? Refusal { get; private set; }

    /// <summary>True where an option of one of the names is there.</summary>
    public bool Has(params ReadOnlySpan<string> names)
    {
        foreach (var option in Options)
        {
            if (names.Contains(option.Name)) return true;
        }
        return false;
    }

    /// <summary>The values of an option of one of the names.</summary>
    public IEnumerable<string> Values(params string[] names) => Options.Where(option => names.Contains(option.Name)).Select(option => option.Value ?? "");

    /// <summary>The paths that options name.</summary>
    public IEnumerable<string> Paths => Options.Where(option => option.IsPath).Select(option => option.Value!);

    /// <summary>Says why; false, for the reader to stop.</summary>
    public bool Refuse(string reason)
    {
        Refusal = reason;
        return false;
    }
}
