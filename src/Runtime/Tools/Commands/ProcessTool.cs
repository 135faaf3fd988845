using System.Text;
using Runtime.Tools.Policy;

namespace Runtime.Tools.Commands;

/// <summary>Commands in the background: reads what they print, writes to them, ends them. Only those of the same session.</summary>
internal sealed class ProcessTool(ProcessBook processes) : Tool("process", "Commands in the background.",
    """{"type":"object","properties":{"action":{"enum":["list","poll","write","kill"]},"id":{"type":"string"},"text":{"type":"string"}},"required":["action"]}""")
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    public override ToolEffect Effect => ToolEffect.Writes;

    public override ToolProfile Profile => ToolProfile.Operator;

    public override async Task<ToolResult> RunAsync(ToolArguments arguments, ToolContext context, CancellationToken cancellation)
    {
        var action = arguments.Text("action");
        if (action == "list") return new ToolResult(List(context.SessionKey));
        var process = processes.Get(context.SessionKey, arguments.Text("id"));
        switch (action)
        {
            case "poll":
                return await PollAsync(process, cancellation);
            case "write":
                process.Command.WriteInput(Encoding.UTF8.GetBytes(arguments.AnyText("text")));
                return await PollAsync(process, cancellation);
            case "kill":
                processes.Remove(process);
                return new ToolResult($"{process.Id} was ended.");
            default:
                throw new ToolException($"There is no action {action}: list, poll, write and kill are.");
        }
    }

    /// <summary>What is new; waits a little where nothing is.</summary>
    private async Task<ToolResult> PollAsync(BackgroundProcess process, CancellationToken cancellation)
    {
        var (output, ended) = (process.Command.Output, process.Command.Ended);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(Patience);
        while (output.Total == process.ReadTo && !ended.IsCompleted && !patience.IsCancellationRequested)
            await Task.WhenAny(ended, Task.Delay(50, patience.Token));
        cancellation.ThrowIfCancellationRequested();
        (var text, process.ReadTo) = output.Read(process.ReadTo);
        if (!ended.IsCompleted) return new ToolResult(text.Length == 0 ? "[nothing new; it still runs]" : text) { IsData = true };
        var end = await ended;
        processes.Remove(process);
        return ExecTool.Result(text, end);
    }

    private string List(string session)
    {
        var lines = processes.Of(session).Select(p => $"{p.Id}  {(p.Command.Ended.IsCompleted ? "ended" : "runs")}  {Approvals.DisplayText.Escape(Bounded.Begin(p.Text, 100))}");
        return string.Join('\n', lines) is { Length: > 0 } text ? text : "None.";
    }
}
