namespace Runtime.Hardware.Board;

/// <summary>A pin as it is now. Immutable.</summary>
/// <param name="Settings">What it is.</param>
/// <param name="Percent">What it is at; null where it does not tell.</param>
/// <param name="IsDimmed">True where it knows more than on and off.</param>
/// <param name="Fault">Why it does not tell, or null.</param>
public sealed record PinState(PinSettings Settings, int? Percent, bool IsDimmed, string? Fault)
{
    /// <summary>What it is at, in words.</summary>
    public string Text => Percent is { } percent ? PinLevel.Text(percent, IsDimmed) : "unknown";
}
