using System.Net;
using Appliance.Network.Discovery;
using Appliance.Network.Discovery.Dns;
using TestKit;

namespace Appliance.Tests.Network.Discovery;

/// <summary>Responders in a network that is none: what each says, the others hear, through the bytes of it.</summary>
public sealed class ResponderTests
{
    private static readonly DnsQuestion Who = new(Beacon.Kind, DnsType.Ptr);
    private readonly ManualTime _time = new();

    [Fact]
    public void Alone_AsksThreeTimesThenSaysTwice_AndIsQuiet()
    {
        var said = Run([Make("box", "192.0.2.1")], TimeSpan.FromSeconds(10));
        Assert.Equal(["probe", "probe", "probe", "says", "says"], said.Select(m => m.Message.IsAnswer ? "says" : "probe"));
        Assert.All(said.Take(3), m => Assert.Equal(["box (OpenClaw gateway)._openclaw-gw._tcp.local", "box.local"], m.Message.Questions.Select(q => q.Name.ToString())));
        var all = said[^1].Message.Answers;
        Assert.Equal([DnsType.Ptr, DnsType.Ptr, DnsType.Srv, DnsType.Txt, DnsType.A], all.Select(r => r.Type));
        Assert.Equal(["role=gateway", "transport=gateway", "displayName=box", "lanHost=box.local", "gatewayPort=18789", "gatewayDirectReachable=1"], all[3].Texts);
    }

    [Fact]
    public void Question_IsAnsweredWithAllThatIsNeeded_OnceASecond()
    {
        var box = Ready("box", "192.0.2.1");
        Assert.Null(box.Heard(Wire(new() { Questions = [Who] }), Peer()));
        Assert.InRange(box.Wait!.Value.TotalMilliseconds, 20, 120);
        Assert.Null(box.Heard(Wire(new() { Questions = [Who] }), Peer()));
        _time.Advance(box.Wait!.Value);
        var answer = Assert.Single(box.Due());
        Assert.Equal([DnsType.Ptr], answer.Answers.Select(r => r.Type));
        Assert.Equal([DnsType.Srv, DnsType.Txt, DnsType.A], answer.Additional.Select(r => r.Type));
        // Said just now.
        box.Heard(Wire(new() { Questions = [Who] }), Peer());
        Assert.Null(box.Wait);
        _time.Advance(TimeSpan.FromSeconds(1));
        box.Heard(Wire(new() { Questions = [Who] }), Peer());
        Assert.NotNull(box.Wait);
    }

    [Fact]
    public void Question_WhoseAnswerIsKnown_IsNotAnswered()
    {
        var box = Ready("box", "192.0.2.1");
        var known = DnsRecord.Pointer(Beacon.Kind, DnsName.Of("x.y") is var _ ? new DnsName(["box (OpenClaw gateway)", .. Beacon.Kind.Labels]) : null!, Beacon.LongTtl);
        box.Heard(Wire(new() { Questions = [Who], Answers = [known] }), Peer());
        Assert.Null(box.Wait);
        box.Heard(Wire(new() { Questions = [Who], Answers = [known with { Ttl = Beacon.LongTtl / 2 - 1 }] }), Peer());
        Assert.NotNull(box.Wait);
    }

    [Fact]
    public void Question_OfAStranger_IsAnsweredToHimAlone_ForAShortTime_AndNotForEver()
    {
        var box = Ready("box", "192.0.2.1");
        var answer = box.Heard(Wire(new() { Id = 7, Questions = [Who] }), Peer(40000))!;
        Assert.Equal((7, "_openclaw-gw._tcp.local"), (answer.Id, answer.Questions.Single().Name.ToString()));
        Assert.All(answer.Answers.Concat(answer.Additional), r => Assert.True(r.Ttl <= 10 && !r.IsUnique));
        Assert.Null(box.Wait);
        var answered = Enumerable.Range(0, 100).Count(_ => box.Heard(Wire(new() { Questions = [Who] }), Peer(40000)) is not null);
        Assert.Equal(Responder.MostAlone - 1, answered);
        Assert.NotNull(Ready("other", "192.0.2.2").Heard(Wire(new() { Questions = [Who with { WantsUnicast = true }] }), Peer()));
    }

