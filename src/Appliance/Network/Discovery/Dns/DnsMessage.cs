using System.Buffers.Binary;
using System.Net;
using System.Text;

namespace Appliance.Network.Discovery.Dns;

/// <summary>
/// A message of DNS (RFC 1035, section 4). Reading takes anything: what is malformed is no message, records of other kinds are passed over, names
/// are unpacked with bounds. Writing compresses nothing. Immutable.
/// </summary>
internal sealed record DnsMessage
{
    /// <summary>Bytes of the longest (RFC 6762, section 17).</summary>
    public const int Longest = 9000;

    private const int HeaderLength = 12, MostEntries = 256;
    private const ushort InternetClass = 1, TopBit = 0x8000, AnswerFlags = 0x8400;

    /// <summary>What an answer to one who knows no multicast DNS repeats; else 0.</summary>
    public ushort Id { get; init; }

    /// <summary>True for an answer.</summary>
    public bool IsAnswer { get; init; }

    /// <summary>What is asked.</summary>
    public IReadOnlyList<DnsQuestion> Questions { get; init; } = [];

    /// <summary>Answers; in a question, those that whoever asks knows already.</summary>
    public IReadOnlyList<DnsRecord> Answers { get; init; } = [];

    /// <summary>In a question, what whoever asks wants to have for itself (RFC 6762, section 8.2).</summary>
    public IReadOnlyList<DnsRecord> Authorities { get; init; } = [];

    /// <summary>What goes with the answers.</summary>
    public IReadOnlyList<DnsRecord> Additional { get; init; } = [];

