using Appliance.Gateway.Protocol;
using Runtime.Schedule.Jobs;

namespace Appliance.Gateway.Methods.Wire;

// What the methods about jobs send.

/// <summary>A job; the fields that clients ask for beside it are left out where they are null.</summary>
internal sealed record CronJobRow(Job Job, long? NextRunAtMs) : IPayload
{
    public bool IsStored { get; init; } = true;
    public string? EffectiveAgentId { get; init; }
    public DeliveryPreview? Preview { get; init; }

    public void Write(PayloadWriter to)
    {
        to.Add("id", Job.Id).Add("declarationKey", Job.DeclarationKey).Add("displayName", Job.DisplayName).Add("agentId", Job.AgentId).Add("sessionKey", Job.SessionKey)
            .Add("name", Job.Name).Add("description", Job.Description).Add("enabled", Job.Enabled).Add("deleteAfterRun", Job.DeleteAfterRun)
            .Add("createdAtMs", Job.CreatedAtMs).Add("updatedAtMs", Job.UpdatedAtMs).Add("schedule", new CronScheduleRow(Job.Schedule)).Add("sessionTarget", Job.Target)
            .Add("wakeMode", Job.WaitsForHeartbeat ? "next-heartbeat" : "now").Add("payload", new CronPayloadRow(Job))
            .Add("delivery", Job.Delivery is { } delivery ? new CronDeliveryRow(delivery) : null).Add("state", new CronStateRow(Job.State, NextRunAtMs));
        // The default is what OpenClaw does; it has no word for it.
        if (Job.Missed != MissedRuns.Once) to.Add("missed", Job.Missed.ToString().ToLowerInvariant());
        if (IsStored) to.Add("configRevision", Job.Revision()).Add("nextRunAtMs", NextRunAtMs).Add("lastRunAtMs", Job.State.LastRunAtMs).Add("lastRunStatus", Job.State.LastStatus);
        to.Add("effectiveAgentId", EffectiveAgentId).Add("deliveryPreview", Preview);
    }
}

internal sealed record CronScheduleRow(JobSchedule Schedule) : IPayload
{
    public void Write(PayloadWriter to) => to
        .Add("kind", Schedule.Kind).Add("at", Schedule.At).Add("everyMs", Schedule.EveryMs).Add("anchorMs", Schedule.AnchorMs).Add("expr", Schedule.Expr).Add("tz", Schedule.Tz);
}

internal sealed record CronPayloadRow(Job Job) : IPayload
{
    public void Write(PayloadWriter to) => to
        .Add("kind", Job.Kind).Add(Job.Kind == Job.SystemEvent ? "text" : "message", Job.Text);
}

internal sealed record CronDeliveryRow(JobDelivery Delivery) : IPayload
{
    public void Write(PayloadWriter to) => to.Add("mode", Delivery.Mode).Add("channel", Delivery.Channel).Add("to", Delivery.To);
}

internal sealed record CronStateRow(JobState State, long? NextRunAtMs) : IPayload
{
    public void Write(PayloadWriter to)
    {
        to.Add("nextRunAtMs", NextRunAtMs).Add("runningAtMs", State.RunningAtMs).Add("lastRunAtMs", State.LastRunAtMs).Add("lastRunStatus", State.LastStatus)
            .Add("lastStatus", State.LastStatus).Add("lastError", State.LastError).Add("lastDurationMs", State.LastDurationMs)
            .Add("lastDeliveryStatus", State.LastDelivery).Add("lastDeliveryError", State.LastDeliveryError);
        if (State.ConsecutiveErrors > 0) to.Add("consecutiveErrors", State.ConsecutiveErrors);
    }
}

internal sealed record DeliveryPreview(string Label, string Detail) : IPayload
{
    public void Write(PayloadWriter to) => to.Add("label", Label).Add("detail", Detail);
}

/// <summary>A page; clients check every field of it.</summary>
internal sealed record CronPage(IReadOnlyList<CronJobRow> Jobs, string SnapshotRevision, int Total, int Offset, int Limit) : IPayload
{
    public void Write(PayloadWriter to)
    {
        var end = Offset + Jobs.Count;
        to.Add("jobs", Jobs).Add("snapshotRevision", SnapshotRevision).Add("total", Total).Add("offset", Offset).Add("limit", Limit).Add("hasMore", end < Total)
            .Stay("nextOffset", end < Total ? end : null);
    }
}

/// <summary>A run that ended.</summary>
internal sealed record CronRunRow(JobRun Run, string? JobName) : IPayload
{
    public void Write(PayloadWriter to) => to
        .Add("ts", Run.EndedAtMs).Add("jobId", Run.JobId).Add("action", "finished").Add("status", Run.Status).Add("error", Run.Error).Add("summary", Run.Summary)
        .Add("deliveryStatus", Run.Delivery).Add("deliveryError", Run.DeliveryError).Add("sessionKey", Run.SessionKey).Add("runId", Run.Id)
        .Add("runAtMs", Run.StartedAtMs).Add("durationMs", Math.Max(0, (Run.EndedAtMs ?? 0) - Run.StartedAtMs)).Add("jobName", JobName);
}

internal sealed record CronRunPage(IReadOnlyList<CronRunRow> Entries, int Total, int Offset, int Limit) : IPayload
{
    public void Write(PayloadWriter to)
    {
        var end = Offset + Entries.Count;
        to.Add("entries", Entries).Add("total", Total).Add("offset", Offset).Add("limit", Limit).Add("hasMore", end < Total).Stay("nextOffset", end < Total ? end : null);
    }
}

/// <summary>What is told of a job.</summary>
internal sealed record CronEvent(JobEvent Told, CronJobRow Row) : IPayload
{
    public void Write(PayloadWriter to)
    {
        to.Add("jobId", Told.Job.Id).Add("action", Told.Action).Add("job", Row);
        if (Told.Run is { } run)
        {
            to.Add("runId", run.Id).Add("runAtMs", run.StartedAtMs).Add("status", run.Status).Add("error", run.Error).Add("summary", run.Summary).Add("sessionKey", run.SessionKey)
                .Add("durationMs", run.EndedAtMs is { } end ? Math.Max(0, end - run.StartedAtMs) : null);
        }
        to.Add("nextRunAtMs", Row.NextRunAtMs);
    }
}

internal sealed record CronScratch(string Content, long Revision, long UpdatedAtMs) : IPayload
{
    public void Write(PayloadWriter to) => to.Add("content", Content).Add("revision", Revision).Add("updatedAtMs", UpdatedAtMs);
}