    [Theory]
    [InlineData("_http._tcp.local", DnsType.Ptr)]
    [InlineData("_openclaw-gw._tcp.local", DnsType.Srv)]
    [InlineData("other.local", DnsType.A)]
    [InlineData("box.local", DnsType.Srv)]
    public void Question_AboutSomethingElse_IsNotAnswered(string name, object type)
    {
        var box = Ready("box", "192.0.2.1");
        Assert.Null(box.Heard(Wire(new() { Questions = [new(DnsName.Of(name), (DnsType)type)] }), Peer(40000)));
        Assert.Null(box.Wait);
    }

    [Fact]
    public void Names_ThatSomebodyHas_AreLeftToHim()
    {
        var first = Ready("box", "192.0.2.1");
        var second = Make("box", "192.0.2.2");
        Run([first, second], TimeSpan.FromSeconds(10));
        Assert.Equal("box (OpenClaw gateway)", first.Name!.Labels[0]);
        Assert.Equal("box (OpenClaw gateway) (2)", second.Name!.Labels[0]);
    }

    [Fact]
    public void Names_ThatManyWantAtOnce_AreEachOnesOwnInTheEnd()
    {
        for (ulong seed = 0; seed < 20; seed++)
        {
            var random = new SeededRandom(seed);
            var boxes = Enumerable.Range(1, 5).Select(i => Make("box", $"192.0.2.{i}", random)).ToArray();
            Run(boxes, TimeSpan.FromSeconds(60));
            Assert.Equal(5, boxes.Select(box => box.Name!.ToString()).Distinct().Count());
        }
    }

    [Fact]
    public void AnswerOfThisMachine_ByAnotherProgram_TakesNoName()
    {
        var box = Ready("box", "192.0.2.1", own: "fe80::1");
        box.Heard(Wire(new() { IsAnswer = true, Answers = [DnsRecord.Host(DnsName.Of("box.local"), IPAddress.Parse("fe80::1"), 120), DnsRecord.Host(DnsName.Of("box.local"), IPAddress.Parse("192.0.2.1"), 120)] }), Peer());
        Assert.NotNull(box.Name);
        box.Heard(Wire(new() { IsAnswer = true, Answers = [DnsRecord.Host(DnsName.Of("box.local"), IPAddress.Parse("192.0.2.99"), 120)] }), Peer());
        Assert.Null(box.Name);
    }

    [Fact]
    public void Links_OfThisMachine_HaveAddressesAsRecordsHaveThem()
    {
        string[] names = [.. System.Net.NetworkInformation.NetworkInterface.GetAllNetworkInterfaces().Select(adapter => adapter.Name)];
        var addresses = Models.Egress.LanLink.All(names).SelectMany(link => link.Addresses).ToList();
        Assert.Contains(IPAddress.Loopback, addresses);
        // As they come back from the network: without the interface's number that link-local ones have here.
        Assert.All(addresses, address => Assert.Equal(address, DnsMessage.Read(new DnsMessage { Answers = [DnsRecord.Host(Beacon.Kind, address, 1)] }.Write())!.Answers[0].Address));
    }

    [Fact]
    public void Goodbye_TakesBackWhatIsItsOwn()
    {
        Assert.Null(Make("box", "192.0.2.1").Goodbye());
        var known = new KnownRecords();
        var box = Ready("box", "192.0.2.1", heard: known);
        Assert.Equal("ws://192.0.2.1:18789", Assert.Single(known.Gateways()).Address);
        var goodbye = box.Goodbye()!;
        Assert.All(goodbye.Answers, record => Assert.Equal(0u, record.Ttl));
        Assert.DoesNotContain(goodbye.Answers, record => record.Name.ToString().StartsWith("_services", StringComparison.Ordinal));
        known.Take(Wire(goodbye));
        Assert.Empty(known.Gateways());
    }

