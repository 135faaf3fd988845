using System.Text.Json.Serialization;

namespace Runtime.Audit;

/// <summary>
/// One thing that happened and that the owner may ask about later. Names, rules and sizes; never a secret, never what was said. Texts are
/// cut at <see cref="Longest"/> characters when it is written. Immutable, equal where all its fields are.
/// </summary>
/// <param name="Kind">What it is about: one of <see cref="AuditKind"/>.</param>
/// <param name="Action">What was done or asked for, such as <c>chat.send</c> or <c>exec</c>.</param>
public sealed record AuditEvent(string Kind, string Action)
{
    /// <summary>Characters of a text that are kept.</summary>
    public const int Longest = 256;

    /// <summary>Decision that let it happen.</summary>
    public const string Allow = "allow";

    /// <summary>Decision that kept it from happening.</summary>
    public const string Deny = "deny";

    /// <summary>Who asked; null where the box did it by itself.</summary>
    public AuditActor? By { get; init; }

    /// <summary>The agent it was done for.</summary>
    public string? Agent { get; init; }

    /// <summary>The session's key.</summary>
    public string? Session { get; init; }

    /// <summary>The turn's id.</summary>
    public string? Run { get; init; }

    /// <summary>The id of the tool call.</summary>
    public string? Call { get; init; }

    /// <summary>What it was done to: a file, a host, a device, a person.</summary>
    public string? Resource { get; init; }

    /// <summary>The model that answered, or was asked.</summary>
    public string? Model { get; init; }

    /// <summary><see cref="Allow"/> or <see cref="Deny"/>; null where nothing was decided.</summary>
    public string? Decision { get; init; }

    /// <summary>The rule that decided.</summary>
    public string? Rule { get; init; }

    /// <summary>The approval it was done under.</summary>
    public string? Approval { get; init; }

    /// <summary><c>started</c>, <c>succeeded</c>, <c>failed</c>, <c>cancelled</c>, <c>timed_out</c>, <c>blocked</c> or <c>unknown</c>.</summary>
    public string? Outcome { get; init; }

    /// <summary>What went in, by hash and size.</summary>
    public AuditContent? Input { get; init; }

    /// <summary>What came out, or left the box, by hash and size.</summary>
    public AuditContent? Output { get; init; }

    /// <summary>A word or two more; no secret, nothing that was said.</summary>
    public string? Detail { get; init; }

    /// <summary>How often, where the same thing is told once for many times.</summary>
    public long? Count { get; init; }

    /// <summary>The first of those times, Unix milliseconds.</summary>
    public long? Since { get; init; }

    /// <summary>True where the agent's own doing is told: a turn, a tool, a read, something that left the box.</summary>
    [JsonIgnore]
    public bool IsActivity => Kind is AuditKind.Turn or AuditKind.Tool or AuditKind.Read or AuditKind.Egress;

    internal AuditEvent Cut() => this with
    {
        Kind = Cut(Kind)!,
        Action = Cut(Action)!,
        By = By?.Cut(),
        Agent = Cut(Agent),
        Session = Cut(Session),
        Run = Cut(Run),
        Call = Cut(Call),
        Resource = Cut(Resource),
        Model = Cut(Model),
        Decision = Cut(Decision),
        Rule = Cut(Rule),
        Approval = Cut(Approval),
        Outcome = Cut(Outcome),
        Detail = Cut(Detail),
    };

    internal static string? Cut(string? text) => text is { Length: > Longest } ? text[..(Longest - 1)] + "…" : text;
}
