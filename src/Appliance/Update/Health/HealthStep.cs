using Appliance.Gateway.Protocol;

namespace Appliance.Update.Health;

/// <summary>What one look of the health gate found.</summary>
/// <param name="Name">What was looked at: <c>ready</c>, <c>model</c> or <c>tool</c>.</param>
/// <param name="IsOk">False where the box does not do what it is for.</param>
/// <param name="What">What was seen, in one sentence for a person.</param>
internal sealed record HealthStep(string Name, bool IsOk, string What) : IPayload
{
    /// <inheritdoc/>
    public void Write(PayloadWriter to) => to.Add("name", Name).Add("ok", IsOk).Add("what", What);
}