    /// <summary>Reads one, or null where it is none.</summary>
    public static DnsMessage? Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length is < HeaderLength or > Longest) return null;
        var flags = BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]);
        Span<int> counts = stackalloc int[4];
        var all = 0;
        for (var i = 0; i < 4; i++) all += counts[i] = BinaryPrimitives.ReadUInt16BigEndian(bytes[(4 + 2 * i)..]);
        // An operation other than asking, or an answer that says that it failed.
        if ((flags & 0x780f) != 0 || all > MostEntries) return null;
        var at = HeaderLength;
        var questions = new List<DnsQuestion>(Math.Min(counts[0], 16));
        for (var i = 0; i < counts[0]; i++)
        {
            if (ReadName(bytes, ref at) is not { } name || at + 4 > bytes.Length) return null;
            var kind = BinaryPrimitives.ReadUInt16BigEndian(bytes[(at + 2)..]);
            if ((kind & ~TopBit) is InternetClass or 255) questions.Add(new DnsQuestion(name, (DnsType)BinaryPrimitives.ReadUInt16BigEndian(bytes[at..]), (kind & TopBit) != 0));
            at += 4;
        }
        var sections = new List<DnsRecord>[3];
        for (var section = 0; section < 3; section++)
        {
            var records = sections[section] = [];
            for (var i = 0; i < counts[section + 1]; i++)
            {
                if (!ReadRecord(bytes, ref at, records)) return null;
            }
        }
        return new() { Id = BinaryPrimitives.ReadUInt16BigEndian(bytes), IsAnswer = (flags & TopBit) != 0, Questions = questions, Answers = sections[0], Authorities = sections[1], Additional = sections[2] };
    }

    /// <summary>Its bytes.</summary>
    public byte[] Write()
    {
        using var to = new MemoryStream(512);
        foreach (var number in (ReadOnlySpan<int>)[Id, IsAnswer ? AnswerFlags : 0, Questions.Count, Answers.Count, Authorities.Count, Additional.Count]) Put(to, (ushort)number);
        foreach (var question in Questions)
        {
            Put(to, question.Name);
            Put(to, (ushort)question.Type);
            Put(to, (ushort)(InternetClass | (question.WantsUnicast ? TopBit : 0)));
        }
        foreach (var record in Answers.Concat(Authorities).Concat(Additional)) Put(to, record);
        return to.ToArray();
    }

    private static void Put(MemoryStream to, DnsRecord record)
    {
        Put(to, record.Name);
        Put(to, (ushort)record.Type);
        Put(to, (ushort)(InternetClass | (record.IsUnique ? TopBit : 0)));
        Put(to, (ushort)(record.Ttl >> 16));
        Put(to, (ushort)record.Ttl);
        var data = DataOf(record);
        Put(to, (ushort)data.Length);
        to.Write(data);
    }

    /// <summary>The data of a record, as it is written and compared.</summary>
    public static byte[] DataOf(DnsRecord record)
    {
        using var to = new MemoryStream();
        switch (record.Type)
        {
            case DnsType.Ptr:
                Put(to, record.Target!);
                break;
            case DnsType.Srv:
                // Priority and weight say nothing where there is one.
                Put(to, 0);
                Put(to, 0);
                Put(to, record.Port);
                Put(to, record.Target!);
                break;
            case DnsType.Txt:
                foreach (var text in record.Texts) Put(to, Encoding.UTF8.GetBytes(text));
                if (record.Texts.Count == 0) to.WriteByte(0);
                break;
            default:
                to.Write(record.Address!.GetAddressBytes());
                break;
        }
        return to.ToArray();
    }

    private static void Put(MemoryStream to, ushort number)
    {
        to.WriteByte((byte)(number >> 8));
        to.WriteByte((byte)number);
    }

    private static void Put(MemoryStream to, DnsName name)
    {
        foreach (var label in name.Labels) Put(to, Encoding.UTF8.GetBytes(label));
        to.WriteByte(0);
    }

    // A length of a byte, and so many bytes.
    private static void Put(MemoryStream to, byte[] text)
    {
        var length = Math.Min(text.Length, 255);
        to.WriteByte((byte)length);
        to.Write(text, 0, length);
    }

    private static bool ReadRecord(ReadOnlySpan<byte> bytes, ref int at, List<DnsRecord> to)
    {
        if (ReadName(bytes, ref at) is not { } name || at + 10 > bytes.Length) return false;
        var (type, kind) = ((DnsType)BinaryPrimitives.ReadUInt16BigEndian(bytes[at..]), BinaryPrimitives.ReadUInt16BigEndian(bytes[(at + 2)..]));
        var (ttl, length) = (BinaryPrimitives.ReadUInt32BigEndian(bytes[(at + 4)..]), BinaryPrimitives.ReadUInt16BigEndian(bytes[(at + 8)..]));
        at += 10;
        if (at + length > bytes.Length) return false;
        var (inside, end) = (at, at + length);
        at = end;
        var record = new DnsRecord(name, type, ttl) { IsUnique = (kind & TopBit) != 0 };
        switch (type)
        {
            case DnsType.A when length == 4:
            case DnsType.Aaaa when length == 16:
                record = record with { Address = new IPAddress(bytes[inside..end]) };
                break;
            case DnsType.Ptr:
                if (ReadName(bytes[..end], ref inside) is not { } target) return false;
                record = record with { Target = target };
                break;
            case DnsType.Srv when length > 6:
                record = record with { Port = BinaryPrimitives.ReadUInt16BigEndian(bytes[(inside + 4)..]) };
                inside += 6;
                if (ReadName(bytes[..end], ref inside) is not { } host) return false;
                record = record with { Target = host };
                break;
            case DnsType.Txt:
                if (ReadTexts(bytes[inside..end]) is not { } texts) return false;
                record = record with { Texts = texts };
                break;
            default:
                return true;
        }
        if ((kind & ~TopBit) == InternetClass) to.Add(record);
        return true;
    }

    private static List<string>? ReadTexts(ReadOnlySpan<byte> data)
    {
        List<string> texts = [];
        while (data.Length > 0)
        {
            if (data[0] >= data.Length) return null;
            if (data[0] > 0) texts.Add(Encoding.UTF8.GetString(data[1..(data[0] + 1)]));
            data = data[(data[0] + 1)..];
        }
        return texts;
    }

    // Pointers lead back alone, so that every one shortens what is left and none goes in circles.
    private static DnsName? ReadName(ReadOnlySpan<byte> bytes, ref int at)
    {
        List<string> labels = [];
        var (from, total, before, hasJumped) = (at, 1, at, false);
        while (from < bytes.Length)
        {
            var length = bytes[from];
            if (length == 0)
            {
                if (!hasJumped) at = from + 1;
                return new DnsName(labels);
            }
            if (length >= 0xc0)
            {
                if (from + 1 >= bytes.Length) return null;
                var to = (length & 0x3f) << 8 | bytes[from + 1];
                if (!hasJumped) at = from + 2;
                if (to >= before) return null;
                (from, before, hasJumped) = (to, to, true);
                continue;
            }
            if (length > DnsName.LongestLabel || from + 1 + length > bytes.Length || (total += length + 1) > DnsName.Longest) return null;
            var label = Encoding.UTF8.GetString(bytes.Slice(from + 1, length));
            // Bytes that are no UTF-8 grow when they are replaced; such a name is nobody's here.
            if (Encoding.UTF8.GetByteCount(label) != length) return null;
            labels.Add(label);
            from += 1 + length;
        }
        return null;
    }
}
