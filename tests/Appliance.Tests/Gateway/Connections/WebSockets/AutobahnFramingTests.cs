namespace Appliance.Tests.Gateway.Connections.WebSockets;

/// <summary>Autobahn cases 1 to 5 and 10: framing, pings, reserved bits, opcodes, fragments. The first argument is the case's number.</summary>
public sealed class AutobahnFramingTests(EchoServer server) : AutobahnTest(server), IClassFixture<EchoServer>
{
    private static readonly byte[] NotText = [0x00, 0xff, 0xfe, 0xfd, 0xfc, 0xfb, 0x00, 0xff];
    private static readonly byte[] One = Bytes("fragment1"), Two = Bytes("fragment2");

    [Theory]
    [InlineData("1.1.1", Text, 0), InlineData("1.1.2", Text, 125), InlineData("1.1.3", Text, 126), InlineData("1.1.4", Text, 127)]
    [InlineData("1.1.5", Text, 128), InlineData("1.1.6", Text, 65535), InlineData("1.1.7", Text, 65536), InlineData("1.1.8", Text, 65536, 997)]
    [InlineData("1.2.1", Binary, 0), InlineData("1.2.2", Binary, 125), InlineData("1.2.3", Binary, 126), InlineData("1.2.4", Binary, 127)]
    [InlineData("1.2.5", Binary, 128), InlineData("1.2.6", Binary, 65535), InlineData("1.2.7", Binary, 65536), InlineData("1.2.8", Binary, 65536, 997)]
    public async Task Case1_Message_IsEchoed(string number, int opcode, int length, int piece = int.MaxValue)
    {
        var payload = new byte[length];
        Array.Fill(payload, opcode == Text ? (byte)'*' : (byte)0xfe);
        Assert.NotEmpty(number);
        await ComesBackAsync([Frame(opcode, payload)], [(opcode, payload)], piece);
    }

    [Theory]
    [InlineData("2.1", ""), InlineData("2.2", "48656c6c6f2c20776f726c6421"), InlineData("2.3", "00fffefdfcfb00ff")]
    public async Task Case2_Ping_GetsItsPong(string number, string payload)
    {
        Assert.NotEmpty(number);
        var bytes = Convert.FromHexString(payload);
        await ComesBackAsync([Frame(Ping, bytes)], [(Pong, bytes)]);
    }

    [Theory]
    [InlineData("2.4", int.MaxValue), InlineData("2.6", 1)]
    public async Task Case2_LongestPing_GetsItsPong(string number, int piece)
    {
        Assert.NotEmpty(number);
        var payload = Enumerable.Repeat((byte)0xfe, 125).ToArray();
        await ComesBackAsync([Frame(Ping, payload)], [(Pong, payload)], piece);
    }

    [Fact]
    public Task Case2_5_PingTooLong_Fails() => FailsAsync([Frame(Ping, new byte[126])], ProtocolError);

    [Fact]
    public Task Case2_7_UnaskedPong_IsReadOver() => ComesBackAsync([Frame(Pong, [])], []);

    [Fact]
    public Task Case2_8_UnaskedPongWithPayload_IsReadOver() => ComesBackAsync([Frame(Pong, Bytes("unasked"))], []);

    [Fact]
    public Task Case2_9_UnaskedPongThenPing_OnePong() => ComesBackAsync([Frame(Pong, Bytes("unasked")), Frame(Ping, Bytes("ping"))], [(Pong, Bytes("ping"))]);

    [Theory]
    [InlineData("2.10", int.MaxValue), InlineData("2.11", 1)]
    public async Task Case2_TenPings_GetTenPongs(string number, int piece)
    {
        Assert.NotEmpty(number);
        var payloads = Enumerable.Range(0, 10).Select(i => Bytes($"payload-{i}")).ToArray();
        await ComesBackAsync([.. payloads.Select(p => Frame(Ping, p))], [.. payloads.Select(p => (Pong, p))], piece);
    }

    [Theory]
    [InlineData("3.1", 1, Text), InlineData("3.5", 5, Binary), InlineData("3.6", 6, Ping), InlineData("3.7", 7, Close)]
    public async Task Case3_ReservedBits_Fail(string number, int reserved, int opcode)
    {
        Assert.NotEmpty(number);
        await FailsAsync([Frame(opcode, opcode == Close ? [] : Hello, reserved: reserved)], ProtocolError);
    }

    [Theory]
    [InlineData("3.2", 2, int.MaxValue), InlineData("3.3", 3, 19), InlineData("3.4", 4, 1)]
    public async Task Case3_ReservedBitsAfterAMessage_EchoThenFail(string number, int reserved, int piece)
    {
        Assert.NotEmpty(number);
        await FailsAsync([Frame(Text, Hello), Frame(Text, Hello, reserved: reserved), Frame(Ping, [])], ProtocolError, [(Text, Hello)], piece);
    }

    [Theory]
    [InlineData("4.1.1", 3, 0), InlineData("4.1.2", 4, 13), InlineData("4.2.1", 11, 0), InlineData("4.2.2", 12, 13)]
    public async Task Case4_ReservedOpcode_Fails(string number, int opcode, int length)
    {
        Assert.NotEmpty(number);
        await FailsAsync([Frame(opcode, Hello.AsSpan(0, length))], ProtocolError);
    }

