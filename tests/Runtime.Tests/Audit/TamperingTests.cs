using Runtime.Audit;
using Runtime.Audit.Verification;
using TestKit;
using Xunit.Abstractions;

namespace Runtime.Tests.Audit;

/// <summary>Whoever changes the log by any byte, or takes something out of it, is found out; every change here is made at random.</summary>
public sealed class TamperingTests(ITestOutputHelper output) : IDisposable
{
    private readonly TemporaryFolder _home = new();
    private readonly ManualTime _time = new();

    public void Dispose() => _home.Dispose();

    [Fact]
    public async Task Folder_ChangedAtRandom_IsFoundOutEveryTime()
    {
        await AuditSamples.WriteAsync(_home.Path, 1100, _time);
        Assert.Empty(AuditSamples.Check(_home.Path).Findings);
        var files = Directory.GetFiles(_home["audit"], "*.jsonl").ToDictionary(f => f, File.ReadAllBytes);
        var random = new Random(20261125);
        var missed = new List<string>();
        const int Changes = 150;
        for (var i = 0; i < Changes; i++)
        {
            var (path, bytes) = files.ElementAt(random.Next(files.Count));
            var (changed, what) = Change(bytes, random, mayCutLines: path.Contains("records", StringComparison.Ordinal));
            File.WriteAllBytes(path, changed);
            var report = AuditSamples.Check(_home.Path);
            if (report.Ok) missed.Add($"{Path.GetFileName(path)}: {what}");
            else Assert.All(report.Findings, f => Assert.NotEmpty(f.Where));
            File.WriteAllBytes(path, bytes);
        }
        Assert.True(missed.Count == 0, string.Join('\n', missed));
        output.WriteLine($"figure: audit: {Changes} random changes of a log of 1,101 records, all found");
        // The oldest part as a whole, as the box itself would take it away one day.
        File.Delete(_home["audit/records-00000000.jsonl"]);
        Assert.Contains(AuditSamples.Check(_home.Path).Findings, f => f.What.Contains("not the box", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Bundle_ChangedAtRandom_IsFoundOutEveryTime()
    {
        await AuditSamples.WriteAsync(_home.Path, 300, _time);
        var bundle = AuditSamples.Export(_home.Path);
        var report = AuditSamples.CheckBundle(bundle);
        Assert.Empty(report.Findings);
        Assert.Equal((301, 0L), (report.Records, report.First!.Value));
        var random = new Random(20261126);
        var missed = new List<string>();
        for (var i = 0; i < 250; i++)
        {
            var (changed, what) = Change(bundle, random, mayCutLines: true);
            if (AuditSamples.CheckBundle(changed).Ok) missed.Add(what);
        }
        Assert.True(missed.Count == 0, string.Join('\n', missed));
    }

    [Fact]
    public async Task Bundle_OfSomeRecords_ProvesEachOfThem_AndSaysNothingOfTheOthers()
    {
        await AuditSamples.WriteAsync(_home.Path, 1300, _time);
        var bundle = AuditSamples.Export(_home.Path, new AuditFilter { Person = "ann", Kind = AuditKind.Access });
        var report = AuditSamples.CheckBundle(bundle);
        Assert.Empty(report.Findings);
        Assert.InRange(report.Records, 1, 300);
        Assert.DoesNotContain("bob", System.Text.Encoding.UTF8.GetString(bundle), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verify_AgainstAnEarlierBundle_FindsALogThatWasWrittenAnew()
    {
        await AuditSamples.WriteAsync(_home.Path, 50, _time);
        var bundle = _home["bundle"];
        File.WriteAllBytes(bundle, AuditSamples.Export(_home.Path));
        await AuditSamples.WriteAsync(_home.Path, 50, _time);
        Assert.Empty(AuditVerifier.Verify(_home.Path, bundle).Findings);

        // Whoever holds the box's key can write a log that is right by itself.
        Directory.Delete(_home["audit"], recursive: true);
        await AuditSamples.WriteAsync(_home.Path, 120, _time);
        Assert.Empty(AuditSamples.Check(_home.Path).Findings);
        Assert.False(AuditVerifier.Verify(_home.Path, bundle).Ok);
    }

    [Theory]
    [InlineData("content", "record 7")]
    [InlineData("dropped", "record 7")]
    [InlineData("swapped", "record 7")]
    [InlineData("cut", "checkpoint")]
    public async Task Verify_NamesWhatIsWrong(string how, string where)
    {
        await AuditSamples.WriteAsync(_home.Path, 40, _time);
        var path = _home["audit/records-00000000.jsonl"];
        var lines = File.ReadAllLines(path).ToList();
        switch (how)
        {
            case "content": lines[7] = lines[7].Replace("/files/6", "/files/9", StringComparison.Ordinal); break;
            case "dropped": lines.RemoveAt(7); break;
            case "swapped": (lines[7], lines[8]) = (lines[8], lines[7]); break;
            default: lines.RemoveRange(30, lines.Count - 30); break;
        }
        File.WriteAllLines(path, lines);
        Assert.StartsWith(where, AuditSamples.Check(_home.Path).Findings[0].Where, StringComparison.Ordinal);
    }

    /// <summary>One change of a kind that chance picks; never the same bytes again.</summary>
    private static (byte[] Bytes, string What) Change(byte[] bytes, Random random, bool mayCutLines)
    {
        while (true)
        {
            var lines = System.Text.Encoding.Latin1.GetString(bytes).Split('\n')[..^1].ToList();
            var (i, j) = (random.Next(lines.Count), random.Next(lines.Count));
            byte[] changed;
            string what;
            switch (random.Next(mayCutLines ? 7 : 6))
            {
                case 0:
                    var at = random.Next(bytes.Length);
                    changed = [.. bytes];
                    changed[at] = (byte)random.Next(256);
                    what = $"byte {at}";
                    break;
                case 1:
                    var bit = random.Next(bytes.Length);
                    changed = [.. bytes];
                    changed[bit] ^= (byte)(1 << random.Next(8));
                    what = $"bit of byte {bit}";
                    break;
                case 2 when i < lines.Count - 1:
                    lines.RemoveAt(i);
                    (changed, what) = (Join(lines), $"line {i} dropped");
                    break;
                case 3:
                    (lines[i], lines[j]) = (lines[j], lines[i]);
                    (changed, what) = (Join(lines), $"lines {i} and {j} swapped");
                    break;
                case 4:
                    lines.Insert(j, lines[i]);
                    (changed, what) = (Join(lines), $"line {i} again at {j}");
                    break;
                case 5:
                    var length = random.Next(bytes.Length);
                    // A checkpoint that is whole and the last one: cutting it off takes nothing away that was vouched for otherwise.
                    if (!mayCutLines && (length == 0 || bytes[length - 1] == '\n')) continue;
                    (changed, what) = (bytes[..length], $"cut at {length}");
                    break;
                case 6:
                    lines.RemoveRange(i, lines.Count - i);
                    (changed, what) = (Join(lines), $"cut at line {i}");
                    break;
                default: continue;
            }
            if (!changed.AsSpan().SequenceEqual(bytes)) return (changed, what);
        }
    }

    private static byte[] Join(List<string> lines) => System.Text.Encoding.Latin1.GetBytes(string.Concat(lines.Select(l => l + "\n")));
}
