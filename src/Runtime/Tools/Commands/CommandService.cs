using System.Collections.Concurrent;
using Models;
using Runtime.Approvals;
using Runtime.Audit;
using Runtime.Exec;
using Runtime.Exec.Paths;
using Runtime.Exec.Rules;
using Runtime.Exec.Running;
using Runtime.Sandbox;

namespace Runtime.Tools.Commands;

/// <summary>
/// The way of a command: rules and policy decide, a person is asked where they say so, what was approved is looked at once more, and it
/// runs in the sandbox. Every decision is told to the audit. Safe for several threads.
/// </summary>
/// <param name="rules">What each agent may run.</param>
/// <param name="approvals">Where people are asked.</param>
/// <param name="sandbox">What holds commands back.</param>
/// <param name="audit">Records a decision; what it refuses to record does not run. Null where nobody keeps a record.</param>
public sealed class CommandService(ExecRulesFile rules, ApprovalBook approvals, CommandSandbox sandbox, Func<AuditEvent, Task>? audit = null)
{
    private static readonly string? SearchPath = Environment.GetEnvironmentVariable("PATH");

    private readonly ConcurrentDictionary<string, (Workspace Workspace, ProgramFinder Programs)> _places = new(StringComparer.Ordinal);

    /// <summary>What would become of a command. Runs nothing.</summary>
    public ExecDecision Decide(ExecRequest request, ToolContext context)
    {
        var place = PlaceOf(context.Files.Workspace);
        var own = rules.Of(context.Agent);
        return own.Apply(new ExecPolicy(place.Workspace, own.Allowed, place.Programs).Decide(request));
    }

    /// <summary>Starts a command once it may run.</summary>
    /// <returns>The command; or null and why it does not run.</returns>
    /// <exception cref="ModelException">It may run, and cannot be started.</exception>
    public async Task<(RunningCommand? Command, string? Refusal)> StartAsync(ExecRequest request, ToolContext context, SandboxLimits limits, bool wantsInput, CancellationToken cancellation)
    {
        Directory.CreateDirectory(context.Files.Workspace);
        var place = PlaceOf(context.Files.Workspace);
        var decision = Decide(request, context);
        string? approval = null;
        if (decision.Verdict == ExecVerdict.Ask)
        {
            var binding = ApprovalBinding.Of(decision, place.Workspace, context.Agent, sandbox.Docker?.Image);
            (var allowed, approval) = await AskAsync(request, decision, binding, context, cancellation);
            if (!allowed) return await RefuseAsync(context, decision, approval!, "a person did not allow it");
            // What was approved is what runs: all of it is looked at once more, as it is now.
            var again = Decide(request, context);
            if (again.Verdict == ExecVerdict.Deny || ApprovalBinding.Of(again, place.Workspace, context.Agent, sandbox.Docker?.Image) != binding) return await RefuseAsync(context, again, approval!, "it changed after it was approved");
            decision = again;
        }
        if (decision.Verdict == ExecVerdict.Deny) return await RefuseAsync(context, decision, null, decision.Reason);
        // It does not run before it stands in the record.
        await TellAsync(context, decision, AuditEvent.Allow, approval);
        return (new CommandRunner(place.Workspace, place.Programs, sandbox).Start(decision.Pipelines, limits, wantsInput), null);
    }

    private async Task<(bool IsAllowed, string Rule)> AskAsync(ExecRequest request, ExecDecision decision, ApprovalBinding binding, ToolContext context, CancellationToken cancellation)
    {
        var mayBeAlways = !decision.Commands.Any(CommandScripts.IsStarter);
        if (mayBeAlways && approvals.Grants.Find(binding) is { } grant) return (true, $"grant {grant.Id}");
        var first = decision.Commands.First();
        var approval = await approvals.AskAsync(ApprovalRequest.About("exec", DisplayText.Escape(request.Command), context) with
        {
            Warning = decision.Reason,
            Program = first.Program,
            Folder = first.Folder,
            Binding = binding,
            MayBeAlways = mayBeAlways,
        }, cancellation);
        return (approval.IsAllowed, $"approval {approval.Id} {approval.Reason}");
    }

    private async Task<(RunningCommand?, string?)> RefuseAsync(ToolContext context, ExecDecision decision, string? approval, string why)
    {
        await TellAsync(context, decision, AuditEvent.Deny, approval ?? why);
        return (null, why == decision.Reason ? why : $"{why} ({decision.Reason})");
    }

    private Task TellAsync(ToolContext context, ExecDecision decision, string what, string? rule) => audit is null ? Task.CompletedTask : audit(new AuditEvent(AuditKind.Tool, "exec")
    {
        Agent = context.Agent,
        Session = context.SessionKey,
        Run = context.RunId,
        Call = context.CallId,
        Decision = what,
        Rule = rule ?? decision.Reason,
        // Names of programs; arguments may hold what was said.
        Resource = string.Join(' ', decision.Commands.Select(command => command.Program ?? DisplayText.Escape(command.Argv[0]))),
        Detail = sandbox.Level.ToString(),
    });

    private (Workspace Workspace, ProgramFinder Programs) PlaceOf(string folder) => _places.GetOrAdd(folder, static path =>
    {
        var workspace = new Workspace(path);
        return (workspace, new ProgramFinder(workspace, SearchPath));
    });
}
