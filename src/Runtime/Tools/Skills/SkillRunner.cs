using System.Text;
using Models;
using Runtime.Approvals;
using Runtime.Audit;
using Runtime.Exec;
using Runtime.Exec.Paths;
using Runtime.Exec.Rules;
using Runtime.Sandbox;
using Runtime.Skills;
using Runtime.Skills.Format;

namespace Runtime.Tools.Skills;

/// <summary>
/// The way of a skill's program: its files are copied away, a person is asked about exactly that copy unless it was allowed for good, and the
/// copy runs by Node in the sandbox, without a network, its arguments on its input and its answer on its output. Every decision is told to
/// the audit. Safe for several threads.
/// </summary>
/// <param name="rules">What each agent may run: where commands are switched off, so are these.</param>
/// <param name="approvals">Where people are asked.</param>
/// <param name="sandbox">What holds programs back.</param>
/// <param name="audit">Records a decision; what it refuses to record does not run. Null where nobody keeps a record.</param>
public sealed class SkillRunner(ExecRulesFile rules, ApprovalBook approvals, CommandSandbox sandbox, Func<AuditEvent, Task>? audit = null)
{
    /// <summary>Most bytes of arguments: what a pipe takes though nobody reads.</summary>
    public const int LargestInput = 32 * 1024;

    private static readonly string? SearchPath = Environment.GetEnvironmentVariable("PATH");

    /// <summary>Runs it.</summary>
    /// <param name="skill">A skill with a program.</param>
    /// <param name="arguments">What it gets.</param>
    /// <param name="context">Who calls.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="ModelException">It cannot be run here.</exception>
    public async Task<ToolResult> RunAsync(Skill skill, ToolArguments arguments, ToolContext context, CancellationToken cancellation)
    {
        Directory.CreateDirectory(context.Files.Workspace);
        var workspace = new Workspace(context.Files.Workspace);
        var programs = new ProgramFinder(workspace, SearchPath);
        var node = programs.Find(SkillProgram.Interpreter) ?? throw new ToolException("There is no Node on this machine, which runs such skills.");
        var input = Encoding.UTF8.GetBytes(arguments.Json.GetRawText());
        if (input.Length > LargestInput) throw new ToolException($"The arguments have {input.Length} bytes; {LargestInput} are the most.");
        var place = Directory.CreateTempSubdirectory("appliance-skill-").FullName;
        try
        {
            // What is asked about, and what runs, is this copy: the skill's own folder may change meanwhile.
            var copy = Path.Combine(place, skill.Name);
            SkillFiles.Copy(skill.Folder, copy);
            var hash = SkillFiles.Hash(copy);
            if (skill.Pin is { } pin && pin.Hash != hash) throw new SkillException($"The skill {skill.Name} cannot be used: its files have just changed.");
            var (isAllowed, rule) = await DecideAsync(skill, hash, node, workspace, input, context, cancellation);
            await TellAsync(skill, context, isAllowed ? AuditEvent.Allow : AuditEvent.Deny, rule);
            return isAllowed ? await RunAsync(skill.Manifest!.Program!, node, programs.SearchPath, workspace, place, copy, input, cancellation) : ToolResult.Refused($"Not run: {rule}");
        }
        finally
        {
            Delete(place);
        }
    }

    private async Task<(bool IsAllowed, string Rule)> DecideAsync(Skill skill, string hash, string node, Workspace workspace, byte[] input, ToolContext context, CancellationToken cancellation)
    {
        var asks = skill.Manifest!.Program!.Asks;
        var decision = rules.Of(context.Agent).Apply(new ExecDecision(ExecVerdict.Ask, $"The program of the skill {skill.Name} runs in the sandbox: {asks}.", []));
        if (decision.Verdict != ExecVerdict.Ask) return (false, decision.Reason);
        var binding = ApprovalBinding.Of(context.Agent, workspace.Root, node, ["skill", skill.Name, hash, asks, sandbox.Docker?.Image ?? ""]);
        if (approvals.Grants.Find(binding) is { } grant) return (true, $"grant {grant.Id}");
        var approval = await approvals.AskAsync(new ApprovalRequest("exec", DisplayText.Escape($"{SkillProgram.Interpreter} {skill.Name}/{SkillProgram.EntryFile} < {Encoding.UTF8.GetString(input)}"))
        {
            Warning = decision.Reason,
            Program = node,
            Folder = skill.Folder,
            Agent = context.Agent,
            Session = context.SessionKey,
            Run = context.RunId,
            Call = context.CallId,
            Binding = binding,
            MayBeAlways = true,
        }, cancellation);
        return (approval.IsAllowed, approval.IsAllowed ? $"approval {approval.Id} {approval.Reason}" : $"a person did not allow it (approval {approval.Id} {approval.Reason})");
    }

