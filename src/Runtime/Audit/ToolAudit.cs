using Models;
using Runtime.Tools;
using Runtime.Tools.Policy;

namespace Runtime.Audit;

/// <summary>
/// Tells the audit log of tools, whichever door they are called by: what is to run, what came of it, and which files were read for it.
/// Contents by hash and size alone. Safe for several threads.
/// </summary>
/// <param name="log">The log.</param>
public sealed class ToolAudit(AuditLog log)
{
    private const int MostFiles = 8;

    /// <summary>Hears that a call is to run. What changes something waits until that is on the disk; what reads does not.</summary>
    /// <exception cref="ModelException">It cannot be recorded, so that it must not run.</exception>
    public async Task BeginAsync(ToolStarting call)
    {
        var started = About(call.Tool.Name, call.Context) with { Outcome = "started", Input = AuditContent.Of(call.Arguments.Json.GetRawText()) };
        if (call.Effect == ToolEffect.Reads)
        {
            log.Record(started);
            return;
        }
        try
        {
            await log.AppendDurableAsync(started);
        }
        catch (ModelException e)
        {
            throw new ModelException($"{call.Tool.Name} was not run, for it could not be recorded first: {e.Message}", e);
        }
    }

    /// <summary>Hears what came of a call.</summary>
    public void Hear(ToolCalled call)
    {
        var about = About(call.Name, call.Context);
        foreach (var file in call.Reads.Take(MostFiles)) log.Record(about with { Kind = AuditKind.Read, Resource = file });
        if (call.Reads.Count > MostFiles)
            log.Record(about with { Kind = AuditKind.Read, Resource = call.Context.Files.Workspace, Count = call.Reads.Count - MostFiles, Detail = "further files, at least" });
        log.Record(about with
        {
            Decision = call.Result.IsRefused ? AuditEvent.Deny : AuditEvent.Allow,
            Rule = call.Decision switch { ToolVerdict.Ask => "tools: asked", _ => "tools" },
            Outcome = call.Result.IsRefused ? "blocked" : call.Result.IsError ? "failed" : "succeeded",
            Output = AuditContent.Of(call.Result.Text),
        });
    }

    private static AuditEvent About(string tool, ToolContext context) => new(AuditKind.Tool, tool)
    {
        By = new AuditActor { Person = context.Person ?? "owner", Channel = context.Channel },
        Agent = context.Agent,
        Session = context.SessionKey,
        Run = context.RunId,
        Call = context.CallId,
        Resource = tool,
    };
}