    [Fact]
    public void Anything_Heard_LeavesItStandingAndBounded()
    {
        var random = new SeededRandom(3);
        var box = Ready("box", "192.0.2.1");
        var said = 0;
        for (var i = 0; i < 5_000; i++)
        {
            var records = Enumerable.Range(0, random.Next(4)).Select(_ => Odd(random)).ToArray();
            var message = new DnsMessage { IsAnswer = random.Next(2) == 0, Questions = [.. Enumerable.Range(0, random.Next(3)).Select(_ => new DnsQuestion(Odd(random).Name, random.Next(2) == 0 ? DnsType.Any : DnsType.Ptr, random.Next(2) == 0))], Answers = records, Authorities = random.Next(4) == 0 ? records : [] };
            if (box.Heard(Wire(message), Peer(random.Next(2) == 0 ? 5353 : 40000)) is not null) said++;
            said += box.Due().Count();
            if (random.Next(10) == 0) _time.Advance(TimeSpan.FromMilliseconds(random.Next(500)));
        }
        // 500 times a quarter of a second: whatever was asked, no more than so much was said in each.
        Assert.True(said < 5_000 / 10 / 4 * (Responder.MostAlone + 60), $"{said} messages");
        Run([box], TimeSpan.FromSeconds(30));
        Assert.NotNull(box.Name);
    }

    [Theory]
    [InlineData("Küche", "k-che.local")]
    [InlineData("a.b", "a-b.local")]
    [InlineData("箱", "appliance.local")]
    public void Name_OfAnyMachine_FitsIntoLabels(string name, string host)
    {
        var records = new Beacon(name, 1).Records(0, []);
        Assert.Equal(host, records[2].Target!.ToString());
        foreach (var attempt in (int[])[0, 1, 1000])
            Assert.NotNull(DnsMessage.Read(new DnsMessage { Answers = new Beacon(string.Concat(Enumerable.Repeat(name, 80)), 1).Records(attempt, []) }.Write()));
    }

    private static DnsRecord Odd(SeededRandom random)
    {
        var name = random.Next(4) switch { 0 => Beacon.Kind, 1 => DnsName.Of("box.local"), 2 => new DnsName(["box (OpenClaw gateway)", .. Beacon.Kind.Labels]), _ => DnsName.Of("x.local") };
        return random.Next(3) switch { 0 => DnsRecord.Pointer(name, name, (uint)random.Next(5000)), 1 => DnsRecord.Service(name, DnsName.Of("x.local"), random.Next(65536), (uint)random.Next(200)), _ => DnsRecord.Host(name, new IPAddress(random.Next(int.MaxValue)), (uint)random.Next(200)) };
    }

    private static DnsMessage Wire(DnsMessage message) => DnsMessage.Read(message.Write())!;

    private static IPEndPoint Peer(int port = 5353) => new(IPAddress.Parse("192.0.2.77"), port);

    private Responder Make(string name, string address, SeededRandom? random = null, string? own = null)
    {
        var numbers = random ?? new SeededRandom(5);
        return new Responder(new Beacon(name, 18789) { IsReachable = true }, [IPAddress.Parse(address)], one => one.ToString() == address || one.ToString() == own, _time, most => numbers.Next(most));
    }

    private Responder Ready(string name, string address, string? own = null, KnownRecords? heard = null)
    {
        var box = Make(name, address, own: own);
        foreach (var (message, _) in Run([box], TimeSpan.FromSeconds(5))) heard?.Take(message);
        return box;
    }

    /// <summary>Lets time pass; all hear what one says, themselves included.</summary>
    private List<(DnsMessage Message, Responder By)> Run(Responder[] boxes, TimeSpan time)
    {
        List<(DnsMessage, Responder)> said = [];
        for (var end = _time.GetUtcNow() + time; _time.GetUtcNow() < end; _time.Advance(TimeSpan.FromMilliseconds(10)))
        {
            foreach (var box in boxes)
            {
                foreach (var message in box.Due().Select(Wire).ToArray())
                {
                    said.Add((message, box));
                    foreach (var other in boxes)
                    {
                        if (other.Heard(message, Peer()) is { } alone) box.Heard(Wire(alone), Peer());
                    }
                }
            }
        }
        return said;
    }
}
