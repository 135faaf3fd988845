namespace Runtime.Hardware.Board;

/// <summary>Something that happened to what is wired. Immutable.</summary>
/// <param name="Kind">What: one of the constants.</param>
/// <param name="Name">The pin, sensor, bus, camera or trigger.</param>
/// <param name="Value">What it is at now, in words; how many bytes were sent.</param>
public sealed record HardwareEvent(string Kind, string Name, string Value)
{
    /// <summary>A pin was set by somebody.</summary>
    public const string Set = "set";

    /// <summary>Bytes were written to a chip or a port by somebody.</summary>
    public const string Sent = "send";

    /// <summary>A picture was taken for somebody.</summary>
    public const string Picture = "picture";

    /// <summary>A pin was set because the box begins, or the pin became known.</summary>
    public const string Started = "start";

    /// <summary>A pin was set to its safe state: the box ends, or it was on for as long as it may.</summary>
    public const string Safe = "safe";

    /// <summary>A pin that is listened to changed.</summary>
    public const string Edge = "edge";

    /// <summary>Somebody was kept from using something, or it is not there.</summary>
    public const string Refused = "refused";

    /// <summary>A device did not do what it was told.</summary>
    public const string Failed = "failed";

    /// <summary>A trigger began something.</summary>
    public const string Triggered = "trigger";

    /// <summary>Who did it; null where the box did it by itself.</summary>
    public string? Person { get; init; }

    /// <summary>A word more.</summary>
    public string? Detail { get; init; }
}
