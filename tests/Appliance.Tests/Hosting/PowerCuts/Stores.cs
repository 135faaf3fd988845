using System.Text.Json.Nodes;
using Appliance.Config;
using Appliance.Config.Document;
using Appliance.Gateway.Identity;
using Models;
using Models.Crypto;
using Models.Embedding;
using Runtime.Approvals;
using Runtime.Audit;
using Runtime.Audit.Verification;
using Runtime.Memory;
using Runtime.Memory.Files;
using Runtime.Schedule.Jobs;
using Runtime.Sessions;

namespace Appliance.Tests.Hosting.PowerCuts;

/// <summary>Everything in which the box keeps what it acknowledges.</summary>
internal static class Stores
{
    private static readonly TimeProvider Time = TimeProvider.System;

    public static StoreWriter[] All() =>
    [
        new("transcript", OpenSessions, home => Sessions(home).List().SelectMany(session => session.Read()).Select(message => message.Text)),
        new("memory", OpenMemory, ReadMemory),
        new("approval", OpenGrants, home => Grants(home).List().Select(grant => grant.Text)),
        new("schedule", OpenJobs, ReadJobs),
        new("audit", OpenAudit, ReadAudit),
        new("config", OpenConfig, ReadAgents),
        new("identity", OpenIdentity, home => IdentityStore.Open(home).State.Devices.Select(device => device.DeviceId)),
    ];

    /// <summary>A file that nobody waits for: what a store would be that does not take care.</summary>
    public static StoreWriter Careless() => new(
        "careless",
        home => new OpenStore(item => File.AppendAllText(Path.Combine(home, "careless.txt"), item + "\n")),
        home => File.Exists(Path.Combine(home, "careless.txt")) ? File.ReadLines(Path.Combine(home, "careless.txt")) : []);

    private static SessionStore Sessions(string home) => new(Path.Combine(home, "agents", "main", "sessions"), Time);

    private static OpenStore OpenSessions(string home)
    {
        var (sessions, count) = (Sessions(home), 0);
        return new(item => sessions.GetOrCreate($"agent:main:s{count++ / 8}").Add(new SessionMessage(item, 0, 0, SessionMessage.User, item) { RunId = item, IdempotencyKey = item }));
    }

    private static OpenStore OpenMemory(string home)
    {
        var (folder, count) = (new MemoryFolder(Path.Combine(home, "workspace")), 0);
        return new(item => folder.Add(item, count++ % 2 == 0, null, Time.GetLocalNow()));
    }

    // By the index, which is made from the files; the files alone would say the same.
    private static IEnumerable<string> ReadMemory(string home)
    {
        Directory.CreateDirectory(home);
        using var memory = new AgentMemory(Path.Combine(home, "workspace"), Path.Combine(home, "memory.sqlite"), _ => Task.FromResult<TextEmbedder>(HashEmbedder.Instance), Time, _ => { });
        memory.RefreshAsync().GetAwaiter().GetResult();
        return [.. memory.Folder.All().SelectMany(file => File.ReadLines(file.File.FullName)).Where(line => line.StartsWith("- ", StringComparison.Ordinal)).Select(line => line.Split(' ')[^1])];
    }

    private static GrantStore Grants(string home) => new(Path.Combine(home, "exec-grants.json"), Time);

    private static OpenStore OpenGrants(string home)
    {
        var (store, ids) = (Grants(home), new Dictionary<string, string>());
        return new(item => ids[item] = store.Add(new ApprovalBinding(Convert.ToHexStringLower(Sha256.Hash(System.Text.Encoding.ASCII.GetBytes(item)))), item, "main", "owner", null).Id)
        {
            Remove = item => store.Revoke(ids[item]),
        };
    }

    private static JobBook Jobs(string home) => new(Directory.CreateDirectory(home).FullName, Time, problem => throw new ModelException(problem));

    // A job and its run in one step: neither without the other.
    private static OpenStore OpenJobs(string home)
    {
        var book = Jobs(home);
        return new(item => book.Put(new Job { Id = item, Name = item, Text = item, Schedule = new("every") { EveryMs = 60_000 } }, new JobRun($"run {item}", item, null, 1, 1) { EndedAtMs = 2, Status = "ok" }))
        {
            Remove = item => book.Remove(item),
            Close = book.Dispose,
        };
    }

    private static List<string> ReadJobs(string home)
    {
        using var book = Jobs(home);
        List<string> jobs = [.. book.List().Select(job => job.Id)];
        return jobs.Order(StringComparer.Ordinal).SequenceEqual(book.Ended(null).Select(run => run.JobId).Order(StringComparer.Ordinal)) ? jobs : throw new ModelException("jobs and runs do not fit");
    }

    private static OpenStore OpenAudit(string home)
    {
        var log = new AuditLog(home, Time);
        return new(item => log.AppendDurableAsync(new AuditEvent(AuditKind.Log, item)).GetAwaiter().GetResult()) { Close = () => log.DisposeAsync().AsTask().GetAwaiter().GetResult() };
    }

    // It goes on after the power cut, and the whole of it can be verified then.
    private static List<string> ReadAudit(string home)
    {
        using (var log = OpenAudit(home)) log.Add("after");
        var report = AuditVerifier.Verify(home);
        if (report.Findings.Count > 0) throw new ModelException(string.Join("; ", report.Findings));
        return [.. AuditReader.NewestFirst(home).Select(record => record.Event.Action).Where(action => action.StartsWith("audit-", StringComparison.Ordinal))];
    }

    private static OpenStore OpenConfig(string home)
    {
        var store = ReadConfig(home);
        return new(item => store.Edit(document => ConfigEdit.Set(document, ConfigPath.Parse($"agents.{item}"), new JsonObject())))
        {
            Remove = item => store.Edit(document => ConfigEdit.Remove(document, ConfigPath.Parse($"agents.{item}"))),
            Close = store.Dispose,
        };
    }

    private static List<string> ReadAgents(string home)
    {
        using var store = ReadConfig(home);
        return [.. store.Config.Agents.Keys];
    }

    private static ConfigStore ReadConfig(string home)
    {
        var store = ConfigStore.Open(home);
        return store.Problem is { } problem ? throw new ModelException(problem) : store;
    }

    private static OpenStore OpenIdentity(string home)
    {
        var store = IdentityStore.Open(home);
        return new(item => store.Update(state => state with { Devices = [.. state.Devices, new PairedDevice(item, item)] }))
        {
            Remove = item => store.Update(state => state with { Devices = [.. state.Devices.Where(device => device.DeviceId != item)] }),
        };
    }
}
