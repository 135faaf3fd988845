using System.Buffers.Text;
using System.Text;
using Appliance.Gateway.Identity;
using Appliance.Gateway.Identity.People;
using Appliance.Gateway.Methods.Wire;
using Appliance.Gateway.Protocol;
using Models.Crypto;
using Runtime.Schedule;
using Runtime.Schedule.Jobs;
using Runtime.Sessions;

namespace Appliance.Gateway.Methods;

// Jobs: what the agent does at given times.
internal sealed partial class GatewayMethods
{
    private IEnumerable<GatewayMethod> Cron =>
    [
        GatewayMethod.Of("cron.list", Scope.Read, ListJobs),
        GatewayMethod.Of("cron.status", Scope.Read, _ => FrameWriter.Payload(to => to
            .Add("enabled", true).Add("triggersEnabled", false).Add("storePath", _context.Cron.Book.Path).Add("storage", "sqlite").Add("sqlitePath", _context.Cron.Book.Path)
            .Add("jobs", _context.Cron.Book.List().Count).Stay("nextWakeAtMs", _context.Cron.NextWakeMs))),
        GatewayMethod.Of("cron.get", Scope.Read, call => FrameWriter.Payload(Row(KnownJob(call)) with { EffectiveAgentId = EffectiveAgent(KnownJob(call)) })),
        GatewayMethod.Of("cron.runs", Scope.Read, ListRuns),
        GatewayMethod.Of("cron.add", Scope.Admin, call => FrameWriter.Payload(AddJob(call))),
        GatewayMethod.Of("cron.update", Scope.Admin, UpdateJob),
        GatewayMethod.Of("cron.remove", Scope.Admin, call =>
        {
            _context.Cron.Remove(KnownJob(call).Id);
            return FrameWriter.Payload(to => to.Add("ok", true).Add("removed", true));
        }),
        GatewayMethod.Of("cron.run", Scope.Admin, RunJob),
        GatewayMethod.Of("cron.scratch.get", Scope.Admin, call => ScratchPayload(KnownJob(call).Id)),
        GatewayMethod.Of("cron.scratch.set", Scope.Admin, SetScratch),
    ];

    /// <summary>Tells clients what happened to a job.</summary>
    public void JobHappened(JobEvent happened) =>
        _context.Hub.Broadcast("cron", FrameWriter.Payload(new CronEvent(happened, Row(happened.Job) with { IsStored = false })));

    private CronJobRow Row(Job job) => new(job, _context.Cron.Next(job));

    private string EffectiveAgent(Job job) => job.AgentId ?? _context.Agents.Default.Id;

    private Job KnownJob(GatewayCall call)
    {
        var id = call.Params.OptionalText("id") ?? call.Params.OptionalText("jobId") ?? throw call.Params.Fault("must have required property 'id'");
        return _context.Cron.Book.Find(id) ?? throw new GatewayException(ErrorCode.InvalidRequest, $"cron job not found: {Cut(id, 80)}") { Details = new(DetailCode.CronJobNotFound) { JobId = Cut(id, 80) } };
    }

    private CronJobRow AddJob(GatewayCall call)
    {
        var draft = Checked(CronParams.Read(call.Params));
        var person = call.Principal.PersonId;
        return Described(_context.Cron.Add(draft with { Person = person == Person.OwnerId ? null : person }));
    }

    private CronJobRow Described(Job job) => Row(job) with
    {
        Preview = job.Delivery switch
        {
            { Mode: "announce" } announce => new DeliveryPreview($"announce -> {announce.Channel ?? "last"}", "There are no channels on this gateway yet: the answer stays in the session of the run."),
            { Mode: JobDelivery.Webhook } hook => new DeliveryPreview("webhook", global::Models.Egress.EgressPolicy.Redact(new Uri(hook.To!))),
            _ => null,
        },
    };

    // Only what can run is kept.
    private Job Checked(Job job)
    {
        RequireAgent(job.AgentId);
        var key = JobTurns.SessionKeyOf(EffectiveAgent(job), job with { Id = "new" });
        if (!SessionKey.IsValid(key)) throw GatewayException.Invalid($"invalid session key: {Cut(key, 80)}");
        RequireAgent(SessionKey.Agent(key));
        return job;
    }

    private byte[] UpdateJob(GatewayCall call)
    {
        var job = KnownJob(call);
        if (call.Params.OptionalText("expectedConfigRevision", 128) is { } seen && seen != job.Revision()) throw GatewayException.Invalid("The job was changed since it was read; read it again.");
        var patch = call.Params.OptionalObject("patch") ?? throw call.Params.Fault("must have required property 'patch'");
        var changed = _context.Cron.Update(job.Id, old => Checked(CronParams.Change(old, patch)));
        return FrameWriter.Payload(Described(changed ?? throw GatewayException.Invalid($"cron job not found: {job.Id}")));
    }

