namespace Runtime.Skills.Format;

/// <summary>What a skill needs, or what of it is missing here.</summary>
/// <param name="Os">Systems it works on (<c>linux</c>, <c>darwin</c>, <c>win32</c>); none for any.</param>
/// <param name="Bins">Programs, all of them.</param>
/// <param name="AnyBins">Programs, one of them.</param>
/// <param name="Env">Environment variables.</param>
/// <param name="Config">Settings (<c>a.b</c>) that are neither absent, false nor empty.</param>
public sealed record SkillNeeds(IReadOnlyList<string> Os, IReadOnlyList<string> Bins, IReadOnlyList<string> AnyBins, IReadOnlyList<string> Env, IReadOnlyList<string> Config)
{
    /// <summary>Nothing.</summary>
    public static readonly SkillNeeds None = new([], [], [], [], []);

    /// <summary>Tools of this box: what a bundled skill says it uses. Other skills name tools of other programs.</summary>
    public IReadOnlyList<string> Tools { get; init; } = [];

    /// <summary>True where it is nothing.</summary>
    public bool IsNothing => Os.Count + Bins.Count + AnyBins.Count + Env.Count + Config.Count + Tools.Count == 0;

    /// <summary>In words.</summary>
    public override string ToString()
    {
        var parts = new List<string>();
        if (Os.Count > 0) parts.Add($"system {string.Join(" or ", Os)}");
        if (Bins.Count > 0) parts.Add($"program {string.Join(", ", Bins)}");
        if (AnyBins.Count > 0) parts.Add($"program {string.Join(" or ", AnyBins)}");
        if (Env.Count > 0) parts.Add($"variable {string.Join(", ", Env)}");
        if (Config.Count > 0) parts.Add($"setting {string.Join(", ", Config)}");
        if (Tools.Count > 0) parts.Add($"tool {string.Join(", ", Tools)}");
        return string.Join("; ", parts);
    }
}
