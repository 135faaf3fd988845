namespace Runtime.Schedule.Jobs;

/// <summary>What is done with a job's answer. Immutable.</summary>
/// <param name="Mode"><c>none</c>, <c>announce</c> or <c>webhook</c>.</param>
/// <param name="To">Where to; for a webhook its address.</param>
public sealed record JobDelivery(string Mode, string? To = null)
{
    /// <summary>Mode: the answer is posted to an address of the public Internet.</summary>
    public const string Webhook = "webhook";

    /// <summary>The channel, or null.</summary>
    public string? Channel { get; init; }
}
