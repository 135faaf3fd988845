using System.Net;
using System.Text;
using Appliance.Network.Discovery.Dns;
using TestKit;

namespace Appliance.Tests.Network.Discovery;

public sealed class DnsMessageTests
{
    [Fact]
    public void Read_OfWhatWasWritten_IsTheSame()
    {
        var random = new SeededRandom(1);
        for (var i = 0; i < 500; i++)
        {
            var message = RandomMessage(random);
            var again = DnsMessage.Read(message.Write())!;
            Assert.Equal((message.Id, message.IsAnswer), (again.Id, again.IsAnswer));
            Assert.Equal(message.Questions.Select(q => (q.Name, q.Type, q.WantsUnicast)), again.Questions.Select(q => (q.Name, q.Type, q.WantsUnicast)));
            foreach (var (wrote, read) in ((IReadOnlyList<DnsRecord>, IReadOnlyList<DnsRecord>)[])[(message.Answers, again.Answers), (message.Authorities, again.Authorities), (message.Additional, again.Additional)])
            {
                Assert.Equal(wrote.Count, read.Count);
                for (var k = 0; k < wrote.Count; k++) Assert.True(wrote[k].IsSameAs(read[k]) && wrote[k].Ttl == read[k].Ttl && wrote[k].IsUnique == read[k].IsUnique, $"{wrote[k]} became {read[k]}");
            }
        }
    }

    [Fact]
    public void Read_OfAnyBytes_NeverThrows()
    {
        var random = new SeededRandom(2);
        var (read, refused) = (0, 0);
        for (var i = 0; i < 5_000; i++)
        {
            var bytes = RandomMessage(random).Write();
            for (var changes = 1 + random.Next(8); changes > 0; changes--)
            {
                // Anywhere, and with a liking for what may be a pointer or a length.
                bytes[random.Next(bytes.Length)] = random.Next(3) == 0 ? (byte)0xc0 : (byte)random.Next(256);
            }
            if (random.Next(4) == 0) bytes = bytes[..random.Next(bytes.Length)];
            if (DnsMessage.Read(bytes) is { } message) (_, read) = (message.Write().Length, read + 1);
            else refused++;
        }
        Assert.True(read > 200 && refused > 200, $"{read} read, {refused} refused");
    }

    [Theory]
    // A name that points at itself, at what comes after it, and past the end; labels beyond 63, names beyond 255 bytes.
    [InlineData("c00c")]
    [InlineData("c00e0161c00c")]
    [InlineData("c0ff")]
    [InlineData("40")]
    [InlineData("0161")]
    public void Read_OfANameThatIsNone_IsRefused(string name)
    {
        byte[] bytes = [0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, .. Convert.FromHexString(name), 0, 12, 0, 1];
        Assert.Null(DnsMessage.Read(bytes));
    }

    [Fact]
    public void Read_OfALongName_IsBounded()
    {
        var label = (byte[])[63, .. Enumerable.Repeat((byte)'a', 63)];
        byte[] head = [0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0];
        Assert.NotNull(DnsMessage.Read([.. head, .. label, .. label, .. label, 61, .. Enumerable.Repeat((byte)'a', 61), 0, 0, 12, 0, 1]));
        Assert.Null(DnsMessage.Read([.. head, .. label, .. label, .. label, .. label, 0, 0, 12, 0, 1]));
    }

    [Fact]
    public void Read_OfAnotherPrograms_UnpacksItsNames()
    {
        // As avahi 0.8 packs an answer: the PTR's target ends with a pointer to its name, the SRV's name is one.
        byte[] bytes =
        [
            0, 0, 0x84, 0, 0, 0, 0, 2, 0, 0, 0, 0,
            12, .. "_openclaw-gw"u8, 4, .. "_tcp"u8, 5, .. "local"u8, 0, 0, 12, 0, 1, 0, 0, 0x11, 0x94, 0, 6, 3, .. "box"u8, 0xc0, 12,
            0xc0, 47, 0, 33, 0x80, 1, 0, 0, 0, 120, 0, 10, 0, 0, 0, 0, 0x49, 0x65, 1, (byte)'h', 0xc0, 30,
        ];
        var message = DnsMessage.Read(bytes)!;
        Assert.Equal("box._openclaw-gw._tcp.local", message.Answers[0].Target!.ToString());
        Assert.Equal(("box._openclaw-gw._tcp.local", 18789, "h.local", true), (message.Answers[1].Name.ToString(), message.Answers[1].Port, message.Answers[1].Target!.ToString(), message.Answers[1].IsUnique));
    }

    [Fact]
    public void Name_DiffersNotByCaseAlone()
    {
        Assert.Equal(DnsName.Of("Box.LOCAL"), DnsName.Of("box.local"));
        Assert.NotEqual(DnsName.Of("box.local"), new DnsName("box.local"));
        foreach (var wrong in (string[][])[[""], [new string('a', 64)], [.. Enumerable.Repeat(new string('a', 63), 4)]]) Assert.Throws<ArgumentException>(() => new DnsName(wrong));
    }

    private static DnsMessage RandomMessage(SeededRandom random) => new()
    {
        Id = (ushort)random.Next(65536),
        IsAnswer = random.Next(2) == 0,
        Questions = [.. Enumerable.Range(0, random.Next(3)).Select(_ => new DnsQuestion(Name(random), (DnsType)random.Next(300), random.Next(2) == 0))],
        Answers = Records(random),
        Authorities = Records(random),
        Additional = Records(random),
    };

    private static IReadOnlyList<DnsRecord> Records(SeededRandom random) => [.. Enumerable.Range(0, random.Next(4)).Select(_ => random.Next(4) switch
    {
        0 => DnsRecord.Pointer(Name(random), Name(random), (uint)random.Next(10_000)),
        1 => DnsRecord.Service(Name(random), Name(random), random.Next(65536), 120),
        2 => DnsRecord.Text(Name(random), [.. Enumerable.Range(0, random.Next(4)).Select(i => $"key{i}={Label(random)}")], 4500),
        _ => DnsRecord.Host(Name(random), random.Next(2) == 0 ? new IPAddress(random.Next(int.MaxValue)) : IPAddress.Parse($"fd00::{random.Next(65536):x}"), 120),
    })];

    private static DnsName Name(SeededRandom random) => new([.. Enumerable.Range(0, 1 + random.Next(4)).Select(_ => Label(random))]);

    private static string Label(SeededRandom random)
    {
        var label = string.Concat(Enumerable.Range(0, 1 + random.Next(20)).Select(_ => (string[])["a", "Z", "-", ".", "é", "箱", " ", "0"]).Select(letters => letters[random.Next(letters.Length)]));
        while (Encoding.UTF8.GetByteCount(label) > DnsName.LongestLabel) label = label[1..];
        return label;
    }
}
