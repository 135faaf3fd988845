using System.Globalization;
using System.Security.Cryptography;
using FsCheck;
using FsCheck.Fluent;
using Models.Egress;
using Models.Store;
using TestKit;

namespace Models.Tests.Store;

public sealed class DownloaderTests : IDisposable
{
    private static readonly byte[] Content = [.. Enumerable.Range(0, 1_000_000).Select(i => (byte)(i * 31 >> 3))];
    private static readonly string ContentSha256 = Sha256(Content);

    private readonly string _folder = Directory.CreateTempSubdirectory("appliance-test-").FullName;
    private readonly EgressDoor _door = new(new EgressPolicy());
    private readonly HttpClient _client;
    private readonly List<TimeSpan> _waits = [];

    public DownloaderTests() => _client = _door.CreateHttpClient();

    public void Dispose()
    {
        _client.Dispose();
        _door.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private string Part => Path.Combine(_folder, "model.gguf.part");

    [Fact]
    public async Task Fetch_File_ArrivesWithItsHash()
    {
        using var server = new FakeServer(r => FakeReply.File(r, Content));
        var seen = new List<(long Done, long? Total)>();

        var sha256 = await Fetch(server, Content.Length, ContentSha256, (done, total) => seen.Add((done, total)));

        Assert.Equal(ContentSha256, sha256);
        Assert.Equal(Content, File.ReadAllBytes(Part));
        Assert.Equal("identity", Assert.Single(server.Requests).Header("Accept-Encoding"));
        Assert.Equal((Content.Length, Content.Length), seen[^1]);
        Assert.Equal(seen, seen.OrderBy(p => p.Done));
    }

    [Fact]
    public async Task Fetch_CutTwice_GoesOnWhereItStood()
    {
        var cuts = new Queue<int?>([300_000, 100_000, null]);
        using var server = new FakeServer(r => FakeReply.File(r, Content, "\"v1\"") with { BreakAfter = cuts.Dequeue() });

        await Fetch(server);

        Assert.Equal(Content, File.ReadAllBytes(Part));
        Assert.Equal([null, "bytes=300000-", "bytes=400000-"], server.Requests.Select(r => r.Header("Range")));
        Assert.Equal([null, "\"v1\"", "\"v1\""], server.Requests.Select(r => r.Header("If-Range")));
    }

    [Fact]
    public async Task Fetch_CutAnywhereAnyNumberOfTimes_GivesTheSameBytes()
    {
        var cuts = Gen.Choose(1, 40_000).ListOf().Where(list => list.Count < 12).ToArbitrary();
        await Task.Run(() => Prop.ForAll(cuts, list =>
        {
            var content = Content.AsSpan(0, 40_000).ToArray();
            var left = new Queue<int>(list);
            using var server = new FakeServer(r => FakeReply.File(r, content, "\"v1\"") with { BreakAfter = left.TryDequeue(out var cut) ? cut : null });
            Downloader.Discard(Part);
            Fetch(server).GetAwaiter().GetResult();
            return File.ReadAllBytes(Part).AsSpan().SequenceEqual(content);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(30)));
    }

    [Fact]
    public async Task Fetch_CancelledThenAgain_KeepsThePartAndGoesOn()
    {
        using var cancel = new CancellationTokenSource();
        using var silent = new FakeServer(r => FakeReply.File(r, Content, "\"v1\"") with { BreakAfter = 400_000, FallSilent = true });
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            Fetch(silent, progress: (done, _) => { if (done == 400_000) cancel.Cancel(); }, cancellation: cancel.Token));
        Assert.Equal(400_000, new FileInfo(Part).Length);

        using var server = new FakeServer(r => FakeReply.File(r, Content, "\"v1\""));
        await Fetch(server);

        Assert.Equal(Content, File.ReadAllBytes(Part));
        Assert.Equal("bytes=400000-", Assert.Single(server.Requests).Header("Range"));
    }

    [Fact]
    public async Task Fetch_ServerFallsSilent_IsTriedAgain()
    {
        var first = true;
        using var server = new FakeServer(r =>
        {
            var reply = FakeReply.File(r, Content, "\"v1\"");
            if (!first) return reply;
            first = false;
            return reply with { BreakAfter = 100_000, FallSilent = true };
        });

        await Fetch(server, limits: Limits with { Stall = TimeSpan.FromMilliseconds(200) });

        Assert.Equal(Content, File.ReadAllBytes(Part));
        Assert.Equal("bytes=100000-", server.Requests[1].Header("Range"));
    }

    [Fact]
    public async Task Fetch_FileChangedMeanwhile_IsTheNewOneAndNoMixture()
    {
        byte[] changed = [.. Content.Reverse<byte>()];
        using var server = new FakeServer(r => r.Header("Range") is null
            ? FakeReply.File(r, Content, "\"v1\"") with { BreakAfter = 500_000 }
            : FakeReply.File(r, changed, "\"v2\""));

        await Fetch(server);

        Assert.Equal(changed, File.ReadAllBytes(Part));
        Assert.Equal(2, server.Requests.Count);
    }

    [Fact]
    public async Task Fetch_OnlyALastModifiedDate_IsTheCondition()
    {
        const string date = "Wed, 21 Oct 2015 07:28:00 GMT";
        var first = true;
        using var server = new FakeServer(r =>
        {
            var reply = FakeReply.File(r, Content, date);
            reply = reply with { Headers = [.. reply.Headers.Where(h => h.Name != "ETag"), ("Last-Modified", date)], BreakAfter = first ? 5000 : null };
            first = false;
            return reply;
        });

        await Fetch(server);

        Assert.Equal(date, server.Requests[1].Header("If-Range"));
        Assert.Equal(Content, File.ReadAllBytes(Part));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("W/\"weak\"")]
    public async Task Fetch_NothingTellsVersionsApart_StartsAgainAfterACut(string? etag)
    {
        var first = true;
        using var server = new FakeServer(r =>
        {
            var reply = FakeReply.File(r, Content, etag) with { BreakAfter = first ? 5000 : null };
            first = false;
            return reply;
        });

        await Fetch(server);

        Assert.Null(server.Requests[1].Header("Range"));
        Assert.Equal(Content, File.ReadAllBytes(Part));
    }

    [Fact]
    public async Task Fetch_ServerIgnoresRanges_TakesTheWholeFile()
    {
        var first = true;
        using var server = new FakeServer(_ =>
        {
            var reply = new FakeReply(200, Content) { BreakAfter = first ? 300_000 : null };
            first = false;
            return reply;
        });

        await Fetch(server, Content.Length, ContentSha256);

        Assert.Equal("bytes=300000-", server.Requests[1].Header("Range"));
        Assert.Equal(Content, File.ReadAllBytes(Part));
    }

    [Fact]
    public async Task Fetch_ServerAnswersWithAnotherRange_StartsAgain()
    {
        File.WriteAllBytes(Part, Content[..1000]);
        using var server = new FakeServer(r => r.Header("Range") is null ? FakeReply.File(r, Content)
            : new FakeReply(206, Content[500..]).With("Content-Range", $"bytes 500-{Content.Length - 1}/{Content.Length}"));

        await Fetch(server, Content.Length, ContentSha256);

        Assert.Equal(Content, File.ReadAllBytes(Part));
        Assert.Equal(2, server.Requests.Count);
    }

    [Fact]
    public async Task Fetch_PartIsDamaged_StartsAgainOnce()
    {
        File.WriteAllBytes(Part, new byte[1000]);
        using var server = new FakeServer(r => FakeReply.File(r, Content));

        Assert.Equal(ContentSha256, await Fetch(server, Content.Length, ContentSha256));

        Assert.Equal(["bytes=1000-", null], server.Requests.Select(r => r.Header("Range")));
    }

    [Fact]
    public async Task Fetch_PartIsLongerThanTheFile_StartsAgain()
    {
        File.WriteAllBytes(Part, new byte[Content.Length + 1]);
        using var server = new FakeServer(r => FakeReply.File(r, Content));

        await Fetch(server, Content.Length, ContentSha256);

        Assert.Null(Assert.Single(server.Requests).Header("Range"));
    }

    [Fact]
    public async Task Fetch_PartBeyondTheEnd_StartsAgainOn416()
    {
        File.WriteAllBytes(Part, new byte[Content.Length + 1]);
        using var server = new FakeServer(r => FakeReply.File(r, Content));

        await Fetch(server, null, ContentSha256);

        Assert.Equal([$"bytes={Content.Length + 1}-", null], server.Requests.Select(r => r.Header("Range")));
        Assert.Equal(Content, File.ReadAllBytes(Part));
    }

    [Fact]
    public async Task Fetch_PartIsWholeAlready_AsksNobody()
    {
        File.WriteAllBytes(Part, Content);
        using var server = new FakeServer(r => FakeReply.File(r, Content));

        Assert.Equal(ContentSha256, await Fetch(server, Content.Length, ContentSha256));

        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task Fetch_PartIsWholeButNobodyKnows_IsToldBy416()
    {
        using var server = new FakeServer(r => FakeReply.File(r, Content, "\"v1\""));
        await Fetch(server);

        Assert.Equal(ContentSha256, await Fetch(server));

        Assert.Equal([null, $"bytes={Content.Length}-"], server.Requests.Select(r => r.Header("Range")));
    }

    [Fact]
    public async Task Fetch_WrongHash_SaysSoAndKeepsNothing()
    {
        using var server = new FakeServer(r => FakeReply.File(r, Content));
        var wrong = new string('0', 64);

        var error = await Assert.ThrowsAsync<StoreException>(() => Fetch(server, Content.Length, wrong));

        Assert.Contains(ContentSha256, error.Message);
        Assert.Contains(wrong, error.Message);
        Assert.False(File.Exists(Part));
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task Fetch_RedirectNamesTheHash_IsCheckedAgainstIt()
    {
        using var cdn = new FakeServer(r => FakeReply.File(r, Content));
        using var server = new FakeServer(_ => FakeReply.Redirect(302, cdn.Address + "/x").With("X-Linked-Etag", $"\"{new string('a', 64)}\""));

        await Assert.ThrowsAsync<StoreException>(() => Fetch(server));

        Assert.False(File.Exists(Part));
    }

    [Theory]
    [InlineData(401)]
    [InlineData(403)]
    [InlineData(404)]
    [InlineData(410)]
    public async Task Fetch_Refused_EndsAtOnceWithTheStatus(int status)
    {
        using var server = new FakeServer(_ => new FakeReply(status, "no"));

        var error = await Assert.ThrowsAsync<StoreException>(() => Fetch(server));

        Assert.Contains(status.ToString(CultureInfo.InvariantCulture), error.Message);
        Assert.Single(server.Requests);
        Assert.Empty(_waits);
    }

    [Fact]
    public async Task Fetch_ServerAsksToWait_WaitsThatLongWithinReason()
    {
        var answers = new Queue<FakeReply>([
            new FakeReply(503).With("Retry-After", "7"), new FakeReply(429).With("Retry-After", "86400"), new FakeReply(502), new FakeReply(200, Content)]);
        using var server = new FakeServer(_ => answers.Dequeue());

        var notices = new List<string>();

        await Fetch(server, limits: Limits with { Notice = notices.Add });

        Assert.Contains("503", notices[0]);
        Assert.EndsWith("Trying again in 7 s.", notices[0]);
        Assert.Equal(3, notices.Count);
        Assert.Equal([TimeSpan.FromSeconds(7), TimeSpan.FromMinutes(1)], _waits[..2]);
        Assert.InRange(_waits[2], TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(4));
    }

    [Fact]
    public async Task Fetch_NothingListens_GivesUpAfterItsAttempts()
    {
        var server = new FakeServer(_ => new FakeReply(200));
        server.Dispose();

        var error = await Assert.ThrowsAsync<StoreException>(() => Fetch(server));

        Assert.Contains("cannot be reached", error.Message);
        Assert.Equal(Limits.FirstAttempts - 1, _waits.Count);
    }

    [Fact]
    public async Task Fetch_BreaksOffForEver_GivesUpAndKeepsThePart()
    {
        using var server = new FakeServer(r => FakeReply.File(r, Content, "\"v1\"") with { BreakAfter = r.Header("Range") is null ? 1000 : 0 });

        var error = await Assert.ThrowsAsync<StoreException>(() => Fetch(server));

        Assert.Contains("broke", error.Message);
        Assert.Equal(1000, new FileInfo(Part).Length);
    }

    [Fact]
    public async Task Fetch_AnotherSizeThanKnown_IsAnError()
    {
        using var server = new FakeServer(r => FakeReply.File(r, Content));

        var error = await Assert.ThrowsAsync<StoreException>(() => Fetch(server, 5, ContentSha256));

        Assert.Contains("1,000,000", error.Message);
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task Fetch_MoreThanAnnounced_IsAnErrorAndKeepsNothing()
    {
        using var server = new FakeServer(r => FakeReply.File(r, Content) with { NoLength = true });

        await Assert.ThrowsAsync<StoreException>(() => Fetch(server, 5000, ContentSha256));

        Assert.Equal(0, new FileInfo(Part).Length);
    }

    [Fact]
    public async Task Fetch_LengthUnknown_TakesWhatComes()
    {
        using var server = new FakeServer(_ => new FakeReply(200, Content) { NoLength = true });

        Assert.Equal(ContentSha256, await Fetch(server));
    }

    [Fact]
    public async Task Fetch_WebPage_IsAnError()
    {
        using var server = new FakeServer(_ => new FakeReply(200, "<html>").With("Content-Type", "text/html; charset=utf-8"));

        Assert.Contains("web page", (await Assert.ThrowsAsync<StoreException>(() => Fetch(server))).Message);
    }

    [Fact]
    public async Task Fetch_LargerThanTheDisk_IsAnErrorBeforeAnythingIsWritten()
    {
        const long size = 1L << 49;
        using var server = new FakeServer(_ => new FakeReply(200, Content) { NoLength = true });

        var error = await Assert.ThrowsAsync<StoreException>(() => Fetch(server, size));

        Assert.Contains("562.9 TB", error.Message);
        Assert.Equal(0, new FileInfo(Part).Length);
    }

    [RootFact]
    public async Task Fetch_DiskRunsFull_IsAnErrorAndFreesTheSpace()
    {
        using var disk = new SmallDisk(_folder, 400_000);
        using var server = new FakeServer(_ => new FakeReply(200, Content) { NoLength = true });
        var part = Path.Combine(disk.Path, "model.part");

        var error = await Assert.ThrowsAsync<StoreException>(() =>
            new Downloader(_client, Limits).FetchAsync(new RemoteFile("model.gguf", new Uri(server.Address), null, null), part, null, default));

        Assert.Contains("disk is full", error.Message);
        Assert.Empty(Directory.GetFiles(disk.Path));
        Assert.Single(server.Requests);
    }

    private DownloadLimits Limits => new()
    {
        Delay = (time, _) =>
        {
            _waits.Add(time);
            return Task.CompletedTask;
        },
    };

    private async Task<string> Fetch(
        FakeServer server, long? size = null, string? sha256 = null, Action<long, long?>? progress = null,
        DownloadLimits? limits = null, CancellationToken cancellation = default) =>
        (await new Downloader(_client, limits ?? Limits).FetchAsync(
            new RemoteFile("model.gguf", new Uri(server.Address + "/model.gguf"), size, sha256), Part, progress, cancellation)).Sha256;

    private static string Sha256(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));
}
