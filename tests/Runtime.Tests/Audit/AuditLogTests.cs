using System.Text;
using Models;
using Models.Crypto;
using Runtime.Audit;
using Runtime.Audit.Storage;
using TestKit;
using Xunit.Abstractions;

namespace Runtime.Tests.Audit;

public sealed class AuditLogTests(ITestOutputHelper output) : IDisposable
{
    private readonly TemporaryFolder _home = new();
    private readonly ManualTime _time = new();

    public void Dispose() => _home.Dispose();

    [Fact]
    public async Task Log_NothingRecorded_MakesNothing()
    {
        await using (new AuditLog(_home.Path, _time)) { }
        Assert.False(Directory.Exists(_home["audit"]));
        Assert.False(File.Exists(BoxKey.PathIn(_home.Path)));
    }

    [Fact]
    public async Task AppendDurableAsync_Returned_IsOnTheDiskAndReadable()
    {
        await using var log = new AuditLog(_home.Path, _time);
        await log.AppendDurableAsync(AuditSamples.Event(5));
        var record = AuditReader.NewestFirst(_home.Path).First();
        Assert.Equal(AuditSamples.Event(5), record.Event);
        Assert.Equal(1, record.Seq);
        Assert.Equal(_time.GetUtcNow().ToUnixTimeMilliseconds(), record.Ts);
        if (!OperatingSystem.IsWindows())
        {
            foreach (var file in Directory.GetFiles(_home["audit"]).Append(BoxKey.PathIn(_home.Path)).Where(f => !f.EndsWith("lock", StringComparison.Ordinal)))
                Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        }
    }

    [Fact]
    public async Task Log_ManySegmentsAndRestarts_VerifiesAndGoesOn()
    {
        await AuditSamples.WriteAsync(_home.Path, 1500, _time);
        await AuditSamples.WriteAsync(_home.Path, 1, _time);
        await AuditSamples.WriteAsync(_home.Path, 900, _time);
        var report = AuditSamples.Check(_home.Path);
        Assert.Empty(report.Findings);
        Assert.Equal(2401 + 3, report.Records);
        Assert.Equal(report.Records, report.Vouched);
        Assert.True(report.Checkpoints > 3);
        Assert.Equal(Enumerable.Range(0, 2404).Select(i => (long)i).Reverse(), AuditReader.NewestFirst(_home.Path).Select(r => r.Seq));
        Assert.Equal(99, AuditReader.NewestFirst(_home.Path, before: 100).First().Seq);
    }

    [Fact]
    public async Task Log_LargerThanItsBound_LosesTheOldest_AndTheRestVerifies()
    {
        await AuditSamples.WriteAsync(_home.Path, 5000, _time, new AuditOptions { MostBytes = 900_000 });
        await AuditSamples.WriteAsync(_home.Path, 500, _time, new AuditOptions { MostBytes = 900_000 });
        var report = AuditSamples.Check(_home.Path);
        Assert.Empty(report.Findings);
        Assert.True(report.First >= 1024 && report.First % 1024 == 0, $"{report.First}");
        Assert.True(Directory.GetFiles(_home["audit"], "records-*").Sum(f => new FileInfo(f).Length) < 1_400_000);
        Assert.Contains(AuditReader.NewestFirst(_home.Path), r => r.Event is { Kind: AuditKind.Log, Action: "removed" });
        Assert.Empty(AuditSamples.CheckBundle(AuditSamples.Export(_home.Path)).Findings);
    }

