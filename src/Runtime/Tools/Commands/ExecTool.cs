using Runtime.Exec;
using Runtime.Exec.Running;
using Runtime.Sandbox;
using Runtime.Tools.Policy;

namespace Runtime.Tools.Commands;

/// <summary>Runs a command in the workspace. It asks people itself, with what exactly would run, so the policy need not ask a second time.</summary>
internal sealed class ExecTool(CommandService commands, ProcessBook processes) : Tool("exec",
    "Run a command in the workspace, no shell: programs, quotes, | && || ; only. What changes things asks the owner.",
    """{"type":"object","properties":{"command":{"type":"string"},"cwd":{"type":"string"},"timeout":{"type":"integer","description":"seconds"},"background":{"type":"boolean"}},"required":["command"]}""")
{
    /// <summary>The longest a command may run in the foreground, seconds.</summary>
    private const int Longest = 600;

    public override ToolEffect Effect => ToolEffect.Destructive;

    public override ToolProfile Profile => ToolProfile.Operator;

    // A person's answer may take its time.
    public override TimeSpan Limit => TimeSpan.FromMinutes(45);

    public override ToolEffect EffectOf(ToolArguments arguments, ToolContext context) => ToolEffect.Reads;

    public override async Task<ToolResult> RunAsync(ToolArguments arguments, ToolContext context, CancellationToken cancellation)
    {
        var (text, isBackground) = (arguments.Text("command"), arguments.OptionalFlag("background") ?? false);
        var time = TimeSpan.FromSeconds(arguments.OptionalNumber("timeout", 1, Longest) ?? 120);
        var limits = new SandboxLimits { Time = isBackground ? TimeSpan.FromHours(12) : time, Processor = isBackground ? TimeSpan.FromHours(1) : time };
        var (command, refusal) = await commands.StartAsync(new ExecRequest(text, arguments.OptionalText("cwd")), context, limits, isBackground, cancellation);
        if (command is null) return ToolResult.Refused($"Not run: {refusal}");
        if (isBackground)
        {
            var process = processes.Add(context.SessionKey, text, command);
            return new ToolResult($"Runs in the background as {process.Id}; use process to read or end it.");
        }
        using (command)
        {
            await using var abort = cancellation.Register(command.Kill);
            var end = await command.Ended;
            cancellation.ThrowIfCancellationRequested();
            return Result(command.Output.Read().Text, end);
        }
    }

    internal static ToolResult Result(string output, CommandEnd end)
    {
        var note = end.StopReason is { } reason ? $"[stopped: {reason}]" : end.ExitCode != 0 ? $"[exit code {end.ExitCode}]" : output.Length == 0 ? "[no output]" : "";
        return new ToolResult(output.Length == 0 || note.Length == 0 ? output + note : $"{output.TrimEnd('\n')}\n{note}") { IsError = end.ExitCode != 0 || end.StopReason is not null, IsData = true };
    }
}
