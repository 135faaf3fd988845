namespace Runtime.Audit;

/// <summary>Who asked for something. Immutable.</summary>
public sealed record AuditActor
{
    /// <summary>The person's id, or null where nobody is known.</summary>
    public string? Person { get; init; }

    /// <summary>The role of the connection: <c>operator</c> or <c>node</c>.</summary>
    public string? Role { get; init; }

    /// <summary>The device that proved itself.</summary>
    public string? Device { get; init; }

    /// <summary>The program, by its own account.</summary>
    public string? Client { get; init; }

    /// <summary>The way it came: <c>websocket</c>, <c>http</c>, <c>cli</c>, <c>cron</c>, or a channel's name.</summary>
    public string? Channel { get; init; }

    /// <summary>How it proved itself: <c>token</c>, <c>device-token</c>, <c>local</c> and the like.</summary>
    public string? Method { get; init; }

    /// <summary>Where it came from, roughly: <c>this machine</c>, <c>private network</c> or <c>internet</c>.</summary>
    public string? From { get; init; }

    internal AuditActor Cut() => new()
    {
        Person = AuditEvent.Cut(Person),
        Role = AuditEvent.Cut(Role),
        Device = AuditEvent.Cut(Device),
        Client = AuditEvent.Cut(Client),
        Channel = AuditEvent.Cut(Channel),
        Method = AuditEvent.Cut(Method),
        From = AuditEvent.Cut(From),
    };
}
