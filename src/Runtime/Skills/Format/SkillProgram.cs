using Runtime.Skills.Triggers;

namespace Runtime.Skills.Format;

/// <summary>The program of a skill that has one (<c>index.js</c>), as its config.json describes it. Immutable.</summary>
public sealed record SkillProgram
{
    /// <summary>The file that runs, and no other.</summary>
    public const string EntryFile = "index.js";

    /// <summary>What runs it.</summary>
    public const string Interpreter = "node";

    /// <summary>The longest it may run.</summary>
    public static readonly TimeSpan LongestTime = TimeSpan.FromSeconds(120);

    /// <summary>What people say to call it; none where only the model does.</summary>
    public IReadOnlyList<TriggerPhrase> Triggers { get; init; } = [];

    /// <summary>The arguments it takes, by name, with what they mean.</summary>
    public IReadOnlyDictionary<string, string> Arguments { get; init; } = new Dictionary<string, string>();

    /// <summary>From its start to its end.</summary>
    public TimeSpan Time { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>What it sees of the agent's workspace.</summary>
    public WorkspaceAccess Workspace { get; init; }

    /// <summary>True where it asks for a network. It is given none.</summary>
    public bool WantsNetwork { get; init; }

    /// <summary>What it asks for, in words for the person who decides.</summary>
    public string Asks => Workspace switch
    {
        WorkspaceAccess.Write => "reads and changes the files of the workspace; no network",
        WorkspaceAccess.Read => "reads the files of the workspace; no network",
        _ => "no files but its own, no network",
    };

    /// <summary>All of it in lines, for that person.</summary>
    public IEnumerable<(string Label, string Text)> Lines()
    {
        yield return ("runs", $"{EntryFile} by Node, in the sandbox, {Time.TotalSeconds:0} s at most: {Asks}; you are asked before it runs");
        if (Triggers.Count > 0) yield return ("said", string.Join("; ", Triggers.Select(trigger => trigger.Text)));
    }
}

/// <summary>What a skill's program sees of the agent's workspace.</summary>
public enum WorkspaceAccess
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>All of it, to read.</summary>
    Read,

    /// <summary>All of it, to read and to change.</summary>
    Write,
}
