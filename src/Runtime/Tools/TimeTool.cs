using Runtime.Tools.Policy;

namespace Runtime.Tools;

/// <summary>Tells the time.</summary>
/// <param name="time">The clock.</param>
internal sealed class TimeTool(TimeProvider time) : Tool("time", "Date and time now.", """{"type":"object","properties":{}}""")
{
    public override ToolEffect Effect => ToolEffect.Reads;

    public override ToolProfile Profile => ToolProfile.Minimal;

    public override bool ReturnsData => false;

    public override Task<ToolResult> RunAsync(ToolArguments arguments, ToolContext context, CancellationToken cancellation)
    {
        var now = time.GetLocalNow();
        return Task.FromResult(new ToolResult($"{now:dddd, yyyy-MM-dd HH:mm:ss zzz} ({time.LocalTimeZone.Id})"));
    }
}