    private byte[] RunJob(GatewayCall call)
    {
        var job = KnownJob(call);
        var mode = call.Params.OptionalWord("mode", "due", "force", "if-enabled") ?? "force";
        if (mode == "if-enabled" && !job.Enabled) return NotRun("disabled");
        // What is due runs by itself, at once.
        if (mode == "due") return NotRun(job.State.RunningId is null ? "not-due" : "already-running");
        if (_context.Cron.RunNow(job) is not { } run) return NotRun("already-running");
        return FrameWriter.Payload(to => to.Add("ok", true).Add("enqueued", true).Add("runId", run.Id));

        static byte[] NotRun(string reason) => FrameWriter.Payload(to => to.Add("ok", true).Add("ran", false).Add("reason", reason));
    }

    private byte[] ListJobs(GatewayCall call)
    {
        var from = call.Params;
        var (limit, offset) = ((int)(from.OptionalNumber("limit", 1, 200) ?? 50), (int)(from.OptionalNumber("offset", 0, int.MaxValue) ?? 0));
        var (which, query, agent, kind) = (from.OptionalWord("enabled", "all", "enabled", "disabled"), from.OptionalText("query"), from.OptionalText("agentId"), from.OptionalText("scheduleKind"));
        var status = from.OptionalText("lastRunStatus");
        var onlyEnabled = which == "enabled" || (which is null && from.OptionalFlag("includeDisabled") != true);
        var rows = _context.Cron.Book.List().Where(job => (!onlyEnabled || job.Enabled) && (which != "disabled" || !job.Enabled)
            && (agent is null || EffectiveAgent(job) == agent) && (kind is null or "all" || job.Schedule.Kind == kind) && (status is null or "all" || (job.State.LastStatus ?? "unknown") == status)
            && (query is null || $"{job.Name} {job.Description} {job.Text}".Contains(query, StringComparison.OrdinalIgnoreCase))).Select(job => Row(job) with { EffectiveAgentId = EffectiveAgent(job) });
        var ascending = from.OptionalWord("sortDir", "asc", "desc") != "desc";
        var sorted = (from.OptionalWord("sortBy", "nextRunAtMs", "updatedAtMs", "name") switch
        {
            "name" => rows.OrderBy(row => row.Job.Name, StringComparer.OrdinalIgnoreCase),
            "updatedAtMs" => rows.OrderBy(row => row.Job.UpdatedAtMs),
            _ => rows.OrderBy(row => row.NextRunAtMs ?? long.MaxValue),
        }).ToList();
        if (!ascending) sorted.Reverse();
        var revision = Base64Url.EncodeToString(Sha256.Hash(Encoding.UTF8.GetBytes(string.Join('\n', sorted.Select(row => $"{row.Job.Id} {row.Job.Revision()}")))))[..22];
        return FrameWriter.Payload(new CronPage([.. sorted.Skip(offset).Take(limit)], revision, sorted.Count, offset, limit));
    }

    private byte[] ListRuns(GatewayCall call)
    {
        var from = call.Params;
        var (limit, offset) = ((int)(from.OptionalNumber("limit", 1, 200) ?? 50), (int)(from.OptionalNumber("offset", 0, int.MaxValue) ?? 0));
        var job = from.OptionalText("id") ?? from.OptionalText("jobId");
        var (run, status, query) = (from.OptionalText("runId"), from.OptionalWord("status", "all", "ok", "error", "skipped"), from.OptionalText("query"));
        var runs = _context.Cron.Book.Ended(job).Where(one => (run is null || one.Id == run) && (status is null or "all" || one.Status == status)
            && (query is null || $"{one.Summary} {one.Error}".Contains(query, StringComparison.OrdinalIgnoreCase))).ToList();
        if (from.OptionalWord("sortDir", "asc", "desc") == "asc") runs.Reverse();
        return FrameWriter.Payload(new CronRunPage([.. runs.Skip(offset).Take(limit).Select(one => new CronRunRow(one, _context.Cron.Book.Find(one.JobId)?.Name))], runs.Count, offset, limit));
    }

    private byte[] SetScratch(GatewayCall call)
    {
        var job = KnownJob(call);
        if (!call.Params.Names("content")) throw call.Params.Fault("must have required property 'content'");
        var written = _context.Cron.Book.Notes.Write(job.Id, call.Params.OptionalText("content", JobNotes.Longest), call.Params.OptionalNumber("expectedRevision"), _context.Now);
        return written is not null ? ScratchPayload(job.Id, true) : FrameWriter.Payload(to => to
            .Add("ok", false).Add("reason", "revision-conflict").Add("currentRevision", _context.Cron.Book.Notes.Read(job.Id).Revision));
    }

    private byte[] ScratchPayload(string job, bool? ok = null)
    {
        var (content, revision, updatedAt) = _context.Cron.Book.Notes.Read(job);
        return FrameWriter.Payload(to => to.Add("ok", ok).Stay("scratch", content is null ? null : new CronScratch(content, revision, updatedAt)).Add("currentRevision", revision).Add("maxBytes", JobNotes.Longest));
    }
}
