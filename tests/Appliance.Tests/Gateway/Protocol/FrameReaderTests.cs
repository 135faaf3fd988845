using System.Text;
using Appliance.Gateway.Protocol;
using TestKit;

namespace Appliance.Tests.Gateway.Protocol;

public sealed class FrameReaderTests
{
    [Fact]
    public void Read_Request_GivesItsParts()
    {
        var request = Read("""{"type":"req","id":"1:a","method":"health","params":{"probe":true},"traceparent":"t","new":{"field":[1]}}""");
        Assert.Equal(("1:a", "health"), (request.Id, request.Method));
        Assert.True(RequestParams.Of(request).OptionalFlag("probe"));
    }

    [Theory]
    [InlineData("", "invalid")]
    [InlineData("{", "invalid")]
    [InlineData("[]", "invalid")]
    [InlineData("null", "invalid")]
    [InlineData("""{"type":"req","id":"1","method":"x"}{}""", "invalid")]
    [InlineData("""{"type":"req","id":1,"method":"x"}""", "invalid")]
    [InlineData("""{"type":"req","id":"","method":"x"}""", "invalid")]
    [InlineData("""{"type":"res","id":"7","ok":true}""", "7")]
    [InlineData("""{"type":"req","id":"7"}""", "7")]
    [InlineData("""{"type":"req","id":"7","method":""}""", "7")]
    [InlineData("""{"type":"req","id":"7","method":{}}""", "7")]
    [InlineData("""{"type":"req","id":"7","method":"x","params":{"text":"\ud800"}}""", "invalid")]
    public void Read_NoRequest_SaysWhatIsWrongAndWhomToAnswer(string frame, string id)
    {
        var fault = Assert.Throws<FrameException>(() => Read(frame));
        Assert.Equal(id, fault.Id);
        Assert.StartsWith("invalid request frame: ", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_NotUtf8_IsRefused() => Assert.Throws<FrameException>(() => FrameReader.Read([0x7b, 0xff, 0x7d]));

    [Fact]
    public void Read_DeepNesting_IsRefused() =>
        Assert.Throws<FrameException>(() => Read("""{"type":"req","id":"1","method":"x","params":{"a":""" + new string('[', 10_000) + new string(']', 10_000) + "}}"));

    [SharedFact(Transcripts.Folder)]
    public void Read_EveryRequestThatRealClientsSent_Parses()
    {
        var methods = new HashSet<string>();
        var requests = 0;
        foreach (var frame in Transcripts.All().Where(f => f.FromClient && f.Text("type") == "req"))
        {
            var request = Read(frame.Frame.GetRawText());
            Assert.Equal(frame.Text("id"), request.Id);
            Assert.Equal(frame.Text("method"), request.Method);
            if (request.Method == "connect")
            {
                var connect = ConnectRequest.Parse(RequestParams.Of(request));
                Assert.InRange(ProtocolLimits.Newest, connect.MinProtocol, connect.MaxProtocol);
            }
            methods.Add(request.Method);
            requests++;
        }
        Assert.True(requests > 300 && methods.Count >= 100, $"{requests} requests of {methods.Count} methods");
    }

    [SharedFact(Transcripts.Folder)]
    public void Read_MutatedFrames_AreReadOrRefusedAndNothingElse()
    {
        // Real requests, so that mutations reach the depth of real fields; long ones cut, so that there is time for many.
        var seeds = Transcripts.All().Where(f => f.FromClient).Select(f => Encoding.UTF8.GetBytes(f.Frame.GetRawText())).Where(f => f.Length < 2000).ToArray();
        var random = new SeededRandom(20261125);
        int read = 0, refused = 0;
        for (var i = 0; i < 200_000; i++)
        {
            var frame = Mutate(seeds[random.Next(seeds.Length)], random);
            try
            {
                var request = FrameReader.Read(frame);
                var parameters = RequestParams.Of(request);
                if (request.Method == "connect") ConnectRequest.Parse(parameters);
                foreach (var name in parameters.AllNames().ToArray()) parameters.OptionalText(name);
                read++;
            }
            catch (Exception e) when (e is FrameException or GatewayException)
            {
                refused++;
            }
        }
        Assert.True(read > 10_000 && refused > 10_000, $"{read} read, {refused} refused: the mutations prove nothing");
    }

    private static byte[] Mutate(byte[] seed, SeededRandom random)
    {
        var frame = seed.ToList();
        for (var edits = 1 + random.Next(4); edits > 0; edits--)
        {
            var at = random.Next(frame.Count);
            switch (random.Next(5))
            {
                case 0: frame[at] = (byte)random.Next(256); break;
                case 1: frame.Insert(at, "{}[]\",:\\0e-"u8[random.Next(11)]); break;
                case 2: if (frame.Count > 1) frame.RemoveAt(at); break;
                case 3: frame.InsertRange(at, frame.GetRange(at, Math.Min(random.Next(40), frame.Count - at))); break;
                default: frame.RemoveRange(at, Math.Min(random.Next(20), frame.Count - at - 1)); break;
            }
        }
        return [.. frame];
    }

    private static RequestFrame Read(string frame) => FrameReader.Read(Encoding.UTF8.GetBytes(frame));
}
