using System.Text.Json;
using Models.Crypto;

namespace Runtime.Schedule.Jobs;

/// <summary>Something the agent does at given times. Immutable; it is kept as it stands here.</summary>
public sealed record Job
{
    /// <summary>Payload that says something in the agent's main session.</summary>
    public const string SystemEvent = "systemEvent";

    /// <summary>Payload that begins a turn.</summary>
    public const string AgentTurn = "agentTurn";

    /// <summary>Target: the agent's main session.</summary>
    public const string MainTarget = "main";

    /// <summary>Target: a session of the job's own, new for each run.</summary>
    public const string IsolatedTarget = "isolated";

    /// <summary>Characters of a <see cref="ShortId"/>.</summary>
    public const int ShortIdLength = 8;

    /// <summary>Its id, a GUID.</summary>
    public string Id { get; init; } = "";

    /// <summary>The beginning of <see cref="Id"/>, as models and people see it: a small model copies few characters rightly, and people type few.</summary>
    public string ShortId => Id[..Math.Min(ShortIdLength, Id.Length)];

    /// <summary>What it is called.</summary>
    public required string Name { get; init; }

    /// <summary>What its owner wrote about it, or null.</summary>
    public string? Description { get; init; }

    /// <summary>A name that clients show instead, or null.</summary>
    public string? DisplayName { get; init; }

    /// <summary>A name by which the same client finds it again, or null.</summary>
    public string? DeclarationKey { get; init; }

    /// <summary>The agent it is for; null for the default one.</summary>
    public string? AgentId { get; init; }

    /// <summary>The session it was made in, or null.</summary>
    public string? SessionKey { get; init; }

    /// <summary>False while it rests.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>True where it is removed once it went well.</summary>
    public bool? DeleteAfterRun { get; init; }

    /// <summary>When it is due.</summary>
    public required JobSchedule Schedule { get; init; }

    /// <summary><see cref="MainTarget"/>, <see cref="IsolatedTarget"/> or <c>session:KEY</c>.</summary>
    public string Target { get; init; } = IsolatedTarget;

    /// <summary>True where what it says waits for the agent's next heartbeat.</summary>
    public bool WaitsForHeartbeat { get; init; }

    /// <summary><see cref="SystemEvent"/> or <see cref="AgentTurn"/>.</summary>
    public string Kind { get; init; } = AgentTurn;

    /// <summary>What is said.</summary>
    public required string Text { get; init; }

    /// <summary>How long a run may take, seconds; null for as long as the agent's turns may.</summary>
    public double? TimeoutSeconds { get; init; }

    /// <summary>What is done with the answer; null for nothing.</summary>
    public JobDelivery? Delivery { get; init; }

    /// <summary>What becomes of slots that nobody was there for.</summary>
    public MissedRuns Missed { get; init; }

    /// <summary>Who made it, where that was not the owner: it runs with their rights.</summary>
    public string? Person { get; init; }

    /// <summary>True where what it says was written by a model that had read something private or foreign.</summary>
    public bool IsTainted { get; init; }

    /// <summary>When it was made, Unix milliseconds.</summary>
    public long CreatedAtMs { get; init; }

    /// <summary>When it was changed by somebody, Unix milliseconds.</summary>
    public long UpdatedAtMs { get; init; }

    /// <summary>What became of it so far.</summary>
    public JobState State { get; init; } = new();

    /// <summary>Changes when somebody changes the job, and not when it runs.</summary>
    public string Revision() => $"sha256:{System.Buffers.Text.Base64Url.EncodeToString(Sha256.Hash(JsonSerializer.SerializeToUtf8Bytes(this with { State = new(), UpdatedAtMs = 0 }, JobJson.Default.Job)))}";
}
