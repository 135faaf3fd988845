using System.Collections.Concurrent;
using Models;
using Runtime.Tools.Files;
using Runtime.Tools.Policy;

namespace Runtime.Tools;

/// <summary>
/// The one way to call a tool, for turns and for every door: the policy decides, a person is asked where it says so, then the call runs
/// within its time, and its result is bounded. Never throws but for cancellation: an error is a result the model can read. Safe for several
/// threads.
/// </summary>
/// <param name="table">The tools.</param>
/// <param name="policy">What is allowed.</param>
/// <param name="approver">Who is asked; null where nobody can be, and what would be asked is refused.</param>
public sealed class ToolRunner(ToolTable table, ToolPolicy policy, IToolApprover? approver = null)
{
    /// <summary>Longest result, characters; what is longer loses its middle.</summary>
    public const int LongestResult = 16_000;

    private readonly ConcurrentDictionary<Task, bool> _running = new();

    /// <summary>
    /// Says whether a file may be reached for somebody who is not the owner: who, its full path, and the agent's workspace. Asked beside the
    /// agent's own folders; null where those are all there is to it.
    /// </summary>
    public Func<string, string, string, bool>? MayReach { get; set; }

    /// <summary>
    /// Hears of every call that is about to run, and is waited for: what it throws as a <see cref="ModelException"/> keeps the call from running.
    /// </summary>
    public Func<ToolStarting, Task>? Starting { get; set; }

    /// <summary>Hears of every call and what came of it, when it is over.</summary>
    public event Action<ToolCalled>? Called;

    /// <summary>Hears of faults that are no call's own.</summary>
    public event Action<Exception>? Faulted;

    /// <summary>The tools of the box, whoever may call them, in the order of the table.</summary>
    public IReadOnlyList<Tool> All => table.All;

    /// <summary>The tools somebody may call at all, in the order of the table.</summary>
    public IReadOnlyList<Tool> For(string agent, string? channel, string? person) =>
        [.. table.All.Where(tool => tool.IsThere && policy.Allows(tool, agent, channel, person))];

    /// <summary>Says of a full path whether it may be reached for somebody; null where all of an agent's files may.</summary>
    public Func<string, bool>? ReachOf(string workspace, string? person) => MayReach is { } may && person is not null ? path => may(person, path, workspace) : null;

    /// <inheritdoc cref="ToolTable.PrepareAsync"/>
    public Task PrepareAsync(CancellationToken cancellation) => table.PrepareAsync(cancellation);

    /// <summary>Calls a tool.</summary>
    public async Task<ToolResult> CallAsync(string name, ToolArguments arguments, ToolContext context, CancellationToken cancellation)
    {
        var tool = table.Find(name);
        var reads = new FileReads();
        context = context with { Files = context.Files.Watched(reads.Add, ReachOf(context.Files.Workspace, context.Person)) };
        var (result, decision) = tool is not { IsThere: true }
            ? (ToolResult.Refused($"There is no tool {name}."), ToolVerdict.Deny)
            : await DecideAndRunAsync(tool, arguments, context, cancellation);
        var bounded = result with { Text = Bounded.Cut(result.Text, LongestResult), IsData = result.IsData || (tool?.ReturnsData == true && !result.IsRefused) };
        Called?.Invoke(new ToolCalled(name, tool?.Effect, arguments, context, decision, bounded, reads.Files));
        return bounded;
    }

    /// <summary>Waits for the calls under way, those too that nobody waits for any more: what was stopped has still its end to note.</summary>
    public Task SettledAsync() => Task.WhenAll(_running.Keys);

    private async Task<(ToolResult Result, ToolVerdict Decision)> DecideAndRunAsync(Tool tool, ToolArguments arguments, ToolContext context, CancellationToken cancellation)
    {
        try
        {
            var effect = policy.Allows(tool, context.Agent, context.Channel, context.Person) ? tool.EffectOf(arguments, context) : tool.Effect;
            var decision = policy.Decide(tool, effect, context, tool.ProfileOf(arguments));
            if (decision.Verdict == ToolVerdict.Deny) return (ToolResult.Refused($"Not allowed: {decision.Reason}"), ToolVerdict.Deny);
            if (decision.Verdict == ToolVerdict.Ask)
            {
                var approved = approver is not null && await approver.ApproveAsync(tool, arguments, context, decision.Reason, cancellation);
                if (!approved) return (ToolResult.Refused($"Not approved: {decision.Reason}"), ToolVerdict.Ask);
            }
            if (Starting is not null) await Starting(new ToolStarting(tool, effect, arguments, context)).WaitAsync(cancellation);
            return (await RunAsync(tool, arguments, context, cancellation), decision.Verdict);
        }
        catch (ModelException e)
        {
            return (ToolResult.Error(e.Message), ToolVerdict.Allow);
        }
    }

    private async Task<ToolResult> RunAsync(Tool tool, ToolArguments arguments, ToolContext context, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(tool.Limit);
        try
        {
            // On a thread of its own: a tool that works without awaiting must not hold up an abort.
            var running = Task.Run(() => tool.RunAsync(arguments, context with { Allowed = For(context.Agent, context.Channel, context.Person) }, limit.Token), limit.Token);
            _running[running] = true;
            _ = running.ContinueWith(done => _running.TryRemove(done, out _), TaskScheduler.Default);
            return await running.WaitAsync(limit.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return ToolResult.Error($"{tool.Name} took longer than {tool.Limit.TotalSeconds:0} s and was stopped.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return ToolResult.Error(e.Message);
        }
        catch (Exception e) when (e is not (ModelException or OperationCanceledException))
        {
            Faulted?.Invoke(e);
            return ToolResult.Error("Internal error in the tool. Do not try the same again.");
        }
    }
}
