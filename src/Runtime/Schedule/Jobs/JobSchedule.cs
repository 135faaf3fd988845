using System.Globalization;
using Runtime.Schedule.Timing;

namespace Runtime.Schedule.Jobs;

/// <summary>When a job is due, as it was written. Immutable.</summary>
/// <param name="Kind"><c>at</c>, <c>every</c> or <c>cron</c>.</param>
public sealed record JobSchedule(string Kind)
{
    /// <summary>Shortest interval: a second.</summary>
    public const long ShortestMs = 1000;

    /// <summary>The one time, ISO 8601; without an offset it is UTC.</summary>
    public string? At { get; init; }

    /// <summary>The interval, milliseconds.</summary>
    public long? EveryMs { get; init; }

    /// <summary>The time an interval is counted from, Unix milliseconds.</summary>
    public long? AnchorMs { get; init; }

    /// <summary>The cron expression.</summary>
    public string? Expr { get; init; }

    /// <summary>The zone of a cron expression; null for the machine's own.</summary>
    public string? Tz { get; init; }

    /// <summary>The one time, Unix milliseconds, where it is of that kind.</summary>
    public long? AtMs => At is { } text && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) ? at.ToUnixTimeMilliseconds() : null;

    /// <summary>Its slots.</summary>
    /// <exception cref="ScheduleException">It is none.</exception>
    public SlotTimes Times() => this switch
    {
        { Kind: "at", AtMs: { } at } => SlotTimes.At(at),
        { Kind: "at" } => throw new ScheduleException($"\"{At}\" is no time; write one like 2026-12-24T18:00:00+01:00."),
        { Kind: "every", EveryMs: >= ShortestMs and <= 8_640_000_000_000 and var every } => SlotTimes.Every(every, AnchorMs ?? 0),
        { Kind: "every" } => throw new ScheduleException($"An interval is from {ShortestMs} ms to 100,000 days."),
        { Kind: "cron", Expr: { } expression } => SlotTimes.Cron(CronExpression.Parse(expression), TimeZones.Find(Tz)),
        _ => throw new ScheduleException($"A schedule of the kind {Kind} is not known here; at, every and cron are."),
    };
}
