using Runtime.Tools;
using Runtime.Tools.Policy;

namespace Runtime.Tests.Tools;

/// <summary>A tool that does what a test says, and counts.</summary>
internal sealed class Probe(string name, ToolEffect effect, ToolProfile profile = ToolProfile.Minimal) : Tool(name, "A probe.", """{"type":"object","properties":{"x":{"type":"string"}}}""")
{
    private int _runs;

    public int Runs => _runs;

    public Func<CancellationToken, Task<string>> Run { get; init; } = _ => Task.FromResult("done");

    public TimeSpan Time { get; init; } = TimeSpan.FromSeconds(10);

    public bool IsData { get; init; }

    public override ToolEffect Effect => effect;

    public override ToolProfile Profile => profile;

    public override bool ReturnsData => IsData;

    public override TimeSpan Limit => Time;

    public override async Task<ToolResult> RunAsync(ToolArguments arguments, ToolContext context, CancellationToken cancellation)
    {
        Interlocked.Increment(ref _runs);
        return new ToolResult(await Run(cancellation));
    }
}
