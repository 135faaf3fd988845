using System.Text.Json.Serialization;

namespace Appliance.Commands.Monitoring;

/// <summary>One line of <c>monitor --json</c>. Percent of all processors together, bytes, tokens and bytes a second; <c>gateway</c> is absent where none runs.</summary>
internal sealed record MonitorReport(
    long Ts, double CpuPercent, long MemoryAvailableBytes, long MemoryTotalBytes, double ReceivedPerSecond, double SentPerSecond, double? Celsius, MonitorGateway? Gateway)
{
    /// <summary>The frequency of the slowest group of processors, megahertz.</summary>
    public double? Megahertz { get; init; }

    /// <summary>What holds the board back now; absent where nothing does.</summary>
    public string? Throttled { get; init; }

    /// <summary>Charge of the battery; absent where there is none.</summary>
    public long? BatteryPercent { get; init; }

    /// <summary>Whether the battery feeds the machine alone.</summary>
    public bool? OnBattery { get; init; }

    /// <summary>What two looks say of the time between them.</summary>
    public static MonitorReport Between(BoxSample before, BoxSample after)
    {
        var seconds = Math.Max(after.Ts - before.Ts, 1) / 1000.0;
        var machine = after.MachineTotalMs - before.MachineTotalMs;
        return new(
            after.Ts, machine > 0 ? Percent(after.MachineBusyMs - before.MachineBusyMs, machine) : 0, after.MemoryAvailableBytes, after.MemoryTotalBytes,
            Rate(after.ReceivedBytes - before.ReceivedBytes), Rate(after.SentBytes - before.SentBytes), after.MilliCelsius / 1000.0,
            after.Gateway is { } now ? Gateway(before.Gateway is { } then && then.Pid == now.Pid ? then : now, now) : null)
        { Megahertz = after.FrequencyKhz / 1000.0, Throttled = after.Throttled, BatteryPercent = after.BatteryPercent, OnBattery = after.IsOnBattery };

        MonitorGateway Gateway(GatewaySample then, GatewaySample now) => new(
            now.Pid, machine > 0 ? Percent(now.CpuMs - then.CpuMs, machine) : 0, now.ResidentBytes, Rate(now.AnswerTokens - then.AnswerTokens), Rate(now.ComputedTokens - then.ComputedTokens),
            now.Sessions, now.TurnsRunning, now.TurnsWaiting, now.Clients, now.LoadedModels)
        {
            PowerLevel = now.PowerLevel,
            PowerReason = now.PowerReason,
            Watts = now.Milliwatts / 1000.0,
            JoulesPerToken = now.AnswerTokens > then.AnswerTokens && now.AnswerMillijoules - then.AnswerMillijoules is > 0 and var joules ? Math.Round(joules / 1000.0 / (now.AnswerTokens - then.AnswerTokens), 3) : null,
        };

        double Rate(long difference) => Math.Round(Math.Max(0, difference) / seconds, 1);
    }

    private static double Percent(long part, long whole) => Math.Round(Math.Clamp(100.0 * part / whole, 0, 100), 1);
}

/// <summary>The gateway's part: tokens of answers a second, and all tokens that went through a model.</summary>
internal sealed record MonitorGateway(
    long Pid, double CpuPercent, long ResidentBytes, double TokensPerSecond, double ComputedTokensPerSecond, long Sessions, long TurnsRunning, long TurnsWaiting, long Clients, IReadOnlyList<string> LoadedModels)
{
    /// <summary>How much the machine is spared: 0 not at all, to 3.</summary>
    public long PowerLevel { get; init; }

    /// <summary>Why it is, or absent.</summary>
    public string? PowerReason { get; init; }

    /// <summary>What it draws; absent where the board does not say.</summary>
    public double? Watts { get; init; }

    /// <summary>Joules a token of answers took; absent where nobody knows.</summary>
    public double? JoulesPerToken { get; init; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(MonitorReport))]
[JsonSerializable(typeof(ProfileReport))]
internal sealed partial class MonitoringJson : JsonSerializerContext;
