using System.Text;
using System.Text.RegularExpressions;
using Appliance.Gateway.Identity;
using Appliance.Tests.Http;
using TestKit;
using Xunit.Abstractions;

namespace Appliance.Tests.Gateway.Attacks;

/// <summary>Whatever comes over a socket: no crash, no hang, no fault the server would call a bug, and memory as before.</summary>
public sealed class FuzzTests(ITestOutputHelper output)
{
    private const long MostGrowth = 16 << 20;
    private const int AtOnce = 100;
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(200);

    [SharedFact(Transcripts.Folder)]
    public Task Frames_Mutated_DoNoHarm() => FuzzFramesAsync(20_000);

    [SharedFact(Transcripts.Folder), Trait("Speed", "Slow")]
    public Task Frames_AMillionMutated_DoNoHarm() => FuzzFramesAsync(1_000_000);

    [SharedFact(Transcripts.Folder)]
    public Task Requests_Mutated_DoNoHarm() => FuzzRequestsAsync(3_000);

    [SharedFact(Transcripts.Folder), Trait("Speed", "Slow")]
    public Task Requests_AHundredThousandMutated_DoNoHarm() => FuzzRequestsAsync(100_000);

    private async Task FuzzFramesAsync(int count)
    {
        var time = new ManualTime();
        await using var host = await TestHost.StartAsync(o => o with { Time = time });
        // Real requests, so that mutations reach the depth of real fields. What they would run on and on (a turn of a model) is another's matter.
        var seeds = Transcripts.All().Where(f => f.FromClient).Select(f => Encoding.UTF8.GetBytes(f.Frame.GetRawText())).Where(f => f.Length < 2000).ToArray();
        var connect = RawWebSocket.Frame(1, Encoding.UTF8.GetBytes($$"""{"type":"req","id":"c","method":"connect","params":{{GatewayClient.Owner(host.Token).ToJsonString()}}}"""));
        var random = new SeededRandom(20261125);
        var (frames, connections, answers, closes) = (0, 0, 0, 0);
        var half = new Growth(count / 2);
        while (frames < count)
        {
            connections++;
            // Real requests bring tokens that are wrong here: so much time passes that they lock nobody out, or the rest would get no further than that.
            time.Advance(AttemptLimiter.Window / 8);
            using var client = await RawWebSocket.OpenAsync(host.Address);
            var bytes = new List<byte>();
            // Most have said who they are, or the mutations would get no further than that.
            if (random.Next(8) > 0) bytes.AddRange(connect);
            for (var i = 1 + random.Next(40); i > 0; i--, frames++)
            {
                var seed = seeds[random.Next(seeds.Length)];
                // A frame whose text is mutated, or one that is mutated with its head and its mask.
                bytes.AddRange(random.Next(3) > 0 ? RawWebSocket.Frame(1, Mutate(seed, random)) : random.Next(4) > 0 ? RawWebSocket.Frame(1, seed) : Mutate(RawWebSocket.Frame(1, seed), random));
            }
            bytes.AddRange(RawWebSocket.Frame(8, [3, 232]));
            await client.SendAsync(bytes.ToArray());
            client.EndSending();
            // A hang would be a frame that never comes: reading has its own patience.
            while (await client.ReadAsync() is { } frame)
            {
                if (frame.Opcode == 8) closes++;
                else answers++;
            }
            half.Note(frames);
        }
        Assert.Empty(host.Bugs);
        // Whoever was locked out by the last of them has waited.
        time.Advance(AttemptLimiter.Lockout + AttemptLimiter.Window);
        await using var good = await GatewayClient.ConnectAsync(host.Address, host.Token);
        Assert.True((await good.RequestAsync("health")).GetProperty("ok").GetBoolean());
        output.WriteLine(FormattableString.Invariant($"figure: fuzz: {frames:N0} mutated frames over {connections:N0} sockets, {answers:N0} answers, {closes:N0} closes said; {half}"));
        Assert.True(answers > connections, "hardly anything was answered: the mutations prove nothing");
        half.Check();
    }

    private async Task FuzzRequestsAsync(int count)
    {
        await using var host = await TestHost.StartAsync();
        var seeds = Seeds(host.Address.Authority);
        var random = new SeededRandom(20261126);
        var statuses = new SortedDictionary<string, int>(StringComparer.Ordinal);
        var half = new Growth(count / 2);
        for (var done = 0; done < count; done += AtOnce)
        {
            var requests = Enumerable.Range(0, Math.Min(AtOnce, count - done)).Select(_ => Mutate(seeds[random.Next(seeds.Length)], random)).ToArray();
            foreach (var status in await Task.WhenAll(requests.Select(request => AskAsync(host.Address, request)))) statuses[status] = statuses.GetValueOrDefault(status) + 1;
            half.Note(done);
        }
        Assert.Empty(host.Bugs);
        using var answer = await host.Client.GetAsync(new Uri("/healthz", UriKind.Relative));
        Assert.True(answer.IsSuccessStatusCode);
        output.WriteLine(FormattableString.Invariant($"figure: fuzz: {count:N0} mutated HTTP requests: {string.Join(", ", statuses.Select(s => $"{s.Key} {s.Value:N0} times"))}; {half}"));
        Assert.DoesNotContain("500", statuses.Keys);
        Assert.True(statuses.GetValueOrDefault("200") > count / 100 && statuses.GetValueOrDefault("400") > count / 100, "the mutations prove nothing");
        half.Check();
    }

