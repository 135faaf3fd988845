using System.Text.Json;
using Appliance.Gateway.Protocol;
using Runtime.Schedule;
using Runtime.Schedule.Jobs;

namespace Appliance.Gateway.Methods;

/// <summary>Reads jobs as clients write them. What this box cannot do is refused rather than kept and never done.</summary>
internal static class CronParams
{
    private static readonly string[] Unknown = ["trigger", "pacing"];

    /// <summary>A new job.</summary>
    /// <exception cref="GatewayException">It is none.</exception>
    public static Job Read(RequestParams from)
    {
        var draft = new Job { Name = from.Text("name", 200), Schedule = new JobSchedule(""), Text = "" };
        foreach (var name in (string[])["schedule", "sessionTarget", "wakeMode", "payload"])
            if (!from.Names(name)) throw from.Fault($"must have required property '{name}'");
        return Change(draft, from) with { DeclarationKey = from.OptionalText("declarationKey", 200) };
    }

    /// <summary>A job as a patch makes it.</summary>
    /// <exception cref="GatewayException">The patch is none.</exception>
    public static Job Change(Job job, RequestParams patch)
    {
        if (Unknown.FirstOrDefault(name => patch.Any(name).ValueKind != JsonValueKind.Undefined) is { } unknown) throw GatewayException.Unavailable($"Jobs with a {unknown} are not run here.");
        if (patch.OptionalText("name", 200) is { Length: > 0 } named) job = job with { Name = named };
        if (patch.Names("displayName")) job = job with { DisplayName = patch.OptionalText("displayName", 200) };
        if (patch.Names("description")) job = job with { Description = patch.OptionalText("description", 4096) };
        if (patch.Names("agentId")) job = job with { AgentId = patch.OptionalText("agentId", 64) };
        if (patch.Names("sessionKey")) job = job with { SessionKey = patch.OptionalText("sessionKey") };
        if (patch.OptionalFlag("enabled") is { } enabled) job = job with { Enabled = enabled };
        if (patch.OptionalFlag("deleteAfterRun") is { } delete) job = job with { DeleteAfterRun = delete };
        if (patch.OptionalObject("schedule") is { } schedule) job = job with { Schedule = Schedule(schedule) };
        if (patch.OptionalText("sessionTarget") is { } target) job = job with { Target = Target(patch, target) };
        if (patch.OptionalWord("wakeMode", "now", "next-heartbeat") is { } wake) job = job with { WaitsForHeartbeat = wake == "next-heartbeat" };
        if (patch.OptionalObject("payload") is { } payload) job = Payload(job, payload);
        if (patch.OptionalObject("delivery") is { } delivery) job = job with { Delivery = Delivery(delivery) };
        if (patch.OptionalWord("missed", "once", "skip", "all") is { } missed) job = job with { Missed = Enum.Parse<MissedRuns>(missed, ignoreCase: true) };
        return job;
    }

    private static JobSchedule Schedule(RequestParams from)
    {
        var kind = from.OptionalWord("kind", "at", "every", "cron", "on-exit", "stream") ?? throw from.Fault("must have required property 'kind'");
        return kind switch
        {
            "at" => new JobSchedule(kind) { At = from.Text("at", 64) },
            "every" => new JobSchedule(kind) { EveryMs = from.OptionalNumber("everyMs", 1, 8_640_000_000_000_000) ?? throw from.Fault("must have required property 'everyMs'"), AnchorMs = from.OptionalNumber("anchorMs", 0, 8_640_000_000_000_000) },
            "cron" => new JobSchedule(kind) { Expr = from.Text("expr"), Tz = from.OptionalText("tz", 64) },
            _ => throw GatewayException.Unavailable($"Jobs that begin {kind} are not run here; at, every and cron are."),
        };
    }

    private static string Target(RequestParams from, string target) =>
        target is Job.MainTarget or Job.IsolatedTarget or "current" || (target.StartsWith("session:", StringComparison.Ordinal) && target.Length > "session:".Length)
            ? target : throw from.Fault("at /sessionTarget: must be equal to one of the allowed values");

    private static Job Payload(Job job, RequestParams from)
    {
        var kind = from.OptionalWord("kind", Job.SystemEvent, Job.AgentTurn, "command", "script") ?? throw from.Fault("must have required property 'kind'");
        if (kind is not (Job.SystemEvent or Job.AgentTurn)) throw GatewayException.Unavailable($"Jobs that run a {kind} by themselves are not run here; let the agent do it, whose commands are decided about.");
        if (from.OptionalText("model") is not null) throw GatewayException.Unavailable("Jobs with a model of their own are not run here yet; set the model of the session.");
        var seconds = from.Any("timeoutSeconds");
        return job with
        {
            Kind = kind,
            Text = from.Text(kind == Job.SystemEvent ? "text" : "message", 32_768),
            TimeoutSeconds = seconds.ValueKind == JsonValueKind.Number ? seconds.GetDouble() : seconds.ValueKind == JsonValueKind.Undefined ? null : throw from.Fault("at /timeoutSeconds: must be number"),
        };
    }

    private static JobDelivery Delivery(RequestParams from)
    {
        var mode = from.OptionalWord("mode", "none", "announce", JobDelivery.Webhook) ?? throw from.Fault("must have required property 'mode'");
        var to = from.OptionalText("to", 2048);
        if (mode == JobDelivery.Webhook) JobWebhook.Check(to ?? throw from.Fault("must have required property 'to'"));
        return new JobDelivery(mode, to) { Channel = from.OptionalText("channel", 64) };
    }
}
