using System.Text;

namespace Appliance.Tests.Gateway.Connections.WebSockets;

/// <summary>Autobahn cases 6: text is UTF-8, and a wrong byte is met when it comes. The sequences are Markus Kuhn's UTF-8 decoder tests.</summary>
public sealed class AutobahnTextTests(EchoServer server) : AutobahnTest(server), IClassFixture<EchoServer>
{
    private const string Kosme = "cebae1bdb9cf83cebcceb5";

    public static TheoryData<string, bool, string> Sequences()
    {
        string[] unfinished = ["c0", "e080", "f08080", "f8808080", "fc80808080", "df", "efbf", "f7bfbf", "fbbfbfbf", "fdbfbfbfbf"];
        (bool Valid, string[] Sequences)[] groups =
        [
            (true, [Hex("hello$world"), Hex("hello¢world"), Hex("hello€world"), "68656c6c6ff0a4ada2776f726c64", Kosme]),
            (true, [.. Enumerable.Range(1, Kosme.Length / 2).Select(i => Kosme[..(2 * i)])]),
            (true, ["00", "c280", "e0a080", "f0908080"]),
            (false, ["f888808080", "fc8480808080"]),
            (true, ["7f", "dfbf", "efbfbf", "f48fbfbf"]),
            (false, ["f7bfbfbf", "fbbfbfbfbf", "fdbfbfbfbfbf"]),
            (true, ["ed9fbf", "ee8080", "efbfbd", "f48fbfbf", "f4908080"]),
            (false, ["80", "bf", "80bf", "80bf80", "80bf80bf", "80bf80bf80", "80bf80bf80bf", Range(0x80, 0xbe, "")]),
            (false, [Range(0xc0, 0xde, "20"), Range(0xe0, 0xee, "20"), Range(0xf0, 0xf6, "20"), Range(0xf8, 0xfa, "20"), Range(0xfc, 0xfc, "20")]),
            (false, unfinished),
            (false, [string.Concat(unfinished)]),
            (false, ["fe", "ff", "fefeffff"]),
            (false, ["c0af", "e080af", "f08080af", "f8808080af", "fc80808080af"]),
            (false, ["c1bf", "e09fbf", "f08fbfbf", "f887bfbfbf", "fc83bfbfbfbf"]),
            (false, ["c080", "e08080", "f0808080", "f880808080", "fc8080808080"]),
            (false, ["eda080", "edadbf", "edae80", "edafbf", "edb080", "edbe80", "edbfbf"]),
            (false, ["eda080edb080", "eda080edbfbf", "edadbfedb080", "edadbfedbfbf", "edae80edb080", "edae80edbfbf", "edafbfedb080", "edafbfedbfbf"]),
            (true, ["efbfbe", "efbfbf", .. Enumerable.Range(1, 16).SelectMany(plane => new[] { 0xfffe, 0xffff }.Select(low => Hex(new Rune((plane << 16) | low).ToString())))]),
            (true, ["efbfb9", "efbfba", "efbfbb", "efbfbc", "efbfbd", "efbfbe", "efbfbf"]),
        ];
        var data = new TheoryData<string, bool, string>();
        for (var group = 0; group < groups.Length; group++)
        {
            for (var i = 0; i < groups[group].Sequences.Length; i++)
            {
                var (number, sequence) = ($"6.{group + 5}.{i + 1}", groups[group].Sequences[i]);
                // Of the two groups that are mixed: a beginning is text only where it ends with a whole character, and one code point is too high.
                var whole = number switch { "6.11.5" => false, _ when group == 1 => i + 1 is 2 or 5 or 7 or 9 or 11, _ => groups[group].Valid };
                data.Add(number, whole, sequence);
            }
        }
        return data;
    }

    [Theory]
    [MemberData(nameof(Sequences))]
    public async Task Case6_Sequence_IsEchoedOrFails(string number, bool valid, string sequence)
    {
        Assert.NotEmpty(number);
        var payload = Convert.FromHexString(sequence);
        if (valid) await ComesBackAsync([Frame(Text, payload)], [(Text, payload)]);
        else await FailsAsync([Frame(Text, payload)], InvalidPayload);
        // Byte by byte it is the same: a character may come in several frames.
        byte[][] apart = [.. payload.Select((b, i) => Frame(i == 0 ? Text : 0, [b], final: i == payload.Length - 1))];
        if (valid) await ComesBackAsync(apart, [(Text, payload)]);
        else await FailsAsync(apart, InvalidPayload);
    }

