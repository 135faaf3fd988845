using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Serialization;
using Appliance.Config;
using Appliance.Doctor;
using Models;
using Models.Budget;
using Models.Store;

namespace Appliance.Commands.Doctor;

/// <summary><c>appliance doctor</c> and <c>appliance security audit</c>: what is wrong with this box, why, and what to do.</summary>
internal static class DoctorCommand
{
    /// <summary><c>doctor</c>, working on the home folder.</summary>
    public static Command Create() => Create(() => HomeFolder.Path);

    /// <summary>The same, working on another home.</summary>
    internal static Command Create(Func<string> home)
    {
        var repair = new Option<bool>("--repair") { Description = "Put right what can be put right without losing anything." };
        var json = new Option<bool>("--json") { Description = "Print one JSON object." };
        var command = new Command("doctor", "Check this box: configuration, permissions, disk, models, memory, transcripts, backups, clock, first boot, updates, heat and power, MCP servers, Tailscale, mDNS, gateway. Exits 1 where something is critical.") { repair, json };
        command.SetAction((parsed, cancellation) => RunAsync(parsed, home(), parsed.GetValue(repair), parsed.GetValue(json),
            async patient => [.. HealthChecks.All(patient), .. await BoxChecks.LookAsync(patient, cancellation), .. await McpChecks.LookAsync(patient, cancellation), .. await NetworkChecks.LookAsync(patient, cancellation), await GatewayProbe.ReachAsync(patient, cancellation)], cancellation));
        return command;
    }

    /// <summary><c>security</c>, working on the home folder.</summary>
    public static Command CreateSecurity() => CreateSecurity(() => HomeFolder.Path);

    /// <summary>The same, working on another home.</summary>
    internal static Command CreateSecurity(Func<string> home)
    {
        var deep = new Option<bool>("--deep") { Description = "Try on the running gateway what it should refuse." };
        var fix = new Option<bool>("--fix") { Description = "Put right what can be put right without losing anything: modes of files, secrets in the configuration." };
        var json = new Option<bool>("--json") { Description = "Print one JSON object." };
        var audit = new Command("audit", "Look for what lets somebody in: bind, token, plain secrets, modes of files, paired devices. Exits 1 where something is critical.") { deep, fix, json };
        audit.SetAction((parsed, cancellation) => RunAsync(parsed, home(), parsed.GetValue(fix), parsed.GetValue(json),
            async patient => [.. SecurityChecks.All(patient), .. parsed.GetValue(deep) ? await GatewayProbe.DeepAsync(patient, cancellation) : []], cancellation));
        return new Command("security", "Look after who can do what on this box.") { audit };
    }

    private static async Task<int> RunAsync(ParseResult parsed, string home, bool repair, bool json, Func<Patient, Task<IReadOnlyList<Finding>>> check, CancellationToken cancellation)
    {
        var terminal = Terminal.Of(parsed);
        using var config = ConfigStore.Open(home);
        var findings = await check(new Patient(home, config, MachineMemory.Here, TimeProvider.System));
        var repaired = repair ? findings.Where(f => f.Repair is not null).Select(f => Mend(f, terminal)).ToList() : [];
        cancellation.ThrowIfCancellationRequested();
        if (json)
        {
            var entries = findings.Select(f => new FindingEntry(f.Check, f.Severity.ToString().ToLowerInvariant(), f.What, f.Why, f.Remedy, f.Repair is not null));
            terminal.Output.WriteLine(JsonSerializer.Serialize(new FindingReport(Worst(findings).ToString().ToLowerInvariant(), [.. entries], [.. repaired.OfType<string>()]), DoctorJson.Default.FindingReport));
        }
        else Write(findings, repaired, repair, terminal);
        return Worst(findings) == Severity.Critical && !(repair && findings.Where(f => f.Severity == Severity.Critical).All(f => f.Repair is not null) && repaired.All(r => r is not null)) ? ExitCode.Error : ExitCode.Ok;
    }

    private static string? Mend(Finding finding, Terminal terminal)
    {
        try
        {
            return finding.Repair!();
        }
        catch (Exception e) when (e is ModelException or IOException or UnauthorizedAccessException)
        {
            terminal.Note($"error: {finding.What}: could not be put right: {e.Message}");
            return null;
        }
    }

    private static void Write(IReadOnlyList<Finding> findings, IReadOnlyList<string?> repaired, bool repair, Terminal terminal)
    {
        foreach (var finding in findings)
        {
            var mark = finding.Severity switch { Severity.Ok => "ok", Severity.Info => "info", Severity.Warning => "warning", _ => "critical" };
            terminal.Output.WriteLine($"{(finding.Severity >= Severity.Warning ? terminal.Red(mark.PadRight(8)) : mark.PadRight(8))}  {Terminal.Clean(finding.Check),-14}  {Terminal.Clean(finding.What)}");
            if (finding.Why is { } why) terminal.WriteLine($"{"",26}{why}{(finding.Remedy is { } remedy ? $" {remedy}" : "")}");
        }
        foreach (var done in repaired.OfType<string>()) terminal.WriteLine($"repaired  {done}");
        if (!repair && findings.Any(f => f.Repair is not null)) terminal.Note("Some of this can be put right: say the same with --repair (doctor) or --fix (security audit).");
    }

    private static Severity Worst(IReadOnlyList<Finding> findings) => findings.Max(f => f.Severity);
}

/// <summary>What <c>doctor --json</c> and <c>security audit --json</c> print; <c>worst</c> is ok, info, warning or critical.</summary>
internal sealed record FindingReport(string Worst, IReadOnlyList<FindingEntry> Findings, IReadOnlyList<string> Repaired);

/// <summary>A finding; <c>repairable</c> where --repair or --fix puts it right.</summary>
internal sealed record FindingEntry(string Check, string Severity, string What, string? Why, string? Remedy, bool Repairable);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(FindingReport))]
internal sealed partial class DoctorJson : JsonSerializerContext;
