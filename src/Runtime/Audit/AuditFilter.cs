namespace Runtime.Audit;

/// <summary>Which records are meant; what is null does not matter. Immutable.</summary>
public sealed record AuditFilter
{
    /// <summary>Not before, Unix milliseconds.</summary>
    public long? Since { get; init; }

    /// <summary>What that person asked for.</summary>
    public string? Person { get; init; }

    /// <summary>One of <see cref="AuditKind"/>.</summary>
    public string? Kind { get; init; }

    /// <summary>True where everything is meant.</summary>
    public bool IsAll => this == new AuditFilter();

    /// <summary>True where the record is meant.</summary>
    public bool Matches(AuditRecord record) =>
        (Since is null || record.Ts >= Since) && (Person is null || record.Event.By?.Person == Person) && (Kind is null || record.Event.Kind == Kind);
}
