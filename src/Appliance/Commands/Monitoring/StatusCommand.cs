using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Appliance.Client;
using Appliance.Commands.Exec;
using Appliance.Commands.Models;
using Appliance.Gateway.Identity;
using Appliance.Hosting;
using Models;
using Models.Budget;
using Models.Generation;
using Models.Generation.Kv;
using Models.Store;
using Runtime.Hardware.Power;

namespace Appliance.Commands.Monitoring;

/// <summary><c>appliance status</c>: this box at a glance: home, models, memory, and what the default model would do with it.</summary>
internal static class StatusCommand
{
    /// <summary>The command, working on the home folder.</summary>
    public static Command Create() => Create(() => HomeFolder.Path, MachineMemory.Here);

    /// <summary>The same, working on another home and another machine.</summary>
    internal static Command Create(Func<string> home, MachineMemory memory)
    {
        var json = new Option<bool>("--json") { Description = "Print one JSON object." };
        var command = new Command("status", "Show this box: the gateway that runs on it, home, models, memory, and the plan of the default model.") { json };
        command.SetAction(async (parsed, cancellation) =>
        {
            // The gateway's answer comes while the disk is read.
            var gateway = AskGatewayAsync(home(), cancellation);
            var report = Collect(ConfiguredModels.In(home()), memory.Read());
            var (answer, fault) = await gateway;
            report = report with { Gateway = answer, GatewayProblem = fault, Sandbox = SandboxReport.Of(home()), Power = PowerStatus.Of(PowerSensors.Read()) };
            var terminal = Terminal.Of(parsed);
            if (parsed.GetValue(json)) terminal.Output.WriteLine(JsonSerializer.Serialize(report, StatusJson.Default.StatusReport));
            else Write(terminal, report);
            return ExitCode.Ok;
        });
        return command;
    }

    private static async Task<(GatewayStatus? Status, string? Problem)> AskGatewayAsync(string home, CancellationToken cancellation)
    {
        if (LocalSocket.IsFree(home)) return (null, null);
        try
        {
            await using var client = await GatewayClient.ConnectAsync(GatewayTarget.Find(home, null, null), [Scope.Read], cancellation);
            return (await GatewayStatus.AskAsync(client, cancellation), null);
        }
        catch (GatewayClientException e)
        {
            // One that does not answer is told, and the rest is shown all the same.
            return (null, e.Message);
        }
    }

    private static StatusReport Collect(ModelStore store, MemorySnapshot machine)
    {
        var limit = machine.Limit is { } cgroup ? new LimitStatus(cgroup.Folder, cgroup.Bytes, cgroup.Room) : null;
        var pressure = machine.Pressure is { } stalls ? new PressureStatus(stalls.Some, stalls.Full) : null;
        var memory = new MemoryStatus(machine.Total, machine.Available, machine.Room, limit, pressure);
        var (plan, problem) = PlanDefault(store, machine);
        return new StatusReport(ProductVersion.Text, store.Home, store.Names(), memory, KvArchiveOptions.SizeOf(store.Home), plan, problem);
    }

    private static (PlanReport? Plan, string? Problem) PlanDefault(ModelStore store, MemorySnapshot machine)
    {
        try
        {
            var model = store.Get(null);
            return (PlanReport.From(model.Manifest.Name, MemoryPlan.Make(model.Manifest.Name, ModelFootprint.Of(model), machine, new EngineOptions().Wishes), machine), null);
        }
        catch (ModelException e)
        {
            return (null, e.Message);
        }
    }

