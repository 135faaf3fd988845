namespace Runtime.Hardware.Triggers;

/// <summary>A trigger that begins something now. Immutable.</summary>
/// <param name="Settings">The trigger.</param>
/// <param name="Value">What its pin or sensor is at, in words.</param>
public sealed record TriggerFired(TriggerSettings Settings, string Value)
{
    /// <summary>What is said; null where nothing is.</summary>
    public string? Text => Settings.Say?.Replace("{name}", Settings.On, StringComparison.Ordinal).Replace("{value}", Value, StringComparison.Ordinal);
}
