using Appliance.Backup;
using Appliance.Backup.Schedule;
using Appliance.Backup.Targets;
using Appliance.Config;
using Models.Egress;
using Runtime.Schedule.Timing;
using TestKit;

namespace Appliance.Tests.Backup;

/// <summary>Backups that are made by themselves: what becomes of them, how many stay, when the next is due.</summary>
public sealed class BackupScheduleTests : IDisposable
{
    private const string Passphrase = "correct horse";
    private readonly TemporaryFolder _folder = new();
    private readonly ManualTime _time = new();

    private string Home => _folder["home"];
    private string Target => _folder["target"];

    public BackupScheduleTests()
    {
        Directory.CreateDirectory(Home);
        File.WriteAllText(Path.Combine(Home, "note"), "kept");
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Run_KeepsTheNewest_AndLeavesWhatIsNotOfThisMachine()
    {
        Directory.CreateDirectory(Target);
        string[] others = ["appliance-another-20200101-000000.sealed", "holiday.jpg", "appliance-backup-20200101-000000.tar.gz"];
        foreach (var other in others) File.WriteAllText(Path.Combine(Target, other), "x");
        var made = new List<string>();
        for (var i = 0; i < 5; i++)
        {
            made.Add(Run(keep: 2));
            _time.Advance(TimeSpan.FromDays(1));
        }
        Assert.Equal(made[^2..].Concat(others).Order(StringComparer.Ordinal), Directory.EnumerateFiles(Target).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal));
        Assert.Equal("note", Assert.Single(BackupArchive.Verify(Path.Combine(Target, made[^1]), Passphrase).Files).Path);
        Assert.Empty(Directory.EnumerateFiles(Path.Combine(Home, "cache", "backup")));
    }

    [Fact]
    public void Run_TargetThatIsAway_KeepsWhatWasMade_AndSendsThatTheNextTime()
    {
        File.WriteAllText(Target, "no folder");
        Assert.Throws<BackupException>(() => Run());
        var waiting = Assert.Single(Directory.EnumerateFiles(Path.Combine(Home, "cache", "backup")));
        var bytes = File.ReadAllBytes(waiting);
        File.Delete(Target);
        // What was written after that is in the next one.
        var name = Run();
        Assert.Equal(Path.GetFileName(waiting), name);
        Assert.Equal(bytes, File.ReadAllBytes(Path.Combine(Target, name)));
    }

    [Fact]
    public void Run_WhatLeavesThisMachine_IsNotMadeWithoutAPassphrase()
    {
        var target = new FolderTarget(Target, leaves: true);
        Assert.Contains("passphrase", Assert.Throws<BackupException>(() => new BackupRun(Home, "usb:X", target, null, 7, _time).Run()).Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Target));
    }

    [Fact]
    public void RunOnce_NotesWhatBecameOfIt()
    {
        File.WriteAllText(Path.Combine(Home, "appliance.json"), """{"backup":{"to":"TARGET"}}""".Replace("TARGET", Target, StringComparison.Ordinal));
        using var config = ConfigStore.Open(Home);
        File.WriteAllText(Target, "no folder");
        Assert.Throws<BackupException>(() => BackupSchedule.RunOnce(config, _time));
        var failed = BackupJournal.Read(Home);
        Assert.True(failed is { LastAt: null, Problem: not null } && failed.TriedAt == _time.GetUtcNow());
        File.Delete(Target);
        var made = BackupSchedule.RunOnce(config, _time);
        Assert.True(File.Exists(made));
        Assert.Equal(new BackupJournal { LastAt = _time.GetUtcNow(), Last = made, TriedAt = _time.GetUtcNow() }, BackupJournal.Read(Home));
    }

    [Fact]
    public void Due_IsTheNextSlot_OrAnHourAfterAFailure_AndMakesUpForWhatWasMissed()
    {
        var at = CronExpression.Parse("30 3 * * *");
        var began = new DateTimeOffset(2026, 5, 1, 12, 0, 0, TimeSpan.Zero);
        var slot = new DateTimeOffset(2026, 5, 2, 3, 30, 0, TimeSpan.Zero);
        Assert.Equal(slot, BackupSchedule.Due(new BackupJournal(), at, began, TimeZoneInfo.Utc));
        Assert.Equal(slot, BackupSchedule.Due(new BackupJournal { TriedAt = slot.AddDays(-1) }, at, slot.AddDays(20), TimeZoneInfo.Utc));
        Assert.Equal(slot.AddHours(1), BackupSchedule.Due(new BackupJournal { TriedAt = slot, Problem = "away" }, at, began, TimeZoneInfo.Utc));
    }

    // State has no part that is of one kind of processor: no program, no library, nothing but text, SQLite's files and what was sealed by bytes in a named order.
    [Fact]
    public void Backup_OfAHome_HasNothingOfOneProcessor()
    {
        foreach (var (path, content) in ((string, byte[])[])[("cache/native/ab/libonnxruntime.so", [0x7f, (byte)'E', (byte)'L', (byte)'F', 2]), ("models/story/model.onnx", [8]), ("cache/kv/x", [1]), ("agents/main/x.jsonl", "{}\n"u8.ToArray())])
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(Home, path))!);
            File.WriteAllBytes(Path.Combine(Home, path), content);
        }
        var name = Run();
        Assert.Equal(["agents/main/x.jsonl", "note"], BackupArchive.Verify(Path.Combine(Target, name), Passphrase).Files.Select(file => file.Path));
        // The head's numbers are little-endian on every machine (docs/operations.md): 600,000 rounds.
        Assert.Equal([0xC0, 0x27, 0x09, 0x00], File.ReadAllBytes(Path.Combine(Target, name)).AsSpan(8 + 16, 4).ToArray());
    }

    private string Run(int keep = 7) => new BackupRun(Home, Target, BackupTarget.Parse(Target, new EgressPolicy()), Passphrase, keep, _time).Run();
}
