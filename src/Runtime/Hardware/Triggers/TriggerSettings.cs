namespace Runtime.Hardware.Triggers;

/// <summary>What at a pin or a sensor begins something, and what. Immutable.</summary>
/// <param name="Name">Its name.</param>
/// <param name="On">The pin or sensor.</param>
public sealed record TriggerSettings(string Name, string On)
{
    /// <summary>What a pin becomes; null for a sensor.</summary>
    public TriggerEdge? Becomes { get; init; }

    /// <summary>A sensor goes above this.</summary>
    public double? Above { get; init; }

    /// <summary>A sensor goes below this.</summary>
    public double? Below { get; init; }

    /// <summary>For how long it must hold.</summary>
    public TimeSpan For { get; init; }

    /// <summary>How far a sensor must come back before the trigger can begin something again.</summary>
    public double Hysteresis { get; init; }

    /// <summary>How long the trigger rests after it began something.</summary>
    public TimeSpan Pause { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>What the agent is told, as if its owner said it; {name} and {value} stand for the pin or sensor and what it is at. Null for none.</summary>
    public string? Say { get; init; }

    /// <summary>The id or name of the job that runs; null for none.</summary>
    public string? Job { get; init; }

    /// <summary>The agent that is told; null for the default one.</summary>
    public string? Agent { get; init; }
}