    private static void Write(Terminal terminal, StatusReport report)
    {
        Row("version", report.Version);
        Row("gateway", report.Gateway is { } gateway
            ? string.Create(CultureInfo.InvariantCulture, $"{gateway.Address}, process {gateway.Pid}, {gateway.Sessions} sessions, {(gateway.Loaded.Count == 0 ? "no model loaded" : string.Join(", ", gateway.Loaded) + " loaded")}")
            : report.GatewayProblem ?? "not running; `appliance serve` starts it");
        Row("home", report.Home);
        Row("models", report.Models.Count == 0 ? "none" : string.Join(", ", report.Models));
        var memory = report.Memory;
        Row("memory", $"{ByteSize.Format(memory.AvailableBytes)} available of {ByteSize.Format(memory.TotalBytes)}");
        Row("limit", memory.Limit is { } limit ? $"{ByteSize.Format(limit.LeftBytes)} left of {ByteSize.Format(limit.Bytes)} ({limit.Cgroup})" : "none");
        Row("pressure", memory.Pressure is { } stalls
            ? string.Create(CultureInfo.InvariantCulture, $"some work waited {stalls.Some:0.0} % of the last ten seconds, all of it {stalls.Full:0.0} %")
            : "the kernel does not say");
        if (report.Power is { } power) Row("power", string.Join(", ", power.Words()));
        Row("kept warm", $"{ByteSize.Format(report.WarmBytes)} of computed keys and values on the disk");
        var sandbox = report.Sandbox!;
        Row("sandbox", $"{sandbox.Level}, {(sandbox.Network ? "open network" : "no network")}{string.Concat(sandbox.Missing.Select(line => " " + line))}");
        Row("default", report.Plan is { } plan
            ? $"{plan.Model}: {plan.ContextLength:N0} tokens of context, {plan.Sequences} at once, {plan.KvType} keys and values, at most {ByteSize.Format(plan.TotalBytes)}"
            : report.Problem!);

        void Row(string label, string value) => terminal.WriteLine($"{label,-10}  {value}");
    }
}

/// <summary>What <c>status --json</c> prints; <c>warm_bytes</c> is what models keep on the disk for their next start, <c>problem</c> says why there is no plan.</summary>
internal sealed record StatusReport(string Version, string Home, IReadOnlyList<string> Models, MemoryStatus Memory, long WarmBytes, PlanReport? Plan, string? Problem)
{
    /// <summary>Heat, what holds the board back, and battery; absent where the machine tells nothing of them.</summary>
    public PowerStatus? Power { get; init; }

    /// <summary>What holds the agent's commands.</summary>
    public SandboxReport? Sandbox { get; init; }

    /// <summary>The gateway that runs on the home, or null.</summary>
    public GatewayStatus? Gateway { get; init; }

    /// <summary>Why a gateway that runs does not say how it is, or null.</summary>
    public string? GatewayProblem { get; init; }
}

/// <summary>The machine's memory, bytes; <c>room</c> is what this process can still take.</summary>
internal sealed record MemoryStatus(long TotalBytes, long AvailableBytes, long RoomBytes, LimitStatus? Limit, PressureStatus? Pressure);

/// <summary>The tightest limit of a cgroup, bytes.</summary>
internal sealed record LimitStatus(string Cgroup, long Bytes, long LeftBytes);

/// <summary>How warm the machine is, degrees Celsius, what holds it back, and its battery.</summary>
internal sealed record PowerStatus(double? Celsius, double? Megahertz, string? Throttled, int? BatteryPercent, bool? OnBattery)
{
    /// <summary>What was read; null where that is nothing.</summary>
    public static PowerStatus? Of(PowerReading reading) => !reading.IsTold ? null : new(
        reading.MilliCelsius / 1000.0, reading.FrequencyKhz / 1000.0, reading.Throttle == ThrottleFlags.None ? null : reading.Throttle.ToString(), reading.BatteryPercent, reading.BatteryPercent is null ? null : reading.IsOnBattery);

    /// <summary>For a person.</summary>
    public IEnumerable<string> Words()
    {
        if (Celsius is { } celsius) yield return string.Create(CultureInfo.InvariantCulture, $"{celsius:0.0} °C");
        if (Megahertz is { } megahertz) yield return string.Create(CultureInfo.InvariantCulture, $"{megahertz:0} MHz");
        if (BatteryPercent is { } percent) yield return $"battery {percent} %, {(OnBattery == true ? "discharging" : "on mains")}";
        yield return Throttled is null ? "nothing holds it back" : $"held back: {Throttled}";
    }
}

/// <summary>Percent of the last ten seconds in which some, or all, work waited for memory.</summary>
internal sealed record PressureStatus(double Some, double Full);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(StatusReport))]
internal sealed partial class StatusJson : JsonSerializerContext;
