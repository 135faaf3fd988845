namespace Models.Routing;

/// <summary>Somebody who can answer: a model of this box, or one elsewhere. What the owner set and its price list says; nothing that changes by the minute. Immutable.</summary>
/// <param name="Name">What it is called in settings and records.</param>
public sealed record Target(string Name)
{
    /// <summary>True where it runs on this machine: nothing leaves.</summary>
    public bool IsLocal { get; init; }

    /// <summary>True where it computes on this machine by another program, such as Ollama's: what it is sent may go anywhere, but heat and battery are ours.</summary>
    public bool SharesMachine { get; init; }

    /// <summary>What it may see. A target elsewhere sees what is public, unless its owner says more; one of this box sees all.</summary>
    public DataClass MaySee { get => IsLocal ? DataClass.All : field; init; }

    /// <summary>Where it computes (eu, us, …); null where nobody said.</summary>
    public string? Region { get; init; }

    /// <summary>True where it may keep what it is sent, or learn from it; so it is taken to be where nobody said.</summary>
    public bool KeepsData { get => !IsLocal && field; init; } = true;

    /// <summary>Tokens of prompt and answer together.</summary>
    public int Window { get; init; }

    /// <summary>Tokens an answer may have.</summary>
    public int LongestAnswer { get; init; } = int.MaxValue;

    /// <summary>True where it reads pictures.</summary>
    public bool ReadsImages { get; init; }

    /// <summary>True where it calls tools.</summary>
    public bool CallsTools { get; init; } = true;

    /// <summary>What it charges; null where that is not known. One of this box charges nothing.</summary>
    public Price? Price { get => IsLocal ? Routing.Price.Free : field; init; }

    /// <summary>How good its answers are taken to be, 0 to 1.</summary>
    public double Quality { get; init; } = 0.5;
}
