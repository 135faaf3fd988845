using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Serialization;
using Appliance.Config;
using Models.Store;
using Runtime.Sandbox;

namespace Appliance.Commands.Exec;

/// <summary><c>appliance exec status</c>: what holds commands on this machine, as it is found now, and what is missing.</summary>
internal static class ExecStatusCommand
{
    /// <summary>The command.</summary>
    public static Command Create() => Create(() => HomeFolder.Path);

    /// <summary>The same, by another home's settings.</summary>
    internal static Command Create(Func<string> home)
    {
        var json = new Option<bool>("--json") { Description = "Print one JSON object." };
        var command = new Command("status", "Show what holds commands on this machine: sandbox, network, limits, and what is missing.") { json };
        command.SetAction(parsed =>
        {
            var (terminal, report) = (Terminal.Of(parsed), SandboxReport.Of(home()));
            if (parsed.GetValue(json)) terminal.Output.WriteLine(JsonSerializer.Serialize(report, SandboxJson.Default.SandboxReport));
            else Write(terminal, report);
            return ExitCode.Ok;
        });
        return command;
    }

    private static void Write(Terminal terminal, SandboxReport report)
    {
        Row("sandbox", report.Image is { } image ? $"{report.Level}, {image}" : report.Level);
        if (report.Image is null) Row("landlock", report.Landlock == 0 ? "none" : $"version {report.Landlock}");
        Row("calls", report.Filtered ? "filtered" : "not filtered");
        Row("network", report.Network ? "open" : "none");
        Row("limits", report.Image is not null ? "of each program of a command" : report.Cgroup is { } version ? $"memory and processes of a command together (cgroup {version})" : "of each process of a command");
        foreach (var line in report.Missing) Row("missing", line);

        void Row(string label, string value) => terminal.WriteLine($"{label,-10}  {value}");
    }
}

/// <summary>What <c>exec status --json</c> prints, and a part of what <c>status --json</c> prints: <c>level</c> is none, landlock, bubblewrap or docker.</summary>
internal sealed record SandboxReport(string Level, int Landlock, bool Filtered, bool Network, string? Cgroup, IReadOnlyList<string> Missing)
{
    /// <summary>The image of containers.</summary>
    public string? Image { get; init; }

    /// <summary>What holds commands by the settings of a home.</summary>
    public static SandboxReport Of(string home) => ConfigStore.Open(home).Config.Exec.ToDocker() is { } docker ? Of(docker) : Of(CommandSandbox.Status);

    /// <summary>Of containers.</summary>
    public static SandboxReport Of(DockerSandbox docker) => new("docker", 0, true, false, "docker", docker.WhyNot() is { } why ? [why] : []) { Image = docker.Image };

    /// <summary>Of what was found on this machine.</summary>
    public static SandboxReport Of(SandboxStatus status) =>
        new(status.Level.ToString().ToLowerInvariant(), status.LandlockVersion, status.HasFilter, !status.DeniesNetwork, status.Cgroup, status.Missing);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(SandboxReport))]
internal sealed partial class SandboxJson : JsonSerializerContext;