    private async Task<ToolResult> RunAsync(SkillProgram program, string node, string searchPath, Workspace workspace, string place, string copy, byte[] input, CancellationToken cancellation)
    {
        var home = Directory.CreateDirectory(Path.Combine(place, "home")).FullName;
        var errors = Path.Combine(place, "errors");
        var variables = program.Workspace == WorkspaceAccess.None ? (IEnumerable<KeyValuePair<string, string>>)[] : [new("WORKSPACE", workspace.Root)];
        var folders = new SandboxFolders(program.Workspace == WorkspaceAccess.Write ? workspace.Root : place, place, program.Workspace == WorkspaceAccess.Read ? [.. InstalledWith(node), workspace.Root] : InstalledWith(node));
        var limits = new SandboxLimits { Time = program.Time, Processor = program.Time, Memory = 512 << 20, Processes = 64, File = 16 << 20, Output = 64 * 1024 };
        var output = new OutputBuffer(limits.Output);
        // What it complains of is no part of its answer.
        var start = new SandboxProgram(node, [SkillProgram.Interpreter, Path.Combine(copy, SkillProgram.EntryFile)], copy, EnvironmentRules.Make(searchPath, home, variables)) { Changes = [new DescriptorChange(2, errors)] };
        using var running = sandbox.Start([start], folders, limits, output, wantsInput: true);
        await using var abort = cancellation.Register(running.Kill);
        // One that ends without reading has answered all the same.
        try { running.WriteInput(input); }
        catch (ModelException) { }
        running.CloseInput();
        var exit = await running.Ended;
        cancellation.ThrowIfCancellationRequested();
        var answer = output.Read().Text.TrimEnd('\n');
        if (exit == 0 && running.StopReason is null) return new ToolResult(answer.Length == 0 ? "[no output]" : answer) { IsData = true };
        var why = running.StopReason ?? $"it ended with exit code {exit}";
        return new ToolResult($"{answer}\n{Bounded.Cut(LastErrors(errors), 1000)}\n[The skill failed: {why}.]".TrimStart('\n')) { IsError = true, IsData = true };
    }

    // Beside the system's own folders: where a Node that somebody unpacked has its files.
    private static IReadOnlyList<string> InstalledWith(string node)
    {
        var real = Workspace.RealPath(node) ?? node;
        if (SandboxFolders.System.Any(system => real.StartsWith(system + "/", StringComparison.Ordinal))) return [];
        return [Path.GetFileName(Path.GetDirectoryName(real)) == "bin" ? Path.GetDirectoryName(Path.GetDirectoryName(real))! : Path.GetDirectoryName(real)!];
    }

    private static string LastErrors(string file)
    {
        try { return File.ReadAllText(file).Trim(); }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException) { return ""; }
    }

    private Task TellAsync(Skill skill, ToolContext context, string what, string rule) => audit is null ? Task.CompletedTask : audit(new AuditEvent(AuditKind.Tool, SkillRunTool.ToolName)
    {
        Agent = context.Agent,
        Session = context.SessionKey,
        Run = context.RunId,
        Call = context.CallId,
        Decision = what,
        Rule = rule,
        Resource = skill.Name,
        Detail = sandbox.Level.ToString(),
    });

    private static void Delete(string place)
    {
        try { Directory.Delete(place, recursive: true); }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException) { }
    }
}
