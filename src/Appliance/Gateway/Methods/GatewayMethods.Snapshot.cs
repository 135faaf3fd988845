using System.Net;
using Appliance.Gateway.Identity;
using Appliance.Gateway.Protocol;
using Appliance.Hosting;
using Appliance.Network.Tailscale;
using Models.Budget;
using Models.Generation;
using Runtime.Hardware;
using Runtime.Hardware.Power;

namespace Appliance.Gateway.Methods;

// What our own command line asks of the process and the machine; OpenClaw's protocol has no method for it, so that it is not advertised.
internal sealed partial class GatewayMethods
{
    private IEnumerable<GatewayMethod> OwnStatus =>
    [
        GatewayMethod.Of("appliance.snapshot", Scope.Read, TakeSnapshot) with { IsAdvertised = false },
    ];

    private byte[] TakeSnapshot(GatewayCall call)
    {
        var active = _context.Turns.Active;
        var running = active.Count(turn => turn.StartedAt > 0);
        return FrameWriter.Payload(new BoxSnapshot(_context.Now, MachineCounters.Read(), MachineMemory.Here.Read())
        {
            Address = $"http://{new IPEndPoint(_context.Options.Address, _context.Options.Port)}",
            UptimeMs = _context.Hub.UptimeMs,
            Model = DefaultModel().Name,
            LoadedModels = [.. _context.Models.Loaded.Select(model => model.Name)],
            Clients = _context.Hub.Connections.Count,
            Sessions = _context.Sessions.List().Count,
            TurnsRunning = running,
            TurnsWaiting = active.Count - running,
            Power = _context.Options.Power?.Value,
            Tailnet = _context.Options.Tailnet?.Invoke(),
            Threads = call.Params.OptionalFlag("threads") == true ? ThreadTimes.Read() : null,
        });
    }
}

/// <summary>Answer of <c>appliance.snapshot</c>: what grows and what is now. Times are milliseconds, sizes bytes.</summary>
internal sealed record BoxSnapshot(long Ts, MachineCounters Machine, MemorySnapshot Memory) : IPayload
{
    public required string Address { get; init; }
    public required long UptimeMs { get; init; }
    public required string? Model { get; init; }
    public required IReadOnlyList<string> LoadedModels { get; init; }
    public required int Clients { get; init; }
    public required int Sessions { get; init; }
    public required int TurnsRunning { get; init; }
    public required int TurnsWaiting { get; init; }
    public required IReadOnlyList<ThreadTimes>? Threads { get; init; }
    public required PowerWatch? Power { get; init; }
    public required ClaimState? Tailnet { get; init; }

    public void Write(PayloadWriter to) => to
        .Add("ts", Ts).Add("pid", Environment.ProcessId).Add("address", Address).Add("version", ProductVersion.Text).Add("uptimeMs", UptimeMs)
        .Add("model", Model).Add("loadedModels", LoadedModels).Add("clients", Clients).Add("sessions", Sessions)
        .Add("turnsRunning", TurnsRunning).Add("turnsWaiting", TurnsWaiting)
        .Add("residentBytes", Environment.WorkingSet).Add("cpuMs", (long)Environment.CpuUsage.TotalTime.TotalMilliseconds)
        .Add("steps", GenerationMeter.Steps).Add("computedTokens", GenerationMeter.ComputedTokens).Add("answerTokens", GenerationMeter.AnswerTokens)
        .Add("stepMs", (long)GenerationMeter.StepTime.TotalMilliseconds)
        .Add("collections", GC.CollectionCount(0)).Add("pauseMs", (long)GC.GetTotalPauseDuration().TotalMilliseconds).Add("allocatedBytes", GC.GetTotalAllocatedBytes())
        .Add("machineBusyMs", Machine.BusyMs).Add("machineTotalMs", Machine.TotalMs).Add("processors", Environment.ProcessorCount)
        .Add("memoryTotalBytes", Memory.Total).Add("memoryAvailableBytes", Memory.Available)
        .Add("receivedBytes", Machine.ReceivedBytes).Add("sentBytes", Machine.SentBytes).Add("milliCelsius", Machine.MilliCelsius)
        .Add("powerLevel", (int?)Power?.State.Level).Add("powerReason", Power?.State.Reason).Add("throttled", Power is { Reading.Throttle: not ThrottleFlags.None and var held } ? held.ToString() : null)
        .Add("frequencyKhz", Power?.Reading.FrequencyKhz).Add("batteryPercent", Power?.Reading.BatteryPercent).Add("onBattery", Power?.Reading.IsOnBattery)
        .Add("milliwatts", (long?)(Power?.Watts * 1000)).Add("answerMillijoules", (long?)(Power?.Joules * 1000))
        .Add("tailscaleMode", Tailnet?.Word).Add("tailscaleAddress", Tailnet?.Address).Add("tailscaleProblem", Tailnet?.Problem)
        .Add("threads", Threads?.Select(thread => new ThreadRow(thread)).ToArray());

    private sealed record ThreadRow(ThreadTimes Thread) : IPayload
    {
        public void Write(PayloadWriter to) => to.Add("id", Thread.Id).Add("name", Thread.Name).Add("cpuMs", Thread.CpuMs);
    }
}