    /// <summary>The answer's status, or "none". A client that has ended its side counts as gone, and may get no answer: it is ended only when none
    /// comes, because a request is not whole.</summary>
    private static async Task<string> AskAsync(Uri server, byte[] request)
    {
        using var client = await RawWebSocket.ConnectAsync(server);
        await client.SendAsync(request);
        var reading = client.ReadHeadAsync();
        await Task.WhenAny(reading, Task.Delay(Patience));
        client.EndSending();
        var head = await reading;
        while (await client.ReadHeadAsync() != "") { }
        return Regex.Match(head, "^HTTP/1.1 ([0-9]{3}) ") is { Success: true } match ? match.Groups[1].Value : head.Length == 0 ? "none" : throw new InvalidOperationException(head);
    }

    /// <summary>The requests that were sent to the reference's gateway, and some that this one answers.</summary>
    private static byte[][] Seeds(string authority)
    {
        var seeds = new List<string>
        {
            $"GET / HTTP/1.1\r\nHost: {authority}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n",
            $"POST /v1/completions HTTP/1.1\r\nHost: {authority}\r\nTransfer-Encoding: chunked\r\nContent-Type: application/json\r\n\r\n1c\r\n{{\"prompt\":\"a\",\"max_tokens\":1}}\r\n0\r\n\r\n",
            $"GET /v1/models/tiny HTTP/1.1\r\nHost: {authority}\r\nAccept: */*\r\nExpect: 100-continue\r\n\r\nGET /api/tags HTTP/1.1\r\nHost: {authority}\r\n\r\n",
        };
        foreach (var line in File.ReadLines(Path.Combine(Shared.Find(Transcripts.Folder.Split('/'))!, "60-http.txt")).Where(l => l.StartsWith("### curl", StringComparison.Ordinal)))
        {
            var (body, path) = (Regex.Match(line, " -d (.*) http://").Groups[1].Value.Replace("openclaw", TestHost.Model, StringComparison.Ordinal), Regex.Match(line, @" http://[^/]+(/\S+)$").Groups[1].Value);
            var headers = string.Concat(Regex.Matches(line, @" -H (.*?)(?= -[A-Za-z] | http://)").Select(m => m.Groups[1].Value + "\r\n"));
            seeds.Add($"{(body.Length > 0 ? "POST" : "GET")} {path} HTTP/1.1\r\nHost: {authority}\r\n{headers}{(body.Length > 0 ? $"Content-Length: {Encoding.UTF8.GetByteCount(body)}\r\n" : "")}\r\n{body}");
        }
        Assert.True(seeds.Count > 10, $"{seeds.Count} seeds");
        return [.. seeds.Select(Encoding.UTF8.GetBytes)];
    }

    private static byte[] Mutate(byte[] seed, SeededRandom random)
    {
        var bytes = seed.ToList();
        for (var edits = 1 + random.Next(4); edits > 0; edits--)
        {
            var at = random.Next(bytes.Count);
            switch (random.Next(6))
            {
                case 0: bytes[at] = (byte)random.Next(256); break;
                case 1: bytes[at] ^= (byte)(1 << random.Next(8)); break;
                case 2: bytes.Insert(at, "{}[]\",:\\0e-\r\n %"u8[random.Next(15)]); break;
                case 3: if (bytes.Count > 1) bytes.RemoveAt(at); break;
                case 4: bytes.InsertRange(at, bytes.GetRange(at, Math.Min(random.Next(40), bytes.Count - at))); break;
                default: bytes.RemoveRange(at, Math.Min(random.Next(20), bytes.Count - at - 1)); break;
            }
        }
        return [.. bytes];
    }

    /// <summary>Live memory half way, when every buffer and cache is there, and at the end.</summary>
    private sealed class Growth(int half)
    {
        private long _before;

        public void Note(int done)
        {
            if (_before == 0 && done >= half) _before = GC.GetTotalMemory(forceFullCollection: true);
        }

        public void Check() => Assert.InRange(After - _before, long.MinValue, MostGrowth);

        public override string ToString() => FormattableString.Invariant($"{_before / 1e6:F0} MB live half way, {After / 1e6:F0} MB at the end");

        private static long After => GC.GetTotalMemory(forceFullCollection: true);
    }
}
