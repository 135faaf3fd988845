using System.Text.Json;
using Appliance.Client;
using Models.Budget;
using Runtime.Hardware;
using Runtime.Hardware.Power;

namespace Appliance.Commands.Monitoring;

/// <summary>One look at a box: of what grows, two looks make a rate. Times are milliseconds, sizes bytes. What is of the gateway is null where none runs.</summary>
internal sealed record BoxSample
{
    public required long Ts { get; init; }
    public required long MachineBusyMs { get; init; }
    public required long MachineTotalMs { get; init; }
    public required long MemoryTotalBytes { get; init; }
    public required long MemoryAvailableBytes { get; init; }
    public required long ReceivedBytes { get; init; }
    public required long SentBytes { get; init; }
    public long? MilliCelsius { get; init; }
    public long? FrequencyKhz { get; init; }
    public string? Throttled { get; init; }
    public long? BatteryPercent { get; init; }
    public bool? IsOnBattery { get; init; }
    public GatewaySample? Gateway { get; init; }

    /// <summary>What the gateway answered.</summary>
    public static BoxSample Of(JsonElement answer) => new()
    {
        Ts = answer.Number("ts") ?? 0,
        MachineBusyMs = answer.Number("machineBusyMs") ?? 0,
        MachineTotalMs = answer.Number("machineTotalMs") ?? 0,
        MemoryTotalBytes = answer.Number("memoryTotalBytes") ?? 0,
        MemoryAvailableBytes = answer.Number("memoryAvailableBytes") ?? 0,
        ReceivedBytes = answer.Number("receivedBytes") ?? 0,
        SentBytes = answer.Number("sentBytes") ?? 0,
        MilliCelsius = answer.Number("milliCelsius"),
        FrequencyKhz = answer.Number("frequencyKhz"),
        Throttled = answer.Text("throttled"),
        BatteryPercent = answer.Number("batteryPercent"),
        IsOnBattery = answer.Number("batteryPercent") is null ? null : answer.Flag("onBattery"),
        Gateway = new GatewaySample(answer),
    };

    /// <summary>This machine without a gateway.</summary>
    public static BoxSample OfThisMachine()
    {
        var (machine, memory, power) = (MachineCounters.Read(), MachineMemory.Here.Read(), PowerSensors.Read());
        return new()
        {
            Ts = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds(),
            MachineBusyMs = machine.BusyMs,
            MachineTotalMs = machine.TotalMs,
            MemoryTotalBytes = memory.Total,
            MemoryAvailableBytes = memory.Available,
            ReceivedBytes = machine.ReceivedBytes,
            SentBytes = machine.SentBytes,
            MilliCelsius = machine.MilliCelsius,
            FrequencyKhz = power.FrequencyKhz,
            Throttled = power.Throttle == ThrottleFlags.None ? null : power.Throttle.ToString(),
            BatteryPercent = power.BatteryPercent,
            IsOnBattery = power.BatteryPercent is null ? null : power.IsOnBattery,
        };
    }
}

/// <summary>The gateway's part of a look.</summary>
internal sealed class GatewaySample(JsonElement answer)
{
    public long Pid { get; } = answer.Number("pid") ?? 0;
    public long CpuMs { get; } = answer.Number("cpuMs") ?? 0;
    public long ResidentBytes { get; } = answer.Number("residentBytes") ?? 0;
    public long Steps { get; } = answer.Number("steps") ?? 0;
    public long StepMs { get; } = answer.Number("stepMs") ?? 0;
    public long ComputedTokens { get; } = answer.Number("computedTokens") ?? 0;
    public long AnswerTokens { get; } = answer.Number("answerTokens") ?? 0;
    public long Collections { get; } = answer.Number("collections") ?? 0;
    public long PauseMs { get; } = answer.Number("pauseMs") ?? 0;
    public long AllocatedBytes { get; } = answer.Number("allocatedBytes") ?? 0;
    public long PowerLevel { get; } = answer.Number("powerLevel") ?? 0;
    public string? PowerReason { get; } = answer.Text("powerReason");
    public long? Milliwatts { get; } = answer.Number("milliwatts");
    public long? AnswerMillijoules { get; } = answer.Number("answerMillijoules");
    public long Sessions { get; } = answer.Number("sessions") ?? 0;
    public long Clients { get; } = answer.Number("clients") ?? 0;
    public long TurnsRunning { get; } = answer.Number("turnsRunning") ?? 0;
    public long TurnsWaiting { get; } = answer.Number("turnsWaiting") ?? 0;
    public IReadOnlyList<string> LoadedModels { get; } = [.. answer.Texts("loadedModels")];

    /// <summary>Threads by the kernel's number; empty where they were not asked for.</summary>
    public IReadOnlyDictionary<long, ThreadTimes> Threads { get; } = answer.Items("threads")
        .Select(row => new ThreadTimes((int)(row.Number("id") ?? 0), row.Text("name") ?? "", row.Number("cpuMs") ?? 0)).DistinctBy(thread => thread.Id).ToDictionary(thread => (long)thread.Id);
}