    [Theory]
    [InlineData("records-00000000.jsonl")]
    [InlineData("checkpoints.jsonl")]
    public async Task Log_WithATornLastLine_IsRepairedAndTold(string file)
    {
        await AuditSamples.WriteAsync(_home.Path, 20, _time);
        var path = _home[$"audit/{file}"];
        var lines = File.ReadAllLines(path);
        File.AppendAllText(path, lines[^1][..(lines[^1].Length / 2)]);
        await AuditSamples.WriteAsync(_home.Path, 3, _time);
        Assert.Empty(AuditSamples.Check(_home.Path).Findings);
        var repaired = Assert.Single(AuditReader.NewestFirst(_home.Path), r => r.Event.Action == "repaired").Event;
        Assert.Contains($"{lines[^1].Length / 2} bytes", repaired.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Log_CutAtEveryByteOfWhatWasNotAcknowledged_OpensAndVerifies()
    {
        await AuditSamples.WriteAsync(_home.Path, 30, _time);
        var (records, checkpoints) = (File.ReadAllBytes(_home["audit/records-00000000.jsonl"]), File.ReadAllBytes(_home["audit/checkpoints.jsonl"]));
        // The checkpoint comes after its records: of a batch that a power cut stops, any beginning may be there.
        var safe = Array.LastIndexOf(records, (byte)'\n', records.Length - 2) + 1;
        var firstCheckpoints = checkpoints.AsSpan(0, Array.LastIndexOf(checkpoints, (byte)'\n', checkpoints.Length - 2) + 1).ToArray();
        for (var length = safe; length <= records.Length; length += 37)
        {
            File.WriteAllBytes(_home["audit/records-00000000.jsonl"], records[..length]);
            File.WriteAllBytes(_home["audit/checkpoints.jsonl"], firstCheckpoints);
            await AuditSamples.WriteAsync(_home.Path, 2, _time);
            Assert.Empty(AuditSamples.Check(_home.Path).Findings);
        }
    }

    [Fact]
    public async Task Log_ThatAnotherProcessWrites_RefusesWhatMustBeDurable()
    {
        await using var first = new AuditLog(_home.Path, _time);
        await first.AppendDurableAsync(AuditSamples.Event(1));
        var problems = new List<string>();
        await using var second = new AuditLog(_home.Path, _time, problems.Add);
        Assert.Contains("another process", (await Assert.ThrowsAsync<ModelException>(() => second.AppendDurableAsync(AuditSamples.Event(2)))).Message, StringComparison.Ordinal);
        Assert.Single(problems);
    }

    [Fact]
    public async Task Log_OnAFullDisk_RefusesAndThenTellsWhatWasLost()
    {
        if (!OperatingSystem.IsLinux()) return;
        await using var log = new AuditLog(_home.Path, _time, _ => { });
        Directory.CreateDirectory(_home.Path);
        // A file where the folder should be: nothing can be written until it is gone.
        File.WriteAllText(_home["audit"], "");
        await Assert.ThrowsAsync<ModelException>(() => log.AppendDurableAsync(AuditSamples.Event(1)));
        File.Delete(_home["audit"]);
        await log.AppendDurableAsync(AuditSamples.Event(2));
        Assert.Equal(1, Assert.Single(AuditReader.NewestFirst(_home.Path), r => r.Event.Action == "lost").Event.Count);
        Assert.Empty(AuditSamples.Check(_home.Path).Findings);
    }

    [Fact]
    public async Task Record_IsWrittenAfterItsPause_WithoutAnybodyWaiting()
    {
        await using var log = new AuditLog(_home.Path, TimeProvider.System, null, new AuditOptions { Pause = TimeSpan.FromMilliseconds(1) });
        log.Record(AuditSamples.Event(1));
        await log.FlushAsync();
        Assert.Equal(AuditSamples.Event(1), AuditReader.NewestFirst(_home.Path).First().Event);
    }

    [Fact]
    public async Task RecordOften_AFloodOfStrangers_WritesAFewRecords_AndEveryTryIsCounted()
    {
        const int Tries = 50_000;
        await using (var log = new AuditLog(_home.Path, _time))
        {
            for (var i = 0; i < Tries; i++)
            {
                // Each one looks different.
                log.RecordOften(new AuditEvent(AuditKind.Access, "connect") { By = new AuditActor { Client = $"c{i}", From = "internet" }, Decision = AuditEvent.Deny, Rule = "token" });
                if (i % 1000 == 0) _time.Advance(TimeSpan.FromSeconds(30));
            }
        }
        var records = AuditReader.NewestFirst(_home.Path).Where(r => r.Event.Kind == AuditKind.Access).ToArray();
        output.WriteLine($"figure: audit: {Tries} refused connections in 25 minutes leave {records.Length} records, {new FileInfo(_home["audit/records-00000000.jsonl"]).Length:N0} bytes");
        Assert.InRange(records.Length, 20, 60);
        Assert.Equal(Tries, records.Sum(r => r.Event.Count ?? 1));
        Assert.True(records.Max(r => r.Event.Count) > 1000);
    }

    [Fact]
    public async Task RecordOften_WhatAClientPolls_IsToldOnceAndThenByNumber()
    {
        var log = new AuditLog(_home.Path, _time);
        var poll = new AuditEvent(AuditKind.Access, "health") { By = new AuditActor { Person = "ann" }, Decision = AuditEvent.Allow, Rule = "scope" };
        for (var i = 0; i < 60; i++)
        {
            log.RecordOften(poll);
            _time.Advance(TimeSpan.FromSeconds(30));
        }
        // At the end what was counted and not told yet is told.
        await log.DisposeAsync();
        var told = AuditReader.NewestFirst(_home.Path).Where(r => r.Event.Kind == AuditKind.Access).Select(r => r.Event.Count).ToArray();
        Assert.Null(told[^1]);
        Assert.InRange(told.Length, 3, 5);
        Assert.Equal(60, told.Sum(c => c ?? 1));
    }

    [Fact]
    public async Task Records_AreCanonical_AndLongTextsAreCut()
    {
        await using (var log = new AuditLog(_home.Path, _time))
            await log.AppendDurableAsync(new AuditEvent(AuditKind.Tool, new string('x', 10_000)) { Detail = new string('ü', 10_000), By = new AuditActor { Client = new string('\u0001', 5000) } });
        await AuditSamples.WriteAsync(_home.Path, 200, _time);
        foreach (var line in File.ReadLines(_home["audit/records-00000000.jsonl"]))
        {
            Assert.True(line.Length < 4096, line);
            var bytes = Encoding.UTF8.GetBytes(line);
            Assert.True(CanonicalLine.TrySplitHash(bytes, out var body, out _));
            Assert.Equal(body, System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(AuditFolder.ReadRecord(bytes)!, AuditJson.Readable.AuditRecord));
        }
    }

    [Fact]
    public async Task AppendDurableAsync_ManyAtOnce_ShareFsyncs()
    {
        await using var log = new AuditLog(_home.Path, TimeProvider.System);
        await log.AppendDurableAsync(AuditSamples.Event(0));
        var alone = System.Diagnostics.Stopwatch.StartNew();
        for (var i = 0; i < 20; i++) await log.AppendDurableAsync(AuditSamples.Event(i));
        var one = alone.Elapsed.TotalMilliseconds / 20;
        var together = System.Diagnostics.Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, 1000).Select(i => Task.Run(() => log.AppendDurableAsync(AuditSamples.Event(i)))));
        var many = together.Elapsed.TotalMilliseconds / 1000;
        output.WriteLine($"figure: audit: a durable record alone {one:0.00} ms, among a thousand at once {many:0.000} ms each");
        Assert.Equal(1022, AuditReader.NewestFirst(_home.Path).Count());
    }
}
