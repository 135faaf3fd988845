namespace Trainer.Curriculum.Dialogues;

/// <summary>Which tools are there.</summary>
internal static class ToolSets
{
    /// <summary>The tools that the model is taught, in the order in which its template names those that are missing.</summary>
    public static IReadOnlyList<string> Taught { get; } =
    [
        "time", "calc", "cron", "list", "memory_search", "memory_write", "memory_forget", "device_status", "pin", "sensor", "read", "ls", "write", "find", "web_search", "web_fetch", "models", "exec",
    ];

    // What boxes often have none of: nothing is wired to them, or they shall not reach out.
    private static readonly string[][] Often = [["pin", "sensor"], ["pin", "sensor", "exec"], ["exec"], ["web_search", "web_fetch"], ["pin", "sensor", "web_search", "web_fetch", "exec"], ["models"], ["pin"], ["sensor"]];

    /// <summary>Some tools, with the wanted ones among them.</summary>
    /// <param name="wanted">Tools that must be there.</param>
    /// <param name="without">A tool that must not be there, or null.</param>
    /// <param name="random">The random numbers.</param>
    public static List<string> Some(IEnumerable<string> wanted, string? without, Random random)
    {
        var must = wanted.ToHashSet();
        var often = random.Next(20) is var kind && kind is >= 11 and < 18 ? Often[random.Next(Often.Length)] : [];
        var share = kind switch { < 18 => 0.0, 18 => 0.2, _ => 0.6 };
        return [.. Taught.Where(tool => (must.Contains(tool) || (!often.Contains(tool) && random.NextDouble() >= share)) && tool != without)];
    }
}