    [Theory]
    [InlineData("4.1.3", 5, 0), InlineData("4.1.4", 6, 13), InlineData("4.1.5", 7, 13, 1), InlineData("4.2.3", 13, 0), InlineData("4.2.4", 14, 13), InlineData("4.2.5", 15, 13, 1)]
    public async Task Case4_ReservedOpcodeAfterAMessage_EchoThenFail(string number, int opcode, int length, int piece = int.MaxValue)
    {
        Assert.NotEmpty(number);
        await FailsAsync([Frame(Text, Hello), Frame(opcode, Hello.AsSpan(0, length)), Frame(Ping, [])], ProtocolError, [(Text, Hello)], piece);
    }

    [Theory]
    [InlineData("5.1", Ping), InlineData("5.2", Pong)]
    public async Task Case5_ControlFrameInPieces_Fails(string number, int opcode)
    {
        Assert.NotEmpty(number);
        await FailsAsync([Frame(opcode, One, final: false), Frame(0, Two)], ProtocolError);
    }

    [Theory]
    [InlineData("5.3", false), InlineData("5.4", true), InlineData("5.5", true, 1)]
    public async Task Case5_TwoFragments_AreOneMessage(string number, bool apart, int piece = int.MaxValue)
    {
        Assert.NotEmpty(number);
        await ComesBackAsync(Chops(apart, Frame(Text, One, final: false), Frame(0, Two)), [(Text, [.. One, .. Two])], piece);
    }

    [Theory]
    [InlineData("5.6", false), InlineData("5.7", true), InlineData("5.8", true, 1)]
    public async Task Case5_PingBetweenFragments_PongThenMessage(string number, bool apart, int piece = int.MaxValue)
    {
        Assert.NotEmpty(number);
        var sent = Chops(apart, Frame(Text, One, final: false), Frame(Ping, Bytes("ping")), Frame(0, Two));
        await ComesBackAsync(sent, [(Pong, Bytes("ping")), (Text, [.. One, .. Two])], piece);
    }

    [Theory]
    [InlineData("5.9", true, false), InlineData("5.10", true, true), InlineData("5.11", true, true, 1)]
    [InlineData("5.12", false, false), InlineData("5.13", false, true), InlineData("5.14", false, true, 1)]
    public async Task Case5_NothingToGoOnWith_Fails(string number, bool final, bool apart, int piece = int.MaxValue)
    {
        Assert.NotEmpty(number);
        await FailsAsync(Chops(apart, Frame(0, Bytes("goes on with nothing"), final), Frame(Text, Hello)), ProtocolError, piece: piece);
    }

    [Fact]
    public Task Case5_15_NothingToGoOnWithAfterAMessage_EchoThenFail() => FailsAsync(
        Chops(false, Frame(Text, One, final: false), Frame(0, Two), Frame(0, Bytes("fragment3"), final: false), Frame(Text, Bytes("fragment4"))), ProtocolError, [(Text, [.. One, .. Two])]);

    [Theory]
    [InlineData("5.16", false), InlineData("5.17", true)]
    public async Task Case5_NothingToGoOnWithTwice_Fails(string number, bool final)
    {
        Assert.NotEmpty(number);
        byte[][] once = [Frame(0, One, final), Frame(Text, Two, final: false), Frame(0, Bytes("fragment3"))];
        await FailsAsync([.. once, .. once], ProtocolError);
    }

    [Fact]
    public Task Case5_18_MessageInsideAnother_Fails() => FailsAsync([Frame(Text, One, final: false), Frame(Text, Two)], ProtocolError);

    [Theory]
    [InlineData("5.19", false), InlineData("5.20", true)]
    public async Task Case5_PingsBetweenFragments_AreAnsweredBeforeTheMessageIsWhole(string number, bool apart)
    {
        Assert.NotEmpty(number);
        using var client = await OpenAsync();
        foreach (var chop in Chops(apart, Frame(Text, One, final: false), Frame(0, Two, final: false), Frame(Ping, Bytes("pongme 1!")))) await client.SendAsync(chop);
        await ExpectAsync(client, Pong, Bytes("pongme 1!"));
        foreach (var chop in Chops(apart, Frame(0, One, final: false), Frame(0, Two, final: false), Frame(Ping, Bytes("pongme 2!")), Frame(0, One))) await client.SendAsync(chop);
        await ExpectAsync(client, Pong, Bytes("pongme 2!"));
        await ExpectAsync(client, Text, [.. One, .. Two, .. One, .. Two, .. One]);
        await client.SendAsync(CloseWith(Normal));
        Assert.Equal(Normal, await CloseOnlyAsync(client));
    }

    [Fact]
    public async Task Case10_1_1_ManyFragments_AreOneMessage()
    {
        var payload = Enumerable.Repeat((byte)'*', 65536).ToArray();
        var pieces = payload.Chunk(1300).ToArray();
        Assert.Equal(51, pieces.Length);
        await ComesBackAsync([.. pieces.Select((p, i) => Frame(i == 0 ? Text : 0, p, final: i == pieces.Length - 1))], [(Text, payload)]);
    }

    [Fact]
    public Task Frame_WithoutAMask_Fails() => FailsAsync([[0x81, 0x02, (byte)'h', (byte)'i']], ProtocolError);

    [Theory]
    [InlineData("81fe0002")]
    [InlineData("82ff0000000000000002")]
    [InlineData("82ffffffffffffffffff")]
    public Task Frame_WithALengthNotInItsShortestForm_Fails(string head) => FailsAsync([Convert.FromHexString(head)], ProtocolError);

    [Fact]
    public Task Frame_OfBinaryBytes_IsEchoedAsTheyAre() => ComesBackAsync([Frame(Binary, NotText)], [(Binary, NotText)]);

    /// <summary>Frames in one write, or in a write each.</summary>
    private static byte[][] Chops(bool apart, params byte[][] frames) => apart ? frames : [[.. frames.SelectMany(f => f)]];
}
