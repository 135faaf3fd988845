namespace Appliance.Tests.Gateway.Connections.WebSockets;

/// <summary>Autobahn cases 7: how a connection ends.</summary>
public sealed class AutobahnCloseTests(EchoServer server) : AutobahnTest(server), IClassFixture<EchoServer>
{
    [Fact]
    public Task Case7_1_1_MessageThenClose_IsEchoedThenClosed() => EndsAsync(Normal, [(Text, Hello)], Frame(Text, Hello), CloseWith(Normal));

    [Fact]
    public Task Case7_1_2_SecondClose_IsReadOver() => EndsAsync(Normal, [], CloseWith(Normal), Frame(Close, []));

    [Fact]
    public Task Case7_1_3_PingAfterClose_GetsNoPong() => EndsAsync(Normal, [], CloseWith(Normal), Frame(Ping, []));

    [Fact]
    public Task Case7_1_4_TextAfterClose_IsReadOver() => EndsAsync(Normal, [], CloseWith(Normal), Frame(Text, Hello));

    [Fact]
    public Task Case7_1_5_CloseBetweenFragments_Closes() => EndsAsync(Normal, [], Frame(Text, Bytes("fragment1"), final: false), CloseWith(Normal), Frame(0, Bytes("fragment2")));

    [Fact]
    public async Task Case7_1_6_LargeMessageThenClose_IsEchoedFirst()
    {
        var large = Enumerable.Repeat((byte)'x', 256 * 1024).ToArray();
        await EndsAsync(Normal, [(Text, large), (Text, Hello)], Frame(Text, large), Frame(Text, Hello), CloseWith(Normal), Frame(Ping, []));
    }

    [Fact]
    public Task Case7_3_1_CloseWithoutACode_IsAnsweredWithoutOne() => EndsAsync(1005, [], Frame(Close, []));

    [Fact]
    public Task Case7_3_2_CloseOfOneByte_Fails() => EndsAsync(ProtocolError, [], Frame(Close, "a"u8));

    [Fact]
    public Task Case7_3_3_CloseWithACode_IsAnswered() => EndsAsync(Normal, [], CloseWith(Normal));

    [Fact]
    public Task Case7_3_4_CloseWithAReason_IsAnswered() => EndsAsync(Normal, [], CloseWith(Normal, "Hello World!"u8));

    [Fact]
    public Task Case7_3_5_CloseWithTheLongestReason_IsAnswered() => EndsAsync(Normal, [], CloseWith(Normal, Bytes(new string('*', 123))));

    [Fact]
    public Task Case7_3_6_CloseWithAReasonTooLong_Fails() => EndsAsync(ProtocolError, [], CloseWith(Normal, Bytes(new string('*', 124))));

    [Fact]
    public Task Case7_5_1_CloseWithAReasonThatIsNoText_Fails() => EndsAsync(InvalidPayload, [], CloseWith(Normal, Convert.FromHexString("cebae1bdb9cf83cebcceb5eda080656469746564")));

    [Theory]
    [InlineData("7.7.1", 1000), InlineData("7.7.2", 1001), InlineData("7.7.3", 1002), InlineData("7.7.4", 1003), InlineData("7.7.5", 1007), InlineData("7.7.6", 1008)]
    [InlineData("7.7.7", 1009), InlineData("7.7.8", 1010), InlineData("7.7.9", 1011), InlineData("7.7.10", 3000), InlineData("7.7.11", 3999), InlineData("7.7.12", 4000), InlineData("7.7.13", 4999)]
    public async Task Case7_7_AllowedCode_IsAnsweredWithIt(string number, int code)
    {
        Assert.NotEmpty(number);
        await EndsAsync(code, [], CloseWith(code));
    }

    [Theory]
    [InlineData("7.9.1", 0), InlineData("7.9.2", 999), InlineData("7.9.3", 1004), InlineData("7.9.4", 1005), InlineData("7.9.5", 1006)]
    [InlineData("7.9.6", 1016), InlineData("7.9.7", 1100), InlineData("7.9.8", 2000), InlineData("7.9.9", 2999), InlineData("7.13.1", 5000), InlineData("7.13.2", 65535)]
    public async Task Case7_9_ForbiddenCode_Fails(string number, int code)
    {
        Assert.NotEmpty(number);
        await EndsAsync(ProtocolError, [], CloseWith(code));
    }

    private async Task EndsAsync(int code, (int Opcode, byte[] Payload)[] before, params byte[][] sent) => await FailsAsync([[.. sent.SelectMany(f => f)]], code, before);
}
