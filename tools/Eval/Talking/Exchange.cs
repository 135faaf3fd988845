using System.Text.RegularExpressions;

namespace Eval.Talking;

/// <summary>Something that a person says in a conversation, and what has to be so afterwards. Immutable.</summary>
/// <param name="Say">What they say.</param>
internal sealed record Exchange(string Say)
{
    /// <summary>What the reply has, whatever it is worded like.</summary>
    public Regex? Reply { get; init; }

    /// <summary>What it must not have.</summary>
    public Regex? Not { get; init; }

    /// <summary>The tools that are called, in order; null where that is not looked at.</summary>
    public IReadOnlyList<string>? Calls { get; init; }

    /// <summary>Whether a person says yes to what asks for it. What is not said yes to is refused.</summary>
    public bool Approve { get; init; }

    /// <summary>How the box stands afterwards.</summary>
    public IReadOnlyList<State> Then { get; init; } = [];
}

/// <summary>How the box stands, as somebody who looks on finds it. Immutable.</summary>
/// <param name="Where">Files of the workspace (<c>lists/shopping.md</c>, <c>memory/*.md</c>), or what the gateway is asked (<c>cron.list</c>, <c>hardware.list</c>).</param>
/// <param name="Has">What is there.</param>
/// <param name="Not">What must not be there.</param>
internal sealed record State(string Where, Regex? Has, Regex? Not)
{
    /// <summary>True where it is files.</summary>
    public bool IsFile => Path.GetExtension(Where) is ".md" or ".txt";
}
