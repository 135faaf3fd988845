namespace Models.Routing;

/// <summary>
/// A rule of the owner: where all its conditions hold, its effects apply. The first rule that matches is the only one. Rules choose among
/// targets and keep targets out; none lets a target see what its own settings do not. Immutable.
/// </summary>
/// <param name="Name">What records call it.</param>
public sealed record RoutingRule(string Name)
{
    /// <summary>Condition: any of these is in the turn; <see cref="DataClass.Public"/> asks for none of them. Null holds always, and so below.</summary>
    public DataClass? Data { get; init; }

    /// <summary>Condition: the agent.</summary>
    public string? Agent { get; init; }

    /// <summary>Condition: the person.</summary>
    public string? Person { get; init; }

    /// <summary>Condition: the channel.</summary>
    public string? Channel { get; init; }

    /// <summary>Condition: tokens of the prompt, at least.</summary>
    public int? LeastTokens { get; init; }

    /// <summary>Condition: tokens of the prompt, at most.</summary>
    public int? MostTokens { get; init; }

    /// <summary>Condition: pictures, or none.</summary>
    public bool? Images { get; init; }

    /// <summary>Condition: tools, or none.</summary>
    public bool? Tools { get; init; }

    /// <summary>Condition: program code, or none.</summary>
    public bool? Code { get; init; }

    /// <summary>Condition: the script.</summary>
    public string? Script { get; init; }

    /// <summary>Effect: what matters most; null leaves it.</summary>
    public RoutingProfile? Profile { get; init; }

    /// <summary>Effect: the only targets that may answer, by name; <c>*</c> at the end stands for any rest. Null leaves all; an empty list lets nobody.</summary>
    public IReadOnlyList<string>? Only { get; init; }

    /// <summary>Effect: targets that may not answer, likewise.</summary>
    public IReadOnlyList<string>? Never { get; init; }

    /// <summary>True where all conditions hold.</summary>
    public bool Matches(TurnFeatures turn) =>
        (Data is not { } data || (data == DataClass.Public ? turn.Data == DataClass.Public : (turn.Data & data) != 0))
        && (Agent is null || Agent == turn.Agent)
        && (Person is null || Person == turn.Person)
        && (Channel is null || Channel == turn.Channel)
        && (LeastTokens is not { } least || turn.Tokens >= least)
        && (MostTokens is not { } most || turn.Tokens <= most)
        && (Images is not { } images || images == turn.HasImages)
        && (Tools is not { } tools || tools == turn.NeedsTools)
        && (Code is not { } code || code == turn.IsCode)
        && (Script is null || Script == turn.Script);

    /// <summary>True where its effects leave a target in.</summary>
    public bool Admits(string target) => (Only is null || Names(Only, target)) && (Never is null || !Names(Never, target));

    private static bool Names(IReadOnlyList<string> patterns, string target)
    {
        for (var i = 0; i < patterns.Count; i++)
        {
            var pattern = patterns[i];
            if (pattern.EndsWith('*') ? target.AsSpan().StartsWith(pattern.AsSpan(0, pattern.Length - 1), StringComparison.Ordinal) : pattern == target) return true;
        }
        return false;
    }
}