    [Fact]
    public Task Case6_1_1_Empty_IsEchoed() => ComesBackAsync([Frame(Text, [])], [(Text, [])]);

    [Fact]
    public Task Case6_1_2_ThreeEmptyFragments_AreAnEmptyMessage() => ComesBackAsync([Frame(Text, [], false), Frame(0, [], false), Frame(0, [])], [(Text, [])]);

    [Fact]
    public Task Case6_1_3_EmptyFragmentsAroundText_AreThatText() =>
        ComesBackAsync([Frame(Text, [], false), Frame(0, Bytes("middle"), false), Frame(0, [])], [(Text, Bytes("middle"))]);

    [Fact]
    public Task Case6_2_1_Text_IsEchoed() => ComesBackAsync([Frame(Text, Bytes("Hello-µ@ßöäüàá-UTF-8!!"))], [(Text, Bytes("Hello-µ@ßöäüàá-UTF-8!!"))]);

    [Fact]
    public Task Case6_2_2_TextInTwoFragments_IsEchoed() =>
        ComesBackAsync([Frame(Text, Bytes("Hello-µ@ßöä"), false), Frame(0, Bytes("üàá-UTF-8!!"))], [(Text, Bytes("Hello-µ@ßöäüàá-UTF-8!!"))]);

    [Theory]
    [InlineData("6.2.3", "48656c6c6f2dc2b540c39fc3b6c3a4c3bcc3a0c3a12d5554462d382121"), InlineData("6.2.4", Kosme)]
    public async Task Case6_TextByteByByte_IsEchoed(string number, string text)
    {
        Assert.NotEmpty(number);
        var payload = Convert.FromHexString(text);
        await ComesBackAsync([.. payload.Select((b, i) => Frame(i == 0 ? Text : 0, [b], i == payload.Length - 1))], [(Text, payload)]);
    }

    [Theory]
    [InlineData("6.3.1", false), InlineData("6.3.2", true)]
    public async Task Case6_WrongText_Fails(string number, bool apart)
    {
        Assert.NotEmpty(number);
        var payload = Convert.FromHexString(Kosme + "eda080656469746564");
        await FailsAsync(apart ? [.. payload.Select((b, i) => Frame(i == 0 ? Text : 0, [b], i == payload.Length - 1))] : [Frame(Text, payload)], InvalidPayload);
    }

    [Theory]
    [InlineData("6.4.1", 11, 15, true), InlineData("6.4.2", 12, 13, true), InlineData("6.4.3", 11, 15, false), InlineData("6.4.4", 12, 13, false)]
    public async Task Case6_WrongByte_FailsBeforeTheRestHasCome(string number, int first, int second, bool frames)
    {
        Assert.NotEmpty(number);
        var payload = Convert.FromHexString(Kosme + "f4908080656469746564");
        using var client = await OpenAsync();
        // The first part is right: a ping after it is answered, in frames of their own, or the message goes on to be read.
        var whole = Frame(Text, payload);
        await client.SendAsync(frames ? Frame(Text, payload.AsSpan(0, first), final: false) : whole.AsMemory(0, whole.Length - payload.Length + first));
        if (frames)
        {
            await client.SendAsync(Frame(Ping, []));
            await ExpectAsync(client, Pong, []);
        }
        await client.SendAsync(frames ? Frame(0, payload.AsSpan(first, second - first), final: false) : whole.AsMemory(whole.Length - payload.Length + first, second - first));
        // What would come after it is never sent.
        Assert.Equal(InvalidPayload, await CloseOnlyAsync(client, endsSending: true));
    }

    private static string Hex(string text) => Convert.ToHexStringLower(Encoding.UTF8.GetBytes(text));

    private static string Range(int first, int last, string between) => string.Concat(Enumerable.Range(first, last - first + 1).Select(b => b.ToString("x2", System.Globalization.CultureInfo.InvariantCulture) + between));
}
