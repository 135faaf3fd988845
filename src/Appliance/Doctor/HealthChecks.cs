using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Appliance.Backup.Schedule;
using Appliance.Config;
using Appliance.Config.Sections;
using Models;
using Models.Budget;
using Models.Generation;
using Models.Store;
using Runtime.Agents;
using Runtime.Memory;
using Runtime.Outbox;
using Runtime.Schedule.Timing;

namespace Appliance.Doctor;

/// <summary>What <c>doctor</c> looks at on this machine: configuration, home, disk, models, memory, transcripts, notes, native library, clock.</summary>
internal static class HealthChecks
{
    private const long LittleDisk = 1_000_000_000, NoDisk = 100_000_000;

    // When this was written; no clock is behind it.
    private static readonly DateTimeOffset Earliest = new(2026, 11, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Every finding, in the order a person would look.</summary>
    public static IEnumerable<Finding> All(Patient patient) =>
        [.. Configuration(patient), .. FileModes.Check(patient.Home), Room(patient), Model(patient), Memory(patient), .. Transcripts(patient), .. Notes(patient), NativeLibrary(patient), .. Waiting(patient), Backups(patient), Clock(patient)];

    private static IEnumerable<Finding> Configuration(Patient patient)
    {
        var store = patient.Config;
        if (store.Problem is { } problem)
        {
            var good = new ConfigFile(patient.Home).ReadLastGood();
            yield return new Finding("config", Severity.Critical, $"{store.Path} cannot be used: {problem}",
                good is null ? "The defaults are used instead of it." : "The last one that could be used is in force instead of it.", "`appliance config validate` shows the lines; `appliance config edit` opens it.")
            {
                Repair = good is null ? null : () =>
                {
                    var aside = $"{store.Path}.broken-{patient.Time.GetUtcNow():yyyyMMddHHmmss}";
                    File.Copy(store.Path, aside, overwrite: true);
                    DurableFile.Replace(store.Path, good);
                    return $"put the last good configuration back; the broken one is {aside}";
                },
            };
        }
        foreach (var issue in store.Current.Issues) yield return new Finding("config", Severity.Warning, $"{store.Path}, {issue}", "It does nothing as it stands.", "Correct the name, or take it out.");
        foreach (var missing in store.MissingSecrets()) yield return new Finding("secrets", Severity.Critical, missing, "What needs the secret does not work or does not start.", "Put the secret where the configuration says, or change that with `appliance config set`.");
        if (store.Problem is null && store.Current.Issues.Count == 0) yield return Finding.Ok("config", store.Current.Document is null ? "no file; everything as by default" : $"{store.Path} can be used");
    }

    private static IEnumerable<Finding> Waiting(Patient patient)
    {
        var entries = OutboxBook.Read(OutboxBook.PathIn(patient.Home));
        if (entries.Count == 0) yield break;
        var held = entries.Count(entry => entry.Held is not null);
        var oldest = DateTimeOffset.FromUnixTimeMilliseconds(entries.Min(entry => entry.AtMs));
        var what = string.Create(CultureInfo.InvariantCulture, $"{entries.Count} wait to leave the box, the oldest since {oldest:yyyy-MM-dd HH:mm} UTC; {held} of them are held");
        yield return held == 0 ? Finding.Ok("outbox", what)
            : new Finding("outbox", Severity.Warning, what, "Nobody knows whether what is held arrived, or it is not taken.", "`appliance outbox list` shows it; `appliance outbox retry ID` sends it again, `remove ID` gives it up.");
    }

    private static Finding Room(Patient patient)
    {
        var folder = new DirectoryInfo(patient.Home);
        while (folder is { Exists: false, Parent: { } parent }) folder = parent;
        var free = new DriveInfo(folder.FullName).AvailableFreeSpace;
        var what = $"{ByteSize.Format(free)} free on the disk of {patient.Home}";
        return free >= LittleDisk ? Finding.Ok("disk", what) : new Finding("disk", free < NoDisk ? Severity.Critical : Severity.Warning, what,
            "Messages are not acknowledged when they cannot be written, and models are not installed.", "Remove models with `appliance models remove`, or move APPLIANCE_HOME to a larger disk.");
    }

    private static Finding Model(Patient patient)
    {
        try
        {
            return Finding.Ok("model", $"{patient.Models.Get(null).Manifest.Name} answers when none is named");
        }
        catch (ModelException e)
        {
            return new Finding("model", Severity.Warning, e.Message, "The gateway runs, but nothing answers.", "`appliance models pull hf:OWNER/REPO`, or `appliance config set models.default NAME`.");
        }
    }

    private static Finding Memory(Patient patient)
    {
        try
        {
            var (model, machine) = (patient.Models.Get(null), patient.Memory.Read());
            var plan = MemoryPlan.Make(model.Manifest.Name, ModelFootprint.Of(model), machine, new EngineOptions().Wishes);
            var what = string.Create(CultureInfo.InvariantCulture, $"{model.Manifest.Name} fits with {plan.ContextLength:N0} tokens of context, {plan.Sequences} at once");
            return plan.ContextLength >= 2048 || plan.ContextLength >= model.Manifest.ContextLength ? Finding.Ok("memory", what)
                : new Finding("memory", Severity.Warning, what, "Longer conversations are cut.", "Close other programs, or use a smaller model: `appliance models plan NAME`.");
        }
        catch (ModelException e)
        {
            return !patient.Models.HasAny ? new Finding("memory", Severity.Info, "no model to plan for")
                : new Finding("memory", Severity.Critical, e.Message, "The model cannot be loaded.", "`appliance models plan NAME` says what would fit.");
        }
    }

    private static IEnumerable<Finding> Transcripts(Patient patient)
    {
        var agents = Path.Combine(patient.Home, "agents");
        int files = 0, damaged = 0;
        foreach (var file in Directory.Exists(agents) ? Directory.EnumerateFiles(agents, "*.jsonl", SearchOption.AllDirectories) : [])
        {
            files++;
            if (Damage(file) is not { } damage) continue;
            damaged++;
            yield return new Finding("sessions", damage.OnlyLast ? Severity.Info : Severity.Warning, $"{file}: {damage.What}",
                damage.OnlyLast ? "The power went while it was written; nothing that was acknowledged is lost." : "That part of the conversation cannot be shown.",
                damage.OnlyLast ? "Nothing: it is cut off when the session is opened." : "Restore it from a backup: `appliance backup restore`.");
        }
        if (damaged == 0) yield return Finding.Ok("sessions", files == 1 ? "1 transcript can be read" : $"{files} transcripts can be read");
    }

    private static IEnumerable<Finding> Notes(Patient patient)
    {
        var agents = new AgentBook(patient.Home, AgentConfig.All(patient.Config.Config), patient.Time).All;
        var (files, pieces) = (0, 0);
        foreach (var agent in agents)
        {
            var state = MemoryState.Read(agent.Workspace, MemoryBook.IndexOf(patient.Home, agent.Id));
            (files, pieces) = (files + state.Files, pieces + state.Pieces);
            if (state.Fault is { } fault)
                yield return new Finding("notes", Severity.Warning, $"the index of what {agent.Id} remembers cannot be used: {fault}", "Nothing is lost: the notes are Markdown files, and the index is made of them.",
                    "Nothing: it is put aside and made again when it is next used; a failing disk, where it happens again.");
            foreach (var broken in state.BrokenCopies)
                yield return new Finding("notes", Severity.Info, $"{broken} is an index that was found broken", "It may still hold what was forgotten since.", "Remove it; nothing in it is missing elsewhere.")
                {
                    Repair = () =>
                    {
                        File.Delete(broken);
                        return $"removed {broken}";
                    },
                };
            if (state is { Fault: null } && state.Indexed < state.Files)
                yield return new Finding("notes", Severity.Info, $"{state.Files - state.Indexed} of {state.Files} files of what {agent.Id} remembers are not in its index yet", "They are read before the next search.", "Nothing.");
        }
        yield return Finding.Ok("notes", $"{files} files of memory, {pieces} pieces in the index");
    }

    private static (string What, bool OnlyLast)? Damage(string file)
    {
        try
        {
            using var text = new StreamReader(new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));
            var (number, bad) = (0, 0);
            while (text.ReadLine() is { } line)
            {
                number++;
                if (bad > 0) return ($"line {bad} is no JSON", false);
                if (!IsJson(line)) bad = number;
            }
            return bad == 0 ? null : ($"the last line, {bad}, is not finished", true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return ($"cannot be read: {e.Message}", false);
        }
    }

    private static bool IsJson(string line)
    {
        try
        {
            using var _ = JsonDocument.Parse(line);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static Finding NativeLibrary(Patient patient)
    {
        var cache = Path.Combine(patient.Home, "cache", "native");
        var digests = Directory.Exists(cache) ? Directory.EnumerateFiles(cache, "*.sha256", SearchOption.AllDirectories).ToList() : [];
        foreach (var digest in digests)
        {
            var library = digest[..^".sha256".Length];
            using var file = File.Exists(library) ? File.OpenRead(library) : null;
            if (file is not null && File.ReadAllText(digest).Trim().StartsWith(Convert.ToHexStringLower(SHA256.HashData(file)), StringComparison.OrdinalIgnoreCase)) continue;
            return new Finding("native-library", Severity.Warning, $"{library} is not what was unpacked", "It is unpacked again at the next load, which takes a moment.", "Nothing, where it happens once; a failing disk where it happens again.")
            {
                Repair = () =>
                {
                    Directory.Delete(Path.GetDirectoryName(digest)!, recursive: true);
                    return $"removed {Path.GetDirectoryName(digest)}; the next load unpacks it again";
                },
            };
        }
        return Finding.Ok("native-library", digests.Count == 0 ? "not unpacked yet; the first load does it" : "unpacked and unchanged");
    }

    private static Finding Backups(Patient patient)
    {
        var (journal, at, now) = (BackupJournal.Read(patient.Home), patient.Config.Config.Backup.At, patient.Time.GetUtcNow());
        var age = journal.LastAt is { } made ? $"the last backup is {Math.Max(0, (now - made).TotalDays):0.0} days old: {journal.Last}" : "there is no backup";
        if (journal.Problem is { } problem) return new Finding("backup", Severity.Warning, $"{age}; the last try failed", problem, "`appliance backup run` tries it again and goes on where it stopped.");
        if (at is null) return new Finding("backup", Severity.Info, age, "None is made by itself.", "`appliance backup create FILE` makes one; sections backup.at and backup.to make them by themselves.");
        // Two slots without one, and a day for a box that was off.
        var zone = TimeZoneInfo.Local;
        var late = CronExpression.Parse(at).Next(journal.LastAt ?? now, zone) is { } next ? (CronExpression.Parse(at).Next(next, zone) ?? next) + TimeSpan.FromDays(1) : now;
        return late >= now ? Finding.Ok("backup", age) : new Finding("backup", Severity.Warning, age, "They are to be made by themselves, and were not.", "Is the server running? `appliance backup run` makes one now.");
    }

    private static Finding Clock(Patient patient)
    {
        var now = patient.Time.GetUtcNow();
        return now >= Earliest ? Finding.Ok("clock", $"{now:yyyy-MM-dd HH:mm} UTC")
            : new Finding("clock", Severity.Critical, $"this machine believes it is {now:yyyy-MM-dd HH:mm} UTC", "Certificates and device signatures are refused, and jobs run at the wrong time.", "Set the clock, or let the network do it: `timedatectl set-ntp true`.");
    }
}
